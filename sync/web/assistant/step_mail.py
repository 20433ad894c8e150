"""Step 5: how letters leave by email. Signing in is tried at once; a password goes into a file of its own, never into YAML."""

import os
from collections.abc import Mapping
from typing import Any

from sync.core.emails import read_email
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure
from sync.core.refused import Refused
from sync.core.settings import Mail
from sync.delivery.probe import Outcome, probe_smtp
from sync.google import probe
from sync.web.assistant.place import MAIL_PASSWORD
from sync.web.assistant.step import Desk, Form, Wrong, beside, ensure_unchanged
from sync.web.assistant.step_google import API_OFF_STEPS
from sync.web.local.files import digest_of

FIELDS = ("mail.via", "mail.host", "mail.port", "mail.security", "mail.user", "mail.sender")
APP_PASSWORD = "https://myaccount.google.com/apppasswords"  # noqa: S105 - an address
_GOOGLE = ("gmail.com", "googlemail.com", "google.com")
_UNSENDABLE = (
    "memuat spasi khusus atau huruf yang tidak dapat dikirim ke server email; ketik sendiri, jangan "
    "disalin dari halaman web"
)
_ENDS = {
    "name": "nama server email tidak dikenal; periksa ejaannya dan sambungan internet",
    "refused": "server email menolak sambungan di port itu; 465 untuk TLS, 587 untuk STARTTLS",
    "timeout": "server email tidak menjawab; port itu mungkin ditutup oleh jaringan kantor. Coba 587 dengan STARTTLS",
    "cut": "sambungan ke server email terputus; periksa sambungan internet dan antivirus",
    "silent": "yang menjawab di sana bukan server email; periksa nama server dan portnya",
    "tls": "keamanan sambungan tidak cocok dengan port itu; 465 untuk TLS, 587 untuk STARTTLS",
    "certificate": "sertifikat server email tidak dapat dipercaya; periksa nama servernya",
    "no-starttls": "server ini tidak menawarkan STARTTLS; coba TLS dengan port 465",
    "sign-in": f"nama pengguna atau kata sandi ditolak. Untuk Gmail: pakai sandi aplikasi 16 huruf ({APP_PASSWORD}), bukan kata sandi akun",
    "no-sign-in": "server ini meminta nama pengguna dan kata sandi",
    "sender": "server menolak alamat pengirim itu; pakai alamat akun yang masuk",
    "busy": "server email sedang menolak sementara; coba lagi beberapa menit lagi",
}
_BESIDE = {
    "sign-in": "password",
    "no-sign-in": "mail.user",
    "sender": "mail.sender",
    "name": "mail.host",
}


