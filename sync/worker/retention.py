"""What is past its term is erased, a little after each round; what the ledger no longer has leaves disk and Drive too.

Promise: the ledger forgets first, in one transaction with the list of what is left to take away, and that list is gone
through until it is empty, also after a crash: no file stays behind that nobody knows of. Never raises, never holds up the
counter for more than some seconds. An application that never came to its end is told of, not erased.
"""

import logging
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Protocol

from sync.core.board import Matter
from sync.core.delivery import IntentState, Kind
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.core.retention import (
    OVERDUE_REMEDY,
    Cause,
    ended_before,
    hindrance,
    overdue_told,
    way_to_end,
)
from sync.core.workflow.model import Workflow
from sync.ledger.desks import restored_mark
from sync.ledger.forgetting import FREE_ROOM, Left, Place
from sync.ledger.intents import unsettled
from sync.ledger.ledger import Ledger
from sync.worker.backing_up import LETTER
from sync.worker.sealing_key import made_key

log = logging.getLogger(__name__)

EXPORTS = "ekspor"
BATCH = 200
TURN_S = 2.0
REST = timedelta(hours=24)
REST_AFTER_TROUBLE = timedelta(hours=1)
REMEDY = (
    "Loket mencobanya lagi sendiri setiap jam. Pastikan akun Loket masih boleh mengubah berkas suratnya di Drive, "
    "dan berkas di folder data tidak sedang dibuka."
)


class Drive(Protocol):
    """google.shared_letters.SharedLetters."""

    def take_back(self, file_id: str) -> None: ...


class Copies(Protocol):
    """The private folder in Drive: google.backup_folder.BackupFolder."""

    def names(self) -> dict[str, str]: ...
    def delete(self, file_id: str) -> None: ...


def forget(ledger: Ledger, data: Path, application_id: int, at: datetime) -> None:
    """One application, on the person's request: the ledger's part. Raises Mendable while something is on its way, and
    OSError where the sealing key can't be written."""
    with ledger.begin() as tx:
        application = tx.applications.get(application_id)
        if application.erased_at is not None:  # its letter in Drive may have been kept
            tx.forgetting.take_back([application_id])
            tx.applications.record(application_id, at, "erased", {"cause": Cause.REQUEST})
            return
        records = tx.intents.of(application_id)
        sending = any(one.intent.state is IntentState.SENDING for one in records)
        why = hindrance(application.state, sending=sending)
        if why:
            raise Mendable.one(
                "belum-dapat-dihapus",
                where=application.reference,
                found=why,
                allowed="permohonan yang pengirimannya sudah selesai; tidak ada yang dihapus",
                run=f"python loket.py show {application.reference}, lalu ulangi sesudah petugas menyelesaikannya",
            )
        for record in unsettled(records):
            tx.intents.give_up(record, IntentState.DROPPED, "data dihapus", at)
        arrived = any(
            one.intent.kind is Kind.LETTER and one.intent.state is IntentState.DELIVERED
            for one in records
        )
        if way := way_to_end(application.state, arrived=arrived):
            tx.applications.change(application, at=at, event=way[-1].value, states=way)
        key = made_key(data)
        memory = tx.desks.of(application.workflow)
        if memory is not None:  # its row is to say so in the next cycle
            tx.desks.remember(replace(memory, version=""))
        tx.forgetting.erase([application_id], at, Cause.REQUEST, key=key, drive=True)


@dataclass(eq=False)
class Leftovers:
    """Takes away what the ledger's list names; safe to repeat."""

    ledger: Ledger
    data: Path
    drive: Callable[[], Drive]
    copies: Callable[[], Copies]

    def clear(self, over: Callable[[], bool] = lambda: False) -> str:
        """Until nothing is left, or `over`. What could not be taken away, for people; "" when there is none."""
        troubles: list[str] = []
        for place, take in (
            (Place.DISK, self._from_disk),
            (Place.DRIVE, lambda name: self.drive().take_back(name)),
            (Place.COPY, self._copy_taker()),
        ):
            try:
                troubles += self._clear(place, take, over)
            except TryAgain as failure:  # nobody is there: the others would fare no better
                log.warning("erasing, %s: %s", place, failure.detail)
                troubles.append(failure.reason)
            except Mendable as error:
                troubles.append(f"{error.problems[0].found}.")
        if not over() and self._left(Place.LEDGER):
            if self.ledger.scrub():
                self._gone([Left(Place.LEDGER, FREE_ROOM)])
            else:
                troubles.append("Sisa di berkas ledger belum dapat dibersihkan.")
        return " ".join(dict.fromkeys(troubles))

    def _clear(
        self, place: Place, take: Callable[[str], None], over: Callable[[], bool]
    ) -> list[str]:
        """One that can't be taken away does not hold up the others. Raises TryAgain and Mendable."""
        last, troubles = "", []
        while not over() and (left := self._left(place, after=last)):
            gone = []
            try:
                for one in left:
                    if over():
                        break
                    try:
                        take(one.name)
                    except (Never, CannotKnow) as failure:
                        log.warning("erasing, %s: %s", place, failure.detail)
                        troubles.append(failure.reason)
                    except OSError as error:
                        log.warning("erasing, %s: %s", place, error.strerror)
                        troubles.append(f"{error.strerror}.")
                    else:
                        gone.append(one)
            finally:
                self._gone(gone)
            last = left[-1].name
        return troubles

    def _from_disk(self, reference: str) -> None:
        """The letter or the officer's file, of whatever year, also one half-written; and what `export` wrote."""
        letters = self.data / "letters"
        for folder in [*(letters.iterdir() if letters.is_dir() else ()), self.data / EXPORTS]:
            for suffix in (".pdf", ".part", ".json"):
                (folder / f"{reference}{suffix}").unlink(missing_ok=True)

    def _copy_taker(self) -> Callable[[str], None]:
        there: dict[str, str] | None = None

        def take(sha256: str) -> None:
            nonlocal there
            if there is None:
                there = self.copies().names()
            file_id = there.pop(LETTER.format(sha256=sha256), "")
            if file_id:
                self.copies().delete(file_id)

        return take

    def _left(self, place: Place, after: str = "") -> list[Left]:
        with self.ledger.reading() as look:
            return look.forgetting.left(place, limit=BATCH, after=after)

    def _gone(self, left: Sequence[Left]) -> None:
        with self.ledger.begin() as tx:
            tx.forgetting.gone(left)


