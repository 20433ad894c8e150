"""Forms that only our own pages can send: each carries a token that belongs to a cookie of the browser's (signed double submit).

A seal is a text that a page hands back later, for the same browser, unaltered and in time.
"""

import hmac
import secrets
from dataclasses import dataclass
from secrets import compare_digest
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

TOKEN = "_token"  # noqa: S105 - the name of a form's field
COOKIE = "loket"
COOKIE_FOR_S = 43_200
_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Forms:
    """`key`: at least 16 random bytes, for as long as forms and seals are to be taken."""

    key: bytes

    def visitor(self, request: Request) -> "Visitor":
        name = ("__Host-" if request.scope["scheme"] == "https" else "") + COOKIE
        known = request.cookies.get(name, "")
        if len(known) == 32 and known.isascii() and known.isalnum():
            return Visitor(self.key, name, known, is_new=False)
        return Visitor(self.key, name, secrets.token_hex(16), is_new=True)

    async def fields(self, request: Request) -> "tuple[Visitor, dict[str, str]]":
        """Who sent one of our own forms, and its fields, each once. Raises HTTPException for anything else."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        try:
            text = (await request.body()).decode("ascii")
            pairs = parse_qsl(
                text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
            )
        except ValueError:
            raise HTTPException(400) from None
        visitor, fields = self.visitor(request), dict(pairs)
        if not _same(fields.pop(TOKEN, ""), visitor.token):
            raise HTTPException(403)
        return visitor, fields


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, by its cookie; nothing of its person."""

    key: bytes
    name: str
    cookie: str
    is_new: bool

    @property
    def token(self) -> str:
        return self._mac("formulir", "")

    def keep(self, response: Response) -> None:
        """Gives a new browser its cookie. Lax: who comes by a link in a mail has it already."""
        if self.is_new:
            secure = self.name.startswith("__Host-")
            response.set_cookie(
                self.name,
                self.cookie,
                max_age=COOKIE_FOR_S,
                secure=secure,
                httponly=True,
                samesite="lax",
            )

    def seal(self, purpose: str, text: str, *, until: int) -> str:
        """`until`: seconds since 1970."""
        return f"{until}.{text}.{self._mac(purpose, f'{until}.{text}')}"

    def unseal(self, purpose: str, sealed: str, *, at: float) -> str | None:
        """The text; None when it was not sealed so for this browser, or is too old."""
        body, _, mac = sealed.rpartition(".")
        if not _same(mac, self._mac(purpose, body)):
            return None
        until, _, text = body.partition(".")
        return text if at <= int(until) else None

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.digest(self.key, f"{purpose}\0{self.cookie}\0{text}".encode(), "sha256").hex()


def _same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode(errors="replace"), wanted.encode())
