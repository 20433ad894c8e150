"""A new workflow from what a sheet and its form show: which tab, what hinders, and the first text of both files.

Every guess stands in the file with its reason, to be looked over; guess.py makes them. Nothing here reads or writes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Protocol

from sync.core.cells import clean_text
from sync.core.headers import ALIASES, column_letters, normal
from sync.core.mendable import Mendable, Problem
from sync.core.workflow.emit import entry_lines
from sync.core.workflow.guess import (
    Guess,
    GuessedField,
    Question,
    guess,
    name_of,
    prefix_of,
    title_of,
)
from sync.core.yaml_text import Plain

RUN = "python loket.py new"
EMAIL_STEPS = (
    "buka formulir → Setelan → Respons → Kumpulkan alamat email → pilih Masukan responden (atau Terverifikasi); "
    "kolomnya muncul di sheet, lalu coba sekali lagi"
)
_PRINTED = {"date": "|tanggal", "time": "|jam", "number": "|angka", "money": "|rupiah"}
_PRINTED |= {"phone": "|telepon", "nip": "|nip"}


class TabSeen(Protocol):
    """`titles`: row 1 as it stands."""

    @property
    def title(self) -> str: ...

    @property
    def titles(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class FormSeen:
    """A form as its editors see it. `sheet`: the id of the one it writes to, "" for none."""

    id: str
    title: str
    questions: tuple[Question, ...]
    collects_email: bool
    accepting: bool
    sheet: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A workflow to be. `sheet` and `form` are ids, `form` "" without one; `template` is relative to templates/."""

    name: str
    title: str
    prefix: str
    sheet: str
    tab: str
    form: str
    guess: Guess
    template: str


def form_tab(tabs: Sequence[TabSeen], wanted: str = "", form: FormSeen | None = None) -> TabSeen:
    """The tab that the form writes to: the wanted one, else the only one that can be it. Raises Mendable."""
    named = [tab for tab in tabs if tab.title == wanted]
    there = ", ".join(f'"{tab.title}"' for tab in tabs) or "tidak ada yang berjudul kolom"
    if wanted:
        if not named:
            raise _one("tab-tidak-ditemukan", "sheet", f'tab "{wanted}" tidak ada', there)
        return named[0]
    stamps = {normal(stamp) for stamp in ALIASES[0]}
    written = [tab for tab in tabs if stamps & {normal(title) for title in tab.titles}]
    if form and len(written) > 1:
        asked = {normal(question.title) for question in form.questions}
        written = [t for t in written if asked <= {normal(title) for title in t.titles}] or written
    if len(written) == 1:
        return written[0]
    if written:
        names = ", ".join(f'"{tab.title}"' for tab in written)
        allowed = f'tambahkan --tab "{written[0].title}", atau tab lain yang dimaksud'
        raise _one(
            "tab-tidak-pasti", "sheet", f"beberapa tab tampak ditulisi formulir: {names}", allowed
        )
    raise _one(
        "tab-tanpa-formulir",
        "sheet",
        f"tidak ada tab yang ditulisi formulir (berkolom Timestamp); yang ada: {there}",
        "tautkan formulir ke sheet ini (Jawaban → Tautkan ke Spreadsheet), atau sebut tabnya dengan --tab",
    )


def draft_of(
    tab: TabSeen,
    form: FormSeen | None,
    *,
    sheet: str,
    sheet_title: str,
    own: Collection[str],
    title: str = "",
    name: str = "",
    names: Collection[str] = (),
    prefixes: Collection[str] = (),
) -> Draft:
    """`own`: headers of Loket's and the officer's columns; `names`, `prefixes`: of the services there are.

    Raises Mendable with everything that hinders.
    """
    problems = [*_header_problems(tab), *(_form_problems(form, sheet) if form else ())]
    guessed = guess(_questions(tab, form), own=own)
    if "name" not in guessed.applicant and tab.titles:
        problems.append(_no_name(tab))
    if "email" not in guessed.applicant:
        problems.append(_no_email(tab, form))
    if problems:
        raise Mendable.of(problems)
    title = clean_text(title) or title_of(form.title if form else sheet_title)
    name = name or name_of(title, names)
    prefix = prefix_of(title, prefixes)
    return Draft(
        name,
        title,
        prefix,
        sheet,
        tab.title,
        form.id if form else "",
        guessed,
        f"letters/{name}.html",
    )


