"""What the page of one service shows: the file's values, its problems beside them, and what may be chosen."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sync.core import numbering
from sync.core.delivery import CHAT_CHANNELS, Kind
from sync.core.expressions import NotAllowed
from sync.core.fieldtypes import TYPES
from sync.core.headers import normal
from sync.core.masking import mask_numbers
from sync.core.mendable import Mendable, Problem
from sync.core.rules import FUNCTIONS, VALUES
from sync.core.workflow.links import PLACEHOLDER, is_placeholder, sheet_id
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow
from sync.core.yaml_text import Node, read_yaml
from sync.web.service import values as inputs
from sync.web.service.beside import beside
from sync.web.service.rule_kinds import KINDS

CHANNELS = {
    "email, drive": "email, lalu salinan di Google Drive",
    "drive, email": "Google Drive, lalu email",
    "email": "email saja",
    "drive": "Google Drive saja",
}
REVIEWS = {"petugas": "petugas memutuskan di sheet", "otomatis": "otomatis, tanpa petugas"}
DUPLICATES = {"": "tidak diperiksa", "warn": "petugas diberi tahu", "refuse": "pemohon ditolak"}
APPLICANT = {
    "name": "Nama pemohon",
    "email": "Alamat email",
    "phone": "Nomor WhatsApp atau ponsel",
    "reference": "Nomor permohonan lama (bila memperbaiki)",
}
RECEIPTS = {"tidak": "tidak dikirim", "ya": "dikirim lewat email"}
SHOWN = {"": "bila ada formulirnya", "ya": "ya", "tidak": "tidak"}
KEPT = {"keep": "tetap di Drive", "trash": "dipindahkan ke sampah Drive"}
NOTICES = {
    "received": "Permohonan diterima",
    "delayed": "Permohonan terlambat diperiksa",
    "mend": "Mohon perbaiki",
    "rejected": "Permohonan ditolak",
    "cancelled": "Permohonan dibatalkan",
}
MESSAGES = {"letter": "Surat selesai", **NOTICES, "link": "Tautan surat, bila diminta"}
DEFAULT_WORDINGS = frozenset({*Kind, "alarm", "recovered"})
"""Of templates/messages: what Loket uses by itself, for applicants and for the responsible person."""
PLAIN_TYPES = {
    name: re.split("[,.:;(]", kind.description.replace("`options`", "pilihan"))[0].strip()
    for name, kind in TYPES.items()
}
TYPE_NAMES = {name: f"{name} – {plain}" for name, plain in PLAIN_TYPES.items()}
NUMBERS_SHOWN = 3


@dataclass(frozen=True)
class Read:
    """A workflow file as it stands. `root` is None for a text that is no YAML; `workflow` where nothing is wrong but a link
    that was not filled in yet.

    `text` is exact, byte order mark and line ends included.
    """

    name: str
    file: Path
    text: str
    root: Node | None = None
    workflow: Workflow | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def source(self) -> tuple[str, str]:
        """The id of the sheet and the tab, also of a file with mistakes; "" where they are not told."""
        sheet, tab = (self.root.get(key) if self.root else None for key in ("sheet", "tab"))
        link = sheet.text if sheet else ""
        found = "" if is_placeholder(link) else sheet_id(link)
        return found or "", tab.text if tab else ""


def read(file: Path) -> Read:
    """Raises Mendable only for a file that can't be read at all."""
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mendable.one(
            "berkas-tidak-terbaca",
            where=str(file),
            found=f"berkas itu tidak terbaca ({type(error).__name__})",
            allowed="berkas teks UTF-8 (di Notepad: Simpan sebagai, Pengodean UTF-8)",
        ) from error
    return read_text(file, text)


def read_text(file: Path, text: str) -> Read:
    shown = f"workflows/{file.name}"
    root, workflow, problems = None, None, []
    with suppress(Mendable):
        root, _ = read_yaml(text, file=shown)
    try:
        workflow = read_workflow(text, file=shown)
    except Mendable as error:
        problems = list(error.problems)
        if only_placeholders(problems):
            workflow = read_workflow(text.replace(PLACEHOLDER, "belum-diisi"), file=shown)
    return Read(file.stem, file, text, root, workflow, tuple(problems))


