// The citizens' form: drawn from the form's own questions, sent as Google Forms would store it.

import { byId, element } from "/_pages/elements.js";
import { example } from "/_pages/examples.js";
import { sandbox } from "/_pages/google.js";
import { hint } from "/_pages/hints.js";

const OPTIONAL_NOTE = "Tempel tautan berkas di Google Drive.";
const FREE = "Layanan ini tidak dipungut biaya.";
const INPUTS = { date: "date", time: "time", file: "url" };

let forms = [];
let sent = null; // {formId, responseId, row}: what was sent last
let editing = false;
let showRow = () => {};

const current = () => forms.find((form) => form.formId === byId("citizen-service").value);

export function offer(list) {
  const signature = JSON.stringify(list.map((form) => [form.formId, form.title, form.questions]));
  if (signature === offer.signature) return;
  offer.signature = signature;
  const chosen = byId("citizen-service").value;
  forms = list;
  byId("citizen-service").replaceChildren(...forms.map((form) => new Option(form.title, form.formId)));
  if (forms.some((form) => form.formId === chosen)) byId("citizen-service").value = chosen;
  const usable = forms.length > 0;
  for (const id of ["citizen-service", "citizen-example", "citizen-send"]) byId(id).disabled = !usable;
  draw();
  prefill();
}

// A link of Forms with answers filled in: `entry.` is followed by a question's id in decimal.
function prefill() {
  const form = forms.find((one) => location.pathname.startsWith("/forms/") && location.pathname.split("/").includes(one.formId));
  if (!form) return;
  byId("citizen-service").value = form.formId;
  draw();
  const asked = new URLSearchParams(location.search);
  for (const [question, box] of given()) {
    const answer = question.questionId && asked.getAll(`entry.${Number.parseInt(question.questionId, 16)}`);
    if (answer?.length) put(box, ...answer);
  }
}

function draw() {
  const form = current();
  sent = null;
  editing = false;
  const fields = form ? form.questions.map((question, number) => field(question, `answer-${number}`)) : [];
  if (form?.collect_email) {
    fields.unshift(field({ title: "Email", type: "email", required: true }, "answer-email"));
  }
  byId("citizen-form").replaceChildren(...fields);
  fillIn();
}

function field(question, id) {
  const mark = question.required ? element("span", { class: "must", "aria-hidden": "true" }, "*") : null;
  const wrong = element("p", { class: "wrong", id: `${id}-wrong`, hidden: true }, "Pertanyaan ini wajib diisi.");
  const shared = { name: id, "aria-describedby": `${id}-wrong`, "aria-required": question.required ? "true" : undefined };
  if (question.type === "choice" || question.type === "checkbox") {
    const kind = question.type === "choice" ? "radio" : "checkbox";
    const options = question.options.map((option) =>
      element("label", { class: "option" }, element("input", { type: kind, name: id, value: option }), option),
    );
    const legend = element("legend", { class: "legend" }, question.title, mark);
    return element("fieldset", { class: "field", data: { type: question.type } }, legend, ...options, wrong);
  }
  let input;
  if (question.type === "dropdown") {
    input = element("select", { id, ...shared }, new Option("Pilih", ""), ...question.options.map((one) => new Option(one, one)));
  } else if (question.type === "paragraph") {
    input = element("textarea", { id, rows: "2", ...shared });
  } else {
    input = element("input", { id, type: INPUTS[question.type] ?? question.type, autocomplete: "off", ...shared });
  }
  const aside = question.type === "file" ? element("p", { class: "aside" }, OPTIONAL_NOTE) : null;
  const label = element("label", { for: id }, question.title, mark);
  return element("div", { class: "field", data: { type: question.type } }, label, input, aside, wrong);
}

// [question, its element, its answer] of every question, the collected address apart.
function* given() {
  const form = current();
  const boxes = [...byId("citizen-form").children];
  const questions = form.collect_email ? [{ title: "", type: "email", required: true }, ...form.questions] : form.questions;
  for (const [number, question] of questions.entries()) {
    const box = boxes[number];
    const ticked = [...box.querySelectorAll("input:checked")].map((input) => input.value);
    const several = question.type === "checkbox" ? ticked : ticked[0];
    const answer = ["choice", "checkbox"].includes(question.type)
      ? several
      : box.querySelector("input, select, textarea").value.trim();
    yield [question, box, answer ?? ""];
  }
}

function put(box, ...answers) {
  for (const input of box.querySelectorAll("input[type=radio], input[type=checkbox]")) input.checked = answers.includes(input.value);
  const input = box.querySelector("input:not([type=radio], [type=checkbox]), select, textarea");
  if (input) input.value = answers[0];
}

function complete() {
  let first = null;
  for (const [question, box, answer] of given()) {
    const wrong = question.required && !answer.length;
    box.querySelector(".wrong").hidden = !wrong;
    const inputs = box.querySelectorAll("input, select, textarea");
    for (const input of inputs) input.setAttribute("aria-invalid", String(wrong));
    if (wrong) first ??= inputs[0];
  }
  first?.focus();
  note(first ? "Masih ada yang wajib diisi." : FREE, first ? "wrong" : "");
  return !first;
}

function note(text, state = "") {
  byId("citizen-note").textContent = text;
  byId("citizen-note").dataset.state = state;
}

async function send(event) {
  event.preventDefault();
  if (!complete()) return;
  const form = current();
  const body = { answers: {} };
  for (const [question, , answer] of given()) {
    if (question.type === "email") body.email = answer;
    else if (answer.length || editing) body.answers[question.questionId] = answer;
  }
  byId("citizen-send").disabled = true;
  note("Mengirim …");
  try {
    const place = `forms/${encodeURIComponent(form.formId)}/responses`;
    const again = editing && sent;
    const address = again ? `${place}/${encodeURIComponent(sent.responseId)}` : place;
    const made = await sandbox(address, again ? "PUT" : "POST", body);
    sent = { formId: form.formId, responseId: made.responseId ?? sent?.responseId, row: made.row };
    thanks(form, Boolean(again));
    hint("applied");
  } catch (error) {
    note(error.status ? "Tidak terkirim. Periksa isian, lalu coba lagi." : "Tidak terkirim. Coba lagi.", "wrong");
  } finally {
    byId("citizen-send").disabled = false;
  }
}

function thanks(form, again) {
  note(FREE);
  byId("citizen-thanks-text").textContent = again
    ? `Perubahan tersimpan pada baris ${sent.row} lembar ${form.title}.`
    : `Permohonan Anda tersimpan pada baris ${sent.row} lembar ${form.title}.`;
  swap(true);
  byId("citizen-thanks").focus({ preventScroll: true });
}

function swap(done) {
  byId("citizen-thanks").hidden = !done;
  byId("citizen-form").hidden = done;
  byId("citizen-foot").hidden = done;
  byId("citizen-example").hidden = done;
}

function fillIn() {
  swap(false);
  note(FREE);
  byId("citizen-send").textContent = editing ? "Simpan perubahan" : "Kirim";
}

export function start({ show }) {
  showRow = show;
  byId("citizen-service").addEventListener("change", draw);
  byId("citizen-form").addEventListener("submit", send);
  byId("citizen-example").addEventListener("click", () => {
    const person = example();
    for (const [question, box] of given()) put(box, person(question));
    complete();
  });
  byId("citizen-show").addEventListener("click", () => showRow(sent.formId, sent.row));
  byId("citizen-edit").addEventListener("click", () => {
    editing = true;
    fillIn();
    byId("citizen-form").querySelector("input, select, textarea")?.focus();
  });
  byId("citizen-again").addEventListener("click", draw);
}
