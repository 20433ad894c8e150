"""The officer's file instead of a letter of Loket's: fetched when the officer decides, bound to that decision, sent as it is.

The file is fetched, checked and on the disk before the decision is recorded; that one transaction knows its sha256, plans
its delivery, and takes no letter number. A crash in between leaves the decision to be dealt with, and the file is fetched
anew. What becomes of the file in Drive afterwards changes nothing: "Kirim ulang" sends these bytes.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sync.core.application import Application
from sync.core.desk import DeskRow
from sync.core.expressions import NotAllowed
from sync.core.file_names import file_name, safe_file_name
from sync.core.mendable import Mendable
from sync.core.officer_file import letter_words, read_link
from sync.core.outcomes import Never, TryAgain
from sync.core.review import AGAIN, Step, answered
from sync.core.states import State
from sync.ledger.documents import Document
from sync.ledger.ledger import Transaction
from sync.letter.foreign_pdf import is_signed
from sync.worker.counter import Counter
from sync.worker.durable_file import write_durably
from sync.worker.duty import LeftDuty
from sync.worker.letters import application_context, letter_date
from sync.worker.rows import MatchedRow
from sync.worker.steps import apply_step, plan_letter
from sync.worker.turn import Turn

log = logging.getLogger(__name__)

NOT_A_LINK = (
    "Berkas Petugas bukan tautan satu berkas di Google Drive. "
    "Salin tautannya di Drive (Bagikan > Salin link) dan tempel sebagai teks biasa, bukan chip."
)
ANOTHER_FILE = (
    "Surat permohonan ini sudah ada, dan Berkas Petugas yang ditulis sesudahnya tidak menggantikannya. "
    f"Untuk mengirim ulang surat yang sama, kosongkan Berkas Petugas. {AGAIN}"
)
WAITING = "Berkas Petugas belum dapat diambil"
_TURN_S = 60.0
_LEAVE_ALONE_AFTER = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was fetched and found good, as it lies on the disk. `path` is relative to the data folder."""

    drive_id: str
    path: str
    sha256: str
    size_bytes: int
    signed: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What the decision's event remembers."""
        facts = {"officer_file": self.drive_id, "sha256": self.sha256}
        return {**facts, "size_bytes": self.size_bytes, "signed": self.signed}


Fetched = Kept | Never | TryAgain


def named_file(row: DeskRow) -> str:
    """What stands in Berkas Petugas."""
    return row.officer.get("officer_file", "").strip()


def fetch_files(
    counter: Counter, rows: Sequence[MatchedRow], known: Mapping[int, Application]
) -> Iterator[tuple[MatchedRow, Fetched | None]]:
    """The rows in whose decision a file takes part, each with what came of it; None where a letter is there already.

    No transaction may be open meanwhile. Ends early when the turn is over, or Drive seems to be away: the rest keep
    their decision, and those that have waited already come last.
    """
    turn = Turn(LeftDuty(counter.stop, counter.duty), _TURN_S)
    asked = [(known[work.match.application_id or 0], work) for work in rows]
    failed = 0
    for application, work in sorted(asked, key=lambda one: WAITING in one[0].note):
        if turn.over() or failed >= _LEAVE_ALONE_AFTER:
            return
        with counter.ledger.reading() as look:
            has_letter = look.documents.of(application.id) is not None
        fetched = None if has_letter else _fetch(counter, application, named_file(work.row))
        failed = failed + 1 if isinstance(fetched, TryAgain) else 0
        yield work, fetched


def relay(
    counter: Counter,
    tx: Transaction,
    application: Application,
    step: Step,
    cell: str,
    fetched: Fetched | None,
    at: datetime,
    **columns: Any,
) -> None:
    """Records a decision that sends the file which the officer named in `cell`. `columns`: the decision's own."""
    if tx.documents.of(application.id) is not None:
        link = read_link(cell)
        if link is None or link.id != _decided(tx, application).get("officer_file"):
            step = Step((), answered(ANOTHER_FILE, application.note), event="officer_file_refused")
        apply_step(counter, tx, application, step, at, **columns)
        return
    match fetched:
        case None:  # not its turn yet: the decision stays to be dealt with
            return
        case TryAgain():
            note = answered(f"{WAITING}. {fetched.reason}", application.note)
            tx.applications.change(application, at=at, note=note)
        case Never():
            note = answered(f"{fetched.reason} {AGAIN}", application.note)
            step = Step((), note, event="officer_file_refused")
            apply_step(counter, tx, application, step, at, **columns)
        case Kept():
            _send(counter, tx, application, step, fetched, at, columns)


def sent_as(tx: Transaction, application: Application) -> str:
    """How the row's note calls what is sent for the application."""
    if application.letter_number:
        return letter_words(application.letter_number)
    return letter_words("", signed=_decided(tx, application).get("signed", True))


def _fetch(counter: Counter, application: Application, cell: str) -> Fetched:
    try:
        return _kept(counter, application, cell)
    except (Never, TryAgain) as failure:
        outcome = failure
    except OSError as error:
        outcome = TryAgain(f"Berkas tidak dapat disimpan: {error.strerror or error}. Dicoba lagi.")
    except Exception:
        log.exception("%s: officer's file", application.reference)
        return Never("Berkas Petugas tidak dapat diambil karena kesalahan program.")
    log.warning("%s: officer's file: %s", application.reference, outcome.detail)
    return outcome


def _kept(counter: Counter, application: Application, cell: str) -> Kept:
    link = read_link(cell)
    if link is None:
        raise Never(NOT_A_LINK, detail="not a link")
    pdf = counter.fetch_file(link)
    signed = is_signed(pdf)
    path = f"letters/{counter.today.year}/{application.reference}.pdf"
    write_durably(counter.data / path, pdf)
    return Kept(link.id, path, hashlib.sha256(pdf).hexdigest(), len(pdf), signed)


def _send(
    counter: Counter,
    tx: Transaction,
    application: Application,
    step: Step,
    kept: Kept,
    at: datetime,
    columns: dict[str, Any],
) -> None:
    approved = State.APPROVED in step.states
    states = (*step.states, State.DELIVERING) if approved else step.states
    note = f"{letter_words('', signed=kept.signed)} sedang dikirim."
    changed = apply_step(
        counter,
        tx,
        application,
        replace(step, states=states, note=note),
        at,
        detail=kept.facts,
        letter_number="",
        **columns,
    )
    counter.share.keep(tx, changed, (counter.data / kept.path).read_bytes())
    tx.documents.record(
        Document(
            application_id=application.id,
            number="",
            path=kept.path,
            file_name=_file_name(counter, changed),
            sha256=kept.sha256,
            size_bytes=kept.size_bytes,
            made_at=at,
        )
    )
    plan_letter(counter, tx, changed, at)


def _file_name(counter: Counter, application: Application) -> str:
    """As the service names its letters; the reference where that can't be read for these answers."""
    workflow, office = counter.workflow, counter.settings.office
    on = letter_date(application, counter.clock(), counter.timezone)
    try:
        context = application_context(workflow, office, application, on=on)
        return file_name(workflow.letter.file, context)
    except (Mendable, NotAllowed):
        return safe_file_name(application.reference)


def _decided(tx: Transaction, application: Application) -> dict[str, Any]:
    """The facts of the file that was decided on; empty where there is none."""
    events = tx.applications.events(application.id)
    return next((one.detail for one in reversed(events) if "officer_file" in one.detail), {})