def _questions(tab: TabSeen, form: FormSeen | None) -> list[Question]:
    """In the sheet's order; of the form's questions those that the sheet has."""
    known = {normal(question.title): question for question in form.questions} if form else {}
    return [
        replace(known[normal(title)], title=title) if normal(title) in known else Question(title)
        for title in tab.titles
    ]


def _header_problems(tab: TabSeen) -> list[Problem]:
    where = f'tab "{tab.title}", baris 1'
    places: dict[str, list[int]] = {}
    for place, title in enumerate(tab.titles):
        if normal(title):
            places.setdefault(normal(title), []).append(place)
    if not places:
        allowed = "judul pertanyaan di setiap kolom"
        return [Problem("judul-kosong", where, "baris pertama kosong", allowed, RUN)]
    return [
        Problem(
            "kolom-ganda",
            where,
            f'judul "{tab.titles[alike[0]]}" ada di beberapa kolom: '
            + ", ".join(column_letters(place) for place in alike),
            "judul yang berbeda untuk setiap pertanyaan; ubah di formulir, sheet mengikutinya",
            RUN,
        )
        for alike in places.values()
        if len(alike) > 1
    ]


def _form_problems(form: FormSeen, sheet: str) -> list[Problem]:
    where = f'formulir "{form.title}"'
    found = []
    if form.sheet != sheet:
        what = "menulis ke sheet yang lain" if form.sheet else "belum ditautkan ke sheet"
        allowed = "buka formulir → Jawaban → Tautkan ke Spreadsheet, dan pakai tautan sheet itu"
        found.append(Problem("formulir-lain", where, f"formulir ini {what}", allowed, RUN))
    if not form.accepting:
        allowed = "buka formulir → Dipublikasikan → Menerima jawaban"
        found.append(
            Problem("formulir-ditutup", where, "formulir ini tidak menerima jawaban", allowed, RUN)
        )
    return found


def _no_name(tab: TabSeen) -> Problem:
    return Problem(
        "nama-pemohon-tidak-ditemukan",
        f'tab "{tab.title}", baris 1',
        "tidak ada pertanyaan yang pasti memuat nama pemohon",
        'satu pertanyaan berjudul "Nama Lengkap" atau "Nama Pemohon"',
        RUN,
    )


def _no_email(tab: TabSeen, form: FormSeen | None) -> Problem:
    where = f'formulir "{form.title}"' if form else f'tab "{tab.title}"'
    if form and form.collects_email:
        return Problem(
            "kolom-email-belum-ada",
            where,
            "formulir ini mengumpulkan alamat email, tetapi kolomnya belum ada di sheet",
            "isi formulir itu satu kali sebagai percobaan; kolomnya muncul, lalu coba sekali lagi",
            RUN,
        )
    found = "formulir ini tidak mengumpulkan alamat email, sehingga surat tidak dapat dikirim"
    return Problem("formulir-tanpa-email", where, found, EMAIL_STEPS, RUN)


def _one(name: str, where: str, found: str, allowed: str) -> Mendable:
    return Mendable.one(name, where=where, found=found, allowed=allowed, run=RUN)


# The files


def workflow_text(draft: Draft) -> str:
    """The workflow file, with comments that explain it."""
    fields = draft.guess.fields
    heading: dict[str, Plain] = {"title": draft.title, "prefix": draft.prefix}
    heading["sheet"] = f"https://docs.google.com/spreadsheets/d/{draft.sheet}/edit"
    heading["tab"] = draft.tab
    if draft.form:
        heading["form"] = f"https://docs.google.com/forms/d/{draft.form}/edit"
    lines = [
        "# Dibuat oleh  python loket.py new  dari judul kolom sheet dan pertanyaan formulir.",
        "# Alasan setiap perkiraan ditulis di sampingnya; ubah yang keliru. Semua pilihan: docs/workflow.md.",
        "# Setelah mengubah: python loket.py check",
        *_lines(heading),
        *(
            []
            if draft.form
            else ["# form: tautan formulirnya, agar pemohon mendapat tautan perbaikan"]
        ),
        "",
        *_lines({"applicant": dict(draft.guess.applicant)}),
        *([] if "reference" in draft.guess.applicant else _HOW_TO_MEND),
        "",
        "fields:  # nama isian di surat, pertanyaannya, dan yang boleh diisi",
        *(line for field in fields for line in _field_lines(field)),
        *_left_out(draft.guess),
        "",
        *_rules(fields),
        "review: petugas  # petugas memutuskan di sheet; otomatis: tanpa petugas",
        "letter:",
        *_lines(_letter(draft), 2),
        "deliver: [email, drive]",
    ]
    return "\n".join(lines) + "\n"


