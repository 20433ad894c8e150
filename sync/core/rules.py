"""Rules of a workflow: sandboxed expressions over the fields, and the FUNCTIONS they may use.

A rule about an optional field that was left empty is skipped, unless it asks for that with `kosong(field)`. A rule
that can't be worked out raises RuleFailed: it neither passes nor refuses anybody by accident.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from sync.core.dates import age, as_day
from sync.core.expressions import compile_expression, every_node
from sync.core.masking import mask_numbers
from sync.core.nik import Nik


@dataclass(frozen=True, slots=True)
class Function:
    """`needs_today`: the day is put before the arguments when it is called."""

    call: Callable[..., Any]
    signature: str
    description: str
    english: str
    needs_today: bool = False


class RuleFailed(Exception):
    """The rule could not be worked out with these values. The message holds no answers."""


def umur(today: date, lahir: date) -> int:
    return age(as_day(lahir), today)


def cocok_tanggal(nik: str, lahir: date) -> bool:
    return Nik(nik).fits_birth(lahir)


_FEMALE = ("perempuan", "wanita", "p", "female")
_MALE = ("laki-laki", "laki laki", "lakilaki", "pria", "l", "male")


def cocok_jenis_kelamin(nik: str, jenis_kelamin: str) -> bool:
    """An answer that names neither sex does not contradict the NIK."""
    answer = jenis_kelamin.strip().casefold()
    if answer not in _FEMALE + _MALE:
        return True
    return Nik(nik).female == (answer in _FEMALE)


def wilayah(nik: str) -> str:
    return Nik(nik).regency


def kosong(value: object) -> bool:
    return value is None or value in ("", ())


def hari_sejak(today: date, tanggal: date) -> int:
    return (today - as_day(tanggal)).days


FUNCTIONS: dict[str, Function] = {
    "umur": Function(
        umur,
        "umur(lahir)",
        "Umur dalam tahun pada hari ini.",
        "Age in whole years, today.",
        needs_today=True,
    ),
    "hari_sejak": Function(
        hari_sejak,
        "hari_sejak(tanggal)",
        "Jumlah hari dari tanggal itu sampai hari ini.",
        "Days from that date until today.",
        needs_today=True,
    ),
    "cocok_tanggal": Function(
        cocok_tanggal,
        "cocok_tanggal(nik, lahir)",
        "Benar bila tanggal lahir cocok dengan NIK.",
        "True when the birth date fits the NIK.",
    ),
    "cocok_jenis_kelamin": Function(
        cocok_jenis_kelamin,
        "cocok_jenis_kelamin(nik, jenis_kelamin)",
        "Benar bila jenis kelamin cocok dengan NIK.",
        "True when the sex fits the NIK.",
    ),
    "wilayah": Function(
        wilayah,
        "wilayah(nik)",
        'Empat angka pertama NIK, misalnya "6472".',
        "The first four digits of the NIK.",
    ),
    "kosong": Function(
        kosong,
        "kosong(isian)",
        "Benar bila isian yang tidak wajib dibiarkan kosong.",
        "True when an optional field was left empty.",
    ),
}
VALUES: dict[str, tuple[str, str]] = {"hari_ini": ("Tanggal hari ini.", "Today's date.")}
"""Names that are no functions: what they are in Indonesian and English."""

RESERVED = frozenset(FUNCTIONS) | frozenset(VALUES)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """`fields` are those it reads; `asked` those whose being empty it asks about."""

    source: str
    fields: frozenset[str]
    asked: frozenset[str]
    run: Callable[..., Any]

    def holds(self, values: Mapping[str, object], *, today: date) -> bool | None:
        """None when it reads an empty field without asking for that. Raises RuleFailed."""
        empty = {name for name in self.fields if kosong(values.get(name))}
        if empty - self.asked:
            return None
        given = {name: values.get(name) for name in self.fields}
        try:
            return bool(self.run({**given, **_functions(today), "hari_ini": today}))
        except Exception as error:  # whatever an office's expression may raise
            raise RuleFailed(mask_numbers(f"{type(error).__name__}: {self.source}")) from error


def _functions(today: date) -> dict[str, Callable[..., Any]]:
    return {
        name: (lambda *arguments, _call=entry.call: _call(today, *arguments))
        if entry.needs_today
        else entry.call
        for name, entry in FUNCTIONS.items()
    }


@lru_cache(maxsize=512)
def compile_rule(source: str, fields: frozenset[str]) -> CompiledRule:
    """Compiled once for each text. Raises sandbox.NotAllowed."""
    run, names, tree = compile_expression(
        source, names=fields | frozenset(VALUES), functions=frozenset(FUNCTIONS)
    )
    asked = {
        argument.name
        for call in every_node(tree)
        if isinstance(call, nodes.Call)
        and isinstance(call.node, nodes.Name)
        and call.node.name == "kosong"
        for argument in call.args
        if isinstance(argument, nodes.Name)
    }
    return CompiledRule(source, names & fields, frozenset(asked), run)
