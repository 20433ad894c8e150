"""Telling by WhatsApp or SMS in the worker's state machine: a channel of which word comes back, and what must be true of it.

Of WhatsApp nobody can be asked, and reports come when they like; the phone that sends SMS can be asked whether a
message went, and how far.
"""

import re
from collections import Counter as Count
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from sync.core.application import Application
from sync.core.chat import Arrival, Report, best, trouble_of
from sync.core.delivery import CHAT_CHANNELS, Intent, IntentState, Kind, Message
from sync.core.outcomes import CannotKnow, Never, Receipt, TryAgain
from sync.core.review import UNTOLD
from sync.core.states import State
from sync.ledger.intents import IntentRecord
from tests.fakes.fuse import Fuse, PowerCut
from tests.unit.worker.conftest import WORKFLOW as BY_MAIL
from tests.unit.worker.conftest import PlainMessages
from tests.unit.worker.machine_world import WatchedChannel

WORKFLOW: dict[str, Any] = {**BY_MAIL, "applicant": {**BY_MAIL["applicant"], "phone": "WA"}}
NOTICES = {  # by the state that is told
    State.NEEDS_FIXING: Kind.MEND,
    State.REJECTED: Kind.REJECTED,
    State.CANCELLED: Kind.CANCELLED,
    State.DELIVERED: Kind.READY,
}
WORDS = {
    "terkirim": Arrival.SENT,
    "sudah diterima": Arrival.DELIVERED,
    "sudah dibaca": Arrival.READ,
    "tidak sampai": Arrival.FAILED,
}


def phone_of(person: int, change: int = 0) -> str:
    return f"0812-3456-{person}{change:03d}"


def owner_of(number: str) -> int:
    """`+6281234563001` → 3."""
    return int(number[len("+628123456")])


class ChatMessages(PlainMessages):
    def compose_chat(self, channel: str, kind: Kind, context: dict[str, Any]) -> str:
        return f"{kind} {context['referensi']}"


class Killed(PowerCut):
    """Just when a message had gone; the worker is started again."""


class Fate(NamedTuple):
    """Of one message: the failure of its sending, `after` it went or instead, and what is said of it before its sender
    knows, and later."""

    failure: type[BaseException] | None
    after: bool
    early: list[Arrival]
    late: list[Arrival]


words = st.lists(st.sampled_from(Arrival), max_size=3)
fates = st.builds(
    Fate,
    st.sampled_from([None, CannotKnow, TryAgain, Never, RuntimeError, Killed]),
    st.booleans(),
    words,
    words,
)


class WatchedChat(WatchedChannel):
    """`fates` are those of the next messages. `told` is all that was ever said of a message, by key. `hear` brings a
    report to the ledger, as the webhook does."""

    channel: str
    can_be_asked: bool

    def __init__(
        self, fuse: Fuse, unknowable: set[int], hear: Callable[[str, Arrival], None]
    ) -> None:
        super().__init__(self.channel, fuse, unknowable, repeatable=self.can_be_asked)
        self.told: dict[str, list[Arrival]] = {}
        self.fates: list[Fate] = []
        self.late: list[tuple[str, Arrival]] = []
        self._hear = hear

    def send(self, intent: Intent, message: Message) -> Receipt:
        fate = self.fates.pop(0) if self.fates else Fate(None, False, [], [])
        went_before = self.went(intent.key)
        if fate.failure:
            self._fail(fate.failure, after=fate.after)
        try:
            return super().send(intent, message)
        finally:
            if self.went(intent.key) and not went_before:
                for arrival in fate.early:
                    self.fares(intent.key, arrival)
                self.late += [(intent.key, arrival) for arrival in fate.late]

    def _fail(self, failure: type[BaseException], *, after: bool) -> None:
        """What went is not tried again where nobody can be asked: then it can only be unknown."""
        if failure is Killed:
            self.crash_after_sending = Killed()
        elif not after:
            self.failures.insert(0, failure("Gagal, ditakdirkan."))  # type: ignore[arg-type]
        elif failure is not Never:
            known = self.can_be_asked and failure is TryAgain
            self.crash_after_sending = (TryAgain if known else CannotKnow)("Balasan hilang.")

    def words_come(self) -> None:
        """The late ones, last first."""
        while self.late:
            self.fares(*self.late.pop())

    def went(self, key: str) -> bool:
        return any(intent.key == key for intent, _ in self.arrived)

    def fares(self, key: str, arrival: Arrival) -> None:
        """Of a message that went."""
        raise NotImplementedError


