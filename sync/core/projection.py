"""What the system columns of an application's row say: a projection of the ledger, rebuilt at any time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sync.core.application import Application
from sync.core.states import LABEL_QUEUED, LABELS, State

LABEL_COPY = "Salinan"
"""The status of a row that repeats another; it is no state of an application."""


def status_label(application: Application) -> str:
    if application.state is State.DELIVERING and application.queued:
        return LABEL_QUEUED
    return LABELS[application.state]


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
        "updated": moment_text(application.updated_at, timezone),
    }


def project_copy(original: Application) -> dict[str, str]:
    """The system cells of a row that repeats the row of `original`."""
    return {
        "reference": "",
        "status": LABEL_COPY,
        "note": f"Baris ini mengulang permohonan {original.reference} dan tidak diproses. Boleh dihapus.",
        "document": "",
        "updated": "",
    }
