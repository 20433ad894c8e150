"""Deliver by email over the office's own mail server (SMTP), on one kept connection.

Promise: a message is handed over once. What fails before the message's last line was sent certainly did not go out
(TryAgain or Never), a mistake of ours too; what fails after it cannot be known, and no server can be asked about it
(CannotKnow). What a server holds against the office, and would against every applicant's letter, is TryAgain.
"""

import logging
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sync.core.delivery import Intent, Kind, Message
from sync.core.hosts import is_loopback
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Failure, Never, QuotaUsedUp, Receipt, TryAgain
from sync.core.settings import Mail
from sync.delivery.email_message import Email, build_email, domain_of, message_id, one_address
from sync.delivery.system_trust import system_trust

log = logging.getLogger(__name__)

UNREACHABLE = "Server email kantor tidak dapat dihubungi. Dicoba lagi sendiri."
BUSY = "Server email kantor menunda pengiriman. Dicoba lagi sendiri."
SIGN_IN = (
    "Server email menolak nama pengguna atau kata sandi kantor. Perbaiki kata sandinya; "
    "yang tertunda dikirim sendiri."
)
CERTIFICATE = (
    "Sertifikat server email tidak dapat dipercaya. Periksa nama server di pengaturan; "
    "yang tertunda dikirim sendiri."
)
NO_TLS = "Server email tidak menawarkan sambungan aman (STARTTLS). Periksa pengaturan email."
NO_ADDRESS = "Alamat email pemohon tidak ditemukan atau ditolak. Perbaiki alamatnya."
BAD_ADDRESS = "Alamat email pemohon tidak dapat dipakai. Perbaiki alamatnya."
MAILBOX_FULL = "Kotak surat pemohon penuh atau suratnya terlalu besar. Hubungi pemohon."
SENDER_REFUSED = "Server email menolak alamat pengirim kantor. Periksa pengaturan email."
CONTENT_REFUSED = "Server email menolak isi pesan ini. Hubungi pengelola email kantor."
POLICY_REFUSED = "Server email menolak pengiriman ini. Hubungi pengelola email kantor."
QUOTA = "Kuota email kantor hari ini habis. Dilanjutkan sendiri setelah kuota pulih."
BROKEN = "Pengiriman terhenti oleh kesalahan program sebelum surat diserahkan. Dicoba lagi sendiri."
UNKNOWN = "Sambungan putus ketika surat dikirim; tidak diketahui apakah surat sampai."

_ENHANCED = re.compile(rb"\d\.\d{1,3}\.\d{1,3}")
_RATE = re.compile(
    rb"\bper (?:hour|day)\b|\b(?:hourly|daily|rate) (?:\w+ ){0,3}(?:limit|quota)", re.IGNORECASE
)
"""Hosting providers refuse for good, without an enhanced code, what is too much for this hour: cPanel's "has exceeded the
max emails per hour"."""
KEPT_FOR_MESSAGES = 50  # servers dislike endless sessions


