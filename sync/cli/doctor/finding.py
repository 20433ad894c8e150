"""What a check finds: a line for the person at the screen, and where something is the matter, its remedy as steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sync.core.mendable import Problem


class Level(StrEnum):
    WELL = "ok"
    WARNING = "warning"  # works, but somebody should know
    PROBLEM = "problem"  # something will not work until it is mended
    SKIPPED = "skipped"  # not looked at


@dataclass(frozen=True, slots=True)
class Remedy:
    """`title` says in general what is the matter; `steps` are texts for str.format with the finding's words.

    What a step of the manual calls each word is in WORDS.
    """

    title: str
    steps: tuple[str, ...]


WORDS: Mapping[str, str] = {
    "akun": "‹akun Loket›",
    "alamat": "‹alamat›",
    "api": "‹nama API›",
    "boleh": "‹yang boleh diisi›",
    "dimana": "‹berkas dan baris yang disebut›",
    "folder": "‹folder›",
    "form": "‹formulir›",
    "jalankan": "‹perintah yang disebut›",
    "kolom": "‹judul kolom›",
    "komputer": "‹komputer lain›",
    "lokasi": "‹zona waktu kantor›",
    "sheet": "‹nama Google Sheet›",
    "server": "‹server email›",
    "tab": "‹nama tab›",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is a remedy's; "" where all is well."""

    level: Level
    found: str
    name: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def well(found: str) -> Finding:
    return Finding(Level.WELL, found)


def warning(name: str, found: str, **words: str) -> Finding:
    return Finding(Level.WARNING, found, name, words)


def problem(name: str, found: str, **words: str) -> Finding:
    return Finding(Level.PROBLEM, found, name, words)


def of_problem(told: Problem, level: Level = Level.PROBLEM, **words: str) -> Finding:
    """A Mendable's problem as a finding: with the remedy of its name where there is one."""
    of_it = {
        "dimana": told.where,
        "boleh": told.allowed or "seperti contoh di docs/panduan",
        "jalankan": told.run or "python loket.py check",
    }
    return Finding(level, f"{told.where}: {told.found}", told.name, {**of_it, **words})


OTHER = Remedy(
    "Masalah lain",
    (
        "Buka yang disebut: {dimana}.",
        "Yang diperlukan di sana: {boleh}.",
        "Setelah itu: {jalankan}",
    ),
)
AGAIN = "Setelah diperbaiki, periksa sekali lagi: python loket.py doctor"


def steps_of(finding: Finding, remedies: Mapping[str, Remedy]) -> list[str]:
    """What to do, one step a text; empty where nothing is the matter."""
    if not finding.name:
        return []
    remedy = remedies.get(finding.name, OTHER)
    words = {**WORDS, **finding.words}
    return [step.format_map(words) for step in remedy.steps]
