"""What is wrong with the messages of an office, told before the first one is sent: by file and line.

First a template's names are looked through, also in branches that no sample would take; then it is filled in with all
that a message may be given, and with nothing but what is always there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sync.core.delivery import Kind
from sync.core.headers import nearest
from sync.core.mendable import Mendable, Problem
from sync.core.settings import Office
from sync.delivery.messages import LINKS, OPTIONAL, Messages

ALARMS = ("messages/alarm.txt", "messages/recovered.txt")
SIGN_IN = "messages/masuk.txt"
_RUN = "python loket.py check"
_FULL = {
    **dict.fromkeys(LINKS, "https://dukcapil.contohkab.go.id/contoh"),
    "nomor": "470/0001/DKPS/XI/2026",
    "masalah": ["NIK terdiri atas 16 angka; yang terisi 15."],
    "catatan": "Foto KTP belum terbaca.",
}
_ALARM = {
    "hal": "akses Google ditolak",
    "masalah": ["Izin akun sudah dicabut."],
    "yang_dilakukan": "Berikan izin sekali lagi.",
    "sejak": "24 November 2026 09.00",
    "sekarang": "24 November 2026 10.00",
}
_SIGN_IN = {"tautan": "", "alamat_masuk": "http://127.0.0.1:8080/petugas/masuk/x", "menit": 10}
_NAMES = frozenset({"nama", "referensi", "judul_layanan", "kantor", *OPTIONAL})
_OF_OFFICE = tuple(f"kantor.{name}" for name in Office.model_fields)


def sample_context(title: str, office: Mapping[str, Any], *, bare: bool) -> dict[str, Any]:
    """What a message to an applicant knows, with plausible contents; `bare`: what may be empty is."""
    facts = {"nama": "Citra Lestari", "referensi": "CTH-26-000000", "judul_layanan": title}
    return {**facts, "kantor": office, **({} if bare else _FULL)}


def message_problems(
    template_dirs: Sequence[Path],
    *,
    title: str,
    office: Mapping[str, Any],
    own: Mapping[str, str],
) -> list[Problem]:
    """Of every email that a service can send, and of those to the office's own people. `own`: its own templates by
    kind, as its file names them. Chat and SMS: chat_check.py."""
    loader = FileSystemLoader([str(folder) for folder in template_dirs])
    messages, environment = Messages(template_dirs), ImmutableSandboxedEnvironment(loader=loader)
    facts = sample_context(title, office, bare=True)
    there = frozenset(environment.list_templates(["txt"]))
    found: dict[Problem, None] = {}
    for kind, template, more in _to_try(own, there):
        slips = list(_slips(environment, template, _NAMES | more.keys()))
        found |= dict.fromkeys(slips)
        if slips:
            continue
        try:
            messages.compose(kind, {**facts, **more}, template=template)
        except Mendable as error:
            found |= dict.fromkeys(error.problems)
    return list(found)


def _to_try(
    own: Mapping[str, str], there: Collection[str]
) -> Iterator[tuple[Kind, str, Mapping[str, Any]]]:
    """Not every kind goes by email: one without a template of Loket's own is another channel's."""
    for kind in Kind:
        default = f"messages/{kind.value}.txt"
        template = own.get(kind.value, default)
        if template != default or default in there:
            yield from ((kind, template, more) for more in (_FULL, {}))
    yield from ((Kind.MEND, template, _ALARM) for template in ALARMS)
    yield Kind.LINK, SIGN_IN, _SIGN_IN


def _slips(
    environment: ImmutableSandboxedEnvironment, template: str, names: Collection[str]
) -> Iterator[Problem]:
    where = f"templates/{template}"
    try:
        source, _, _ = environment.loader.get_source(environment, template)  # type: ignore[union-attr]
        tree = environment.parse(source, template)
    except TemplateNotFound:
        allowed = (
            "berkas .txt di folder templates/messages, atau tanpa disebut: pesan bawaan dipakai"
        )
        yield Problem("pesan-tidak-ada", where, "berkas pesan ini tidak ada", allowed, _RUN)
        return
    except UnicodeDecodeError:
        allowed = "berkas teks UTF-8 (di Notepad: Simpan sebagai, Pengodean UTF-8)"
        yield Problem("bukan-utf-8", where, "huruf yang tidak terbaca", allowed, _RUN)
        return
    except TemplateSyntaxError as error:
        found = f"perintah templat tidak dapat dibaca: {error.message}"
        allowed = "{{ nama }}, {% if … %} … {% endif %}, {% for … %} … {% endfor %}"
        yield Problem("pesan-rusak", f"{where}:{error.lineno}", found, allowed, _RUN)
        return
    made = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    known = {*names, *made, *environment.globals, "loop"}
    for name in tree.find_all(nodes.Name):
        if name.name not in known:
            yield _unknown(f"{where}:{name.lineno}", name.name, names)
    for part in tree.find_all(nodes.Getattr):
        asked = f"{part.node.name}.{part.attr}" if isinstance(part.node, nodes.Name) else ""
        if asked.startswith("kantor.") and asked not in _OF_OFFICE:
            yield _unknown(f"{where}:{part.lineno}", asked, _OF_OFFICE)
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name not in environment.filters:
            yield _unknown(f"{where}:{filtered.lineno}", filtered.name, environment.filters)


def _unknown(where: str, name: str, choices: Collection[str]) -> Problem:
    near = nearest(name, sorted(choices), 1)
    found = f'"{name}" tidak dikenal' + (f"; yang mirip: {near[0]}" if near else "")
    return Problem("nama-tidak-dikenal", where, found, ", ".join(sorted(choices)), _RUN)