@dataclass(eq=False)
class Retention:
    """`keep_days`: so long copies stay that no rotation deletes: before a migration, set aside by a restore."""

    workflows: Sequence[Workflow]
    leftovers: Leftovers
    keep_days: int
    clock: Callable[[], datetime]
    stop: Event
    trouble: str = ""  # what could not be taken away, for people
    turn_s: float = TURN_S
    _rested_at: datetime | None = None
    _rest: timedelta = timedelta(0)

    @property
    def terms(self) -> list[tuple[Workflow, int]]:
        """The workflows whose data are not kept for ever, with their days."""
        return [(one, one.retention_days) for one in self.workflows if one.retention_days]

    def keep(self) -> None:
        """After a round, once a day, or at once while there is more to do. Never raises."""
        at = self.clock()
        if self._rested_at is not None and abs(at - self._rested_at) < self._rest:
            return
        ends = time.monotonic() + self.turn_s

        def over() -> bool:
            return self.stop.is_set() or time.monotonic() >= ends

        try:
            self._forget_visits(at)
            self._erase_due(at, over)
            self.trouble = self.leftovers.clear(over)
            self._drop_old_copies(at)
        except Mendable as error:
            self.trouble = f"{error.problems[0].found}."
        except OSError as error:
            log.warning("erasing: %s", error)
            self.trouble = f"{error.strerror or error}."
        except Exception:
            log.exception("erasing broke")
            self.trouble = "Kesalahan program; lihat data/log."
        self._rested_at = at
        self._rest = REST_AFTER_TROUBLE if self.trouble else timedelta(0) if over() else REST

    def matters(self, names: Collection[str]) -> list[Matter]:
        """What officers have to know about these workflows."""
        at, found = self.clock(), []
        with self.leftovers.ledger.reading() as look:
            for workflow, days in self.terms:
                if workflow.name not in names:
                    continue
                count = look.forgetting.overdue(workflow.name, ended_before(at, days))
                if count:
                    told = overdue_told(workflow.title, days, count)
                    found.append(Matter(told, OVERDUE_REMEDY))
        if self.trouble:
            found.append(
                Matter(f"Yang harus dihapus belum semuanya terhapus: {self.trouble}", REMEDY)
            )
        return found

    def _forget_visits(self, at: datetime) -> None:
        """The dashboard's."""
        with self.leftovers.ledger.begin() as tx:
            tx.sign_ins.forget_old(at)
            tx.trail.forget_old(at)

    def _erase_due(self, at: datetime, over: Callable[[], bool]) -> None:
        ledger = self.leftovers.ledger
        for workflow, days in self.terms:
            until = ended_before(at, days)
            with ledger.reading() as look:
                restored = look.desks.resource(restored_mark(workflow.name))
                overdue = look.forgetting.overdue(workflow.name, until)
            if overdue:
                log.warning("workflow %s: %d past their term, not ended", workflow.name, overdue)
            erased = 0
            while not restored and not over():  # a restored ledger is compared with its sheet first
                with ledger.begin() as tx:
                    due = tx.forgetting.due(workflow.name, until, limit=BATCH)
                    if due:
                        drive = workflow.retention_drive == "trash"
                        key = made_key(self.leftovers.data)
                        tx.forgetting.erase(due, at, Cause.TERM, key=key, drive=drive)
                erased += len(due)
                if len(due) < BATCH:
                    break
            if erased:
                log.info("workflow %s: %d applications erased", workflow.name, erased)

    def _drop_old_copies(self, at: datetime) -> None:
        folder = self.leftovers.data / "backup"
        if not self.terms or not folder.is_dir():
            return
        until = ended_before(at, self.keep_days).timestamp()
        for copy in [*folder.glob("sebelum-migrasi-*"), *folder.glob("disisihkan-*")]:
            if copy.stat().st_mtime >= until:
                continue
            if copy.is_dir():
                shutil.rmtree(copy)
            else:
                copy.unlink(missing_ok=True)
