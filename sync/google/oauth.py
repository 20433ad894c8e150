"""The office's own Google account lets Loket in: the consent page in the browser, and what is kept afterwards.

An installed app's flow with a loopback redirect and PKCE. Google's own addresses are used whatever the client's file
says, except beside a sandbox on this machine. Nothing here writes a file, and no secret is repeated in a message.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.google.credentials import DRIVE, GMAIL, SHEETS, TOKEN_URI, is_on_loopback
from sync.google.refusals import NETWORK
from sync.google.transport import CONNECT_TIMEOUT_S, plain_session

AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
_WHERE = "client OAuth"
_AGAIN = "ulangi langkah Akses Google di asisten: python loket.py"
_NAMES = {SHEETS: "Google Spreadsheet", DRIVE: "Google Drive", GMAIL: "Gmail"}


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client of the kind "desktop app"."""

    id: str
    secret: str
    auth_uri: str
    token_uri: str

    @property
    def config(self) -> dict[str, Any]:
        """As Google's file has it."""
        return {
            "installed": {
                "client_id": self.id,
                "client_secret": self.secret,
                "auth_uri": self.auth_uri,
                "token_uri": self.token_uri,
                "redirect_uris": ["http://localhost"],
            }
        }


@dataclass(frozen=True, slots=True)
class Consent:
    """One way to the consent page. Whoever comes back with `state` has been there."""

    client: Client
    scopes: tuple[str, ...]
    redirect: str
    state: str
    verifier: str
    url: str


def read_client(text: str, *, endpoint: str = "") -> Client:
    """The file that the Cloud console gives for an OAuth client. Raises Mendable."""
    try:
        info = json.loads(text.lstrip("\ufeff"))
    except ValueError:
        raise _wrong("ini bukan JSON yang utuh") from None
    if not isinstance(info, dict):
        raise _wrong("ini bukan berkas client OAuth")
    if info.get("type") == "service_account":
        raise _wrong("ini kunci akun layanan (service account), untuk cara yang lain")
    if "web" in info:
        raise _wrong('client ini berjenis "Aplikasi web", yang tidak dapat dipakai di komputer')
    found = info.get("installed")
    if not isinstance(found, dict):
        raise _wrong("ini bukan berkas client OAuth")
    missing = [
        name
        for name in ("client_id", "client_secret")
        if not isinstance(found.get(name), str) or not found[name]
    ]
    if missing:
        raise _wrong(f"berkas tidak lengkap: {', '.join(missing)} tidak ada")
    ours = bool(endpoint)  # a sandbox's own consent page is as near as the sandbox
    auth_uri, token_uri = (
        str(found.get(name, "")) if ours and is_on_loopback(str(found.get(name, ""))) else google
        for name, google in (("auth_uri", AUTH_URI), ("token_uri", TOKEN_URI))
    )
    return Client(found["client_id"], found["client_secret"], auth_uri, token_uri)


def begin(client: Client, redirect: str, *, gmail: bool) -> Consent:
    """`redirect` is an address on this machine. `gmail`: mail will go out by the account itself.

    Only what Loket needs is asked for: the sheets, Drive, where letters are kept, and Gmail when it sends by it.
    """
    if not is_on_loopback(redirect):
        raise ValueError("the consent comes back to this machine only")
    scopes = (SHEETS, DRIVE, GMAIL) if gmail else (SHEETS, DRIVE)
    flow = _flow(client, scopes, redirect)
    # "consent": without it Google gives a refresh token the first time only.
    url, state = flow.authorization_url(access_type="offline", prompt="consent")
    return Consent(client, scopes, redirect, state, flow.code_verifier, url)


def finish(consent: Consent, query: Mapping[str, str]) -> dict[str, Any]:
    """What came back from the consent page → the content of a credentials file. Raises Mendable, TryAgain."""
    if query.get("error"):
        denied = query["error"] == "access_denied"
        raise _refused(
            "izin tidak diberikan di halaman Google"
            if denied
            else f"Google menolak permintaan izin ({query['error'][:60]})",
            "pilih akun Google kantor, lalu tekan Izinkan"
            + (
                ". Bila Google menyebut aplikasi belum diverifikasi atau akses diblokir: tambahkan akun itu sebagai"
                " pengguna uji, atau terbitkan aplikasinya (Google Auth Platform → Audience)"
            ),
        )
    if query.get("state") != consent.state or not query.get("code"):
        raise _refused("jawaban halaman izin tidak lengkap", "ulangi dari tombol izin")
    token = _exchanged(consent, query["code"])
    granted = token.get("scope") or consent.scopes
    granted = set(granted.split() if isinstance(granted, str) else granted)
    missing = [_NAMES[scope] for scope in consent.scopes if scope not in granted]
    if missing:
        raise _refused(
            f"kotak izin untuk {' dan '.join(missing)} tidak dicentang",
            "di halaman izin, centang semua kotak (Pilih semua)",
        )
    if not token.get("refresh_token"):
        raise _refused(
            "Google tidak memberi izin yang berlaku terus",
            "hapus Loket dari https://myaccount.google.com/permissions, lalu ulangi",
        )
    return {
        "type": "authorized_user",
        "client_id": consent.client.id,
        "client_secret": consent.client.secret,
        "refresh_token": token["refresh_token"],
        "token_uri": consent.client.token_uri,
        "scopes": list(consent.scopes),
    }


def _exchanged(consent: Consent, code: str) -> Mapping[str, Any]:
    """The token for the code. oauthlib tells of other scopes than asked for by raising a Warning that has the token."""
    import requests
    from oauthlib.oauth2 import OAuth2Error

    flow = _flow(consent.client, consent.scopes, consent.redirect, consent.verifier)
    try:
        token: Mapping[str, Any] = flow.fetch_token(code=code, timeout=(CONNECT_TIMEOUT_S, 30))
    except Warning as changed:
        token = getattr(changed, "token", {})
    except OAuth2Error as error:
        name = str(getattr(error, "error", "") or "")
        if name == "invalid_client":
            raise _wrong("Google tidak mengenal client ini; mungkin sudah dihapus") from error
        raise _refused(
            f"Google tidak menerima izin itu ({name[:60]})",
            "ulangi dari tombol izin; periksa juga jam komputer ini",
        ) from error
    except requests.RequestException as error:
        raise TryAgain(NETWORK, detail=type(error).__name__) from error
    finally:
        flow.oauth2session.close()
    return token


def _flow(
    client: Client, scopes: tuple[str, ...], redirect: str, verifier: str | None = None
) -> Any:
    from google_auth_oauthlib.flow import InstalledAppFlow

    flow = InstalledAppFlow.from_client_config(
        client.config, list(scopes), redirect_uri=redirect, code_verifier=verifier
    )
    plain_session(flow.oauth2session, is_on_loopback(client.token_uri))
    return flow


def _wrong(found: str) -> Mendable:
    return Mendable.one(
        "client-oauth-salah",
        where=_WHERE,
        found=found,
        allowed='berkas JSON dari Google Cloud Console: Clients → Create client → jenis "Aplikasi desktop" → Download JSON',
    )


def _refused(found: str, allowed: str) -> Mendable:
    return Mendable.one(
        "izin-google", where="izin Google", found=found, allowed=allowed, run=_AGAIN
    )
