"""What the system columns of an application's row say: a projection of the ledger, rebuilt at any time."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sync.core.application import Application
from sync.core.retention import NOTES, Cause
from sync.core.states import LABEL_QUEUED, LABELS, State

LABEL_COPY = "Salinan"
LABEL_REPLACED = "Digantikan"
"""The statuses of a row that repeats another, and of one that was answered again: no states of an application."""

_NAMED = 5  # references in one sentence


def status_label(application: Application) -> str:
    return label_of(application.state, queued=application.queued)


def label_of(state: State, *, queued: bool) -> str:
    if state is State.DELIVERING and queued:
        return LABEL_QUEUED
    return LABELS[state]


def updated_text(moment: datetime, timezone: ZoneInfo) -> str:
    """To the second: it also tells a reading from an older one."""
    return moment.astimezone(timezone).strftime("%d/%m/%Y %H:%M:%S")


def moment_text(moment: datetime, timezone: ZoneInfo) -> str:
    """`24/11/2026 16:40`, in the office's time."""
    return moment.astimezone(timezone).strftime("%d/%m/%Y %H:%M")


def project(application: Application, timezone: ZoneInfo) -> dict[str, str]:
    """The five system cells of an application's row."""
    return {
        "reference": application.reference,
        "status": status_label(application),
        "note": application.note,
        "document": application.link,
        "updated": updated_text(application.updated_at, timezone),
    }


def project_copy(original: Application) -> dict[str, str]:
    """The system cells of a row that repeats the row of `original`. Its reference cell is left as it is."""
    return _set_aside(
        LABEL_COPY,
        f"Baris ini salinan permohonan {original.reference} dan tidak diproses; "
        "keputusan di baris ini tidak berlaku. Boleh dihapus.",
    )


def project_replaced(application: Application) -> dict[str, str]:
    """The system cells of the row that its applicant answered again elsewhere."""
    return _set_aside(
        LABEL_REPLACED,
        f"Pemohon sudah mengisi lagi; permohonan {application.reference} ada di baris yang baru.",
    )


def project_erased(
    application: Application, timezone: ZoneInfo, *, touched: bool
) -> dict[str, str]:
    """The system cells of the row of an application whose data were erased. What a row says stays, until somebody
    changes it (`touched`); one that was forgotten on request says so at once."""
    if application.note == NOTES[Cause.REQUEST]:
        return project(application, timezone)
    kept = {"reference": application.reference}
    return kept | ({"note": application.note} if touched else {})


def rows_gone(references: Sequence[str]) -> str:
    """What the office reads of applications that wait for somebody and have no row any more; "" when there are none."""
    if not references:
        return ""
    named = ", ".join(references[:_NAMED])
    more = f" dan {len(references) - _NAMED} lagi" if len(references) > _NAMED else ""
    return (
        f"{len(references)} permohonan belum selesai, tetapi barisnya dihapus dari sheet: {named}{more}. "
        "Kembalikan lewat File > Histori versi di Google Sheet."
    )


def _set_aside(label: str, note: str) -> dict[str, str]:
    return {"status": label, "note": note, "document": "", "updated": ""}
