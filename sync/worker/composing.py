"""A delivery intent → the message that its channel sends, with the letter's bytes as they were approved."""

from pathlib import Path
from typing import Any

from sync.core.delivery import CHAT_CHANNELS, Kind, LetterFile, Message
from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.core.phones import read_phone
from sync.core.whatsapp_link import office_link
from sync.ledger.documents import Document
from sync.ledger.intents import IntentRecord
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.notices import attachment


class Unwritten(TryAgain):
    """There is no message to send: its template, the letter's file or a setting has to be mended first."""


def unwritten(error: Exception) -> Unwritten:
    if isinstance(error, Mendable):
        told = error.problems[0]
        return Unwritten(f"Pesan belum dapat disusun: {told.where}: {told.found}.")
    return Unwritten("Pesan belum dapat disusun; periksa templat pesan dan folder data.")


def message_of(counter: Counter, record: IntentRecord) -> Message:
    letter: LetterFile | None = None
    with counter.ledger.reading() as look:
        application = look.applications.get(record.intent.application_id)
        if record.intent.kind is Kind.LETTER:
            letter = _letter_file(look, counter.data, look.documents.of(application.id))
    if record.intent.kind is not Kind.LETTER:
        letter = attachment(counter, application, record)
    link = counter.mending_link(application.reference) if record.intent.kind is Kind.MEND else ""
    context: dict[str, Any] = {
        "nama": application.name,
        "referensi": application.reference,
        "judul_layanan": counter.workflow.title,
        "kantor": counter.office,
        "nomor": application.letter_number,
        "masalah": record.facts.get("problems", []),
        "catatan": record.facts.get("officer_note", ""),
        "tautan": application.link if record.intent.kind is Kind.LETTER else "",
        "tautan_perbaikan": link,
        "tautan_whatsapp": office_link(_office_number(counter), application.reference),
    }
    kind, channel = record.intent.kind, record.intent.channel
    if channel in CHAT_CHANNELS:
        text = counter.messages.compose_chat(channel, kind, context)
        return Message("", text, "", folder="")
    subject, text, html = counter.messages.compose(
        kind, context, template=counter.workflow.messages.get(kind.value, "")
    )
    return Message(subject, text, html, folder=counter.workflow.title, letter=letter)


def _office_number(counter: Counter) -> str:
    """E.164, or "": the settings were checked when they were read."""
    written = counter.settings.whatsapp.office_number
    return read_phone(written) if written else ""


def _letter_file(look: Transaction, data: Path, document: Document | None) -> LetterFile:
    """Raises ValueError when there is no letter, or its bytes are no longer those that were approved."""
    if document is None:
        raise ValueError("there is no letter")
    pdf = look.documents.bytes_of(document, data)
    return LetterFile(document.number, document.file_name, pdf, document.sha256)