@dataclass
class Choices:
    """What the office and the sheet offer. `titles` is empty, and `trouble` says why, where the sheet can't be read."""

    titles: tuple[str, ...]
    templates: tuple[str, ...]
    unit: str
    serial: int
    today: date
    trouble: str = ""
    messages: tuple[str, ...] = ()  # an office's own wordings


def context(
    seen: Read,
    choices: Choices,
    *,
    form: Mapping[str, str] | None = None,
    problems: Sequence[Problem],
    wrong: Mapping[str, str] | None = None,
    theirs: Mapping[str, str] | None = None,
    tried: Node | None = None,
) -> dict[str, Any]:
    """For the template. `form`: what was typed and not saved; `problems`: of the file, or of `tried`, which would have
    taken its place."""
    root = seen.root or Node(1, {})
    old = inputs.stored(root)
    values = inputs.given(old, form) if form is not None else old
    meant = tried or root
    there = inputs.stored(meant)
    named = {*there, *(name.rpartition(".")[0] for name in there), "fields", "rules", "duplicates"}
    placed, others = beside(problems, meant, named, file=f"workflows/{seen.file.name}")
    on_page = inputs.names_after(root, (form or {}) if tried else {})
    notes = {on_page(name): [_sentence(one) for one in found] for name, found in placed.items()}
    for name, text in (wrong or {}).items():
        notes.setdefault(name, []).insert(0, text)
    return {
        "service": seen.name,
        "file": f"workflows/{seen.file.name}",
        "v": values,
        "typed": form or {},
        "notes": notes,
        "others": [_masked(problem) for problem in others],
        "theirs": theirs or {},
        "fields": list(inputs.fields_of(root)),
        "rules": list(range(len(inputs.rules_of(root)))),
        "titles": [title for title in choices.titles if title.strip()],
        "known": {normal(title) for title in choices.titles},
        "normal": normal,
        "big": lambda text: text[:1].upper() + text[1:],
        "trouble": choices.trouble,
        "types": TYPE_NAMES,
        "new_types": {"": "menurut judulnya", **TYPE_NAMES},
        "names": {"": "— pilih isian —", **{name: name for name in inputs.fields_of(root)}},
        "has_options": {name for name, kind in TYPES.items() if kind.has_options},
        "kinds": KINDS,
        "own": inputs.OWN,
        "functions": [*(f.signature for f in FUNCTIONS.values()), *VALUES],
        "templates": {name: name for name in choices.templates},
        "channels": CHANNELS,
        "chats": CHAT_CHANNELS,
        "reviews": REVIEWS,
        "duplicates": DUPLICATES,
        "receipts": RECEIPTS,
        "kept": KEPT,
        "shown": SHOWN,
        "notices": NOTICES,
        "messages": MESSAGES,
        "no_letter": {"": "tanpa surat", **{name: name for name in choices.templates}},
        "wordings": {"": "bawaan", **{name: name for name in choices.messages}},
        "attached": any(values[f"attach.{kind}"] for kind in NOTICES),
        "worded": any(values[f"messages.{kind}"] for kind in MESSAGES),
        "applicant": APPLICANT,
        "placeholder": PLACEHOLDER,
        "names_of_number": numbering.NAMES,
        "numbers": _numbers(seen.workflow, choices),
        "shows_letter": seen.workflow is not None,
    }


def only_placeholders(problems: Sequence[Problem]) -> bool:
    return all(problem.name in ("sheet-belum-diisi", "form-belum-diisi") for problem in problems)


def _numbers(workflow: Workflow | None, choices: Choices) -> list[str]:
    if workflow is None:
        return []
    try:
        return [
            numbering.number_of(workflow, serial=serial, on=choices.today, unit=choices.unit)
            for serial in range(choices.serial, choices.serial + NUMBERS_SHOWN)
        ]
    except NotAllowed:
        return []


def _sentence(problem: Problem) -> str:
    return mask_numbers(problem.found) + (f" – boleh: {problem.allowed}" if problem.allowed else "")


def _masked(problem: Problem) -> Problem:
    return Problem(
        problem.name, problem.where, mask_numbers(problem.found), problem.allowed, problem.run
    )
