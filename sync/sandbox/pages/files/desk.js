// The officer's desk: reads a sheet through the Sheets API and shows it. What an officer changes is changes.js's affair,
// drawing grid.js's.

import { Changes } from "/_pages/changes.js";
import { choicesOf } from "/_pages/choices.js";
import { describe, plainColumns, TONES } from "/_pages/columns.js";
import { byId, element } from "/_pages/elements.js";
import { google } from "/_pages/google.js";
import { Grid } from "/_pages/grid.js";

const WORKER_TAB = "Loket";
const OTHERS_EVERY = 10; // looks
const WAITING = "Menunggu petugas";
const CHOICES_EVERY = 24;
const PLAIN = { rows: 12, columns: 8, more: 4 }; // what a spreadsheet of no form shows beyond its content

let services = [];
let chosen = 0;
let tab = ""; // the sheet that is shown of the chosen spreadsheet
let values = [];
let columns = [];
let choices = new Map();
let grid;
let changes;
let looks = 0;
let drawn = "";
let worker = "";
let sorted = { index: -1, order: "ASCENDING" };
let wanted = null; // a row to show as soon as it is there
const waiting = new Map();
const sheets = new Map(); // spreadsheetId → [{sheetId, title, gridProperties}]

export const path = (id, range) => `/v4/spreadsheets/${encodeURIComponent(id)}/values/${encodeURIComponent(range)}`;
export const quoted = (title) => `'${title.replaceAll("'", "''")}'`;

const address = (service) => `/spreadsheets/d/${encodeURIComponent(service.spreadsheetId)}/edit`;
const key = (service) => service?.formId || service?.spreadsheetId;
const isPlain = () => !services[chosen]?.formId || tab !== services[chosen].tab;

export const hasRows = () => values.length > 1;
export const ready = () => values.length > 0;
export const workerLine = () => worker;

export function offer(list) {
  const signature = JSON.stringify(list.map((service) => [key(service), service.title, service.tab]));
  if (signature === offer.signature) return;
  offer.signature = signature;
  const known = key(services[chosen]) ?? key(list.find((service) => address(service) === location.pathname));
  services = list;
  sheets.clear();
  choose(Math.max(0, services.findIndex((service) => key(service) === known)));
}

function choose(number) {
  chosen = number;
  const service = services[chosen];
  drawTabs();
  byId("desk-link").hidden = !service;
  if (service) byId("desk-link").href = address(service);
  turnTo(service?.tab ?? "");
}

// Shows another sheet of the chosen spreadsheet.
function turnTo(title) {
  tab = title;
  drawn = "";
  values = [];
  choices = null;
  sorted = { index: -1, order: "ASCENDING" };
  grid.clear();
  grid.show("");
  byId("desk-filter").value = "";
  changes.calm();
  drawSheets();
}

