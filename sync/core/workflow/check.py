"""The meaning of a workflow file: fields, rules, the letter's patterns. All problems, each with its line.

Works on the file's table and not on the model, so that a mistake in one part doesn't hide those in another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from sync.core import file_names, numbering
from sync.core.expressions import NotAllowed
from sync.core.fieldtypes import TYPES, sample_values
from sync.core.headers import nearest
from sync.core.mendable import Problem
from sync.core.refused import Refused
from sync.core.rules import RESERVED, RuleFailed, compile_rule
from sync.core.workflow.letter_facts import LETTER_FACTS
from sync.core.workflow.model import Duplicates, Field
from sync.core.yaml_text import RUN, Node

SAMPLE_DAY = date(2026, 11, 24)
SERIES = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LETTER_NAMES = frozenset({*LETTER_FACTS, "qr"}) - {"nama"}
"""What no field may be called: a letter knows it otherwise. `nama` may be a field of its own."""

WORDS_OF_JINJA = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "elif",
        "endif",
        "for",
        "endfor",
        "true",
        "false",
    }
    | {"none", "set", "block", "loop", "self", "super", "import", "include", "macro", "call"}
)


@dataclass(slots=True)
class Report:
    """Problems as they are found."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, line: int, found: str, allowed: str) -> None:
        self.problems.append(Problem(name, f"{self.file}:{line}", found, allowed, RUN))

    def unknown(self, name: str, line: int, where: str, word: str, known: Sequence[str]) -> None:
        near = nearest(word, known, 1)
        hint = f"; maksudnya {near[0]}?" if near else ""
        self.add(name, line, f'{where}: "{word[:60]}" tidak dikenal{hint}', ", ".join(known))

    def ensure_filled(self, node: Node | None, where: str, *, required: bool = True) -> None:
        """A text that was written must say something. One that is missing is the model's affair."""
        if node is None or (node.empty and not required) or not isinstance(node.value, str):
            return
        if not node.empty and not node.text.strip():
            self.add("nilai-kosong", node.line, f"{where} kosong", "teks")

    def ensure_template(self, node: Node, where: str) -> None:
        path = PurePosixPath(node.text.replace("\\", "/"))
        if not node.text.strip() or path.is_absolute() or ".." in path.parts or ":" in node.text:
            self.add(
                "template-salah",
                node.line,
                f'{where}: "{node.text[:80]}"',
                "berkas di dalam folder templates/, misalnya letters/domisili.html",
            )

    def in_order(self) -> list[Problem]:
        """Each once, by line."""
        unique = dict.fromkeys(self.problems)
        return sorted(unique, key=lambda problem: int(problem.where.rpartition(":")[2]))


Fields = dict[str, Field | None]
"""None: a field whose type can't be understood; what depends on its values is not tried."""


def check_fields(root: Node, report: Report) -> Fields:
    """The fields, for the checks that need them."""
    fields: Fields = {}
    node = root.get("fields")
    if node is not None and isinstance(node.value, dict) and not node.table:
        report.add("isian-kosong", node.line, "fields: {}", "paling sedikit satu isian")
    for name, entry in (node.table if node else {}).items():
        if not FIELD_NAME.fullmatch(name) or name in WORDS_OF_JINJA:
            report.add(
                "nama-isian",
                entry.line,
                f'fields: "{name[:60]}"',
                "huruf kecil, angka, dan garis bawah, misalnya tempat_lahir",
            )
        elif name in RESERVED | LETTER_NAMES:
            report.add(
                "nama-isian",
                entry.line,
                f'fields: "{name}" sudah dipakai Loket',
                f"nama lain daripada {', '.join(sorted(RESERVED | LETTER_NAMES))}",
            )
        report.ensure_filled(entry.table.get("question"), f"fields.{name}.question")
        fields[name] = _check_field(name, entry, report)
    return fields


