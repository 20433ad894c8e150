"""Step 2: Google access, in one of three ways. A key is tried before it takes the place of another.

The new file has a name of its own and settings.yaml names it: up to that one write the old access holds.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure
from sync.google import oauth, probe
from sync.google.credentials import DRIVE, GMAIL, SHEETS, account_of
from sync.google.refusals import Refused
from sync.web.assistant.links import folder_id
from sync.web.assistant.place import CLIENT
from sync.web.assistant.step import Desk, Form, Wrong

WAYS = ("oauth", "layanan", "delegasi")
_MOST_CONSENTS = 8
API_OFF_STEPS = (
    "di Google Cloud Console → APIs & Services → Library: aktifkan Google Sheets API, Google Drive API, Google Forms API, "
    "dan (untuk mengirim lewat Gmail) Gmail API; tunggu beberapa menit, lalu coba lagi"
)
_TROUBLES = {
    "token revoked": (
        "izin akun itu sudah dicabut atau kedaluwarsa",
        "berikan izin sekali lagi. Bila terulang setiap minggu: terbitkan aplikasinya (Google Auth Platform → Audience → Publish app)",
    ),
    "token clock": (
        "jam komputer ini tidak tepat, sehingga Google menolak kuncinya",
        "buka Setelan Windows → Waktu & bahasa → Sinkronkan sekarang, lalu coba lagi",
    ),
    "token key": (
        "Google tidak mengenal kunci ini; mungkin sudah dihapus",
        "buat kunci baru di Google Cloud Console (Akun layanan → Kunci → Tambahkan kunci → JSON)",
    ),
    "token delegation": (
        "akun layanan ini belum diizinkan mewakili akun itu",
        "di admin.google.com → Keamanan → Kontrol API → Delegasi seluruh domain: tambahkan ID klien dan cakupan yang tertulis di halaman ini; "
        "berlakunya dapat memerlukan beberapa menit. Periksa juga ejaan alamat akunnya",
    ),
    "token client": (
        "client OAuth itu tidak dikenal Google lagi",
        "buat client baru, lalu unggah berkasnya",
    ),
    **dict.fromkeys(
        probe.API_OFF, ("Google Drive API atau Sheets API belum diaktifkan", API_OFF_STEPS)
    ),
}


class GoogleStep:
    name, title = "google", "Akses Google"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._consents: dict[str, oauth.Consent] = {}

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        place, settings = self._desk.place, self._desk.place.settings()
        consent = self._consents.get(query.get("izin", ""))
        way = query.get("cara", "") if query.get("cara") in WAYS else ""
        account = self._account()
        return {
            "way": way,
            "account": account,
            "way_now": self._desk.progress.way,
            "subject": settings.google.subject,
            "folder": settings.google.folder,
            "has_client": place.key_file(CLIENT).exists(),
            "consent": consent.url if consent else "",
            "client_id": self._client_id(),
            "scopes": ",".join((SHEETS, DRIVE, GMAIL)),
        }

    def take(self, form: Form) -> str:
        match form.get("aksi"):
            case "client":
                return self._ask(form.get("berkas", ""), gmail=form.get("gmail") == "ya")
            case "izin":
                text = self._desk.place.key_file(CLIENT).read_text(encoding="utf-8")
                return self._ask(text, gmail=form.get("gmail") == "ya")
            case "kunci":
                return self._key(form)
            case "folder":
                return self._folder(form)
            case "periksa":
                self._tried(None, None)
                self._desk.finish(self.name)
                return "/sheet"
        raise Wrong(Problem("aksi", "halaman ini", "tombol itu tidak dikenal"))

    # The office's own account

    def _ask(self, text: str, *, gmail: bool) -> str:
        if not text.strip():
            raise Wrong(fields={"berkas": "pilih berkasnya, atau tempel isinya"})
        place = self._desk.place
        client = oauth.read_client(text, endpoint=place.settings().google.endpoint)
        consent = oauth.begin(client, self._desk.address + "/", gmail=gmail)
        place.keep_secret(CLIENT, json.dumps(client.config))
        while len(self._consents) >= _MOST_CONSENTS:
            self._consents.pop(next(iter(self._consents)))
        self._consents[consent.state] = consent
        return f"/google?cara=oauth&izin={consent.state}"

    def come_back(self, query: Mapping[str, str]) -> str:
        """From Google's consent page."""
        consent = self._consents.get(query.get("state", ""))
        if consent is None:
            raise Wrong(
                Problem(
                    "izin-lama",
                    "izin Google",
                    "izin ini dimulai sebelum Loket dijalankan lagi, atau dari jendela lain",
                    "tekan tombol izin sekali lagi",
                )
            )
        kept = oauth.finish(consent, query)
        self._adopt(kept, "oauth", "")
        del self._consents[consent.state]
        return "/google"

    # A key of a service account

    def _key(self, form: Form) -> str:
        way = "delegasi" if form.get("cara") == "delegasi" else "layanan"
        subject = form.get("akun", "").strip() if way == "delegasi" else ""
        wrong = {}
        if not form.get("berkas", "").strip():
            wrong["berkas"] = "pilih berkasnya, atau tempel isinya"
        if way == "delegasi" and "@" not in subject:
            wrong["akun"] = "tulis alamat lengkap akun yang diwakili"
        if wrong:
            raise Wrong(fields=wrong)
        try:
            info = json.loads(form["berkas"].lstrip("\ufeff"))
        except ValueError:
            raise Wrong(
                fields={"berkas": "ini bukan JSON yang utuh; unduh kuncinya sekali lagi"}
            ) from None
        if isinstance(info, dict) and ("installed" in info or "web" in info):
            raise Wrong(fields={"berkas": "ini berkas client OAuth; pakailah cara yang pertama"})
        self._adopt(info, way, subject)
        return "/google" if way == "delegasi" else "/google?cara=layanan#folder"

    def _folder(self, form: Form) -> str:
        """The shared drive that a service account keeps letters in."""
        found = folder_id(form.get("folder", ""))
        if found is None:
            raise Wrong(fields={"folder": "ini bukan tautan folder atau drive bersama"})
        if found:
            with self._desk.google() as transport:
                try:
                    seen = probe.file(transport, found)
                except Refused as refusal:
                    raise self._unreachable_folder() from refusal
            if not (seen.is_folder and seen.may_add) or seen.trashed:
                raise self._unreachable_folder()
            if (
                not seen.in_shared_drive
                and not self._desk.place.settings().google.subject
                and self._kind() == "service_account"
            ):
                raise Wrong(
                    fields={
                        "folder": "folder ini di Drive Saya: akun layanan tidak dapat menyimpan berkas di sana. Pakai drive bersama"
                    }
                )
        self._desk.place.change_settings({"google.folder": found})
        return "/sheet"

    def _unreachable_folder(self) -> Wrong:
        return Wrong(
            fields={
                "folder": f"akun Loket belum dapat menaruh berkas di sana. Tambahkan {self._account()} sebagai Pengelola konten, lalu coba lagi"
            }
        )

    # Both

    def _adopt(self, info: Any, way: str, subject: str) -> None:
        """Tries the key, then lets settings.yaml name it. Raises Mendable, Wrong, Failure; then the old access holds."""
        place = self._desk.place
        name = f"google-{token_hex(4)}.json"
        place.keep_secret(name, json.dumps(info, indent=1))
        new = place.key_file(name)
        try:
            account = self._tried(new, subject)
            if way == "oauth":
                place.keep_secret(name, json.dumps({**info, "account": account}, indent=1))
            place.change_settings(
                {"google.credentials": f"data/keys/{name}", "google.subject": subject}
            )
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        self._desk.finish(self.name, way=way)
        for old in new.parent.glob("google-????????.json"):
            if old != new:
                with suppress(OSError):
                    old.unlink()

    def _tried(self, file: Path | None, subject: str | None) -> str:
        """The account that signs in with this file, or the one in use. Raises Mendable, Wrong, Failure."""
        with self._desk.google_by(file, subject=subject) as transport:
            try:
                return probe.account(transport).address
            except Failure as failure:
                known = _TROUBLES.get(probe.trouble_of(failure))
                if known is None:
                    raise
                raise Wrong(Problem("akses-google", "akses Google", *known)) from failure

    def _account(self) -> str:
        """The address in use; "" while there is none."""
        try:
            return self._desk.account() or "akun Google kantor"
        except Mendable:
            return ""

    def _kind(self) -> str:
        return str(self._info().get("type", ""))

    def _client_id(self) -> str:
        return str(self._info().get("client_id", "")) if self._kind() == "service_account" else ""

    def _info(self) -> dict[str, Any]:
        place = self._desk.place
        file = place.folder / place.settings().google.credentials
        with suppress(Mendable, OSError, ValueError):
            account_of(file)  # a placeholder, or half a file, is no key
            info: dict[str, Any] = json.loads(file.read_text(encoding="utf-8-sig"))
            return info
        return {}
