"""What happens in the demonstration, as plain data: three forms, the responses, the officer's plan.

Wired to the sandbox by demo.py; nothing here connects or reads a clock. Most responses are ordinary. The others
show what a counter meets: wrong NIKs, a double application, no email, a pupil, and texts meant to do harm. What is
wrong with a response is named in its `planted`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from sync.cli.demo_people import PEOPLE, Person
from sync.core.dates import MONTHS

QuestionType = Literal[
    "text", "paragraph", "choice", "checkbox", "dropdown", "date", "time", "file"
]
DecisionWord = Literal["Setujui", "Tolak", "Minta perbaikan", "Kirim ulang", "Batalkan"]


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    title: str
    type: QuestionType = "text"
    required: bool = True
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleForm:
    """`workflow` is the name of its file in workflows/."""

    workflow: str
    title: str
    questions: tuple[SampleQuestion, ...]
    collect_email: bool = False


@dataclass(frozen=True, slots=True)
class SampleResponse:
    """`minute` counts from the first response. `planted` says in a word what is not ordinary, "" for nothing."""

    key: str
    workflow: str
    answers: Mapping[str, str]
    email: str | None
    minute: int
    planted: str = ""


@dataclass(frozen=True, slots=True)
class OfficerStep:
    """Bu Ratna, in the row of response `key`: first her corrections of answers, then her decision.

    Round 1 is decided when every row was checked; round 2 after the applicants' edits.
    """

    key: str
    decision: DecisionWord
    note: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)
    round: int = 1


@dataclass(frozen=True, slots=True)
class ApplicantEdit:
    """The applicant opens the response again, between the rounds, and changes these answers."""

    key: str
    answers: Mapping[str, str]


NAME, EMAIL, PHONE, NIK = "Nama Lengkap", "Alamat Email", "Nomor WhatsApp", "NIK"
FAMILY_CARD, BIRTH_PLACE, BORN, SEX = (
    "Nomor Kartu Keluarga",
    "Tempat Lahir",
    "Tanggal Lahir",
    "Jenis Kelamin",
)
RELIGION, JOB, ADDRESS, PURPOSE = "Agama", "Pekerjaan", "Alamat sesuai KTP", "Keperluan surat"
HOME, SINCE, CARD_PHOTO = (
    "Alamat tempat tinggal sekarang",
    "Tinggal di alamat tersebut sejak tanggal",
    "Foto KTP",
)
MARITAL, STATEMENT = "Status perkawinan di KTP", "Surat pernyataan belum menikah"
CARD_ADDRESS, REASON, RECORDED, LOSS_REPORT = (
    "Alamat sesuai KK",
    "Alasan permohonan",
    "Tanggal perekaman KTP-el",
    "Surat kehilangan dari kepolisian",
)
REFERENCE = "Nomor Permohonan (bila memperbaiki)"

_REASONS = ("KTP-el baru", "KTP-el rusak", "KTP-el hilang", "Perubahan data")
_RELIGIONS = (
    "Islam",
    "Kristen",
    "Katolik",
    "Hindu",
    "Buddha",
    "Khonghucu",
    "Kepercayaan terhadap Tuhan YME",
)
_SEXES = {"L": "Laki-laki", "P": "Perempuan"}


def _question(
    title: str,
    kind: QuestionType = "text",
    *options: str,
    required: bool = True,
) -> SampleQuestion:
    return SampleQuestion(title, kind, required, options)


_WHO = (_question(NAME), _question(EMAIL, required=False), _question(PHONE), _question(NIK))
_BELIEF = (_question(RELIGION, "dropdown", *_RELIGIONS), _question(JOB))
_SEX = _question(SEX, "choice", *_SEXES.values())
_LAST = (_question(PURPOSE), _question(REFERENCE, required=False))

FORMS: tuple[SampleForm, ...] = (
    SampleForm(
        "domisili",
        "Surat Keterangan Domisili",
        (
            *_WHO,
            _question(BIRTH_PLACE),
            _question(BORN, "date"),
            _SEX,
            *_BELIEF,
            _question(ADDRESS, "paragraph"),
            _question(HOME, "paragraph"),
            _question(SINCE, "date"),
            _question(CARD_PHOTO, "file", required=False),
            *_LAST,
        ),
    ),
    SampleForm(
        "belum-menikah",
        "Surat Keterangan Belum Menikah",
        (
            *_WHO,
            _question(FAMILY_CARD),
            _question(BIRTH_PLACE),
            _question(BORN),  # a text, as in many offices' forms: dates come in every spelling
            _SEX,
            *_BELIEF,
            _question(ADDRESS, "paragraph"),
            _question(MARITAL, "choice", "Belum Kawin", "Kawin", "Cerai Hidup", "Cerai Mati"),
            _question(STATEMENT, "file"),
            *_LAST,
        ),
    ),
    SampleForm(
        "suket-ktp",
        "Surat Keterangan Pengganti KTP-el",
        (
            *_WHO,
            _question(FAMILY_CARD),
            _question(BIRTH_PLACE),
            _question(BORN, "date"),
            _SEX,
            *_BELIEF,
            _question(CARD_ADDRESS, "paragraph"),
            _question(REASON, "choice", *_REASONS),
            _question(RECORDED, "date", required=False),
            _question(LOSS_REPORT, "file", required=False),
            *_LAST,
        ),
    ),
)

_ORDER: dict[str, tuple[str, ...]] = {
    "domisili": (
        "citra", "doni", "noorhayati", "awang", "encek", "slamet", "sumarni", "yohanes",
        "hairul", "gusti", "ernawati", "wayan", "tumenggung", "obrien", "rudi", "yuli", "lidya",
        "ratih",
    ),
    "belum-menikah": (
        "aji", "norlaila", "tenri", "marta", "meilani", "fitri", "komang", "syahrul", "dedi",
        "kristian", "nuraini", "heri", "veronika", "reza", "norlaila-lagi",
    ),
    "suket-ktp": (
        "baco", "liong", "rusmini", "petrus", "mappa", "bagus", "irwan", "halimah", "jamilah",
        "usman", "aminah", "joko", "budi", "salmah", "putri",
    ),
}  # fmt: skip
"""Who applies for what, in the order in which they apply."""

_PURPOSES = (
    "Membuka rekening bank", "Pendaftaran sekolah anak", "Melamar pekerjaan", "Pengurusan BPJS Kesehatan",
    "Pengajuan kredit usaha rakyat", "Persyaratan beasiswa", "Pengurusan izin usaha", "Keperluan perjalanan",
)  # fmt: skip

_LONG_ADDRESS = (
    "Rumah panggung cat hijau di belakang langgar, masuk dari gang sebelah warung Acil Imah sekitar dua ratus meter, "
    "lewat jembatan ulin yang kedua, lalu belok kiri menyusuri tepi Sungai Mahakam sampai dermaga perahu ces, Gang "
    "Keramat Nomor 17B RT 011 Kota Bangun Ilir, Kec. Kota Bangun, Kutai Kartanegara"
)

# What is not ordinary, beside the applicant's own facts: key → (what it is, the answers that replace those).
_PLANTED: dict[str, tuple[str, dict[str, str]]] = {
    "dedi": ("nik_15_digits", {NIK: PEOPLE["dedi"].nik[:15]}),
    "lidya": ("nik_impossible_date", {NIK: "6402066413910001"}),
    "usman": ("nik_unknown_province", {NIK: "99" + PEOPLE["usman"].nik[2:]}),
    "aminah": ("no_email", {EMAIL: ""}),
    "norlaila-lagi": ("duplicate", {PURPOSE: "Melamar pekerjaan, maaf tadi terkirim dua kali"}),
    "putri": ("under_17", {REASON: "KTP-el baru"}),
    "baco": ("formula", {PURPOSE: '=IMPORTXML("http://contoh.example/","//a")'}),
    "doni": ("script", {HOME: "<script>alert('Doni')</script> Gang Mawar No. 4, Tenggarong"}),
    "reza": ("local_file", {PURPOSE: "<img src=file:///etc/passwd> Melamar pekerjaan"}),
    "heri": ("template", {PURPOSE: "Beasiswa {{ 7*7 }} {% for x in range(9) %}"}),
    "rudi": ("header_injection", {NAME: "Rudi Hartono\r\nBcc: doni.setiawan@example.com"}),
    "yuli": (
        "bidi_and_zero_width",
        {NAME: "Yuliana \u202ePalembangan\u202c", HOME: "Jl. De\u200blima\u2060 RT 14, Kel. Dondang"},
    ),
    "nuraini": ("emoji", {PURPOSE: "Persyaratan beasiswa 🙏😊"}),
    "awang": ("address_300", {HOME: _LONG_ADDRESS}),
    "obrien": ("quotes", {PURPOSE: 'Izin usaha "Warung Mama O\'Brien" & rekan'}),
    "tumenggung": ("long_name", {}),
    "rusmini": ("one_word_name", {}),
    "hairul": ("same_address", {HOME: PEOPLE["hairul"].address}),
    "komang": ("unclear_address", {ADDRESS: "Rumah bapak saya, Kerta Buana"}),
    "slamet": ("misspelt_by_applicant", {JOB: "Petanii"}),
}  # fmt: skip


def responses(today: date) -> tuple[SampleResponse, ...]:
    """Every response, in the order of their minutes; the three forms take turns. `today` makes the pupil 16."""
    made = [_response(workflow, key, today) for workflow, key in _turns()]
    return tuple(replace(one, minute=4 * number) for number, one in enumerate(made))


def _turns() -> Iterator[tuple[str, str]]:
    for turn in range(max(len(keys) for keys in _ORDER.values())):
        for workflow, keys in _ORDER.items():
            if turn < len(keys):
                yield workflow, keys[turn]


def _response(workflow: str, key: str, today: date) -> SampleResponse:
    person = PEOPLE[key.removesuffix("-lagi")]
    if key == "putri":
        person = replace(person, born=date(today.year - 16, 1, 15))
    form = next(form for form in FORMS if form.workflow == workflow)
    planted, replaced = _PLANTED.get(key, ("", {}))
    facts = _facts(person, _ORDER[workflow].index(key), today, dates=_date_style(form)) | replaced
    answers = {
        question.title: facts[question.title]
        for question in form.questions
        if facts.get(question.title)
    }
    return SampleResponse(key, workflow, answers, facts[EMAIL] or None, 0, planted)


def _date_style(form: SampleForm) -> Literal["iso", "typed"]:
    return "iso" if _question(BORN, "date") in form.questions else "typed"


def _facts(
    person: Person, number: int, today: date, *, dates: Literal["iso", "typed"]
) -> dict[str, str]:
    """All answers this person could give; the form picks those it asks for."""
    reason = _REASONS[number % len(_REASONS)]
    return {
        NAME: person.name,
        EMAIL: person.mail,
        PHONE: person.phone,
        NIK: person.nik,
        FAMILY_CARD: person.family_card,
        BIRTH_PLACE: person.birth_place,
        BORN: person.born.isoformat() if dates == "iso" else typed_date(person.born, number),
        SEX: _SEXES[person.sex],
        RELIGION: person.religion,
        JOB: person.job,
        ADDRESS: person.address,
        HOME: f"Jl. Wolter Monginsidi No. {7 + 2 * number} RT {3 + number:02d}, Kel. Timbau, Kec. Tenggarong",
        CARD_ADDRESS: person.address,
        SINCE: date(2016 + number % 9, 1 + number % 12, 1 + number % 28).isoformat(),
        CARD_PHOTO: _drive_link(person.key, CARD_PHOTO) if number % 2 else "",
        MARITAL: "Belum Kawin",
        STATEMENT: _drive_link(person.key, STATEMENT),
        REASON: reason,
        RECORDED: (today - timedelta(days=20 + 3 * number)).isoformat(),
        LOSS_REPORT: _drive_link(person.key, LOSS_REPORT) if reason == "KTP-el hilang" else "",
        PURPOSE: _PURPOSES[number % len(_PURPOSES)],
    }


def typed_date(day: date, style: int) -> str:
    """A date as people type it; five spellings take turns."""
    return (
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%Y}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y}",
    )[style % 5]


def _drive_link(*parts: str) -> str:
    """An uploaded file as Forms writes it into the cell."""
    return f"https://drive.google.com/open?id=1{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:32]}"


_NOT_APPROVED_AT_ONCE = {
    "dedi",
    "lidya",
    "usman",
    "putri",
    "nuraini",
}  # these must mend their answers first
_REJECTED = {
    "norlaila-lagi": "Permohonan ini sama dengan permohonan sebelumnya, yang sudah kami proses.",
    "joko": "KTP-el Bapak sudah tercetak. Silakan mengambilnya di loket 3 pada jam kerja.",
    "hairul": "Alamat KTP dan alamat sekarang sama, sehingga surat keterangan domisili tidak diperlukan.",
}
_MENDED = {
    "komang": "Mohon tuliskan alamat lengkap sesuai KTP: RT, desa, dan kecamatan.",
    "ernawati": "Mohon tuliskan keperluan surat dengan lebih jelas: nama bank atau instansi tujuan.",
}
_CANCELLED = {"budi": "Dibatalkan atas permintaan pemohon melalui telepon."}
_CORRECTED: dict[str, dict[str, str]] = {
    "slamet": {JOB: "Petani"},
    "aminah": {EMAIL: PEOPLE["aminah"].mail},  # asked by telephone
}


def _first_round() -> Iterator[OfficerStep]:
    for _, key in _turns():
        if key in _REJECTED:
            yield OfficerStep(key, "Tolak", _REJECTED[key])
        elif key in _MENDED:
            yield OfficerStep(key, "Minta perbaikan", _MENDED[key])
        elif key in _CANCELLED:
            yield OfficerStep(key, "Batalkan", _CANCELLED[key])
        elif key not in _NOT_APPROVED_AT_ONCE:
            yield OfficerStep(key, "Setujui", corrections=_CORRECTED.get(key, {}))


EDITS: tuple[ApplicantEdit, ...] = (
    ApplicantEdit("komang", {ADDRESS: PEOPLE["komang"].address}),
    ApplicantEdit("dedi", {NIK: PEOPLE["dedi"].nik}),
    ApplicantEdit("nuraini", {PURPOSE: "Persyaratan beasiswa"}),
)
"""Ernawati, Lidya, Usman and Putri have not answered yet when the demonstration ends."""

PLAN: tuple[OfficerStep, ...] = (
    *_first_round(),
    OfficerStep("komang", "Setujui", round=2),
    OfficerStep("dedi", "Setujui", round=2),
    OfficerStep("nuraini", "Setujui", round=2),
)
