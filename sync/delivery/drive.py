"""Deliver by Drive: the PDF goes into the service's folder, shared with the applicant alone.

The key is the file's id, given by Drive beforehand; storing the same letter twice gives the same one file. What
Drive refuses comes as Never from whoever implements `Files`, with the sentence for the office.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import Never, Receipt
from sync.delivery.email_message import one_address, safe_file_name

NO_LETTER = "Tidak ada surat untuk disimpan di Drive."
NO_ADDRESS = (
    "Pemohon tidak mengisi alamat email, jadi surat tidak dapat dibagikan kepadanya lewat Drive."
)
IDS_A_CALL = 50


class Files(Protocol):
    """What this channel needs of Drive."""

    def new_ids(self, n: int) -> list[str]: ...
    def upload(
        self,
        file_id: str,
        folder: str,
        file_name: str,
        pdf: bytes,
        noted: Mapping[str, str] | None = None,
    ) -> str: ...
    def share_with(self, file_id: str, email: str) -> None: ...
    def link(self, file_id: str) -> str: ...
    def exists(self, file_id: str) -> bool: ...


class DriveChannel:
    """`folder_of` gives the id of a service's folder by its name, `sheet_of` the spreadsheet of a workflow.
    Thread-safe where `Files` is."""

    name = "drive"
    repeatable = True

    def __init__(
        self,
        files: Files,
        folder_of: Callable[[str], str],
        sheet_of: Callable[[str], str] = lambda _workflow: "",
    ) -> None:
        self._sheet_of = sheet_of
        self._files = files
        self._folder_of = folder_of
        self._ids: list[str] = []
        self._taking = threading.Lock()

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:  # noqa: ARG002
        with self._taking:
            if not self._ids:
                self._ids = self._files.new_ids(IDS_A_CALL)
            return self._ids.pop()

    def send(self, intent: Intent, message: Message) -> Receipt:
        letter = message.letter
        if letter is None:
            raise Never(NO_LETTER)
        try:
            applicant = one_address(intent.address)
        except ValueError as error:
            raise Never(NO_ADDRESS, detail="address cannot be used") from error
        link = self._files.upload(
            intent.key,
            self._folder_of(message.folder),
            safe_file_name(letter.file_name),
            letter.pdf,
            noted(
                loket="letter",
                sheet=self._sheet_of(intent.workflow),
                reference=intent.reference,
                number=letter.number,
                sha256=letter.sha256,
            ),
        )
        self._files.share_with(intent.key, applicant)
        return Receipt(intent.key, link)

    def happened(self, intent: Intent) -> Receipt | None:
        if not self._files.exists(intent.key):
            return None
        # Stored for certain; whether it was shared is not, and a second share changes nothing.
        self._files.share_with(intent.key, one_address(intent.address))
        return Receipt(intent.key, self._files.link(intent.key))


def noted(**facts: str) -> dict[str, str]:
    """What stands at the file, so that a new computer finds each letter again. Drive takes 124 bytes a property."""
    return {
        name: text for name, text in facts.items() if text and len((name + text).encode()) <= 124
    }