_HOW_TO_MEND = [
    "  # reference: pertanyaan tidak wajib yang memuat nomor permohonan lama, agar perbaikan menggantikannya",
]


def _lines(table: dict[str, Plain], column: int = 0) -> list[str]:
    return [line for key, value in table.items() for line in entry_lines(f"{key}:", value, column)]


def _letter(draft: Draft) -> dict[str, Plain]:
    number = "470/{{ serial|pad(4) }}/{{ prefix }}/{{ unit }}/{{ bulan_romawi }}/{{ tahun }}"
    return {"template": draft.template, "number": number, "file": f"{draft.prefix} {{{{ nama }}}}"}


def _field_lines(field: GuessedField) -> list[str]:
    value: dict[str, Plain] = {"question": field.question, "type": field.type}
    value |= {key: text for key, text in (("min", field.min), ("max", field.max)) if text}
    if not field.required:
        value["required"] = "false"
    if field.options:
        value["options"] = list(field.options)
    first, *rest = entry_lines(f"{field.name}:", value, 2)
    return [f"{first}  # {clean_text(field.reason)}", *rest]


def _left_out(guessed: Guess) -> list[str]:
    told = [f'"{clean_text(header)}" ({why})' for header, why in guessed.left_out.items() if header]
    return ["  # Tidak dipakai: " + ", ".join(told)] if told else []


def _rules(fields: Sequence[GuessedField]) -> list[str]:
    names = {field.name for field in fields}
    rules: list[Plain] = []
    if {"nik", "lahir"} <= names:
        rules.append(
            {
                "warn_if": "not cocok_tanggal(nik, lahir)",
                "say": "NIK tidak cocok dengan tanggal lahir.",
            }
        )
    if {"nik", "jenis_kelamin"} <= names:
        rules.append(
            {
                "warn_if": "not cocok_jenis_kelamin(nik, jenis_kelamin)",
                "say": "NIK tidak cocok dengan jenis kelamin.",
            }
        )
    lines = []
    if rules:
        lines = ["rules:  # warn_if: dibaca petugas saja; unless: pemohon diminta memperbaiki"]
        lines += [line for rule in rules for line in entry_lines("-", rule, 2)] + [""]
    if "nik" in names:
        lines += _lines({"duplicates": {"same": ["nik"], "within_days": "30", "then": "warn"}})
    return lines


def letter_text(draft: Draft) -> str:
    """The letter: the office's letterhead, every field in a table, the signature."""
    rows = "\n".join(_rows(draft.guess.fields))
    return f"""{{#
  Surat dari  python loket.py new: kepala surat, nomor, dan tanda tangan berasal dari letters/_dasar.html.
  Yang dicetak di antara {{{{ dan }}}} adalah jawaban pemohon atau data kantor. Ubah kalimatnya seperlunya; panduan: docs/panduan/surat.md
#}}
{{% extends "letters/_dasar.html" %}}
{{% block isi %}}
<p>Yang bertanda tangan di bawah ini, atas nama {{{{ kantor.name }}}} {{{{ kantor.government }}}}, menerangkan bahwa:</p>
<table class="data">
{rows}
</table>
{{% endblock %}}
"""


def _rows(fields: Sequence[GuessedField]) -> list[str]:
    needed = {field.name for field in fields if field.required}
    together = {"tempat_lahir", "lahir"} <= needed
    rows = []
    for field in fields:
        if field.type == "file" or (together and field.name == "lahir"):
            continue
        label, shown = _label(field.question), f"{field.name}{_PRINTED.get(field.type, '')}"
        if together and field.name == "tempat_lahir":
            label, shown = "Tempat, tanggal lahir", "tempat_lahir }}, {{ lahir|tanggal"
        row = f'<tr><th scope="row">{label}</th><td>:</td><td>{{{{ {shown} }}}}</td></tr>'
        if not field.required:
            row = f"{{% if {field.name} is not none %}}{row}{{% endif %}}"
        rows.append(f"  {row}")
    return rows


def _label(question: str) -> str:
    """Neither markup nor a template's signs, whatever the question holds."""
    return (
        escape(clean_text(question).rstrip(" :?")[:80])
        .replace("{", "&#123;")
        .replace("}", "&#125;")
    )
