// The grid: draws rows into a table that stays, so the scroll position and a cell being edited are never lost.

import { letter, TONES } from "/_pages/columns.js";
import { byId, element, here, webAddress } from "/_pages/elements.js";

const MANY = 60; // changed cells: the whole sheet moved, nothing is worth a flash

export class Grid {
  constructor(table, { edit, refresh, sort }) {
    this.head = table.tHead;
    this.body = table.tBodies[0];
    this.edit = edit;
    this.refresh = refresh;
    this.sort = sort;
    this.columns = [];
    this.rows = [];
    this.first = 2;
    this.wanted = "";
    this.editing = null;
    this.body.addEventListener("keydown", (event) => this.#key(event));
    this.body.addEventListener("dblclick", (event) => this.#open(event.target.closest("td")));
    this.body.addEventListener("focusin", (event) => this.#focused(event.target));
    this.body.addEventListener("change", (event) => this.#decided(event.target));
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td");
      if (cell && event.target === cell && cell === document.activeElement && cell.dataset.seen) this.#open(cell);
      if (cell && event.target === cell) cell.dataset.seen = "1";
    });
  }

  clear() {
    this.#stop();
    this.columns = [];
    this.rows = [];
    this.head.replaceChildren();
    this.body.replaceChildren();
    this.current = null;
    byId("cell-name").textContent = "—";
    byId("cell-text").textContent = "Pilih satu sel untuk membaca isinya.";
  }

  // `first` is the number that the sheet gives to the first of these rows.
  draw(columns, rows, sorted, first) {
    const shape = (list) => JSON.stringify(list.map(({ index, header, role, choices }) => [index, header, role, choices]));
    if (first !== this.first) this.clear();
    this.first = first;
    const fresh = shape(columns) !== shape(this.columns);
    if (fresh) {
      this.#stop();
      this.body.replaceChildren();
      this.columns = columns;
    }
    this.#drawHead(sorted);
    const grew = !fresh && this.rows.length > 0;
    this.rows = rows;
    const changed = [];
    while (this.body.rows.length > rows.length) this.body.lastElementChild.remove();
    rows.forEach((row, number) => {
      let line = this.body.rows[number];
      const isNew = !line;
      if (isNew) {
        line = this.#line(number);
        this.body.append(line);
      }
      this.columns.forEach((column, place) => {
        const cell = line.cells[place + 1];
        if (this.#fill(cell, column, row[column.index] ?? "") && !isNew) changed.push(cell);
      });
      if (isNew && grew) flash(line);
    });
    this.#filter();
    if (changed.length <= MANY) changed.forEach(flash);
    if (!this.body.querySelector("td[tabindex='0']")) this.body.querySelector("td")?.setAttribute("tabindex", "0");
    this.#tell();
  }

  // Shows only rows that hold this text; the sheet itself stays as it is for everybody else.
  show(text) {
    this.wanted = text.trim().toLowerCase();
    this.#filter();
  }

  #filter() {
    for (const line of this.body.rows) {
      const row = this.rows[line.sectionRowIndex] ?? [];
      line.hidden = line !== this.editing?.cell.parentElement && !row.join(" ").toLowerCase().includes(this.wanted);
    }
  }

  // Where the officer stands: the row's number counted from 0, and what it holds. Nothing before the first step.
  here() {
    return this.current?.isConnected ? this.#place(this.current) : null;
  }

  // Scrolls to a row of the sheet by its number. False while it is not there yet.
  reveal(row) {
    const line = this.body.rows[row - this.first];
    if (!line) return false;
    line.scrollIntoView({ block: "center" });
    flash(line);
    return true;
  }

  #drawHead(sorted) {
    const heads = this.columns.map((column) => {
      const here = sorted.index === column.index;
      const button = element(
        "button",
        { type: "button", title: `Urutkan menurut ${column.header || `kolom ${letter(column.index)}`}`, on: { click: () => this.sort(column) } },
        element("span", { class: "letter", "aria-hidden": "true" }, letter(column.index)),
        element("span", {}, column.header),
        element("span", { class: "order", "aria-hidden": "true" }, here ? (sorted.order === "ASCENDING" ? "▲" : "▼") : ""),
      );
      const order = here ? sorted.order.toLowerCase() : "none";
      return element("th", { scope: "col", "aria-sort": order }, button);
    });
    const signature = JSON.stringify([this.columns, sorted]);
    if (signature === this.headSignature && this.head.rows.length) return;
    this.headSignature = signature;
    const corner = element("th", { class: "row-no", scope: "col" }, element("span", { class: "letter" }, "No."));
    this.head.replaceChildren(element("tr", {}, corner, ...heads));
  }

  #line(number) {
    const cells = this.columns.map((column) =>
      element("td", {
        tabindex: "-1",
        role: "gridcell",
        data: { owner: column.owner, role: column.role, ...(column.editable ? { edit: "" } : {}) },
        "aria-readonly": column.editable ? undefined : "true",
      }),
    );
    return element("tr", {}, element("th", { class: "row-no", scope: "row" }, String(number + this.first)), ...cells);
  }

