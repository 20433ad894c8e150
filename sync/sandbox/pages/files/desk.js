// The officer's desk: reads the sheet through the Sheets API, saves a cell, sorts. Drawing is grid.js's affair.

import { describe, letter, TONES } from "/_pages/columns.js";
import { byId, element } from "/_pages/elements.js";
import { google } from "/_pages/google.js";
import { Grid } from "/_pages/grid.js";
import { hint } from "/_pages/hints.js";

const WORKER_TAB = "Loket";
const OTHERS_EVERY = 8; // looks
const WAITING = "Menunggu petugas";

let services = [];
let chosen = 0;
let values = [];
let columns = [];
let grid;
let looks = 0;
let drawn = "";
let worker = "";
let sorted = { index: -1, order: "ASCENDING" };
let wanted = null; // a row to show as soon as it is there
const waiting = new Map();
const sheets = new Map(); // spreadsheetId → [{sheetId, title}]

const path = (id, range) => `/v4/spreadsheets/${encodeURIComponent(id)}/values/${encodeURIComponent(range)}`;
const quoted = (tab) => `'${tab.replaceAll("'", "''")}'`;

const address = (service) => `/spreadsheets/d/${encodeURIComponent(service.spreadsheetId)}/edit`;

export const hasRows = () => values.length > 1;
export const ready = () => values.length > 0;
export const workerLine = () => worker;

export function offer(forms) {
  const signature = JSON.stringify(forms.map((form) => [form.formId, form.title, form.tab]));
  if (signature === offer.signature) return;
  offer.signature = signature;
  const id = services[chosen]?.formId ?? forms.find((form) => address(form) === location.pathname)?.formId;
  services = forms;
  chosen = Math.max(0, forms.findIndex((form) => form.formId === id));
  sheets.clear();
  choose(chosen);
}

function choose(number) {
  chosen = number;
  drawn = "";
  sorted = { index: -1, order: "ASCENDING" };
  grid.clear();
  drawTabs();
  const service = services[chosen];
  byId("desk-link").hidden = !service;
  if (service) byId("desk-link").href = address(service);
}

function drawTabs() {
  const tabs = services.map((service, number) => {
    const tab = element(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(number === chosen),
        "aria-controls": "desk-grid",
        on: { click: () => pick(number) },
      },
      service.title,
    );
    const count = waiting.get(service.formId);
    if (count) tab.append(element("span", { class: "count", title: `${count} menunggu petugas` }, String(count)));
    return tab;
  });
  byId("desk-tabs").replaceChildren(...tabs);
}

async function pick(number) {
  choose(number);
  await refresh();
  byId("desk-tabs").children[number]?.focus();
}

async function read(service) {
  const answer = await google(`${path(service.spreadsheetId, quoted(service.tab))}?valueRenderOption=FORMATTED_VALUE`);
  return answer.values ?? [];
}

export async function look() {
  const service = services[chosen];
  if (!service) return;
  looks += 1;
  const now = await read(service);
  if (service !== services[chosen]) return; // another tab was chosen meanwhile
  take(now);
  if (looks % OTHERS_EVERY === 1) await lookAtOthers();
}

async function lookAtOthers() {
  for (const service of services) {
    const there = service === services[chosen] ? values : await read(service);
    const status = describe(there[0] ?? []).find((column) => column.role === "status");
    const count = status ? there.slice(1).filter((row) => row[status.index] === WAITING).length : 0;
    if (waiting.get(service.formId) !== count) {
      waiting.set(service.formId, count);
      drawTabs();
    }
  }
  await lookAtWorker();
}

// What Loket itself says in its own tab: a line of the form "… terakhir", and its value beside it.
async function lookAtWorker() {
  const service = services[chosen];
  const there = await sheetsOf(service);
  if (!there.some((sheet) => sheet.title === WORKER_TAB)) {
    sheets.delete(service.spreadsheetId);
    return;
  }
  const answer = await google(path(service.spreadsheetId, `${quoted(WORKER_TAB)}!A1:B12`));
  const line = (answer.values ?? []).find((row) => /terakhir/i.test(row[0] ?? "") && row[1]);
  worker = line ? `${line[0]}: ${line[1]}` : "";
}

async function sheetsOf(service) {
  if (!sheets.has(service.spreadsheetId)) {
    const id = encodeURIComponent(service.spreadsheetId);
    const answer = await google(`/v4/spreadsheets/${id}?fields=sheets.properties(sheetId,title)`);
    sheets.set(service.spreadsheetId, answer.sheets.map((sheet) => sheet.properties));
  }
  return sheets.get(service.spreadsheetId);
}

