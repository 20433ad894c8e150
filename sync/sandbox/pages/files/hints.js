// The one line that tells a visitor what to try next. It moves on with what the visitor does.

import { byId } from "/_pages/elements.js";

const LINES = {
  preparing: "Peragaan sedang disiapkan …",
  decide: "Coba: pilih Setujui pada satu baris, lalu lihat surat tiba di kotak surat.",
  decided: "Keputusan tersimpan. Sebentar lagi surat tiba di kotak surat.",
  arrived: "Surat tiba. Buka surat itu dan lampirannya di kotak surat.",
  apply: "Sekarang jadilah warga: tekan Isi contoh, lalu Kirim.",
  applied: "Permohonan masuk sebagai baris baru. Loket memeriksanya dalam beberapa detik.",
  nothing: "Coba: isi formulir sebagai warga. Tekan Isi contoh, lalu Kirim.",
};
let now = "preparing";

export function hint(name) {
  if (name === now) return;
  now = name;
  byId("hint-text").textContent = LINES[name];
}

export const hinted = () => now;
