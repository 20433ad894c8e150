"""What is known of a workflow's letters outside the ledger, when it has to be told anew: files in Drive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class StoredLetter(Protocol):
    """A letter in Drive, with what was noted at it: google.backup_folder.StoredLetter."""

    @property
    def file_id(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def stored_at(self) -> datetime: ...


@dataclass(frozen=True)
class Outside:
    """What Drive knows of the workflow's letters, by reference; `fetch` gives a file's bytes."""

    letters: Mapping[str, StoredLetter]
    fetch: Callable[[str], bytes]