class WatchedWhatsApp(WatchedChat):
    channel, can_be_asked = "whatsapp", False

    def fares(self, key: str, arrival: Arrival) -> None:
        self.told.setdefault(key, []).append(arrival)
        self._hear(key, arrival)


class WatchedPhone(WatchedChat):
    """What it failed to send did not go after all, and has no further fate."""

    channel, can_be_asked = "sms", True

    def __init__(
        self, fuse: Fuse, unknowable: set[int], hear: Callable[[str, Arrival], None]
    ) -> None:
        super().__init__(fuse, unknowable, hear)
        self._known: dict[str, Arrival] = {}

    def fares(self, key: str, arrival: Arrival) -> None:
        if arrival is Arrival.READ or self._known.get(key) not in (None, Arrival.SENT):
            return
        self._known[key] = arrival
        if arrival is Arrival.FAILED:
            self.arrived = [(intent, m) for intent, m in self.arrived if intent.key != key]

    def send(self, intent: Intent, message: Message) -> Receipt:
        if not self.went(intent.key):  # the next number behind the same key
            self._known.pop(intent.key, None)
        return super().send(intent, message)

    def arrival(self, intent: Intent) -> tuple[Arrival, str] | None:
        self._fuse.burn()
        if self.away:
            raise self.away
        found = self._known.get(intent.key)
        if found is None:
            return None
        self.told.setdefault(intent.key, []).append(found)
        return found, "periksa pulsa" if found is Arrival.FAILED else ""


def ensure_truth(
    one: Application, records: list[IntentRecord], kinds: Count[str], chat: WatchedChat
) -> None:
    """At rest: intents and the row say of each message what became of it, and the row says it of the latest."""
    notices = [record for record in records if record.intent.kind is not Kind.LETTER]
    for record in notices:
        if record.intent.channel == chat.name:
            _ensure_settled(record, chat)
    if one.erased_at is None:
        _ensure_nothing_untrue(one, notices, chat)
        _ensure_trouble_is_told(one, notices, kinds)


def _ensure_settled(record: IntentRecord, chat: WatchedChat) -> None:
    key, state = record.intent.key, record.intent.state
    told = _best(chat, key)
    if told is Arrival.FAILED:
        assert state is IntentState.FAILED, f"{key} failed on its way, and is {state}"
    elif told is not None:
        assert state is IntentState.DELIVERED, f"{key} was {told}, and is {state}"
    elif state is IntentState.FAILED and not chat.can_be_asked:  # a phone may be away for long
        assert not chat.went(key), f"{key} went, and is {state}: {record.reason}"
    elif state is IntentState.DELIVERED:
        assert chat.went(key) or chat.can_be_asked, f"{key} never went, and is {state}"


def _ensure_nothing_untrue(
    one: Application, notices: list[IntentRecord], chat: WatchedChat
) -> None:
    note = one.note
    for record in notices:
        note = note.replace(_trouble(record), "") if _trouble(record) else note
    assert not re.search("belum pasti terkirim|tidak terkirim", note), f"untrue: {one.note!r}"
    said = re.search(rf"{CHAT_CHANNELS[chat.name]} ({'|'.join(WORDS)}) \d", note)
    if said:
        sent = [
            record.intent.key
            for record in notices
            if record.intent.channel == chat.name
            and (record.intent.state is IntentState.DELIVERED or record.intent.key in chat.told)
        ]
        latest = _best(chat, sent[-1]) or Arrival.SENT
        assert WORDS[said[1]] is latest, f"{sent[-1]} is {latest}: {one.note!r}"


def _ensure_trouble_is_told(
    one: Application, notices: list[IntentRecord], kinds: Count[str]
) -> None:
    """Of what was told of the state that it is in."""
    kind = NOTICES.get(one.state)
    latest = {r.intent.channel: r for r in notices if r.intent.kind is kind}
    if UNTOLD in one.note or (
        one.state is State.DELIVERED
        and kinds["delivered"] != sum(r.intent.kind is Kind.READY for r in notices)
    ):
        return  # it was not told this time
    for record in latest.values():
        channel, trouble = record.intent.channel, _trouble(record)
        late = channel in CHAT_CHANNELS and f"{CHAT_CHANNELS[channel]} tidak sampai" in one.note
        assert trouble in one.note or late, f"untold: {trouble!r}: {one.note!r}"


def _trouble(record: IntentRecord) -> str:
    return trouble_of(record.intent.channel, record.intent.state, record.reason)


def _best(chat: WatchedChat, key: str) -> Arrival | None:
    found = best([Report(chat.name, key, arrival, None) for arrival in chat.told.get(key, [])])  # type: ignore[arg-type]
    return found and found.arrival
