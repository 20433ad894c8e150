"""A delivery channel in memory: what arrived, and failures to come, in order."""

from collections.abc import Callable

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import CannotKnow, Receipt


class FakeChannel:
    """`failures` are raised by the next sends, one each, `asking_failures` by the next questions whether it happened;
    a Crash after `arrived` stands for a lost process."""

    def __init__(self, name: str, *, repeatable: bool = False) -> None:
        self.name = name
        self.repeatable = repeatable
        self.arrived: list[tuple[Intent, Message]] = []
        self.failures: list[Exception] = []
        self.asking_failures: list[Exception] = []
        self.crash_after_sending: BaseException | None = None
        self.on_plan: Callable[[], None] = lambda: None

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        self.on_plan()
        return f"{self.name}:{reference}:{kind}:{attempt}"

    def send(self, intent: Intent, message: Message) -> Receipt:
        if self.failures:
            raise self.failures.pop(0)
        if not (self.repeatable and any(old.key == intent.key for old, _ in self.arrived)):
            self.arrived.append((intent, message))
        if self.crash_after_sending:
            crash, self.crash_after_sending = self.crash_after_sending, None
            raise crash
        return Receipt(intent.key, f"https://drive.example/{intent.key}" if self.repeatable else "")

    def happened(self, intent: Intent) -> Receipt | None:
        if self.asking_failures:
            raise self.asking_failures.pop(0)
        if not self.repeatable:
            raise CannotKnow("Tidak diketahui apakah email terkirim.")
        return (
            Receipt(intent.key) if any(old.key == intent.key for old, _ in self.arrived) else None
        )

    def letters_to(self, address: str) -> list[Message]:
        return [
            message
            for intent, message in self.arrived
            if intent.address == address and message.letter and intent.kind is Kind.LETTER
        ]

    def notices_to(self, address: str) -> list[str]:
        return [
            intent.kind.value
            for intent, message in self.arrived
            if intent.address == address and intent.kind is not Kind.LETTER
        ]
