"""The office's private folder in Drive: copies of the ledger, and letters that lie nowhere else. Shared with nobody.

It is found without the ledger, by a mark that only Loket's own account can see. Also finds the letters that were
delivered by Drive, with what was noted at each: what a new computer asks when the old one is gone.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sync.google.drive import FOLDER_TYPE
from sync.google.services import build_service
from sync.google.transport import Transport

NAME = "Loket: cadangan (jangan dihapus)"
MARK = "loket"
_FOLDER, _FILE, _LETTER = "backup-folder", "backup", "letter"


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter that was delivered by Drive. `number` and `sha256` are what was noted when it was stored."""

    file_id: str
    file_name: str
    link: str
    reference: str
    number: str
    sha256: str
    stored_at: datetime


class BackupFolder:
    """`parent` is the office's folder or shared drive; "" is the account's own My Drive."""

    def __init__(self, transport: Transport, parent: str) -> None:
        self._transport = transport
        self._parent = parent
        self._id = ""

    @cached_property
    def _files(self) -> Any:
        return build_service(self._transport, "drive.v3").files()

    def names(self) -> dict[str, str]:
        """The files of the folder: name → id, the latest of each name. Empty where there is no folder yet."""
        folder = self._find()
        if not folder:
            return {}
        found = self._listed(f"'{folder}' in parents and {_marked(_FILE)} and trashed = false")
        return {item["name"]: item["id"] for item in found}

    def upload(self, name: str, content: bytes) -> None:
        from googleapiclient.http import MediaInMemoryUpload

        media = MediaInMemoryUpload(content, mimetype="application/octet-stream", resumable=False)
        body = {"name": name, "parents": [self._ensure()], "appProperties": {MARK: _FILE}}
        self._files.create(
            body=body, media_body=media, fields="id", supportsAllDrives=True
        ).execute()

    def download(self, file_id: str) -> bytes:
        from googleapiclient.http import MediaIoBaseDownload

        held = io.BytesIO()
        request = self._files.get_media(fileId=file_id, supportsAllDrives=True)
        loader = MediaIoBaseDownload(held, request, chunksize=50_000_000)
        done = False
        while not done:
            _, done = loader.next_chunk()
        return held.getvalue()

    def delete(self, file_id: str) -> None:
        self._files.delete(fileId=file_id, supportsAllDrives=True).execute()

    def letters(self, sheet: str) -> list[StoredLetter]:
        """Every letter of this spreadsheet's services that was ever stored, also one in the trash."""
        return [
            StoredLetter(
                file_id=item["id"],
                file_name=item["name"],
                link=item.get("webViewLink", ""),
                reference=noted.get("reference", ""),
                number=noted.get("number", ""),
                sha256=noted.get("sha256", ""),
                stored_at=datetime.fromisoformat(item["createdTime"]),
            )
            for item in self._listed(
                f"{_marked(_LETTER)} and appProperties has {{ key='sheet' and value='{sheet}' }}"
            )
            for noted in (item.get("appProperties", {}),)
        ]

    def _find(self) -> str:
        if not self._id:
            query = f"{_marked(_FOLDER)} and mimeType = '{FOLDER_TYPE}' and trashed = false"
            if self._parent:
                query += f" and '{self._parent}' in parents"
            self._id = next((item["id"] for item in self._listed(query)), "")
        return self._id

    def _ensure(self) -> str:
        if not self._find():
            body: dict[str, Any] = {
                "name": NAME,
                "mimeType": FOLDER_TYPE,
                "appProperties": {MARK: _FOLDER},
            }
            if self._parent:
                body["parents"] = [self._parent]
            made = self._files.create(body=body, fields="id", supportsAllDrives=True).execute()
            self._id = str(made["id"])
        return self._id

    def _listed(self, query: str) -> Iterator[dict[str, Any]]:
        page = ""
        while True:
            answer = self._files.list(
                q=query,
                fields="nextPageToken,files(id,name,createdTime,webViewLink,appProperties)",
                orderBy="createdTime",
                pageSize=1000,
                supportsAllDrives=True,
                includeItemsFromAllDrives=True,
                **({"pageToken": page} if page else {}),
            ).execute()
            yield from answer.get("files", ())
            page = answer.get("nextPageToken", "")
            if not page:
                return


def _marked(kind: str) -> str:
    return f"appProperties has {{ key='{MARK}' and value='{kind}' }}"
