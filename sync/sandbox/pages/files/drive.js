// Drive as the officer sees it: folders are walked here, files open in their own page.

import { byId, element, here, shortMoment, sizeText, webAddress } from "/_pages/elements.js";
import { google } from "/_pages/google.js";

const FOLDER = "application/vnd.google-apps.folder";
const KINDS = {
  [FOLDER]: "Folder",
  "application/vnd.google-apps.spreadsheet": "Lembar",
  "application/vnd.google-apps.form": "Formulir",
  "application/pdf": "PDF",
};
const FIELDS = "files(id,name,mimeType,modifiedTime,size,webViewLink,trashed)";
const TOP = { id: "root", name: "Drive saya" };

let path = [TOP];
let drawn = "";

const quoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

async function files(q) {
  const everywhere = { supportsAllDrives: "true", includeItemsFromAllDrives: "true" };
  const query = new URLSearchParams({ q, fields: FIELDS, orderBy: "folder,name", pageSize: "200", ...everywhere });
  return (await google(`/drive/v3/files?${query}`)).files ?? [];
}

async function found() {
  const wanted = byId("drive-search").value.trim();
  if (wanted) return files(`name contains ${quoted(wanted)} and trashed = false`);
  const inside = await files(`${quoted(path.at(-1).id)} in parents and trashed = false`);
  if (path.length > 1) return inside;
  const shared = await files("sharedWithMe = true and trashed = false");
  const drives = ((await google("/drive/v3/drives")).drives ?? []).map((drive) => ({ ...drive, mimeType: FOLDER }));
  return [...drives, ...inside, ...shared.filter((one) => !inside.some((other) => other.id === one.id))];
}

export async function look() {
  const asked = JSON.stringify([path, byId("drive-search").value]);
  const list = await found();
  if (asked !== JSON.stringify([path, byId("drive-search").value])) return; // another folder was opened meanwhile
  const signature = asked + JSON.stringify(list);
  if (signature === drawn) return;
  drawn = signature;
  byId("drive-path").replaceChildren(...path.map(step));
  byId("drive-list").replaceChildren(...list.map(item));
  byId("drive-empty").hidden = list.length > 0;
}

function step(folder, place) {
  const last = place === path.length - 1;
  const go = () => enter(path.slice(0, place + 1));
  return element("button", { type: "button", "aria-current": last ? "location" : undefined, on: { click: go } }, folder.name);
}

function enter(steps) {
  path = steps;
  byId("drive-search").value = "";
  look().catch(() => {}); // the next look says so in the status line
}

function item(file) {
  const parts = [
    element("span", { class: "who" }, file.name),
    element("span", { class: "when" }, file.modifiedTime ? shortMoment(new Date(file.modifiedTime)) : ""),
    element("span", { class: "what" }, [KINDS[file.mimeType] ?? "Berkas", file.size && sizeText(Number(file.size))].filter(Boolean).join(" · ")),
  ];
  if (file.mimeType === FOLDER) {
    return element("li", {}, element("button", { type: "button", on: { click: () => enter([...path, file]) } }, ...parts));
  }
  const href = webAddress(file.webViewLink) && here(file.webViewLink);
  return element("li", {}, element("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...parts));
}

export function start() {
  byId("drive-search").addEventListener("input", () => look().catch(() => {}));
}
