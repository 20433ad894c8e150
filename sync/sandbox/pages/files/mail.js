// The mailbox: every message that left the counter, newest first, read as text or in a frame without scripts.

import { byId, element, here, longMoment, shortMoment, sizeText, webAddress } from "/_pages/elements.js";
import { sandbox } from "/_pages/google.js";
import { hint, hinted } from "/_pages/hints.js";

const read = new Set();
let messages = [];
let known = "";
let openId = 0;
let kind = "html";
let first = true;

export async function look() {
  const answer = await sandbox("mailbox");
  const signature = answer.messages.map((message) => message.id).join(" ");
  if (signature === known) return;
  known = signature;
  const before = new Set(messages.map((message) => message.id));
  messages = [...answer.messages].sort((a, b) => moment(b) - moment(a) || b.id - a.id);
  if (first) for (const message of messages) read.add(message.id);
  else if (messages.some((message) => !before.has(message.id)) && hinted() === "decided") hint("arrived");
  first = false;
  if (openId && !messages.some((message) => message.id === openId)) close();
  list();
}

const addressee = (message) => message.to || message.recipients.join(", ");
const moment = (message) => new Date(message.received_at);

function list() {
  const wanted = byId("mail-search").value.trim().toLowerCase();
  const rows = messages.filter((message) =>
    `${addressee(message)} ${message.subject}`.toLowerCase().includes(wanted),
  );
  const box = byId("mail-list");
  const top = box.scrollTop;
  const focused = document.activeElement?.closest?.("#mail-list button")?.dataset.id;
  box.replaceChildren(...rows.map(item));
  if (focused) box.querySelector(`button[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  box.scrollTop = top;
  const unread = messages.filter((message) => !read.has(message.id)).length;
  const badge = byId("mail-unread");
  badge.hidden = !unread;
  badge.textContent = String(unread);
  byId("mail-empty").hidden = Boolean(openId);
  byId("mail-empty").textContent = messages.length
    ? "Pilih satu surat untuk membacanya."
    : "Belum ada surat. Surat tiba setelah petugas memutuskan.";
}

function item(message) {
  const button = element(
    "button",
    {
      type: "button",
      data: { id: message.id },
      class: read.has(message.id) ? "" : "unread",
      "aria-current": message.id === openId ? "true" : undefined,
      on: { click: () => open(message) },
    },
    element("span", { class: "who" }, addressee(message)),
    element("time", { class: "when" }, shortMoment(moment(message))),
    element("span", { class: "what" }, message.subject || "(tanpa perihal)"),
  );
  if (message.attachments.length) button.append(element("span", { class: "clip" }, "PDF"));
  return element("li", {}, button);
}

function open(message) {
  openId = message.id;
  read.add(message.id);
  byId("mail-subject").textContent = message.subject || "(tanpa perihal)";
  byId("mail-to").textContent = `Kepada ${addressee(message)}`;
  byId("mail-at").textContent = longMoment(moment(message));
  byId("mail-files").replaceChildren(...message.attachments.map((file, number) => attachment(message, file, number)));
  byId("mail-text").replaceChildren(...withLinks(message.text));
  frame(message);
  byId("mail-kind").hidden = !message.html;
  present();
  byId("mail-open").hidden = false;
  byId("mail-body").dataset.open = "";
  byId("mail-read").scrollTop = 0;
  list();
  if (matchMedia("(max-width: 900px)").matches) byId("mail-read").focus({ preventScroll: true });
  if (hinted() === "arrived") hint("apply");
}

// A frame made anew for each letter: a changed address would become a step of the browser's Back button.
function frame(message) {
  const made = element("iframe", {
    class: "mail-html",
    id: "mail-html",
    title: "Isi surat",
    sandbox: "allow-popups allow-popups-to-escape-sandbox",
    src: message.html ? `/_sandbox/mailbox/${message.id}/html` : undefined,
  });
  byId("mail-html").replaceWith(made);
}

function present() {
  const asText = kind === "text" || byId("mail-kind").hidden;
  byId("mail-text").hidden = !asText;
  byId("mail-html").hidden = asText;
  for (const button of byId("mail-kind").children) {
    button.setAttribute("aria-pressed", String(button.dataset.kind === (asText ? "text" : "html")));
  }
}

function attachment(message, file, number) {
  const link = element(
    "a",
    {
      href: `/_sandbox/mailbox/${message.id}/attachments/${number}`,
      target: "_blank",
      rel: "noopener noreferrer",
    },
    file.file_name || "lampiran",
    element("small", {}, sizeText(file.size_bytes)),
  );
  return element("li", {}, link);
}

function* withLinks(text) {
  for (const part of text.split(/(https?:\/\/[^\s<>"')\]]+)/)) {
    const address = /^https?:/.test(part) ? webAddress(part) : "";
    if (address) yield element("a", { href: here(address), target: "_blank", rel: "noopener noreferrer" }, part);
    else if (part) yield part;
  }
}

function close() {
  openId = 0;
  byId("mail-open").hidden = true;
  delete byId("mail-body").dataset.open;
  byId("mail-empty").hidden = false;
}

export function start() {
  byId("mail-search").addEventListener("input", list);
  byId("mail-back").addEventListener("click", () => {
    close();
    list();
  });
  for (const button of byId("mail-kind").children) {
    button.addEventListener("click", () => {
      kind = button.dataset.kind;
      present();
    });
  }
}
