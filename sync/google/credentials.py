"""Who Loket is at Google: a service-account key (its own, or acting for an account), or an OAuth user file.

Every fault of the file is a Mendable that says what to do; nothing connects here, and no secret is ever repeated
in a message. Who may see which file is Google's affair and told by the transport.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from google.auth.credentials import Credentials
from google.oauth2 import credentials as oauth
from google.oauth2 import service_account

from sync.core.hosts import is_loopback
from sync.core.mendable import Mendable

SHEETS = "https://www.googleapis.com/auth/spreadsheets"
DRIVE = "https://www.googleapis.com/auth/drive"  # the Forms API accepts it too
GMAIL = "https://www.googleapis.com/auth/gmail.modify"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

_DOCTOR = "python loket.py doctor"
_USER_KEYS = ("client_id", "client_secret", "refresh_token")
_ACCOUNT_KEYS = ("client_email", "private_key")


class OfficeServiceAccount(service_account.Credentials):
    """Without the look-up of regional access boundaries: one more host, asked before every first call."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def is_on_loopback(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def load_credentials(
    path: Path, *, subject: str = "", endpoint: str = "", gmail: bool = False
) -> Credentials:
    """`subject`: the account a delegated key acts for. `gmail`: mail goes out by the Gmail API, so ask for it.

    A key of the sandbox goes with the sandbox's endpoint only, and a real one with Google only: neither a real
    token nor a citizen's row must land in the wrong place.
    """
    info = _read(path)
    token_uri = str(info.get("token_uri") or TOKEN_URI)
    _ensure_allowed(path, token_uri, endpoint)
    scopes = [SHEETS, DRIVE, GMAIL] if gmail else [SHEETS, DRIVE]
    try:
        if info["type"] == "service_account":
            account = {**info, "token_uri": token_uri}
            make: Any = OfficeServiceAccount.from_service_account_info
            signed: Credentials = make(account, scopes=scopes, subject=subject or None)
            return signed
        # The refresh token carries what was granted; asking for other scopes would be refused.
        return oauth.Credentials(  # type: ignore[no-untyped-call]
            token=None,
            refresh_token=info["refresh_token"],
            token_uri=token_uri,
            client_id=info["client_id"],
            client_secret=info["client_secret"],
        )
    except (ValueError, TypeError) as error:
        raise Mendable.one(
            "kunci-rusak",
            where=str(path),
            found="isi kunci tidak dapat dibaca (private_key rusak atau terpotong)",
            allowed="berkas JSON persis seperti yang diunduh dari Google Cloud Console",
            run=_DOCTOR,
        ) from error


def account_of(path: Path) -> str:
    """The address that a sheet must be shared with; for an OAuth file the account it names, if it does."""
    info = _read(path)
    return str(info.get("client_email") or info.get("account") or "")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Mendable.one(
            "kunci-tidak-ada",
            where=str(path),
            found="berkas kunci Google belum ada",
            allowed="kunci akun layanan (service account) dari Google Cloud Console, disimpan dengan nama itu; "
            "contohnya credentials.example.json",
            run=_DOCTOR,
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Mendable.one(
            "kunci-tidak-terbaca",
            where=str(path),
            found=f"berkas kunci Google tidak dapat dibuka ({type(error).__name__})",
            allowed="berkas JSON yang boleh dibaca oleh pengguna komputer ini",
            run=_DOCTOR,
        ) from error
    try:
        info = json.loads(text)
    except json.JSONDecodeError as error:
        raise Mendable.one(
            "kunci-bukan-json",
            where=f"{path}:{error.lineno}",
            found="berkas kunci Google bukan JSON yang utuh",
            allowed="berkas JSON persis seperti yang diunduh dari Google Cloud Console",
            run=_DOCTOR,
        ) from None
    _ensure_kind(path, info)
    return info  # type: ignore[no-any-return]


def _ensure_kind(path: Path, info: Any) -> None:
    wanted = "kunci akun layanan (service_account) atau izin akun (authorized_user)"
    if not isinstance(info, dict):
        raise _wrong_kind(path, "berkas ini bukan kunci Google", wanted)
    kind = info.get("type")
    if kind == "placeholder":
        raise Mendable.one(
            "kunci-contoh",
            where=str(path),
            found="ini masih contoh kosong, bukan kunci",
            allowed="unduh kunci akun layanan dari Google Cloud Console (IAM & Admin > Service Accounts > Keys) "
            "dan simpan menggantikan berkas ini",
            run=_DOCTOR,
        )
    if "installed" in info or "web" in info:
        raise _wrong_kind(
            path, "ini berkas client OAuth: belum ada akun yang memberi izin dengannya", wanted
        )
    needed = {"service_account": _ACCOUNT_KEYS, "authorized_user": _USER_KEYS}.get(str(kind))
    if needed is None:
        raise _wrong_kind(path, f"jenis kunci ini tidak dikenal (type: {kind!r})", wanted)
    missing = [key for key in needed if not info.get(key)]
    if missing:
        raise _wrong_kind(path, f"kunci tidak lengkap: {', '.join(missing)} kosong", wanted)


def _wrong_kind(path: Path, found: str, allowed: str) -> Mendable:
    return Mendable.one(
        "kunci-salah-jenis", where=str(path), found=found, allowed=allowed, run=_DOCTOR
    )


def _ensure_allowed(path: Path, token_uri: str, endpoint: str) -> None:
    if endpoint and not is_on_loopback(endpoint):
        raise Mendable.one(
            "endpoint-ditolak",
            where="settings.yaml: google.endpoint",
            found=f"{endpoint} bukan alamat di komputer ini",
            allowed="kosong (Google), atau http://127.0.0.1:PORT milik sandbox",
            run=_DOCTOR,
        )
    if urlsplit(token_uri).scheme != "https" and not is_on_loopback(token_uri):
        raise Mendable.one(
            "kunci-token-uri",
            where=f"{path}: token_uri",
            found="alamat token tidak memakai https",
            allowed=TOKEN_URI,
            run=_DOCTOR,
        )
    if bool(endpoint) != is_on_loopback(token_uri):
        found = (
            "kunci Google sungguhan dipakai bersama google.endpoint percobaan"
            if endpoint
            else "kunci ini milik sandbox, tetapi google.endpoint kosong"
        )
        raise Mendable.one(
            "kunci-dan-endpoint",
            where=f"{path}; settings.yaml: google.endpoint",
            found=found,
            allowed="kunci sandbox bersama endpoint sandbox, atau kunci Google dengan endpoint kosong",
            run=_DOCTOR,
        )