  // Puts a value into a cell. True when something else stood there before.
  #fill(cell, column, text) {
    if (cell === this.editing?.cell || cell.pending) return false;
    if (cell.value === text) return false;
    const before = cell.value;
    cell.value = text;
    if (column.choices) {
      const select = cell.firstElementChild ?? cell.appendChild(choice(column));
      if (text && ![...select.options].some((option) => option.value === text)) select.append(new Option(text, text));
      select.value = text;
      select.toggleAttribute("data-set", Boolean(text));
    } else if (column.role === "status" && text) {
      cell.replaceChildren(element("span", { class: "chip", data: { tone: TONES[text] ?? "" } }, text));
    } else if (column.role === "document" && webAddress(text)) {
      const link = { href: here(webAddress(text)), target: "_blank", rel: "noopener noreferrer", tabindex: "-1" };
      cell.replaceChildren(element("a", link, "Buka surat ↗"));
    } else {
      cell.textContent = text;
    }
    return before !== undefined;
  }

  #place(cell) {
    const number = cell.parentElement.sectionRowIndex;
    return { number: number + this.first - 1, row: this.rows[number], column: this.columns[cell.cellIndex - 1] };
  }

  #focused(target) {
    const cell = target.closest("td");
    if (!cell) return;
    for (const other of this.body.querySelectorAll("td[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
    // The row as the officer sees it now: it may move while the list of decisions is open.
    if (target.matches("select")) target.seen = this.#place(cell);
    if (this.current !== cell && this.current) delete this.current.dataset.seen;
    this.current = cell;
    this.#tell();
  }

  #tell() {
    if (!this.current?.isConnected) return;
    const { number, column } = this.#place(this.current);
    byId("cell-name").textContent = `${letter(column.index)}${number + 1}`;
    const read = column.owner === "loket" && !this.current.value ? "(diisi oleh Loket)" : this.current.value;
    byId("cell-text").textContent = read || "(kosong)";
  }

  #key(event) {
    const cell = event.target.closest("td");
    if (!cell || cell === this.editing?.cell) return;
    if (event.target.matches("select")) {
      if (event.key === "Escape") cell.focus();
      return;
    }
    const line = cell.parentElement;
    const to = {
      ArrowRight: line.cells[cell.cellIndex + 1],
      ArrowLeft: line.cells[cell.cellIndex - 1],
      ArrowDown: shownBeside(line, "nextElementSibling")?.cells[cell.cellIndex],
      ArrowUp: shownBeside(line, "previousElementSibling")?.cells[cell.cellIndex],
      Home: line.cells[1],
      End: line.cells[line.cells.length - 1],
    };
    if (event.key in to) {
      event.preventDefault();
      if (to[event.key]?.matches("td")) to[event.key].focus();
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      this.#open(cell);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#open(cell, event.key === " " ? undefined : event.key);
    }
  }

  #open(cell, typed) {
    if (!cell || cell === this.editing?.cell) return;
    const { column } = this.#place(cell);
    if (column.choices) cell.firstElementChild.focus();
    else if (column.role === "document") cell.firstElementChild?.click?.();
    else if (column.editable) this.#write(cell, typed);
  }

  #write(cell, typed) {
    this.#stop();
    const place = this.#place(cell);
    const area = element("textarea", { rows: "1", "aria-label": place.column.header || letter(place.column.index), spellcheck: "false" });
    area.value = typed ?? cell.value;
    this.editing = { cell, area, ...place };
    cell.replaceChildren(area);
    cell.classList.add("editing");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || (event.key === "Enter" && !event.altKey && !event.shiftKey)) {
        event.preventDefault();
        this.#finish(event.key === "Enter");
        cell.focus();
      }
    });
    area.addEventListener("blur", () => this.#finish(true));
  }

  #finish(keep) {
    const edited = this.editing;
    if (!edited) return;
    this.#stop();
    const text = edited.area.value;
    if (keep && text !== edited.cell.before) this.#send(edited.cell, edited, text);
  }

  // Takes the editor away and puts back what the cell held.
  #stop() {
    if (!this.editing) return;
    const { cell, column } = this.editing;
    this.editing = null;
    cell.before = cell.value;
    cell.classList.remove("editing");
    cell.replaceChildren();
    cell.value = undefined;
    this.#fill(cell, column, cell.before);
  }

  #decided(select) {
    if (!select.matches("select")) return;
    const cell = select.closest("td");
    select.toggleAttribute("data-set", Boolean(select.value));
    this.#send(cell, select.seen ?? this.#place(cell), select.value);
  }

  async #send(cell, { row, number, column }, text) {
    const before = row?.[column.index] ?? "";
    cell.pending = true;
    if (!column.choices) cell.textContent = text;
    cell.value = text;
    try {
      await this.edit({ row, number, column, text, before });
    } finally {
      cell.pending = false;
      await this.refresh();
    }
  }
}

function choice({ header, index, choices }) {
  const select = element("select", { tabindex: "-1", "aria-label": header || letter(index) });
  select.append(new Option("—", ""), ...choices.map((word) => new Option(word, word)));
  return select;
}

function shownBeside(line, side) {
  let other = line[side];
  while (other?.hidden) other = other[side];
  return other;
}

function flash(node) {
  node.classList.remove("fresh");
  void node.offsetWidth; // starts the animation anew
  node.classList.add("fresh");
}