function drawTabs() {
  const tabs = services.map((service, number) => {
    const made = element(
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
    if (count) made.append(element("span", { class: "count", title: `${count} menunggu petugas` }, String(count)));
    return made;
  });
  byId("desk-tabs").replaceChildren(...tabs);
}

function drawSheets() {
  const titles = (sheets.get(services[chosen]?.spreadsheetId) ?? []).map((sheet) => sheet.title);
  const select = byId("desk-sheet");
  select.hidden = titles.length < 2;
  const signature = JSON.stringify(titles);
  if (select.dataset.titles !== signature) select.replaceChildren(...titles.map((title) => new Option(title, title)));
  select.dataset.titles = signature;
  select.value = tab;
}

async function pick(number) {
  choose(number);
  await refresh();
  byId("desk-tabs").children[number]?.focus();
}

export async function read(service, title) {
  const answer = await google(`${path(service.spreadsheetId, quoted(title))}?valueRenderOption=FORMATTED_VALUE`);
  return answer.values ?? [];
}

export async function look() {
  const service = services[chosen];
  if (!service) return;
  looks += 1;
  try {
    await lookAt(service);
  } catch (error) {
    if (error.status === 400) sheets.delete(service.spreadsheetId); // the sheet was renamed or deleted
    if (error.status === 400 && isPlain()) turnTo(service.tab);
    throw error;
  }
  if (looks % OTHERS_EVERY === 1) await lookAtOthers();
}

async function lookAt(service) {
  const there = await sheetsOf(service);
  if (service !== services[chosen]) return; // another tab was chosen meanwhile
  if (!tab) turnTo(there[0].title);
  drawSheets();
  const title = tab;
  if (!choices || looks % CHOICES_EVERY === 0) choices = await choicesOf(service.spreadsheetId, quoted(title)).catch(() => new Map());
  const now = await read(service, title);
  if (service === services[chosen] && title === tab) take(now);
}

async function lookAtOthers() {
  for (const service of services.filter((one) => one.formId)) {
    const shown = service === services[chosen] && !isPlain();
    const there = shown ? values : await read(service, service.tab);
    const status = describe(there[0] ?? [], new Map()).find((column) => column.role === "status");
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
  sheets.delete(service.spreadsheetId);
  const there = await sheetsOf(service);
  if (!there.some((sheet) => sheet.title === WORKER_TAB)) return;
  const answer = await google(path(service.spreadsheetId, `${quoted(WORKER_TAB)}!A1:B12`));
  const line = (answer.values ?? []).find((row) => /terakhir/i.test(row[0] ?? "") && row[1]);
  worker = line ? `${line[0]}: ${line[1]}` : "";
}

async function sheetsOf(service) {
  if (!sheets.has(service.spreadsheetId)) {
    const id = encodeURIComponent(service.spreadsheetId);
    const fields = "sheets.properties(sheetId,title,hidden,gridProperties(rowCount,columnCount))";
    const answer = await google(`/v4/spreadsheets/${id}?fields=${fields}`);
    const shown = answer.sheets.map((sheet) => sheet.properties).filter((sheet) => !sheet.hidden);
    sheets.set(service.spreadsheetId, shown);
  }
  return sheets.get(service.spreadsheetId);
}

function take(now) {
  values = now;
  const signature = JSON.stringify([now, [...choices]]);
  if (signature !== drawn) {
    drawn = signature;
    if (isPlain()) drawPlain(now);
    else {
      columns = describe(now[0] ?? [], choices);
      grid.draw(columns, now.slice(1), sorted, 2);
    }
    byId("desk-empty").hidden = isPlain() || now.length > 0;
    drawSummary();
  }
  if (wanted && wanted.formId === services[chosen].formId && grid.reveal(wanted.row)) wanted = null;
}

// With some empty rows and columns to write into, as far as the sheet has them.
function drawPlain(now) {
  const size = (sheets.get(services[chosen].spreadsheetId) ?? []).find((one) => one.title === tab)?.gridProperties ?? {};
  const width = Math.max(PLAIN.columns, ...now.map((row) => row.length + 1));
  const height = Math.max(PLAIN.rows, now.length + PLAIN.more);
  columns = plainColumns(Math.min(width, size.columnCount ?? width), choices);
  const rows = Array.from({ length: Math.min(height, size.rowCount ?? height) }, (_, number) => now[number] ?? []);
  grid.draw(columns, rows, sorted, 1);
}

function drawSummary() {
  const status = isPlain() ? undefined : columns.find((column) => column.role === "status");
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

async function refresh() {
  drawn = "";
  await look().catch(() => {}); // the next look says so in the status line
}

// Everything that a change must know about the sheet it is made in.
async function shown() {
  const service = services[chosen];
  const sheet = (await sheetsOf(service)).find((one) => one.title === tab);
  return { service, tab, sheetId: sheet.sheetId, plain: isPlain(), columns, rowCount: values.length };
}

export function show(formId, row) {
  const number = services.findIndex((service) => service.formId === formId);
  if (number < 0) return;
  wanted = { formId, row };
  if (number === chosen && !isPlain()) grid.reveal(row) && (wanted = null);
  else pick(number);
}

export function start() {
  changes = new Changes({ shown, read, take });
  grid = new Grid(byId("desk-grid"), {
    refresh,
    edit: (change) => changes.edit(change),
    sort: async (column) => {
      const again = sorted.index === column.index && sorted.order === "ASCENDING";
      const order = again ? "DESCENDING" : "ASCENDING";
      if (await changes.sort(column, order)) sorted = { index: column.index, order };
      await refresh();
    },
  });
  byId("desk-filter").addEventListener("input", (event) => grid.show(event.target.value));
  byId("desk-sheet").addEventListener("change", (event) => {
    turnTo(event.target.value);
    refresh();
  });
  changes.listen({ here: () => grid.here(), refresh });
}
