"""`show REF`: one application's story."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.cli.references import application_of

if TYPE_CHECKING:
    from sync.core.application import Application
    from sync.ledger.ledger import Transaction

KINDS = {
    "letter": "surat",
    "link": "tautan surat",
    "ready": "kabar surat selesai",
    "received": "tanda terima",
    "delayed": "permintaan maaf",
    "mend": "permintaan perbaikan",
    "rejected": "penolakan",
    "cancelled": "pembatalan",
}
SENDING = {
    "planned": "menunggu",
    "sending": "sedang dikirim",
    "delivered": "terkirim",
    "uncertain": "tidak diketahui",
    "failed": "gagal",
    "dropped": "tidak jadi dikirim",
}
EVENTS = {
    "received": "diterima",
    "found_incomplete": "ada yang perlu diperbaiki",
    "ready_for_review": "menunggu keputusan petugas",
    "answers_changed": "jawaban diubah",
    "answers_changed_too_late": "jawaban diubah setelah surat dibuat",
    "answered_again_unchanged": "dijawab lagi tanpa perubahan",
    "decision_void": "keputusan tidak berlaku karena jawaban berubah",
    "decision_repeated": "keputusan yang sama diulang",
    "approved": "disetujui",
    "rejected": "ditolak",
    "mending_asked": "diminta memperbaiki",
    "cancelled": "dibatalkan",
    "resend_asked": "diminta kirim ulang",
    "retry_asked": "diminta dicoba lagi",
    "delivery_confirmed": "petugas memastikan surat diterima",
    "officer_file_refused": "Berkas Petugas tidak dikirim",
    "letter_made": "surat dibuat",
    "letter_failed": "surat tidak dapat dibuat",
    "letter_withdrawn": "surat dicabut",
    "letter_reinstated": "surat berlaku lagi",
    "link_asked": "pemohon meminta tautan suratnya",
    "letter_taken": "surat diambil lewat tautan",
    "delivery_sent": "terkirim",
    "delivery_postponed": "pengiriman ditunda",
    "delivery_failed": "pengiriman gagal",
    "delivery_unknown": "pengiriman tidak diketahui hasilnya",
    "delivered": "selesai",
    "uncertain": "perlu dicek",
    "failed": "gagal kirim",
    "decision_not_believed": "keputusan tidak berlaku di baris itu",
    "row_missing": "barisnya dihapus dari sheet",
    "row_back": "barisnya ada lagi di sheet",
    "erased": "data pribadinya dihapus",
    "recovered": "dipulihkan dari sheet",
}


def show(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="Nomor permohonan, mis. SKD-26-0004F7.")],
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Ceritakan satu permohonan dari awal sampai akhir.

    Status, surat, pengiriman, dan semua yang terjadi padanya.
    """
    from sync.cli.wiring import open_ledger
    from sync.core.projection import moment_text

    office = root_of(context, root)
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            story = _story(look, application_of(look, reference))
    finally:
        ledger.close()
    if as_json:
        missing_at = story["row_missing_at"]
        screen.as_json(
            {
                **story,
                "row_missing_at": missing_at and missing_at.isoformat(),
                "events": [{**e, "at": e["at"].isoformat()} for e in story["events"]],
            }
        )
        return 0
    timezone = ZoneInfo(office.settings.office.timezone)
    facts = [
        ("Status", story["status"]),
        ("Keterangan", story["note"]),
        *_about_its_row(story["row_missing_at"], timezone),
        ("Surat", _letter_in_words(story)),
    ]
    facts += [
        (
            f"Kirim: {d['channel']}",
            " — ".join(
                part for part in (KINDS[d["kind"]], SENDING[d["state"]], d["reason"]) if part
            ),
        )
        for d in story["deliveries"]
    ]
    screen.table(story["reference"], ("", ""), facts)
    screen.table(
        "Riwayat",
        ("Waktu", "Kejadian", "Rincian"),
        [
            (
                moment_text(event["at"], timezone),
                EVENTS.get(event["kind"], event["kind"]),
                in_words(event["detail"]),
            )
            for event in story["events"]
        ],
    )
    return 0


def _about_its_row(missing_at: datetime | None, timezone: ZoneInfo) -> list[tuple[str, str]]:
    from sync.core.projection import moment_text

    if missing_at is None:
        return []
    since = moment_text(missing_at, timezone)
    remedy = "kembalikan lewat File > Histori versi di Google Sheet"
    return [("Baris", f"Dihapus dari sheet; diketahui {since}. Bila tidak sengaja, {remedy}.")]


def _letter_in_words(story: dict[str, Any]) -> str:
    letter, number = story["letter"], story["letter_number"]
    if letter:
        return f"{letter['number'] or 'Berkas Petugas'} ({letter['path']})"
    return f"{number}, berkasnya tidak ada lagi" if number and story["erased"] else "belum ada"


def in_words(detail: dict[str, Any]) -> str:
    """What the office may want to know of an event; hashes and sizes are for --json."""
    kind, channel = detail.get("kind"), detail.get("channel")
    return ", ".join(part for part in (KINDS.get(str(kind), ""), str(channel or "")) if part)


def _story(look: "Transaction", application: "Application") -> dict[str, Any]:
    from sync.core.masking import mask_email
    from sync.core.projection import status_label

    document = look.documents.of(application.id)
    return {
        "reference": application.reference,
        "workflow": application.workflow,
        "state": application.state.value,
        "status": status_label(application),
        "note": application.note,
        "email": mask_email(application.email),
        "row_missing_at": application.missing_at,
        "erased": application.erased_at is not None,
        "letter_number": application.letter_number,
        "letter": document
        and {"number": document.number, "path": document.path, "sha256": document.sha256},
        "deliveries": [
            {
                "kind": record.intent.kind.value,
                "channel": record.intent.channel,
                "state": record.intent.state.value,
                "attempts": record.intent.attempts,
                "reason": record.reason,
            }
            for record in look.intents.of(application.id)
        ],
        "events": [
            {"at": event.at, "kind": event.kind, "detail": event.detail}
            for event in look.applications.events(application.id)
        ],
    }
