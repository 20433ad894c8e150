"""Gmail and Drive in memory, as the delivery channels see them: what is stored, who may read it, lost answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TypeVar

from sync.core.outcomes import Failure, TryAgain

T = TypeVar("T")


class _Faulty:
    """`fail("send_draft", …)` breaks the next call of that name; `after=True` lets it have its effect first."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[Failure, bool]] = {}

    def fail(self, method: str, failure: Failure | None = None, *, after: bool = False) -> None:
        self._failures[method] = (failure or TryAgain("jaringan putus"), after)

    def _do(self, method: str, effect: Callable[[], T]) -> T:
        failure, after = self._failures.pop(method, (None, False))
        if failure and not after:
            raise failure
        result = effect()
        if failure:
            raise failure
        return result


class FakeMailbox(_Faulty):
    """Gmail: drafts by id, and the messages that were sent."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: dict[str, bytes] = {}
        self.sent: list[EmailMessage] = []
        self._made = 0

    def create_draft(self, message: bytes) -> str:
        def make() -> str:
            self._made += 1
            self.drafts[f"r-{self._made}"] = message
            return f"r-{self._made}"

        return self._do("create_draft", make)

    def update_draft(self, draft_id: str, message: bytes) -> bool:
        def update() -> bool:
            if draft_id in self.drafts:
                self.drafts[draft_id] = message
            return draft_id in self.drafts

        return self._do("update_draft", update)

    def has_draft(self, draft_id: str) -> bool:
        return self._do("has_draft", lambda: draft_id in self.drafts)

    def send_draft(self, draft_id: str) -> str | None:
        def send() -> str | None:
            content = self.drafts.pop(draft_id, None)
            if content is None:
                return None
            message: EmailMessage = message_from_bytes(content, policy=default)  # type: ignore[arg-type,assignment]
            message.replace_header("Message-ID", "<one-of-its-own@mail.gmail.com>")
            self.sent.append(message)
            return f"m-{len(self.sent)}"

        return self._do("send_draft", send)

    def find_sent(self, *, to: str, header: str, value: str) -> str | None:
        def find() -> str | None:
            for number, message in enumerate(self.sent, start=1):
                if message["To"] == to and message[header] == value:
                    return f"m-{number}"
            return None

        return self._do("find_sent", find)


@dataclass
class StoredFile:
    folder: str
    name: str
    pdf: bytes
    readers: list[str] = field(default_factory=list)


class FakeFiles(_Faulty):
    """Drive: files by id."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[str, StoredFile] = {}
        self.id_calls = 0

    def new_ids(self, n: int) -> list[str]:
        def make() -> list[str]:
            self.id_calls += 1
            return [f"id-{self.id_calls}-{number}" for number in range(n)]

        return self._do("new_ids", make)

    def upload(
        self,
        file_id: str,
        folder: str,
        file_name: str,
        pdf: bytes,
        noted: Mapping[str, str] | None = None,
    ) -> str:
        def store() -> str:
            self.stored.setdefault(file_id, StoredFile(folder, file_name, pdf))
            return self._link(file_id)

        return self._do("upload", store)

    def share_with(self, file_id: str, email: str) -> None:
        def share() -> None:
            if email not in self.stored[file_id].readers:
                self.stored[file_id].readers.append(email)

        self._do("share_with", share)

    def link(self, file_id: str) -> str:
        return self._do("link", lambda: self._link(file_id))

    def exists(self, file_id: str) -> bool:
        return self._do("exists", lambda: file_id in self.stored)

    @staticmethod
    def _link(file_id: str) -> str:
        return f"https://drive.google.com/file/d/{file_id}/view"
