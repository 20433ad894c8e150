// What an officer does to a sheet, through the Sheets API: a cell, a row more or less, another order.
// Rows move while people work: each change looks for its row again before it writes.

import { letter } from "/_pages/columns.js";
import { byId } from "/_pages/elements.js";
import { google } from "/_pages/google.js";
import { hint } from "/_pages/hints.js";
import { path, quoted } from "/_pages/desk.js";

const MOVED = "Baris ini baru saja berubah. Periksa, lalu ulangi.";
const SURE_MS = 4000;

function say(text, state = "ok") {
  byId("desk-saved").textContent = text;
  byId("desk-saved").dataset.state = state;
  clearTimeout(say.later);
  say.later = setTimeout(() => (byId("desk-saved").textContent = ""), SURE_MS);
}

// A row is known by its reference, or by its answers while it has none; a row of a plain sheet by all that it holds.
function sameRow({ plain, columns }, one, other) {
  if (plain) return JSON.stringify(filled(one)) === JSON.stringify(filled(other));
  if (!one || !other) return false;
  const reference = columns.find((column) => column.role === "reference")?.index;
  if (one[reference] && other[reference]) return one[reference] === other[reference];
  return columns
    .filter((column) => column.owner === "applicant")
    .every((column) => (one[column.index] ?? "") === (other[column.index] ?? ""));
}

const filled = (row = []) => row.slice(0, row.findLastIndex((value) => value !== "") + 1);

// What Sheets would read as a formula or a number, but is meant as text, gets the apostrophe a person would type.
// In the officer's own sheets a formula is meant, unless a text that looked like one stood there.
function asTyped(text, { plain }, before) {
  const asText = plain && !before.startsWith("=") ? /^(0\d{3}|\d{12,}$)/ : /^([=+@']|-\D|0\d{3}|\d{12,}$)/;
  return asText.test(text) ? `'${text}` : text;
}

export class Changes {
  constructor({ shown, read, take }) {
    this.shown = shown;
    this.read = read;
    this.take = take;
  }

  // Does it, and says how it went. True when it was done.
  async #tried(act, failed) {
    try {
      return await act(await this.shown());
    } catch (error) {
      say(error.status === 400 ? "Sel ini dilindungi." : failed, "wrong");
      return false;
    }
  }

  // Where the row stands now; -1, and a word about it, when it is not to be found.
  async #find(sheet, { number, row, column }) {
    const now = await this.read(sheet.service, sheet.tab);
    const first = sheet.plain ? 0 : 1;
    let place = sameRow(sheet, now[number], row) ? number : -1;
    if (place < 0 && filled(row).length) {
      place = now.findIndex((other, index) => index >= first && sameRow(sheet, other, row));
    }
    const headed = sheet.plain || !column || now[0]?.[column.index] === column.header;
    if (place >= first && headed) return place;
    say(MOVED, "wrong");
    this.take(now);
    return -1;
  }

  edit({ row, number, column, text, before }) {
    say("Menyimpan …");
    return this.#tried(async (sheet) => {
      const place = await this.#find(sheet, { number, row, column });
      if (place < 0) return false;
      const range = `${quoted(sheet.tab)}!${letter(column.index)}${place + 1}`;
      await google(`${path(sheet.service.spreadsheetId, range)}?valueInputOption=USER_ENTERED`, "PUT", {
        range,
        majorDimension: "ROWS",
        values: [[asTyped(text, sheet, before)]],
      });
      say("Tersimpan di lembar.");
      if (column.role === "decision" && text) hint("decided");
      return true;
    }, "Belum tersimpan. Coba lagi.");
  }

  sort(column, sortOrder) {
    return this.#tried(async (sheet) => {
      const range = { sheetId: sheet.sheetId, startRowIndex: 1, endRowIndex: Math.max(2, sheet.rowCount) };
      await batch(sheet, { sortRange: { range, sortSpecs: [{ dimensionIndex: column.index, sortOrder }] } });
      say("Lembar diurutkan.");
      return true;
    }, "Belum diurutkan. Coba lagi.");
  }

  // Below the row where the officer stands; below everything before the first step.
  insert(here) {
    return this.#tried(async (sheet) => {
      const place = here ? await this.#find(sheet, { ...here, column: null }) : sheet.rowCount - 1;
      if (place < 0 && here) return false;
      const range = { sheetId: sheet.sheetId, dimension: "ROWS", startIndex: place + 1, endIndex: place + 2 };
      const inheritFromBefore = place + 1 > (sheet.plain ? 0 : 1);
      await batch(sheet, { insertDimension: { range, inheritFromBefore } });
      say(`Baris ${place + 2} kosong disisipkan.`);
      return true;
    }, "Belum disisipkan. Coba lagi.");
  }

  remove(here) {
    return this.#tried(async (sheet) => {
      const place = await this.#find(sheet, { ...here, column: null });
      if (place < 0) return false;
      const range = { sheetId: sheet.sheetId, dimension: "ROWS", startIndex: place, endIndex: place + 1 };
      await batch(sheet, { deleteDimension: { range } });
      say(`Baris ${place + 1} dihapus.`);
      return true;
    }, "Belum dihapus. Coba lagi.");
  }

  // Nothing is deleted by one press: the second one within a moment does it.
  calm(here = null) {
    const button = byId("desk-delete");
    this.sure = null;
    button.disabled = !here;
    button.textContent = "Hapus baris";
    delete button.dataset.sure;
  }

  #ask(place) {
    const button = byId("desk-delete");
    this.sure = place;
    button.textContent = `Yakin hapus baris ${place.number + 1}?`;
    button.dataset.sure = "";
    clearTimeout(this.later);
    this.later = setTimeout(() => this.sure === place && this.calm(place), SURE_MS);
  }

  listen({ here, refresh }) {
    byId("desk-grid").addEventListener("focusin", () => this.calm(here()));
    byId("desk-insert").addEventListener("click", async () => {
      await this.insert(here());
      await refresh();
    });
    byId("desk-delete").addEventListener("click", async () => {
      const place = this.sure;
      if (!place) {
        this.#ask(here());
        return;
      }
      this.calm(here());
      await this.remove(place);
      await refresh();
    });
  }
}

function batch({ service }, request) {
  const id = encodeURIComponent(service.spreadsheetId);
  return google(`/v4/spreadsheets/${id}:batchUpdate`, "POST", { requests: [request] });
}
