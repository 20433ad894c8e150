// Whose column is which, found by its header as Loket finds it; and the order in which the desk shows them.

const ROLES = {
  "no permohonan": "reference",
  status: "status",
  keterangan: "note",
  dokumen: "document",
  diperbarui: "updated",
  keputusan: "decision",
  "catatan petugas": "officer_note",
  "berkas petugas": "officer_file",
};
const LOKET = ["reference", "status", "note", "document", "updated"];
const OFFICER = ["decision", "officer_note", "officer_file"];
// What an officer works with comes first; a phone has no room for the reference beside it.
const WIDE = ["reference", "status", "name", "decision", "officer_note", "document", "note"];
const NARROW = ["name", "decision", "status", "officer_note", "note", "document", "reference"];
const narrow = matchMedia("(max-width: 900px)");

const DECISIONS = ["Setujui", "Tolak", "Minta perbaikan", "Kirim ulang", "Batalkan"];

export const TONES = {
  Diterima: "new",
  "Menunggu petugas": "wait",
  "Perlu perbaikan": "mend",
  Disetujui: "go",
  "Sedang dikirim": "go",
  "Antre kirim": "go",
  "Perlu dicek": "bad",
  "Gagal kirim": "bad",
  Selesai: "done",
  Ditolak: "no",
  Dibatalkan: "no",
  Salinan: "no",
};

const plain = (header) => header.toLowerCase().replace(/[\s.:?*]+/g, " ").trim();

export function letter(index) {
  let name = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

// One entry a column that has a header: {index, header, role, owner, editable, choices}. `choices` is by index.
export function describe(headers, choices) {
  const columns = headers
    .map((header, index) => {
      const role = ROLES[plain(header)] ?? (index === 0 ? "timestamp" : "answer");
      const owner = LOKET.includes(role) ? "loket" : OFFICER.includes(role) ? "officer" : "applicant";
      const editable = owner !== "loket" && role !== "timestamp";
      const list = choices.get(index) ?? (role === "decision" ? DECISIONS : undefined);
      return { index, header, role, owner, editable, choices: editable ? list : undefined };
    })
    .filter((column) => column.header.trim());
  const name = columns.find((column) => column.role === "answer" && /\bnama\b/i.test(column.header));
  if (name) name.role = "name";
  const order = narrow.matches ? NARROW : WIDE;
  const work = order.map((role) => columns.find((column) => column.role === role)).filter(Boolean);
  return [...work, ...columns.filter((column) => !work.includes(column))];
}

// A spreadsheet that belongs to no form: its columns as they stand, named by their letters, all the officer's.
export function plainColumns(count, choices) {
  return Array.from({ length: count }, (_, index) => ({
    index,
    header: "",
    role: "answer",
    owner: "applicant",
    editable: true,
    choices: choices.get(index),
  }));
}
