"""A mail server on this machine: the real protocol by aiosmtpd, with the answers a test asks for.

`cut_after_data` ends the connection once the message's text has arrived: the one case nobody can answer.
"""

import threading
import time
import warnings
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # asyncio.iscoroutinefunction, Python 3.14
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

PASSWORD = "kata-sandi"


class MailServer:
    """`replies` overrides what is answered to MAIL, RCPT or DATA, e.g. {"RCPT": "550 no such user"}."""

    def __init__(
        self,
        *,
        tls_context: Any = None,
        needs_sign_in: bool = False,
        starttls: bool = False,
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.replies: dict[str, str] = {}
        self.cut_after_data = False
        self.connections = 0
        self._sessions: list[SMTP] = []
        outer = self

        class OneServer(SMTP):
            def connection_made(self, transport: Any) -> None:
                outer.connections += 1
                outer._sessions.append(self)
                super().connection_made(transport)

        class Handler:
            async def handle_MAIL(
                self, server: Any, session: Any, envelope: Any, address: str, options: Any
            ) -> str:
                if "MAIL" in outer.replies:
                    return outer.replies["MAIL"]
                envelope.mail_from = address
                return "250 OK"

            async def handle_RCPT(
                self, server: Any, session: Any, envelope: Any, address: str, options: Any
            ) -> str:
                if "RCPT" in outer.replies:
                    return outer.replies["RCPT"]
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
                if "DATA" in outer.replies:
                    return outer.replies["DATA"]
                outer.messages.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
                outer.recipients.append(list(envelope.rcpt_tos))
                if outer.cut_after_data:
                    server.transport.abort()
                return "250 OK"

        def signs_in(_: Any, __: Any, ___: Any, ____: Any, data: Any) -> AuthResult:
            right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
            return AuthResult(success=right, handled=False)

        class OneController(Controller):
            def _trigger_server(self) -> None:
                self.port = self.server.sockets[0].getsockname()[1]
                super()._trigger_server()

            def factory(self) -> SMTP:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # sign-in without TLS: loopback
                    return self._one_server()

            def _one_server(self) -> SMTP:
                return OneServer(
                    self.handler,
                    hostname="loopback",
                    tls_context=tls_context if starttls else None,
                    require_starttls=starttls,
                    authenticator=signs_in if needs_sign_in else None,
                    auth_required=needs_sign_in,
                    auth_require_tls=False,
                )

        self._controller = OneController(
            Handler(),
            hostname="127.0.0.1",
            port=0,
            ssl_context=None if starttls else tls_context,
        )
        self._start()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def cut_idle_connections(self) -> None:
        """What a server does to a client that was silent for long."""
        for session in self._sessions:
            if session.transport is not None:
                self._controller.loop.call_soon_threadsafe(session.transport.abort)
        self._sessions.clear()
        time.sleep(0.05)

    def close(self) -> None:
        self._controller.stop()

    def _start(self) -> None:
        # Controller.start() probes its own port with a connection; the probe must not be counted.
        self._controller.start()
        threading.Event().wait(0.02)
        self.connections = 0
        self._sessions.clear()
