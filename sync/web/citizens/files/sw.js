// Keeps the pages that are the same for everybody, to be read without internet. Answers about an application and letters
// are in none of its lists: they are never kept.
"use strict";

const FACTS = /*FACTS*/ {};
const KEPT = `layanan-${FACTS.version}`;
const at = (path) => new URL(path, self.registration.scope).pathname;
const ALLOWED = new Set([...FACTS.first, ...FACTS.later].map(at));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FACTS.first.map(at))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("layanan-") && name !== KEPT;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && ALLOWED.has(url.pathname)) event.respondWith(freshOrKept(request, url.pathname));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => offline()));
});

async function freshOrKept(request, path) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) {
      const kept = await caches.open(KEPT);
      await kept.put(path, fresh.clone());
    }
    return fresh;
  } catch {
    return (await caches.match(path)) || offline();
  }
}

function offline() {
  return caches.match(at(FACTS.offline));
}
