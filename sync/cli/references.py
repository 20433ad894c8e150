"""From the reference that a person typed to the application."""

from typing import TYPE_CHECKING

from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.core.application import Application
    from sync.ledger.ledger import Transaction


def application_of(look: "Transaction", typed: str) -> "Application":
    """Raises Mendable for what is no reference, or nobody's."""
    from sync.core.references import read_reference

    given = read_reference(typed)
    application = look.applications.find(str(given)) if given else None
    if application is None:
        raise Mendable.one(
            "permohonan-tidak-ditemukan",
            where=typed,
            found="tidak ada permohonan dengan nomor itu" if given else "bukan nomor permohonan",
            allowed="nomor seperti di kolom No. Permohonan, mis. SKD-26-0004F7",
            run="python loket.py status",
        )
    return application
