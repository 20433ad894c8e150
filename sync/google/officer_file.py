"""Fetches the officer's file from Drive: read as Loket's account, neither copied nor shared there.

Promise: the bytes are those that Drive says it has, at most MOST_BYTES. What an officer can mend comes as Never with a
sentence that says how; what may pass, as TryAgain.
"""

import hashlib
from typing import Any

from sync.core.officer_file import MOST_BYTES, DriveLink
from sync.core.outcomes import Failure, Never, TryAgain
from sync.google.refusals import Refused
from sync.google.transport import Transport

DRIVE = "https://www.googleapis.com/drive/v3"
NOT_SHARED = (
    "Berkas Petugas tidak ditemukan atau belum dibagikan. "
    "Bagikan berkas itu di Drive kepada {account} sebagai Pelihat."
)
TRASHED = "Berkas Petugas ada di tempat sampah Drive. Pulihkan berkas itu."
NO_CONTENT = (
    "Berkas Petugas bukan PDF. Unduh sebagai PDF, simpan di Drive, lalu tempel tautan PDF itu."
)
TOO_LARGE = (
    f"Berkas Petugas terlalu besar: paling besar {MOST_BYTES // 1_000_000} MB agar dapat dikirim."
)
NOT_DOWNLOADABLE = (
    "Berkas Petugas tidak boleh diunduh. Di Drive, izinkan Pelihat mengunduh berkas itu."
)
HARMFUL = "Google menandai Berkas Petugas sebagai berkas berbahaya. Buat PDF itu sekali lagi."
CHANGED = "Berkas Petugas berubah ketika diambil."

_REASONS = {
    "cannotDownloadFile": NOT_DOWNLOADABLE,
    "cannotDownloadAbusiveFile": HARMFUL,
    "fileNotDownloadable": NO_CONTENT,
}
_NO_ACCESS = frozenset({"notFound", "insufficientFilePermissions", "forbidden"})


class OfficerFiles:
    """Thread-safe where the transport is."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def fetch(self, link: DriveLink) -> bytes:
        """Raises Never or TryAgain."""
        try:
            return self._fetch(link)
        except Refused as refusal:
            raise self._told(refusal) from refusal

    def _fetch(self, link: DriveLink) -> bytes:
        about = self._get(link, fields="size,trashed,sha256Checksum").json()
        if about.get("trashed"):
            raise Never(TRASHED, detail="trashed")
        if "size" not in about:  # a Google Doc, a folder, a shortcut
            raise Never(NO_CONTENT, detail="no binary content")
        if int(about["size"]) > MOST_BYTES:
            raise Never(TOO_LARGE, detail=f"{about['size']} bytes")
        content: bytes = self._get(link, alt="media").content
        checksum = about.get("sha256Checksum")
        whole = hashlib.sha256(content).hexdigest() == checksum if checksum else True
        if len(content) != int(about["size"]) or not whole:
            raise TryAgain(CHANGED, detail="other bytes than announced")
        return content

    def _get(self, link: DriveLink, **parameters: str) -> Any:
        keys = {"X-Goog-Drive-Resource-Keys": f"{link.id}/{link.resource_key}"}
        return self._transport.request(
            "GET",
            f"{DRIVE}/files/{link.id}",
            params={"supportsAllDrives": "true", **parameters},
            headers=keys if link.resource_key else {},
        )

    def _told(self, refusal: Refused) -> Never:
        for reason, sentence in _REASONS.items():
            if reason in refusal.reasons:
                return Never(sentence, detail=refusal.detail)
        if refusal.status == 404 or refusal.reasons & _NO_ACCESS:
            return Never(NOT_SHARED.format(account=self._account()), detail=refusal.detail)
        return refusal

    def _account(self) -> str:
        """Whom the officer shares with: also where the account acts for another, or signed in by itself."""
        try:
            answer = self._transport.request(
                "GET", f"{DRIVE}/about", params={"fields": "user(emailAddress)"}
            )
        except Failure:
            return "akun Loket"
        return f"akun Loket ({answer.json()['user']['emailAddress']})"
