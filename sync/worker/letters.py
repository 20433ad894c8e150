"""Approved applications → letters on disk. A letter is made once; what is sent later, and again, is these bytes.

The file is written before the ledger knows of it: after a crash in between it is made anew, and nothing was sent.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync.core.answers import check_answers
from sync.core.application import Application
from sync.core.fieldtypes import sample_values
from sync.core.file_names import file_name
from sync.core.mendable import Mendable
from sync.core.numbering import number_of
from sync.core.review import resend_hint
from sync.core.samples import NAMES_OF_PEOPLE, Extent
from sync.core.settings import Office
from sync.core.states import State
from sync.core.workflow.model import Workflow
from sync.ledger.applications import Overtaken
from sync.ledger.documents import Document
from sync.ledger.ledger import Transaction
from sync.ledger.trouble import LedgerTrouble
from sync.letter.office_key import OfficeKey
from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed
from sync.worker.counter import Counter, Tally
from sync.worker.steps import plan_letter
from sync.worker.turn import Turn
from sync.worker.verifying import key_of, valid_until, verification_of

log = logging.getLogger(__name__)

_LETTERS_AT_A_TIME = 8
_SAMPLE_DAY = date(2026, 11, 24)


def make_letters(
    counter: Counter, turn: Turn, meanwhile: Callable[[], None] = lambda: None
) -> Tally:
    """Makes the letters that are due and plans their delivery. `meanwhile` is called after every few of them, while the
    press prints on."""
    waiting = counter.share.letters(counter.ledger, counter.workflow.name, counter.clock())
    by_id = {application.id: application for application in waiting}
    file_names: dict[int, str] = {}
    keeping = _Keeping(counter)
    printed: list[_Printed] = []
    for application_id, result in counter.press.make_all(
        _orders(counter, waiting, file_names, turn)
    ):
        application = by_id.pop(application_id)
        try:
            if isinstance(result, LetterFailed):
                raise result
            pdf = counter.signature.sign(result, counter.clock()) if counter.signature else result
        except LetterFailed as failed:
            log.warning("%s: no letter: %s", application.reference, failed.detail)
            _fail(counter, application, failed.reason)
        except LedgerTrouble:
            raise
        except Exception:
            log.exception("%s: letter not signed", application.reference)
            _fail(counter, application, "Surat tidak dapat disimpan karena kesalahan program.")
        else:
            printed.append(_Printed(application, pdf, file_names.pop(application_id)))
        if len(printed) == _LETTERS_AT_A_TIME:
            keeping.keep(printed)
            printed = []
            meanwhile()
    keeping.keep(printed)
    return Tally(len(waiting), keeping.kept, keeping.trouble, more=turn.over())


@dataclass(frozen=True, slots=True)
class _Printed:
    """A letter that neither disk nor ledger has yet."""

    application: Application
    pdf: bytes
    file_name: str


class _Keeping:
    """Letters to disk and ledger. One that can't be kept is told in its row and holds up no other; on a disk that takes
    none, the others would fare no better, and the next cycle makes them."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._disk: OSError | None = None
        self.kept = 0

    @property
    def trouble(self) -> str:
        if self._disk is None:
            return ""
        return f"Surat tidak dapat disimpan: {self._disk.strerror or self._disk}."

    def keep(self, letters: Sequence[_Printed]) -> None:
        """All at once; when that fails, each by itself."""
        if not letters or self._disk is not None:
            return
        try:
            _keep(self._counter, letters)
        except LedgerTrouble:
            raise
        except Exception as error:
            if len(letters) == 1 and isinstance(error, Overtaken):
                log.info("%s: changed meanwhile", letters[0].application.reference)
            elif len(letters) == 1:
                self._tell(letters[0].application, error)
            else:
                for letter in letters:
                    self.keep([letter])
        else:
            self.kept += len(letters)

    def _tell(self, application: Application, error: Exception) -> None:
        if isinstance(error, OSError):
            self._disk = error
            note = f"Surat belum dapat disimpan: {error.strerror}. Dicoba lagi."
            with self._counter.ledger.begin() as tx:
                tx.applications.change(application, at=self._counter.clock(), note=note)
            return
        log.error("%s: letter not kept", application.reference, exc_info=error)
        _fail(self._counter, application, "Surat tidak dapat disimpan karena kesalahan program.")


def letter_context(
    counter: Counter, application: Application, key: OfficeKey | None
) -> dict[str, object]:
    """What the letter's template knows: the fields, and the facts of the application. Raises Mendable."""
    on = _dated(counter, application)
    context = application_context(counter.workflow, counter.settings.office, application, on=on)
    return context | {"verifikasi": verification_of(counter, application, on, key)}


def application_context(
    workflow: Workflow, office: Office, application: Application, *, on: date
) -> dict[str, object]:
    """The context of an application's letter as it is dated `on`. Raises Mendable."""
    checked = check_answers(workflow, application.answers, today=on)
    if checked.problems:  # the workflow's file was changed after the approval
        raise Mendable.one(
            "jawaban-tidak-sesuai",
            where=application.reference,
            found=f"jawaban tidak lagi sesuai dengan aturan layanan: {checked.problems[0].rstrip('.')}",
        )
    return {
        **checked.for_letter,
        "nomor": application.letter_number,
        "referensi": application.reference,
        "tanggal_surat": on,
        "berlaku_sampai": valid_until(workflow, on),
        "kantor": office.model_dump(),
        "judul_layanan": workflow.title,
        "verifikasi": None,
    }