def _check_field(name: str, entry: Node, report: Report) -> Field | None:
    """A field with what is right in its entry; of what is wrong the default."""
    kind_node = entry.get("type")
    if not isinstance(entry.value, dict) or (kind_node and not isinstance(kind_node.value, str)):
        return None  # the model says so
    kind = kind_node.text if kind_node else "text"
    question = entry.get("question")
    written = Field(question=question.text if question else name)
    if kind not in TYPES:
        line = kind_node.line if kind_node else entry.line
        report.unknown("tipe-tidak-dikenal", line, f"fields.{name}.type", kind, tuple(TYPES))
        return None
    options = _check_options(name, kind, entry, report)
    low, high = (_check_limit(name, kind, key, entry, report) for key in ("min", "max"))
    limit = TYPES[kind].limit
    if low and high and limit and limit(low) > limit(high):
        line = (entry.get("max") or entry).line
        report.add("batas-terbalik", line, f"fields.{name}: min {low} > max {high}", "min ≤ max")
        low = high = None
    return written.model_copy(
        update={"type": kind, "options": options, "min": low, "max": high, "required": True}
    )


def _check_options(name: str, kind: str, entry: Node, report: Report) -> tuple[str, ...]:
    node = entry.get("options")
    options = tuple(item.text for item in node.items) if node else ()
    where = f"fields.{name}.options"
    if not TYPES[kind].has_options:
        if node is not None:
            report.add(
                "pilihan-tidak-berlaku",
                node.line,
                f'{where}: tipe "{kind}"',
                "hanya choice dan choices",
            )
        return ()
    if not options:
        report.add("pilihan-kurang", entry.line, f"{where} belum ada", "options: [Islam, Kristen]")
        return ("…",)
    folded = [" ".join(option.casefold().split()) for option in options]
    if len(set(folded)) < len(folded) or "" in folded:
        line = node.line if node else entry.line
        report.add(
            "pilihan-ganda", line, f"{where}: ada yang sama atau kosong", "pilihan yang berbeda"
        )
    return options


def _check_limit(name: str, kind: str, key: str, entry: Node, report: Report) -> str | None:
    node = entry.get(key)
    if node is None:
        return None
    limit = TYPES[kind].limit
    where = f'fields.{name}.{key}: "{node.text[:40]}"'
    if limit is None:
        report.add("batas-tidak-berlaku", node.line, where, f'tipe "{kind}" tidak punya batas')
        return None
    try:
        limit(node.text)
    except Refused as refused:
        report.add("batas-salah", node.line, where, " ".join(refused.reasons))
        return None
    return node.text


def check_rules(root: Node, fields: Fields, report: Report) -> None:
    """Rules and duplicates: names, syntax, and a dry run with sample answers."""
    rules = root.get("rules")
    for rule in rules.items if rules else []:
        _check_rule(rule, fields, report)
    duplicates = root.get("duplicates")
    if duplicates is None:
        return
    same = duplicates.get("same")
    if same is not None and isinstance(same.value, list) and not same.items:
        report.add("ganda-kosong", same.line, "duplicates.same: []", "nama isian, misalnya [nik]")
    for item in same.items if same else []:
        if item.text not in fields:
            report.unknown(
                "isian-tidak-dikenal", item.line, "duplicates.same", item.text, tuple(fields)
            )
    days = duplicates.get("within_days")
    if days is not None and re.fullmatch(r"-?\d{1,9}", days.text) and int(days.text) < 1:
        report.add("nilai-salah-bentuk", days.line, f"within_days: {days.text}", "paling sedikit 1")


def _check_rule(rule: Node, fields: Fields, report: Report) -> None:
    if not isinstance(rule.value, dict):
        return  # the model says so
    report.ensure_filled(rule.table.get("say"), "rules.say")
    given = [key for key in ("unless", "warn_if") if rule.get(key)]
    if len(given) != 1:
        found = "unless dan warn_if bersama-sama" if given else "tanpa unless dan tanpa warn_if"
        report.add("aturan-salah", rule.line, f"aturan {found}", "tepat satu: unless atau warn_if")
    for key in given:
        node = rule.table[key]
        if not isinstance(node.value, str):
            continue
        try:
            compiled = compile_rule(node.text, frozenset(fields))
            if all(fields[name] for name in compiled.fields):
                compiled.holds(_samples(fields), today=SAMPLE_DAY)
        except NotAllowed as error:
            _not_allowed("aturan-salah", node, key, error, report)
        except RuleFailed as failed:
            kind = type(failed.__cause__).__name__
            report.add(
                "aturan-salah",
                node.line,
                f"{key}: tidak dapat dihitung dengan jawaban contoh ({kind})",
                "bandingkan tanggal dengan tanggal, angka dengan angka",
            )


