"""Delivery intents → receipts. The intent is committed before the side effect, the outcome after it.

Messages are made by the lot and then sent one after the other, so that nothing comes between an outcome and the next
message: one commit holds both the outcome and the next intent's claim. Three outcomes besides a receipt: try again (with
a growing pause, for 48 hours), never, cannot know. One that cannot be known is never sent again silently: the row
becomes "Perlu dicek" and an officer chooses.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.core.delivery import Channel, IntentState, Kind, Message
from sync.core.outcomes import CannotKnow, Failure, QuotaUsedUp, Receipt, TryAgain
from sync.ledger.applications import Overtaken
from sync.ledger.intents import IntentRecord, turn_of
from sync.ledger.trouble import LedgerTrouble
from sync.worker.composing import Unwritten, message_of, unwritten
from sync.worker.counter import Counter, Tally
from sync.worker.queueing import closed_until, queue, room
from sync.worker.settling import budget_used_up, conclude, pause, settle, settle_now
from sync.worker.steps import plan_letter
from sync.worker.turn import Turn

log = logging.getLogger(__name__)

_LEAVE_ALONE_AFTER = 3
_LOT = 8
_LOT_BYTES = 2_000_000  # officers' files may be large


def settle_interrupted(counter: Counter) -> int:
    """After a crash: each intent that was being sent is asked after, before anything else is sent.

    Returns how many there were.
    """
    at = counter.clock()
    interrupted = counter.share.interrupted(counter.ledger, counter.workflow.name, at)
    for record in interrupted:
        channel = counter.channels.get(record.intent.channel)
        try:
            if channel is None:
                raise CannotKnow(
                    "Saluran ini tidak lagi dipakai; tidak diketahui apakah surat sampai."
                )
            receipt = channel.happened(record.intent)
        except TryAgain as failure:
            if budget_used_up(counter, record, at):
                settle_now(counter, record, CannotKnow(failure.reason, detail=failure.detail))
            else:
                _ask_later(counter, record, failure, at)
        except Failure as failure:  # nobody will tell us: an officer has to look
            settle_now(counter, record, CannotKnow(failure.reason, detail=failure.detail))
        except Exception:
            log.exception("%s: asking %s broke", record.intent.reference, record.intent.channel)
            settle_now(counter, record, CannotKnow("Tidak diketahui apakah surat sampai."))
        else:
            if receipt is not None:
                settle_now(counter, record, receipt)
                continue
            with counter.ledger.begin() as tx:  # it certainly did not happen: it is due at once
                tx.intents.postpone(record, at, "")
    return len(interrupted)


def _ask_later(counter: Counter, record: IntentRecord, failure: TryAgain, at: datetime) -> None:
    with counter.ledger.begin() as tx:
        tx.intents.ask_later(record, at + pause(record, failure), failure.reason)
        conclude(counter, tx, record, at)


@dataclass(frozen=True, slots=True)
class _Ready:
    """Nothing is left to do but to claim and to send."""

    record: IntentRecord
    channel: Channel
    message: Message
    key: str

    @property
    def size_bytes(self) -> int:
        return len(self.message.letter.pdf) if self.message.letter else 0


class Sending:
    """One cycle's sending, in one go or in several. What a channel refused once is not tried again in this cycle."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._tried = self._arrived = 0
        self._closed: set[str] = set()
        self._troubles: dict[str, str] = {}
        self._more = False
        self._last: tuple[IntentRecord, Receipt | Failure] | None = None
        # A channel that was away is tried once in a cycle until something arrives again.
        counter.away = {name: min(n, _LEAVE_ALONE_AFTER - 1) for name, n in counter.away.items()}
        self._left = {channel: room(counter, channel) for channel in counter.channels}

    @property
    def tally(self) -> Tally:
        return Tally(self._tried, self._arrived, " ".join(self._troubles.values()), self._more)

    @property
    def flows(self) -> bool:
        """Nothing waits but what is due: no channel is closed or in trouble."""
        return not (self._closed or self._troubles)

    def go_on(self, turn: Turn) -> None:
        """Sends what is due by now, the oldest first, and what is planned when a letter has arrived."""
        counter = self._counter
        self._more = False
        for channel in counter.channels:
            until = closed_until(counter, channel)
            if until or self._left[channel] <= 0:
                self._tried += queue(counter, channel, until)
                self._closed.add(channel)
        arrived = -1
        while arrived != self._arrived:
            arrived, last = self._arrived, (-1, 0, 0)
            while due := counter.share.due(
                counter.ledger, counter.workflow.name, counter.clock(), last
            ):
                for lot in self._lots(due, turn):
                    self._send_all(lot, turn)
                if self._more:
                    return
                last = turn_of(due[-1])

    def _lots(self, due: Sequence[IntentRecord], turn: Turn) -> Iterator[list[_Ready]]:
        """The messages of those that can be sent now; few are held at a time."""
        lot: list[_Ready] = []
        for record in due:
            if turn.over():
                self._more = True
                break
            if not self._is_open(record.intent.channel):
                continue
            if any(_leads_to(record, one.record) for one in lot):
                yield lot
                lot = []
            try:
                made = _make(self._counter, record)
            except Overtaken as error:
                _told(record, error)
                continue
            if not isinstance(made, _Ready):
                self._tried += 1
                self._note(record.intent.channel, made)
                continue
            lot.append(made)
            if len(lot) == _LOT or sum(one.size_bytes for one in lot) > _LOT_BYTES:
                yield lot
                lot = []
        yield lot

    def _send_all(self, ready: Sequence[_Ready], turn: Turn) -> None:
        try:
            for one in ready:
                if turn.over():
                    self._more = True
                    break
                channel = one.channel.name
                if self._is_open(channel):
                    self._tried += 1
                    record = self._claim(one)
                    if record is not None:
                        self._note(channel, self._send(one, record))
        finally:
            self._settle_last()

    def _is_open(self, channel: str) -> bool:
        """A server that is away must not hold up all the rest."""
        if self._left.get(channel, 1) <= 0 and channel not in self._closed:
            self._tried += queue(self._counter, channel)
            self._closed.add(channel)
        return channel not in self._closed and channel not in self._troubles

    def _claim(self, one: _Ready) -> IntentRecord | None:
        """In one commit with what came of the one before. None: another worker has it."""
        counter, before = self._counter, self._last
        try:
            with counter.ledger.begin() as tx:
                if before is not None:
                    settle(counter, tx, *before)
                record = tx.intents.claim(one.record, counter.clock(), key=one.key)
                counter.share.sends(tx, record, counter.clock())
        except Overtaken as error:
            _told(one.record, error)
            self._settle_last()
            return None
        self._last = None
        return record

    def _send(self, one: _Ready, record: IntentRecord) -> Receipt | Failure:
        outcome: Receipt | Failure
        try:
            outcome = one.channel.send(record.intent, one.message)
        except Failure as failure:
            outcome = failure
        except LedgerTrouble:  # it stays SENDING, and is asked after
            raise
        except Exception:  # a mistake of ours, perhaps after it went: nobody knows
            log.exception("%s: %s broke", record.intent.reference, one.channel.name)
            outcome = CannotKnow("Pengiriman terhenti oleh kesalahan program.")
        self._last = (record, outcome)
        if not isinstance(outcome, Receipt):
            self._settle_last()
        return outcome

    def _settle_last(self) -> None:
        if self._last is None:
            return
        try:
            settle_now(self._counter, *self._last)
        except Overtaken as error:
            _told(self._last[0], error)
        self._last = None

    def _note(self, channel: str, outcome: Receipt | Failure | None) -> None:
        """What an outcome means for those that come after it."""
        counter = self._counter
        if isinstance(outcome, Unwritten):  # says nothing about the channel
            self._troubles["pesan"] = outcome.reason
            return
        self._arrived += isinstance(outcome, Receipt)
        if isinstance(outcome, Receipt | CannotKnow):
            self._left[channel] -= 1
        if isinstance(outcome, QuotaUsedUp):
            queue(counter, channel)
            self._closed.add(channel)
            return
        failed = isinstance(outcome, TryAgain)
        counter.away[channel] = counter.away.get(channel, 0) + 1 if failed else 0
        if isinstance(outcome, TryAgain) and counter.away[channel] >= _LEAVE_ALONE_AFTER:
            self._troubles[channel] = outcome.reason


