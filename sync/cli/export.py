"""`export REF`: what is held about one application, for the person whose data they are."""

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.references import application_of
from sync.cli.root import unwritable

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.core.application import Application
    from sync.core.desk import Cell
    from sync.ledger.documents import Document
    from sync.ledger.intents import IntentRecord
    from sync.ledger.ledger import Transaction


def export(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="Nomor permohonan, mis. SKD-26-0004F7.")],
    output: Annotated[
        Path | None, typer.Option(help="Folder tujuan. Bawaan: data/ekspor.", show_default=False)
    ] = None,
    root: RootFolder = None,
) -> int:
    """Tulis semua data satu permohonan ke berkas, untuk diserahkan kepada orangnya.

    Satu berkas JSON dan, bila ada, PDF suratnya. NIK di dalamnya tidak disamarkan: hanya akun ini yang dapat membacanya,
    dan berkas di data/ekspor ikut dihapus oleh `forget`.
    """
    from sync.cli.wiring import now, open_ledger
    from sync.worker.retention import EXPORTS

    office = root_of(context, root)
    folder = output or office.data / EXPORTS
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            application = application_of(look, reference)
            timezone = ZoneInfo(office.settings.office.timezone)
            document = look.documents.of(application.id)
            letter = _letter(look, document, office)
            types = _types(office, application.workflow)
            told = {
                "Diekspor pada": _moment(now(), timezone),
                **_held(look, application, document, types, timezone),
            }
    finally:
        ledger.close()
    content = {".json": json.dumps(told, ensure_ascii=False, indent=2).encode()}
    if letter is not None:
        content[".pdf"] = letter
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, part in content.items():
            _write_private(folder / f"{application.reference}{suffix}", part)
    except OSError as error:
        raise unwritable(folder, error) from error
    names = " dan ".join(f"{application.reference}{suffix}" for suffix in content)
    screen.say(f"{names} ditulis di {folder}. Serahkan kepada orangnya sendiri, lalu hapus.")
    return 0


def _letter(look: "Transaction", document: "Document | None", office: "Root") -> bytes | None:
    """None where there is none here, or not as it was approved."""
    if document is None:
        return None
    try:
        return look.documents.bytes_of(document, office.data)
    except (OSError, ValueError):
        return None


def _write_private(file: Path, content: bytes) -> None:
    """Nobody else can read it, from its first byte on."""
    unfinished = file.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as opened:
        opened.write(content)
    unfinished.replace(file)


def _types(office: "Root", name: str) -> dict[str, str]:
    """The type of each question of the service; {} where its file can't be read any more."""
    fields = [one.fields for one in office.workflows()[0] if one.name == name]
    return {field.question: field.type for found in fields for field in found.values()}


def readable(cell: "Cell", kind: str) -> "Cell":
    """As the person answered: Sheets keeps dates and times as numbers."""
    from sync.core.dates import format_date, read_date, read_time
    from sync.core.refused import Refused

    with suppress(Refused):
        if kind == "date":
            return format_date(read_date(cell))
        if kind == "time":
            return f"{read_time(cell):%H.%M}"
    return cell


def _held(
    look: "Transaction",
    application: "Application",
    document: "Document | None",
    types: dict[str, str],
    timezone: ZoneInfo,
) -> dict[str, Any]:
    from sync.core.projection import status_label

    erased = application.erased_at
    return {
        "Nomor permohonan": application.reference,
        "Layanan": application.workflow,
        "Status": status_label(application),
        "Keterangan": application.note,
        "Diterima": _moment(application.received_at, timezone),
        "Diperbarui": _moment(application.updated_at, timezone),
        "Data dihapus": _moment(erased, timezone) if erased else None,
        "Pemohon": {
            "Nama": application.name,
            "Email": application.email,
            "Telepon": application.phone,
        },
        "Jawaban": {
            question: readable(cell, types.get(question, ""))
            for question, cell in application.answers.items()
        },
        "Keputusan petugas": application.decision_seen.partition("|")[0],
        "Catatan petugas": application.officer_note,
        "Surat": {
            "Nomor": application.letter_number,
            "Tanggal": str(application.approved_on or ""),
            "Nama berkas": document.file_name if document else "",
            "SHA-256": document.sha256 if document else "",
            "Tautan": application.link,
        },
        "Pengiriman": [_sent(one, timezone) for one in look.intents.of(application.id)],
        "Riwayat": [
            {"Waktu": _moment(event.at, timezone), **_happened(event.kind, event.detail)}
            for event in look.applications.events(application.id)
        ],
    }


def _sent(record: "IntentRecord", timezone: ZoneInfo) -> dict[str, Any]:
    from sync.cli.show import KINDS, SENDING

    settled = record.settled_at
    return {
        "Apa": KINDS.get(record.intent.kind.value, record.intent.kind.value),
        "Lewat": record.intent.channel,
        "Kepada": record.intent.address,
        "Hasil": SENDING[record.intent.state.value],
        "Waktu": _moment(settled, timezone) if settled else None,
        "Isi": record.facts,
        "Sebab": record.reason,
    }


def _happened(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    from sync.cli.show import EVENTS, in_words

    return {"Kejadian": EVENTS.get(kind, kind), "Rincian": in_words(detail)}


def _moment(moment: datetime, timezone: ZoneInfo) -> str:
    return moment.astimezone(timezone).isoformat(timespec="seconds")
