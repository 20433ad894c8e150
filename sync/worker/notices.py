"""What a notice says, and the letter that accompanies it where the workflow's `attach` names one.

A notice is no letter of the office's: it has no number of its own and is made anew for each attempt. One that can't be
made stays away and the message goes without it, which says all there is to say.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from sync.core.application import Application
from sync.core.delivery import Kind, LetterFile
from sync.core.promise import late_before
from sync.core.settings import Office
from sync.core.states import State
from sync.core.workflow.model import Workflow
from sync.ledger.intents import IntentRecord
from sync.ledger.ledger import Transaction
from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed
from sync.worker.counter import Counter
from sync.worker.flood import told_enough
from sync.worker.ways import plan_notice

log = logging.getLogger(__name__)

_PAGE = 100  # applicants told in one cycle that they wait

TITLES = {
    Kind.RECEIVED: "Tanda terima",
    Kind.DELAYED: "Permohonan masih diperiksa",
    Kind.MEND: "Perbaikan permohonan",
    Kind.REJECTED: "Penolakan permohonan",
    Kind.CANCELLED: "Pembatalan permohonan",
}


def plan_receipt(counter: Counter, tx: Transaction, application: Application) -> None:
    """The applicant is told that the application came in, where the workflow wants that and nothing else is told."""
    if not counter.workflow.receipt:
        return
    told = [r for r in tx.intents.of(application.id) if r.intent.kind is not Kind.LETTER]
    if not told:
        _plan_once(counter, tx, application, Kind.RECEIVED)


def plan_apologies(counter: Counter) -> None:
    """Who waits for an officer longer than the office promised is told so, once."""
    days = counter.workflow.promised_days
    if days is None:
        return
    today = counter.clock().astimezone(counter.timezone).date()
    came_before = late_before(today, days, counter.timezone)
    with counter.ledger.reading() as look:
        late = look.standing.late(counter.workflow.name, came_before, limit=_PAGE)
    if late:
        with counter.ledger.begin() as tx:
            for application in tx.applications.many(late).values():
                if application.state is State.IN_REVIEW:
                    _plan_once(counter, tx, application, Kind.DELAYED)


def _plan_once(counter: Counter, tx: Transaction, application: Application, kind: Kind) -> None:
    at = counter.clock()
    if not told_enough(counter, tx, application.email, at):
        plan_notice(counter, tx, application, kind, at)


def attachment(
    counter: Counter, application: Application, record: IntentRecord
) -> LetterFile | None:
    """None where the workflow attaches nothing to such a notice, or it could not be made."""
    kind = record.intent.kind
    template = counter.workflow.attach.get(kind.value)
    if template is None:
        return None
    context = {
        **_facts(counter.workflow, counter.office, application.reference),
        "nama": application.name,
        "tanggal_surat": record.planned_at.astimezone(counter.timezone).date(),
        "masalah": record.facts.get("problems", []),
        "catatan": record.facts.get("officer_note", ""),
    }
    title = f"{TITLES[kind]} {application.reference}"
    order = LetterOrder(template, context, title, (application.name, application.reference))
    try:
        pdf = counter.press.make(order)
    except LetterFailed as failed:
        log.warning(
            "%s: a notice goes without its letter: %s", application.reference, failed.detail
        )
        return None
    return LetterFile("", title, pdf, hashlib.sha256(pdf).hexdigest())


def sample_notice(workflow: Workflow, office: Office) -> dict[str, object]:
    """What the template of an attached letter knows, with plausible contents."""
    return {
        **_facts(workflow, office.model_dump(), f"{workflow.prefix}-26-000000"),
        "nama": "Citra Lestari",
        "tanggal_surat": date(2026, 11, 24),
        "masalah": ["NIK terdiri atas 16 angka; yang terisi 15."],
        "catatan": "Foto KTP belum terbaca.",
    }


def _facts(workflow: Workflow, office: Mapping[str, Any], reference: str) -> dict[str, object]:
    return {
        "referensi": reference,
        "nomor": reference,
        "judul_layanan": workflow.title,
        "kantor": office,
        "berlaku_sampai": None,
        "verifikasi": None,
    }