def check_retention(root: Node, report: Report) -> None:
    """How long data are kept, against what they are kept for."""
    days = root.get("retention_days")
    drive = root.get("retention_drive")
    if drive is not None and days is None:
        report.add(
            "masa-simpan-kurang",
            drive.line,
            "retention_drive tanpa retention_days",
            "retention_days: 365, atau hapus baris ini",
        )
    duplicates = root.get("duplicates")
    if days is None or duplicates is None or not isinstance(duplicates.value, dict):
        return
    within = duplicates.get("within_days")
    least = within.text if within else str(Duplicates.model_fields["within_days"].default)
    numbers = (days.text, least)
    if all(re.fullmatch(r"\d{1,9}", text) for text in numbers) and int(days.text) < int(least):
        report.add(
            "masa-simpan-terlalu-pendek",
            days.line,
            f"retention_days: {days.text}, sedangkan permohonan ganda dikenali selama {least} hari",
            f"paling sedikit {least}",
        )


def _samples(fields: Fields) -> dict[str, object]:
    return sample_values({name: field for name, field in fields.items() if field})


def _not_allowed(name: str, node: Node, where: str, error: NotAllowed, report: Report) -> None:
    near = nearest(error.name, error.known, 1) if error.name else []
    hint = f"; maksudnya {near[0]}?" if near else ""
    allowed = ", ".join(error.known) if error.known else "lihat docs/workflow.md"
    line = node.line + error.line - 1
    report.add(name, line, f"{where}: {error.sentence}{hint}", allowed)


def check_letter(root: Node, fields: Fields, report: Report) -> None:
    """The template's path, and a dry run of the number and the file name."""
    letter = root.get("letter")
    if letter is None:
        return
    if template := letter.get("template"):
        report.ensure_template(template, "letter.template")
    classification = _check_classification(letter, report)
    _check_series(letter, report)
    number = letter.get("number")
    if number is not None and isinstance(number.value, str):
        try:
            numbering.check_pattern(number.text, classification)
        except NotAllowed as error:
            _not_allowed("nomor-salah", number, "letter.number", error, report)
    pattern = letter.get("file")
    if pattern is not None and isinstance(pattern.value, str):
        samples: dict[str, object] = dict.fromkeys((*file_names.NAMES, *fields), "Contoh")
        samples |= {"tanggal_surat": SAMPLE_DAY, **_samples(fields)}
        try:
            file_names.file_name(pattern.text, samples)
        except NotAllowed as error:
            _not_allowed("nama-berkas-surat", pattern, "letter.file", error, report)


def _check_classification(letter: Node, report: Report) -> str:
    """Returns what the pattern is tried with."""
    node = letter.get("classification")
    if node is None or not isinstance(node.value, str):
        return ""  # the model says so
    if not numbering.CLASSIFICATION.fullmatch(node.text):
        report.add(
            "klasifikasi-salah",
            node.line,
            f'letter.classification: "{node.text[:40]}"',
            "tiga angka, boleh diperinci dengan titik: 470, 474.2, 400.12.2.1",
        )
        return "470"
    return node.text


def _check_series(letter: Node, report: Report) -> None:
    """The row of numbers, and where it begins."""
    series = letter.get("series")
    if series and isinstance(series.value, str) and not SERIES.fullmatch(series.text):
        report.add(
            "deret-salah",
            series.line,
            f'letter.series: "{series.text[:40]}"',
            "huruf kecil, angka, dan tanda hubung, misalnya umum",
        )
    start = letter.get("start")
    for year, serial in (start.table if start else {}).items():
        if not isinstance(serial.value, str):
            continue  # the model says so
        years, serials = numbering.START_YEAR, numbering.START_SERIAL
        if not (years.fullmatch(year) and serials.fullmatch(serial.text)):
            report.add(
                "awal-nomor-salah",
                serial.line,
                f'letter.start: "{year[:20]}: {serial.text[:20]}"',
                "tahun: nomor urut pertama yang dipakai Loket, misalnya {2026: 124}",
            )
