"""Letters that were shared with their applicants, taken back: nobody but the office reads them, and they are in the trash.

Drive empties its trash after 30 days. Safe to repeat. What Google refuses comes as `Refused`.
"""

import logging
from functools import cached_property
from typing import Any

from sync.google.refusals import Refused
from sync.google.services import build_service
from sync.google.transport import Transport

log = logging.getLogger(__name__)


class SharedLetters:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @cached_property
    def _service(self) -> Any:
        return build_service(self._transport, "drive.v3")

    def take_back(self, file_id: str) -> None:
        """A file that is not there any more is taken back."""
        try:
            self._unshare(file_id)
            self._service.files().update(
                fileId=file_id, body={"trashed": True}, supportsAllDrives=True, fields="id"
            ).execute()
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def _unshare(self, file_id: str) -> None:
        """From those who may read this file alone; who has the whole folder or shared drive keeps it."""
        permissions = self._service.permissions()
        found = permissions.list(
            fileId=file_id, fields="permissions(id,role)", supportsAllDrives=True
        ).execute()
        for one in found.get("permissions", ()):
            if one["role"] == "reader":
                self._end(file_id, one["id"])

    def _end(self, file_id: str, permission_id: str) -> None:
        try:
            self._service.permissions().delete(
                fileId=file_id, permissionId=permission_id, supportsAllDrives=True
            ).execute()
        except Refused as refusal:  # inherited, or gone meanwhile
            if refusal.status not in (403, 404):
                raise
            log.warning("a permission stays: %s", refusal.detail)
