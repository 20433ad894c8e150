// Invented applicants for the button "Isi contoh". A question is answered by what its title asks for.

const PEOPLE = [
  { name: "Nur Azizah Rahmawati", day: 18, month: 4, year: 1996, woman: true, place: "Tenggarong", district: "06", home: "Jl. Ahmad Yani No. 45 RT 12, Kel. Panji, Kec. Tenggarong", job: "Guru", phone: "0812-5501-2401", mail: "nur.azizah@example.com" },
  { name: "Muhammad Fadli Noor", day: 7, month: 9, year: 1993, woman: false, place: "Loa Kulu", district: "02", home: "Jl. Gerbang Dayaku RT 08, Desa Loh Sumber, Kec. Loa Kulu", job: "Karyawan Swasta", phone: "0812 5501 2402", mail: "fadli.noor@example.org" },
  { name: "Kornelia Lung", day: 23, month: 1, year: 1999, woman: true, place: "Tabang", district: "12", home: "RT 02, Desa Sidomulyo, Kec. Tabang", job: "Perawat", phone: "+6281255012403", mail: "kornelia.lung@example.net" },
  { name: "Agus Riyanto", day: 30, month: 11, year: 1988, woman: false, place: "Tenggarong", district: "16", home: "Blok B No. 9 RT 05, Desa Bukit Pariaman, Kec. Tenggarong Seberang", job: "Petani", phone: "081255012404", mail: "agus.riyanto@example.com" },
];
let next = 0;

const two = (number) => String(number).padStart(2, "0");

// A function from a question to its answer; each call takes the next person.
export function example() {
  const person = PEOPLE[next % PEOPLE.length];
  const serial = String(21 + Math.floor(next / PEOPLE.length)).padStart(4, "0");
  next += 1;
  const area = `6402${person.district}`;
  const born = `${person.year}-${two(person.month)}-${two(person.day)}`;
  const birth = (day) => `${two(day)}${two(person.month)}${two(person.year % 100)}`;
  const answers = [
    [/e-?mail/i, person.mail],
    [/whatsapp|telepon|ponsel|\bhp\b/i, person.phone],
    [/nomor permohonan/i, ""],
    [/\bnik\b/i, `${area}${birth(person.day + (person.woman ? 40 : 0))}${serial}`],
    [/kartu keluarga|\bkk$/i, `${area}${two(person.day)}${two(person.month)}15${serial}`, "text"],
    [/tempat lahir/i, person.place],
    [/tanggal lahir/i, born, "date"],
    [/tanggal lahir/i, `${two(person.day)}-${two(person.month)}-${person.year}`],
    [/kelamin/i, person.woman ? "Perempuan" : "Laki-laki"],
    [/agama/i, person.name === "Kornelia Lung" ? "Katolik" : "Islam"],
    [/pekerjaan/i, person.job],
    [/tinggal.*sekarang/i, "Jl. Wolter Monginsidi No. 31 RT 14, Kel. Timbau, Kec. Tenggarong"],
    [/alamat/i, `${person.home}, Kab. Kutai Kartanegara`],
    [/nama/i, person.name],
    [/perkawinan/i, "Belum Kawin"],
    [/keperluan/i, "Persyaratan melamar pekerjaan"],
  ];
  return ({ title, type, required, options = [] }) => {
    if (type === "email") return person.mail;
    if (type === "file") return required ? "https://drive.google.com/open?id=1ContohBerkasPermohonanLoket00001" : "";
    const known = answers.find(([pattern, , only]) => pattern.test(title) && (!only || only === type));
    if (options.length) return options.includes(known?.[1]) ? known[1] : options[0];
    if (known && !/sejak/i.test(title)) return known[1];
    if (type === "date") return required ? "2021-06-01" : "";
    if (type === "time") return required ? "09:00" : "";
    return required ? "Contoh isian" : "";
  };
}
