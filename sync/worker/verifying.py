"""What a letter carries to be verified by: until when it is valid, and the link of its QR."""

from collections.abc import Sequence
from datetime import date

from sync.core.application import Application
from sync.core.board import Matter
from sync.core.dates import add_months
from sync.core.verification import Facts, answers_text, mask_name, site_of
from sync.core.workflow.model import Workflow
from sync.ledger.verification import PublicKey
from sync.letter.office_key import OfficeKey
from sync.worker.counter import Counter
from sync.worker.office_keys import signing_key


def valid_until(workflow: Workflow, dated: date) -> date | None:
    """The last day of a letter of that date; None: it does not expire."""
    months = workflow.letter.valid_months
    return add_months(dated, months) if months else None


def key_of(counter: Counter) -> OfficeKey | None:
    """The key that signs codes now. None: the office has no page to verify them on. Raises Mendable."""
    if not counter.settings.verification.url:
        return None
    return signing_key(counter.ledger, counter.data, counter.clock())


def verification_of(
    counter: Counter, application: Application, dated: date, key: OfficeKey | None
) -> dict[str, str] | None:
    """`tautan` for the QR, and `alamat`, the page's site for people."""
    if key is None:
        return None
    address = counter.settings.verification.url
    facts = Facts(
        number=application.letter_number,
        name=mask_name(application.name),
        kind=counter.workflow.title,
        dated=dated,
        valid_until=valid_until(counter.workflow, dated),
        mark=key.mark(answers_text(application.reference, application.answers)),
    )
    return {"tautan": key.link(address, facts), "alamat": site_of(address)}


def unpublished(keys: Sequence[PublicKey]) -> list[Matter]:
    """What officers must know while the key that signs is in no page: there its letters look forged. `keys`: the newest first."""
    waiting = [key.id for key in keys if not (key.published_at or key.revoked_at)]
    return [
        Matter(
            f"Kunci verifikasi {key_id} belum ada di halaman pemeriksaan: surat yang memakainya tampak tidak asli di sana.",
            "Jalankan: python loket.py publish-verifier, lalu unggah halamannya.",
        )
        for key_id in waiting[:1]
    ]