def _leads_to(record: IntentRecord, other: IntentRecord) -> bool:
    """Whether the text of one tells where the other one has put the letter: that is known once it arrived."""
    of, its = record.intent, other.intent
    same = (of.application_id, of.kind) == (its.application_id, Kind.LETTER)
    return same and of.channel == "email" and its.channel == "drive"


def _told(record: IntentRecord, error: Overtaken) -> None:
    log.info("%s: another worker has it: %s", record.intent.reference, error)


def _make(counter: Counter, record: IntentRecord) -> _Ready | Failure | None:
    """The message and the key it is sent under; else what was recorded of it, None where that says nothing of the
    channel."""
    intent = record.intent
    channel = counter.channels.get(intent.channel)
    letter = intent.kind is Kind.LETTER
    if channel is None or (letter and channel.name not in counter.workflow.deliver):
        _drop(counter, record)
        return None
    try:
        message = message_of(counter, record)
    except Failure as failure:
        settle_now(counter, record, failure)
        return failure
    except Exception as error:  # a template, the letter's file, a setting is wrong
        log.warning("%s: no message: %s", intent.reference, type(error).__name__)
        told = unwritten(error)
        settle_now(counter, record, told)
        return told
    try:
        key = intent.key or channel.plan(
            reference=intent.reference, kind=intent.kind, attempt=record.series
        )
    except Failure as failure:
        settle_now(counter, record, failure)
        return failure
    except Exception:
        log.exception("%s: %s could not plan", intent.reference, channel.name)
        settle_now(counter, record, TryAgain("Pengiriman belum dapat disiapkan."))
        return None
    return _Ready(record, channel, message, key)


def _drop(counter: Counter, record: IntentRecord) -> None:
    """The office no longer delivers this way: the letter goes the ways of today."""
    at = counter.clock()
    with counter.ledger.begin() as tx:
        tx.intents.give_up(record, IntentState.DROPPED, "saluran tidak lagi dipakai", at)
        if record.intent.kind is Kind.LETTER:
            plan_letter(counter, tx, tx.applications.get(record.intent.application_id), at)
        conclude(counter, tx, record, at)
