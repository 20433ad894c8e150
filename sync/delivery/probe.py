"""Asks the office's mail server, for `doctor`, whether a letter could leave: as far as MAIL, and never a message.

Facts only; what to do about them is cli/doctor's affair.
"""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal

from sync.core.settings import Mail
from sync.delivery.system_trust import system_trust

End = Literal[
    "name",  # the server's name is unknown
    "refused",
    "timeout",
    "cut",
    "silent",  # connected, and nothing that a mail server would say
    "tls",  # no TLS is spoken there, or another kind than the settings say
    "certificate",
    "no-starttls",
    "sign-in",
    "no-sign-in",  # it wants one, and the settings name none
    "sender",
    "busy",
    "well",
]
MOST_S = 4.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where it ended. `code` is the server's last one, 0 before it spoke; its words are not kept: they may name people."""

    end: End
    code: int = 0


def probe_smtp(
    mail: Mail, password: str | None, sender: str, trust: ssl.SSLContext | None = None
) -> Outcome:
    """Each step within MOST_S seconds. Nothing is sent: the transaction is taken back after MAIL."""
    timeout_s = min(mail.timeout_s, MOST_S)
    end = _door(mail, timeout_s)
    if end is not None:
        return Outcome(end)
    server: smtplib.SMTP | None = None
    try:
        context = trust or system_trust()
        if mail.security == "tls":
            server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=timeout_s, context=context)
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=timeout_s)
        if mail.security == "starttls":
            server.starttls(context=context)
        return _sign_in_and_ask(server, mail, password, sender)
    except ssl.SSLCertVerificationError:
        return Outcome("certificate")
    except ssl.SSLError:
        return Outcome("tls")
    except smtplib.SMTPNotSupportedError:
        return Outcome("no-starttls" if mail.security == "starttls" else "sign-in")
    except smtplib.SMTPAuthenticationError as error:
        return Outcome("busy" if error.smtp_code < 500 else "sign-in", error.smtp_code)
    except smtplib.SMTPResponseException as error:
        return Outcome("busy", error.smtp_code)
    except UnicodeError:  # smtplib sends ASCII alone
        return Outcome("sign-in" if sender.isascii() else "sender")
    except (smtplib.SMTPException, TimeoutError):
        return Outcome("silent")
    except OSError:
        return Outcome("cut")
    finally:
        if server is not None:
            server.close()


def _door(mail: Mail, timeout_s: float) -> End | None:
    """Why no connection comes about; None when one does."""
    try:
        socket.create_connection((mail.host, mail.port), timeout_s).close()
    except (socket.gaierror, UnicodeError):
        return "name"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "timeout"
    except OSError:
        return "cut"
    return None


def _sign_in_and_ask(
    server: smtplib.SMTP, mail: Mail, password: str | None, sender: str
) -> Outcome:
    server.ehlo_or_helo_if_needed()
    if mail.user and password is not None:
        server.login(mail.user, password)
    code, _ = server.mail(sender)
    server.rset()
    if code in (530, 535, 538):
        return Outcome("no-sign-in", code)
    if code >= 500:
        return Outcome("sender", code)
    return Outcome("busy" if code >= 400 else "well", code)
