"""Sheet headers and a form's questions → the fields of a new workflow, each guess with its reason.

The promise: never a wrong certain guess. A type other than text is given only when the question's kind or its whole
header says so; what might be two things is text. Everything can be changed afterwards.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from string import ascii_lowercase

from sync.core.cells import clean_text
from sync.core.fieldtypes import TYPES
from sync.core.headers import ALIASES, normal
from sync.core.limits import FILES_MAX
from sync.core.rules import RESERVED
from sync.core.workflow import guess_words as words
from sync.core.workflow.check import FIELD_NAME, LETTER_NAMES, WORDS_OF_JINJA

LONGEST_NAME = 30


class Kind(StrEnum):
    """How a form asks; the values are what people read."""

    UNKNOWN = "tidak diketahui"
    TEXT = "jawaban singkat"
    PARAGRAPH = "paragraf"
    CHOICE = "pilihan"
    CHECKBOXES = "kotak centang"
    DATE = "tanggal"
    TIME = "waktu"
    SCALE = "skala"
    FILE = "upload file"
    OTHER = "lainnya"  # a grid, a date without its year, a duration


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `other`: the form lets people type an option of their own. `low`, `high`: of a scale."""

    title: str
    kind: Kind = Kind.UNKNOWN
    required: bool = True
    options: tuple[str, ...] = ()
    other: bool = False
    files: int = 0
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class GuessedField:
    """`reason` is an Indonesian sentence for whoever looks the guess over; `whose`: "" is the applicant."""

    name: str
    question: str
    type: str
    reason: str
    required: bool = True
    min: str = ""
    max: str = ""
    options: tuple[str, ...] = ()
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """`applicant`: name, email, phone, reference → header, only those that were found. `left_out`: header → why."""

    fields: tuple[GuessedField, ...]
    applicant: dict[str, str]
    left_out: dict[str, str]


def guess(questions: Sequence[Question], *, own: Collection[str] = ()) -> Guess:
    """`questions` in the sheet's order; `own` are the headers of Loket's and the officer's columns."""
    left_out = {q.title: why for q in questions if (why := _why_left_out(q.title, own))}
    asked = [q for q in questions if q.title not in left_out]
    fields = [_field(question) for question in asked]
    applicant = _applicant(fields)
    references = [q.title for q in asked if _plain(q.title).startswith("nomor permohonan")]
    if references:
        applicant["reference"] = references[0]
    roles = {applicant.get(role) for role in ("email", "phone", "reference")}
    kept = [field for field in fields if field.question not in roles]
    return Guess(_named_apart(kept), applicant, left_out)


def _why_left_out(title: str, own: Collection[str]) -> str:
    if not clean_text(title):
        return "judulnya kosong"
    if normal(title) in {normal(stamp) for stamp in ALIASES[0]}:
        return "waktu pengiriman, diisi Google"
    if normal(title) in {normal(header) for header in own}:
        return "kolom milik Loket atau petugas"
    return ""


def _field(question: Question) -> GuessedField:
    name, whose = _name_of(question.title)
    kind, reason = _by_kind(question) or _by_header(question)
    known = words.KNOWN.get(_core(question.title)[0])
    longest = words.LONGEST.get(known[0]) if known and kind in ("text", "paragraph") else None
    low, high = ("", str(longest) if longest else "")
    if question.kind is Kind.SCALE:
        low, high = str(question.low), str(question.high)
    if kind == "file" and question.files:
        high = str(min(question.files, FILES_MAX))
    optional = bool(words.OPTIONAL.search(_plain(question.title)))
    unknown = question.kind is Kind.UNKNOWN
    return GuessedField(
        name=name,
        question=question.title,
        type=kind,
        reason=f"{reason}{'; judulnya berkata tidak wajib' if unknown and optional else ''}",
        required=question.required and not (unknown and (optional or kind == "file")),
        min=low,
        max=high,
        options=question.options if TYPES[kind].has_options else (),
        whose=whose,
    )


def _by_kind(question: Question) -> tuple[str, str] | None:
    """Type and reason where the form's kind of question alone decides."""
    match question.kind:
        case Kind.FILE:
            return "file", "pertanyaan upload file"
        case Kind.DATE:
            return "date", "pertanyaan tanggal"
        case Kind.TIME:
            return "time", "pertanyaan waktu"
        case Kind.SCALE:
            return "number", f"pertanyaan skala {question.low} sampai {question.high}"
        case Kind.OTHER:
            return "text", "jenis pertanyaan ini disimpan sebagai teks"
        case Kind.CHOICE | Kind.CHECKBOXES:
            folded = {" ".join(option.casefold().split()) for option in question.options}
            if question.other or "" in folded or not 0 < len(folded) == len(question.options):
                return (
                    "text",
                    "pilihan dengan jawaban lain yang diketik sendiri, atau tidak dapat dibedakan",
                )
            many = question.kind is Kind.CHECKBOXES
            return ("choices", "kotak centang") if many else ("choice", "pilihan di formulir")
    return None


