"""Drive: the letters' folders and files, each under an id chosen beforehand, shared with the applicant alone.

Promise: every call may be repeated. A file that is there already (409) is a success, a second share changes
nothing. What Google refuses comes as `Refused` with a sentence for the office (refusals.py).
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sync.google.refusals import Refused
from sync.google.services import build_service
from sync.google.transport import Transport

FOLDER_TYPE = "application/vnd.google-apps.folder"


class Drive:
    """Works in My Drive of the account that signs in, and in shared drives."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    # Kept, because googleapiclient makes a resource's methods anew whenever it is asked for the resource.
    @cached_property
    def _service(self) -> Any:
        return build_service(self._transport, "drive.v3")

    @cached_property
    def _files(self) -> Any:
        return self._service.files()

    @cached_property
    def _permissions(self) -> Any:
        return self._service.permissions()

    def new_ids(self, n: int) -> list[str]:
        """Ids for files to come; unused ones are forgotten without harm. At most 1,000 a call."""
        answer = self._files.generateIds(count=n, space="drive", type="files").execute()
        return list(answer["ids"])

    def ensure_folder(self, folder_id: str, name: str, parent: str) -> None:
        """Makes the folder under this id where it is not there yet. `parent` "" is the account's own My Drive."""
        body = {"id": folder_id, "name": name, "mimeType": FOLDER_TYPE}
        self._create({**body, "parents": [parent]} if parent else body, None)

    def upload(
        self,
        file_id: str,
        folder: str,
        file_name: str,
        pdf: bytes,
        noted: Mapping[str, str] | None = None,
    ) -> str:
        """The link of the letter; it is stored under this id, once, however often this is called. `noted` stands at
        the file, for Loket alone to see."""
        from googleapiclient.http import MediaInMemoryUpload

        media = MediaInMemoryUpload(pdf, mimetype="application/pdf", resumable=False)
        body: dict[str, Any] = {"id": file_id, "name": file_name, "mimeType": "application/pdf"}
        body |= {"appProperties": dict(noted)} if noted else {}
        answer = self._create({**body, "parents": [folder]} if folder else body, media)
        if not answer:  # stored before; somebody may have put it into the trash since
            self._files.update(
                fileId=file_id, body={"trashed": False}, supportsAllDrives=True, fields="id"
            ).execute()
        return answer.get("webViewLink") or self.link(file_id)

    def share_with(self, file_id: str, email: str) -> None:
        """Lets one person read. Google writes no email of its own about it, except to whom it can reach in no
        other way: an address without a Google account is let in by an invitation only (Drive API, Permissions)."""
        try:
            self._share(file_id, email, invite=False)
        except Refused as refusal:
            if "invalidSharingRequest" not in refusal.reasons:
                raise
            self._share(file_id, email, invite=True)

    def _share(self, file_id: str, email: str, *, invite: bool) -> None:
        self._permissions.create(
            fileId=file_id,
            body={"type": "user", "role": "reader", "emailAddress": email},
            sendNotificationEmail=invite,
            supportsAllDrives=True,
            fields="id",
        ).execute()

    def link(self, file_id: str) -> str:
        answer = self._files.get(
            fileId=file_id, fields="webViewLink", supportsAllDrives=True
        ).execute()
        return str(answer.get("webViewLink", ""))

    def exists(self, file_id: str) -> bool:
        """Whether a file has this id. One that was put into the trash does not count: nobody finds it there."""
        try:
            answer = self._files.get(
                fileId=file_id, fields="id,trashed", supportsAllDrives=True
            ).execute()
        except Refused as refusal:
            if refusal.status == 404:
                return False
            raise
        return not answer.get("trashed", False)

    def readers(self, file_id: str) -> list[str]:
        """The addresses a file is shared with, and "anyone" when it is public."""
        answer = self._permissions.list(
            fileId=file_id, fields="permissions(type,emailAddress)", supportsAllDrives=True
        ).execute()
        return [item.get("emailAddress") or item["type"] for item in answer.get("permissions", ())]

    def _create(self, body: dict[str, Any], media: Any) -> dict[str, str]:
        try:
            answer: dict[str, str] = self._files.create(
                body=body, media_body=media, fields="id,webViewLink", supportsAllDrives=True
            ).execute()
        except Refused as refusal:
            if refusal.status == 409:  # it went through before, and the answer was lost
                return {}
            raise
        return answer
