"""An SMTP session that takes a message in blocks: aiosmtpd's own goes through it line by line, which is dearer than all the
rest of a letter's way into the mailbox.
"""

import asyncio
import sys
from typing import Any

from aiosmtpd.smtp import SMTP, syntax

_END = b".\r\n"
_LONGEST_LINE = 1001
"""With its CRLF, as aiosmtpd has it (RFC 5321, section 4.5.3.1.6)."""


class Session(SMTP):
    line_length_limit = 2**20  # of what waits to be read; a message's lines are measured below

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope: Any = self.envelope
        if not envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
        elif arg:
            await self.push("501 Syntax: DATA")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self.push(await self._taken(envelope))

    async def _taken(self, envelope: Any) -> str:
        """The answer to a message, once it is here to its end."""
        try:
            content = await self._message()
            if content is None:
                return "552 Error: Too much mail data"
            if max(map(len, content.split(b"\r\n"))) + 2 > _LONGEST_LINE:
                return "500 Line too long (see RFC5321 4.5.3.1.6)"
            envelope.content = envelope.original_content = content
            return str(await self._call_handler_hook("DATA"))
        finally:
            self._set_post_data_state()  # type: ignore[no-untyped-call]

    async def _message(self) -> bytes | None:
        """Without the lone dot at its end, and without the dots that were doubled (RFC 5321, section 4.5.2). None when it
        was larger than is taken."""
        taken, tail = bytearray(b"\r\n"), b""
        most = (self.data_size_limit or sys.maxsize) + len(_END) + 2
        too_large = False
        while not tail.endswith(b"\r\n" + _END):
            try:
                block = await self._reader.readuntil(_END)
            except asyncio.LimitOverrunError as over:
                block = await self._reader.readexactly(over.consumed)
            tail = (tail or b"\r\n")[-len(_END) - 2 :] + block
            too_large = too_large or len(taken) + len(block) > most
            if not too_large:
                taken += block
        return None if too_large else bytes(taken[: -len(_END)].replace(b"\r\n.", b"\r\n")[2:])