class MailStep:
    name, title = "email", "Email"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002
        settings = self._desk.place.settings()
        values = self._stored()
        if not values["mail.user"] and settings.mail.host == Mail().host:
            values["mail.user"] = settings.office.email
        return {
            "values": values,
            "seen": digest_of(self._stored()),
            "has_password": self._password_file().exists(),
            "from_environment": bool(os.environ.get(settings.mail.password_env)),
            "gmail_allowed": self._desk.progress.way in ("oauth", "delegasi"),
            "app_password": APP_PASSWORD,
        }

    def take(self, form: Form) -> str:
        ensure_unchanged(form, self._stored())
        if form.get("mail.via") == "gmail":
            return self._gmail()
        return self._smtp(form)

    def _smtp(self, form: Form) -> str:
        settings = self._desk.place.settings()
        given = {name: form.get(name, "").strip() for name in FIELDS} | {"mail.via": "smtp"}
        password = form.get("password", "").strip()
        if given["mail.host"].casefold().endswith(_GOOGLE):
            password = _without_spaces(password)  # Google shows an app password in four parts
        wrong = self._wrong(given, password)
        if wrong:
            raise Wrong(fields=wrong)
        mail = settings.mail.model_copy(
            update={
                "via": "smtp",
                "host": given["mail.host"],
                "port": int(given["mail.port"]),
                "security": given["mail.security"],
                "user": given["mail.user"],
                "sender": given["mail.sender"],
            }
        )
        secret = os.environ.get(mail.password_env) or password or self._kept_password()
        outcome = probe_smtp(
            mail, secret if mail.user else None, mail.sender or settings.office.email
        )
        if outcome.end != "well":
            raise _refused(outcome)
        changes = dict(given)
        new = password and password != self._kept_password()
        if new:
            changes["mail.password_file"] = f"data/keys/{MAIL_PASSWORD}"
        self._keep(changes, password if new else "")
        return "/surat"

    def _wrong(self, given: Mapping[str, str], password: str) -> dict[str, str]:
        wrong = {}
        if not given["mail.host"]:
            wrong["mail.host"] = "mohon diisi, misalnya smtp.gmail.com"
        if not given["mail.port"].isdecimal() or not 0 < int(given["mail.port"][:6]) < 65_536:
            wrong["mail.port"] = "angka: 465 atau 587"
        if given["mail.security"] not in ("tls", "starttls", "none"):
            wrong["mail.security"] = "pilih salah satu"
        if given["mail.sender"]:
            try:
                read_email(given["mail.sender"])
            except Refused as refused:
                wrong["mail.sender"] = " ".join(refused.reasons)
        in_environment = os.environ.get(self._desk.place.settings().mail.password_env)
        if given["mail.user"] and not (password or self._kept_password() or in_environment):
            wrong["password"] = "mohon diisi"  # noqa: S105 - a sentence
        if not password.isascii():
            wrong["password"] = _UNSENDABLE
        return wrong

    def _gmail(self) -> str:
        with self._desk.google_by(gmail=True) as transport:
            try:
                address = probe.gmail_address(transport)
            except Failure as failure:
                found, remedy = _gmail_trouble(probe.trouble_of(failure))
                if not found:
                    raise
                raise Wrong(Problem("gmail", "Gmail akun kantor", found, remedy)) from failure
        self._keep({"mail.via": "gmail", "mail.sender": address}, "")
        return "/surat"

    def _keep(self, changes: Mapping[str, str], password: str) -> None:
        """The password first: settings never name a file that is not there."""
        place = self._desk.place
        before = self._kept_password()
        if password:
            place.keep_secret(MAIL_PASSWORD, password + "\n")
        try:
            place.change_settings(changes)
        except Mendable as error:
            if password and before:
                place.keep_secret(MAIL_PASSWORD, before + "\n")
            elif password:
                place.key_file(MAIL_PASSWORD).unlink(missing_ok=True)
            raise beside(error, {name: name for name in FIELDS}) from error
        self._desk.finish(self.name)

    def _stored(self) -> dict[str, str]:
        mail = self._desk.place.settings().mail
        return {name: str(getattr(mail, name.split(".")[1])) for name in FIELDS}

    def _password_file(self) -> Any:
        place = self._desk.place
        named = place.settings().mail.password_file
        return place.folder / named if named else place.key_file(MAIL_PASSWORD)

    def _kept_password(self) -> str:
        try:
            return str(self._password_file().read_text(encoding="utf-8-sig").strip())
        except (OSError, UnicodeDecodeError):
            return ""


def _without_spaces(text: str) -> str:
    """Nor what nobody sees: a page's no-break spaces, those without width."""
    return "".join(letter for letter in text if letter.isprintable() and letter != " ")


def _gmail_trouble(trouble: str) -> tuple[str, str]:
    """What hinders, and its remedy; both "" for what passes by itself, or is told elsewhere."""
    if trouble in probe.API_OFF:
        return "Gmail API belum diaktifkan", API_OFF_STEPS
    if trouble in (*probe.SCOPE_MISSING, "token revoked", "token other"):
        return (
            "izin Google yang diberikan tidak berlaku untuk Gmail",
            "buka langkah Akses Google → Akun Google kantor, centang “Surat juga dikirim lewat Gmail akun ini”, dan berikan izin sekali lagi "
            "dengan semua kotak dicentang. Atau pakai sandi aplikasi di bawah",
        )
    match trouble:
        case "failedPrecondition":
            return (
                "akun itu tidak memakai Gmail",
                "pakai server email akun itu (SMTP) di bawah",
            )
        case "token delegation":
            return (
                "akun layanan ini belum diizinkan mengirim lewat Gmail",
                "di admin.google.com → Keamanan → Kontrol API → Delegasi seluruh domain: lengkapi cakupannya seperti tertulis di langkah Akses Google",
            )
    return "", ""


def _refused(outcome: Outcome) -> Wrong:
    told = _ENDS[outcome.end] + (f" (jawaban {outcome.code})" if outcome.code else "")
    if outcome.end in _BESIDE:
        return Wrong(fields={_BESIDE[outcome.end]: told})
    return Wrong(Problem("email", "server email", told, "belum ada yang disimpan"))
