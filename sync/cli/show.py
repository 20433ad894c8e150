"""`show REF`: one application's story."""

from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.ledger.ledger import Transaction

KINDS = {
    "letter": "surat",
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
    "delivery_confirmed": "petugas memastikan surat diterima",
    "letter_made": "surat dibuat",
    "letter_failed": "surat tidak dapat dibuat",
    "delivery_sent": "terkirim",
    "delivery_postponed": "pengiriman ditunda",
    "delivery_failed": "pengiriman gagal",
    "delivery_unknown": "pengiriman tidak diketahui hasilnya",
    "delivered": "selesai",
    "uncertain": "perlu dicek",
    "failed": "gagal kirim",
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
    from sync.core.references import read_reference

    office = root_of(context, root)
    given = read_reference(reference)
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            story = _story(look, str(given)) if given else None
    finally:
        ledger.close()
    if story is None:
        raise Mendable.one(
            "permohonan-tidak-ditemukan",
            where=reference,
            found="tidak ada permohonan dengan nomor itu" if given else "bukan nomor permohonan",
            allowed="nomor seperti di kolom No. Permohonan, mis. SKD-26-0004F7",
            run="python loket.py status",
        )
    if as_json:
        screen.as_json(
            {**story, "events": [{**e, "at": e["at"].isoformat()} for e in story["events"]]}
        )
        return 0
    timezone = ZoneInfo(office.settings.office.timezone)
    letter = story["letter"]
    facts = [
        ("Status", story["status"]),
        ("Keterangan", story["note"]),
        ("Surat", f"{letter['number']} ({letter['path']})" if letter else "belum ada"),
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
                _in_words(event["detail"]),
            )
            for event in story["events"]
        ],
    )
    return 0


def _in_words(detail: dict[str, Any]) -> str:
    """What the office may want to know of an event; hashes and sizes are for --json."""
    kind, channel = detail.get("kind"), detail.get("channel")
    return ", ".join(part for part in (KINDS.get(str(kind), ""), str(channel or "")) if part)


def _story(look: "Transaction", reference: str) -> dict[str, Any] | None:
    from sync.core.masking import mask_email
    from sync.core.projection import status_label

    application = look.applications.find(reference)
    if application is None:
        return None
    document = look.documents.of(application.id)
    return {
        "reference": application.reference,
        "workflow": application.workflow,
        "state": application.state.value,
        "status": status_label(application),
        "note": application.note,
        "email": mask_email(application.email),
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