def _dated(counter: Counter, application: Application) -> date:
    return letter_date(application, counter.clock(), counter.timezone)


def letter_date(application: Application, now: datetime, timezone: ZoneInfo) -> date:
    """The day of the approval, in the time zone that the office had then: its number was made on that day too.
    Of one not yet approved: today."""
    if application.approved_on is not None:
        return application.approved_on
    return (application.approved_at or now).astimezone(timezone).date()


def sample_context(
    workflow: Workflow, office: Office, extent: Extent = Extent.USUAL
) -> dict[str, object]:
    """What the template knows, with plausible answers: for trying a template out."""
    values = sample_values(workflow.fields, extent)
    return {
        **values,
        "nama": values.get("nama") or NAMES_OF_PEOPLE[extent],
        "nomor": number_of(
            workflow,
            serial=99_999 if extent is Extent.LONGEST else 1,
            on=_SAMPLE_DAY,
            unit=office.unit,
        ),
        "referensi": f"{workflow.prefix}-26-000000",
        "tanggal_surat": _SAMPLE_DAY,
        "berlaku_sampai": valid_until(workflow, _SAMPLE_DAY),
        "kantor": office.model_dump(),
        "judul_layanan": workflow.title,
        "verifikasi": None,
    }


def _orders(
    counter: Counter, waiting: list[Application], file_names: dict[int, str], turn: Turn
) -> Iterator[tuple[int, LetterOrder]]:
    """The orders, one when the press asks for one; each letter's file name is put into `file_names`."""
    for start in range(0, len(waiting), _LETTERS_AT_A_TIME):
        lot = waiting[start : start + _LETTERS_AT_A_TIME]
        if turn.over():
            return
        try:
            key = key_of(counter)
        except Mendable as error:
            for application in lot:
                _fail(counter, application, f"{error.problems[0].found}.")
            continue
        for application in lot:
            if turn.over():
                return
            order = _order(counter, application, key, file_names)
            if order is not None:
                yield application.id, order


def _order(
    counter: Counter,
    application: Application,
    key: OfficeKey | None,
    file_names: dict[int, str],
) -> LetterOrder | None:
    """None: its row tells why there is none."""
    if not application.letter_number:  # an officer's file, lost together with the ledger
        _fail(counter, application, "berkasnya tidak ada lagi. Isi Berkas Petugas.")
        return None
    try:
        context = letter_context(counter, application, key)
        file_names[application.id] = file_name(counter.workflow.letter.file, context)
    except Mendable as error:
        _fail(counter, application, f"{error.problems[0].found}.")
        return None
    except Exception:
        log.exception("%s: answers can't be read for the letter", application.reference)
        _fail(counter, application, "Jawaban tidak dapat dibaca untuk surat.")
        return None
    return LetterOrder(
        template=counter.workflow.letter.template,
        context=context,
        title=f"{counter.workflow.title} {application.letter_number}",
        must_contain=(application.name, application.letter_number),
    )


def _keep(counter: Counter, letters: Sequence[_Printed]) -> None:
    """The disk has all of them before the ledger knows of one."""
    paths = [
        f"letters/{_dated(counter, letter.application).year}/{letter.application.reference}.pdf"
        for letter in letters
    ]
    files = {path: letter.pdf for path, letter in zip(paths, letters, strict=True)}
    counter.share.write(counter.data, files)
    at = counter.clock()
    with counter.ledger.begin() as tx:
        for path, letter in zip(paths, letters, strict=True):
            _record(counter, tx, path, letter, at)


def _record(counter: Counter, tx: Transaction, path: str, letter: _Printed, at: datetime) -> None:
    application = letter.application
    document = Document(
        application_id=application.id,
        number=application.letter_number,
        path=path,
        file_name=letter.file_name,
        sha256=hashlib.sha256(letter.pdf).hexdigest(),
        size_bytes=len(letter.pdf),
        made_at=at,
    )
    counter.share.keep(tx, application, letter.pdf)
    tx.documents.record(document)
    plan_letter(counter, tx, application, at)
    tx.applications.change(
        application,
        at=at,
        states=(State.DELIVERING,) if application.state is State.APPROVED else (),
        event="letter_made",
        detail={"sha256": document.sha256, "size_bytes": document.size_bytes},
        note=f"Surat nomor {application.letter_number} sedang dikirim.",
    )


def _fail(counter: Counter, application: Application, reason: str) -> None:
    path = (
        (State.DELIVERING, State.FAILED) if application.state is State.APPROVED else (State.FAILED,)
    )
    try:
        with counter.ledger.begin() as tx:
            if tx.documents.of(application.id) is not None:
                raise Overtaken(application.reference)
            tx.applications.change(
                application,
                at=counter.clock(),
                states=path,
                event="letter_failed",
                note=f"Surat belum dapat dibuat: {reason} {resend_hint(application)}",
            )
    except Overtaken:  # another member of the cluster made it, or it was decided about again
        log.info("%s: changed meanwhile", application.reference)