function take(now) {
  values = now;
  const signature = JSON.stringify(now);
  if (signature !== drawn) {
    drawn = signature;
    columns = describe(now[0] ?? []);
    grid.draw(columns, now.slice(1), sorted);
    byId("desk-empty").hidden = now.length > 0;
    drawSummary();
  }
  if (wanted && wanted.formId === services[chosen].formId && grid.reveal(wanted.row)) wanted = null;
}

function drawSummary() {
  const status = columns.find((column) => column.role === "status");
  const counts = new Map();
  for (const row of values.slice(1)) {
    const label = status ? (row[status.index] ?? "") : "";
    if (label in TONES) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const chips = Object.keys(TONES)
    .filter((label) => counts.has(label))
    .map((label) => element("span", { class: "chip", data: { tone: TONES[label] } }, `${label} ${counts.get(label)}`));
  byId("desk-summary").replaceChildren(...chips);
}

// A row is known by its reference, or by its answers while it has none; its number may be another one's by now.
function sameRow(one, other) {
  if (!one || !other) return false;
  const reference = columns.find((column) => column.role === "reference")?.index;
  if (one[reference] && other[reference]) return one[reference] === other[reference];
  return columns
    .filter((column) => column.owner === "applicant")
    .every((column) => (one[column.index] ?? "") === (other[column.index] ?? ""));
}

// What Sheets would read as a formula or a number, but is meant as text, gets the apostrophe a person would type.
const asTyped = (text) => (/^([=+@']|-\D|0\d{3}|\d{12,}$)/.test(text) ? `'${text}` : text);

function say(text, state = "ok") {
  byId("desk-saved").textContent = text;
  byId("desk-saved").dataset.state = state;
  clearTimeout(say.later);
  say.later = setTimeout(() => (byId("desk-saved").textContent = ""), 4000);
}

async function save({ row, number, column, text }) {
  const service = services[chosen];
  say("Menyimpan …");
  const now = await read(service);
  const place = sameRow(now[number], row)
    ? number
    : now.findIndex((candidate, index) => index > 0 && sameRow(candidate, row));
  if (place < 1 || now[0][column.index] !== column.header) {
    say("Baris ini baru saja berubah. Periksa, lalu ulangi.", "wrong");
    take(now);
    return;
  }
  const range = `${quoted(service.tab)}!${letter(column.index)}${place + 1}`;
  await google(`${path(service.spreadsheetId, range)}?valueInputOption=USER_ENTERED`, "PUT", {
    range,
    majorDimension: "ROWS",
    values: [[asTyped(text)]],
  });
  say("Tersimpan di lembar.");
  if (column.role === "decision" && text) hint("decided");
}

async function edit(change) {
  try {
    await save(change);
  } catch (error) {
    say(error.status === 400 ? "Sel ini dilindungi." : "Belum tersimpan. Coba lagi.", "wrong");
  }
}

async function refresh() {
  drawn = "";
  await look().catch(() => {}); // the next look says so in the status line
}

async function sort(column) {
  const service = services[chosen];
  const order = sorted.index === column.index && sorted.order === "ASCENDING" ? "DESCENDING" : "ASCENDING";
  try {
    const sheet = (await sheetsOf(service)).find((one) => one.title === service.tab);
    await google(`/v4/spreadsheets/${encodeURIComponent(service.spreadsheetId)}:batchUpdate`, "POST", {
      requests: [
        {
          sortRange: {
            range: {
              sheetId: sheet.sheetId,
              startRowIndex: 1,
              endRowIndex: values.length,
              startColumnIndex: 0,
              endColumnIndex: Math.max(...values.map((row) => row.length)),
            },
            sortSpecs: [{ dimensionIndex: column.index, sortOrder: order }],
          },
        },
      ],
    });
    sorted = { index: column.index, order };
    say("Lembar diurutkan.");
  } catch {
    say("Belum diurutkan. Coba lagi.", "wrong");
  }
  await refresh();
}

export function show(formId, row) {
  const number = services.findIndex((service) => service.formId === formId);
  if (number < 0) return;
  wanted = { formId, row };
  if (number === chosen) grid.reveal(row) && (wanted = null);
  else pick(number);
}

export function start() {
  grid = new Grid(byId("desk-grid"), { edit, refresh, sort });
}