def _by_header(question: Question) -> tuple[str, str]:
    """Type and reason of an answer that people type, or of whose question only the header is known."""
    title = question.title
    core, _ = _core(title)
    plain = core.split()
    typed = question.kind in (Kind.TEXT, Kind.PARAGRAPH)
    longer = question.kind is Kind.PARAGRAPH
    known = words.KNOWN.get(core)
    if known and known[1] != "text" and not longer:
        return known[1], f'judulnya "{core}"'
    if not longer and _is_mobile(plain):
        return "phone", "judulnya menyebut nomor ponsel atau WhatsApp"
    if (
        not longer
        and plain[:1] == ["tanggal"]
        and len(plain) > 1
        and not set(plain) & words.NOT_ONE_DATE
    ):
        return "date", "judulnya diawali kata tanggal"
    if not longer and plain[:1] == ["jumlah"] and not set(plain) & words.NOT_ONE_NUMBER:
        money = set(plain) & words.MONEY
        return (
            ("money", "judulnya menyebut jumlah uang")
            if money
            else ("number", "judulnya diawali kata jumlah")
        )
    if not typed and plain and plain[0] in words.UPLOADS:
        return "file", f'judulnya diawali kata "{plain[0]}"'
    if longer or (not typed and set(plain) & words.LONG_ANSWERS):
        return "paragraph", "jawaban panjang"
    return "text", "jawaban yang diketik" if typed else "tidak ada tanda jenis lain"


def _is_mobile(plain: Sequence[str]) -> bool:
    return set(plain) <= words.PHONE and bool(set(plain) & words.MOBILE)


def _plain(title: str) -> str:
    """Small letters and single spaces; signs become spaces."""
    found = re.findall(r"\w+", clean_text(title).casefold().replace("_", " "))
    return " ".join(words.ABBREVIATIONS.get(word, word) for word in found)


def _core(title: str) -> tuple[str, str]:
    """What is asked, without hints; and of whom: "" is the applicant."""
    text = words.OPTIONAL.sub(" ", _plain(title))
    for hint in words.HINTS:
        text = re.sub(rf"\b{hint}(?=\s|$)", " ", text)
    text = " ".join(text.split())
    whose = ""
    for word in (*words.OF_APPLICANT, *words.ROLES):
        found = re.search(rf"(?<=\s){word}(?: (?P<number>[1-9]))?$", text)
        if found:
            text = text[: found.start()].rstrip()
            if word in words.ROLES:
                whose = words.ROLES[word] + (f"_{found['number']}" if found["number"] else "")
            break
    return text, whose


def _name_of(title: str) -> tuple[str, str]:
    """A field's name, and of whom it speaks."""
    core, whose = _core(title)
    if core in words.KNOWN:
        base = words.KNOWN[core][0]
    elif _is_mobile(core.split()):
        base = "telepon"
    else:
        kept = [word for word in core.split() if word not in words.LITTLE and word.isascii()]
        base = "_".join(kept)
    name = f"{base}_{whose}" if whose else base
    while len(name) > LONGEST_NAME and "_" in name:
        name = name.rpartition("_")[0]
    return name[:LONGEST_NAME], whose


def _named_apart(fields: Sequence[GuessedField]) -> tuple[GuessedField, ...]:
    """Every name may be written in a workflow, and is another one."""
    taken = set(RESERVED | LETTER_NAMES | WORDS_OF_JINJA)
    named = []
    for number, field in enumerate(fields, 1):
        base = field.name if FIELD_NAME.fullmatch(field.name) else f"isian_{field.name}".rstrip("_")
        base = base if FIELD_NAME.fullmatch(base) else f"isian_{number}"
        name = next(n for n in (base, *(f"{base}_{i}" for i in range(2, 999))) if n not in taken)
        taken.add(name)
        named.append(replace(field, name=name))
    return tuple(named)


def _applicant(fields: Sequence[GuessedField]) -> dict[str, str]:
    """The first question of each role that speaks of the applicant, or of who applies for somebody else."""
    found: dict[str, str] = {}
    for role, kind in (("name", "text"), ("email", "email"), ("phone", "phone")):
        fitting = [f for f in fields if f.type == kind and (role != "name" or _is_a_name(f))]
        for whose in ("pelapor", ""):
            mine = [field.question for field in fitting if field.whose == whose]
            found |= {role: mine[0]} if mine else {}
    return found


def _is_a_name(field: GuessedField) -> bool:
    core, _ = _core(field.question)
    return core in words.KNOWN and words.KNOWN[core][0] == "nama"


def title_of(name: str) -> str:
    """A service's title from a form's or spreadsheet's: `Formulir Surat Domisili (Jawaban)` → `Surat Domisili`."""
    text = re.sub(
        r"\s*\((?:responses|jawaban|tanggapan|respons)\)\s*$", "", clean_text(name), flags=re.I
    )
    text = re.sub(r"^(?:google )?form(?:ulir)?\b[\s:\-–]*", "", text, flags=re.I)
    return text or clean_text(name)


def prefix_of(title: str, taken: Collection[str] = ()) -> str:
    """2 to 5 capitals that no other service has: the first letters of its words, then more of the last word's."""
    said = [
        w for w in _plain(title).split() if w not in words.LITTLE and w.isascii() and w.isalpha()
    ]
    told = [w for w in said if w not in words.GENERAL] or said or ["layanan"]
    first, last = "".join(word[0] for word in told[:4]), told[min(len(told), 4) - 1]
    tries = [first] if len(first) > 1 else []
    tries += [first + last[1:length] for length in range(2, len(last) + 1)]
    tries += [
        first[:3] + "".join(more) for n in (1, 2) for more in product(ascii_lowercase, repeat=n)
    ]
    return next(t.upper() for t in tries if 2 <= len(t) <= 5 and t.upper() not in taken)


def name_of(title: str, taken: Collection[str] = ()) -> str:
    """The name of a workflow's file: `Surat Keterangan Domisili` → `domisili`."""
    said = [word for word in _plain(title).split() if word.isascii() and word not in words.LITTLE]
    told = [word for word in said if word not in (*words.GENERAL, "surat", "keterangan")] or said
    base = re.sub(r"[^a-z0-9-]", "", "-".join(told))[:36].strip("-") or "layanan"
    return next(n for n in (base, *(f"{base}-{i}" for i in range(2, 999))) if n not in taken)