class SmtpChannel:
    """Thread-safe; messages leave one after the other."""

    name = "email"
    repeatable = False

    def __init__(
        self,
        mail: Mail,
        password: str | None,
        office_name: str,
        *,
        office_email: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        if mail.security == "none" and not is_loopback(mail.host):
            raise Mendable.one(
                "email-tanpa-tls",
                where="settings.yaml: mail.security",
                found=f"none, padahal {mail.host} bukan komputer ini",
                allowed="tls atau starttls",
                run="python loket.py check",
            )
        self._mail = mail
        self._password = password
        self._sender = sender_of(mail.sender or office_email or mail.user)
        self._sender_name = mail.sender_name or office_name
        self._reply_to = office_email
        self._clock = clock
        self._trust = trust
        self._server: smtplib.SMTP | None = None
        self._sent_on_it = 0
        self._turn = threading.Lock()

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        return message_id(
            reference=reference, kind=kind, attempt=attempt, domain=domain_of(self._sender)
        )

    def send(self, intent: Intent, message: Message) -> Receipt:
        with _nothing_sent():
            email = self._written(intent, message)
        with self._turn:
            try:
                with _nothing_sent():
                    server = self._begun()
                    self._offer(server, email)
                _hand_over(server)
            except Failure:
                self._forget()
                raise
            self._sent_on_it += 1
            if self._sent_on_it >= KEPT_FOR_MESSAGES:
                self._forget()
        return Receipt(intent.key)

    def happened(self, intent: Intent) -> Receipt | None:
        raise CannotKnow(UNKNOWN, detail=f"smtp cannot be asked about {intent.key}")

    def close(self) -> None:
        with self._turn:
            self._forget()

    def _written(self, intent: Intent, message: Message) -> Email:
        try:
            return build_email(
                message,
                to=intent.address,
                sender=self._sender,
                sender_name=self._sender_name,
                message_id=intent.key,
                at=self._clock(),
                reply_to=self._reply_to,
            )
        except ValueError as error:
            raise Never(BAD_ADDRESS, detail="address cannot be used") from error

    def _offer(self, server: smtplib.SMTP, email: Email) -> None:
        """RCPT and DATA one by one, all but the last line: where a failure happened decides what may be said about it."""
        self._expect(server.rcpt, email.to, step="RCPT", no=NO_ADDRESS)
        self._expect(server.docmd, "DATA", step="DATA", no=CONTENT_REFUSED, yes=(354,))
        try:
            server.send(_dotted(email.as_bytes()))
        except (smtplib.SMTPException, OSError) as error:
            raise TryAgain(UNREACHABLE, detail=f"during DATA: {type(error).__name__}") from error

    def _expect(
        self,
        command: Callable[..., tuple[int, bytes]],
        *arguments: Any,
        step: str,
        no: str,
        yes: tuple[int, ...] = (250, 251),
    ) -> None:
        try:
            code, told = command(*arguments)
        except (smtplib.SMTPException, OSError) as error:
            raise TryAgain(UNREACHABLE, detail=f"{step}: {type(error).__name__}") from error
        if code not in yes:
            raise _refusal(code, told, step=step, no=no)

    def _begun(self) -> smtplib.SMTP:
        """A connection on which MAIL was taken. One that was kept and no longer takes it is replaced by a new one."""
        if self._server is not None:
            try:
                if self._server.mail(self._sender)[0] == 250:
                    return self._server
            except (smtplib.SMTPException, OSError):
                pass  # it went to sleep meanwhile
            self._forget()
        server = self._server = self._connect()
        self._sent_on_it = 0
        try:
            self._expect(server.mail, self._sender, step="MAIL", no=SENDER_REFUSED)
        except Failure:
            self._forget()
            raise
        return server

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        server: smtplib.SMTP | None = None
        try:
            if mail.security == "tls":
                server = smtplib.SMTP_SSL(
                    mail.host, mail.port, timeout=mail.timeout_s, context=self._context()
                )
            else:
                server = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout_s)
            if mail.security == "starttls":
                server.starttls(context=self._context())
            server.ehlo_or_helo_if_needed()
            if server.sock is not None:  # the last dot must not wait for the body's acknowledgement
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if mail.user and self._password is not None:
                server.login(mail.user, self._password)
        except ssl.SSLCertVerificationError as error:
            raise self._closed(server, TryAgain(CERTIFICATE, detail="certificate")) from error
        except smtplib.SMTPAuthenticationError as error:
            # Nothing may be lost while the office mends its password.
            detail = f"AUTH: {error.smtp_code}"
            raise self._closed(server, TryAgain(SIGN_IN, detail=detail, wait_s=300)) from error
        except smtplib.SMTPNotSupportedError as error:
            reason = NO_TLS if mail.security == "starttls" else SIGN_IN
            raise self._closed(server, TryAgain(reason, detail="not supported")) from error
        except ValueError as error:  # no name of a host; a user or password that is not ASCII
            reason = SIGN_IN if server else UNREACHABLE
            detail = f"connect: {type(error).__name__}"
            raise self._closed(server, TryAgain(reason, detail=detail)) from error
        except (smtplib.SMTPException, OSError) as error:
            detail = f"connect: {type(error).__name__}"
            raise self._closed(server, TryAgain(UNREACHABLE, detail=detail)) from error
        return server

    def _context(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = system_trust()
        return self._trust

    def _forget(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except Exception:  # it must not hide what made us leave
                self._server.close()
            self._server = None

    @staticmethod
    def _closed(server: smtplib.SMTP | None, failure: Failure) -> Failure:
        if server is not None:
            server.close()
        return failure


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Without its last line a message counts for nothing: what breaks in here leaves no doubt."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        log.exception("broke before anything was sent")
        raise TryAgain(BROKEN, detail=type(error).__name__) from error


def _hand_over(server: smtplib.SMTP) -> None:
    """The last line: from here on only the server's answer tells."""
    try:
        server.send(b".\r\n")
        code, told = server.getreply()
    except Exception as error:
        raise CannotKnow(UNKNOWN, detail=f"after DATA: {type(error).__name__}") from error
    if 200 <= code < 300:
        return
    if not 400 <= code < 600:  # no answer of any meaning: it may have been taken
        raise CannotKnow(UNKNOWN, detail=f"after DATA: {code}")
    raise _refusal(code, told, step="end of DATA", no=CONTENT_REFUSED)


def _refusal(code: int, told: bytes, *, step: str, no: str) -> Failure:
    """What a server's no means; its own words may name the applicant, so only its codes are kept."""
    found = _ENHANCED.match(told)
    enhanced = found[0].decode() if found else ""
    detail = f"{step}: {code} {enhanced}".rstrip()
    if enhanced in ("4.4.5", "5.4.5"):  # Gmail's daily limit comes as a final refusal, and is none
        return QuotaUsedUp(QUOTA, detail=detail)
    if 400 <= code < 500 or _RATE.search(told):
        return TryAgain(BUSY, detail=detail)
    if not 500 <= code < 600:
        return TryAgain(UNREACHABLE, detail=detail)
    if code in (530, 535, 538):  # the server wants us to sign in first
        return TryAgain(SIGN_IN, detail=detail)
    # RFC 3463: X.1.7 and X.1.8 are the sender's address, X.7 is policy. Postfix refuses a sender at RCPT only.
    if step == "MAIL" or (step == "RCPT" and enhanced in ("5.1.7", "5.1.8")):
        return TryAgain(SENDER_REFUSED, detail=detail)
    if step == "RCPT" and enhanced.startswith("5.7."):
        return TryAgain(POLICY_REFUSED, detail=detail)
    if code == 552 or enhanced in ("5.2.2", "5.2.3", "5.3.4"):
        return Never(MAILBOX_FULL, detail=detail)
    return Never(no, detail=detail)


def _dotted(content: bytes) -> bytes:
    """As DATA wants it: whole lines, and one that begins with a dot gets another. The last dot is sent apart."""
    lines = content.replace(b"\r\n.", b"\r\n..")
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def sender_of(address: str) -> str:
    """The office's address that letters come from. Raises Mendable when it can't be one."""
    try:
        return one_address(address)
    except ValueError:
        raise Mendable.one(
            "email-pengirim",
            where="settings.yaml: mail.sender",
            found="alamat pengirim kosong" if not address else "bukan satu alamat email",
            allowed="satu alamat email kantor, atau isi office.email",
            run="python loket.py check",
        ) from None
