"""The dashboard's door: in by a link that is mailed, out by a button, and a trail of what was seen meanwhile.

Who may come in is asked on every page. Whoever asks for a link is told the same, allowed or not, after the same work.
A link's token is made when its mail is, by the worker (worker/sign_in_mail.py); a session's, when the link is used.
"""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sync.core.masking import mask_email, mask_numbers
from sync.core.people import Person, Role, person_of
from sync.core.projection import moment_text
from sync.ledger.ledger import Ledger, Transaction
from sync.ledger.sign_ins import LONGEST_SESSION, USABLE_FOR, Session
from sync.ledger.trail import KEPT_FOR, NOBODY, STRANGERS_KEPT_FOR, Line
from sync.ledger.trouble import LedgerTrouble
from sync.web.dashboard.frame import FRONT, PROVINCE, TRAIL, Frame
from sync.web.guard.clients import whose
from sync.web.guard.forms import Forms, Visitor
from sync.web.guard.pace import Pace, Paces

log = logging.getLogger(__name__)

SIGN_IN, SIGN_OUT = "/petugas/masuk", "/petugas/keluar"
COOKIE = "loket-petugas"
MOST_UNUSED = 10
"""So many links a day that nobody came in by are mailed to an address; then one an hour, so that no stranger keeps its
owner out by asking."""
LINES = 100
"""Of the trail, on a page."""
CAME, LEFT, ENDED = "masuk", "keluar", "sesi diakhiri"
UNKNOWN, TOO_MANY = "alamat tidak terdaftar", "terlalu banyak tautan"
OLD_LINK, REFUSED, PART = "tautan tidak berlaku", "ditolak", "bagian halaman"
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_WRONG: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak dikenal", "Alamat atau isiannya tidak dapat dibaca."),
    403: (
        "Halaman ini sudah lama",
        "Buka lagi halamannya, lalu isi sekali lagi. Peramban harus mengizinkan cookie situs ini.",
    ),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin salah ketik."),
    429: ("Terlalu banyak percobaan", "Tunggu beberapa menit, lalu coba lagi."),
    503: ("Sedang gangguan", "Catatan kantor belum dapat dibuka. Silakan coba lagi nanti."),
}
_NOT_YOURS = (
    "Halaman ini bukan untuk peran Anda",
    "Bila Anda memerlukannya, mintalah kepada penanggung jawab Loket di kantor.",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Links asked for and tried: by client address, by the address typed, and by all together; so many a second, and at once."""

    client_per_second: float = 1 / 30
    client_at_once: float = 60
    address_per_second: float = 1 / 300
    address_at_once: float = 5
    per_second: float = 1
    at_once: float = 200


class OtherRole(HTTPException):
    """Who is logged in may not see this page."""

    def __init__(self, person: Person) -> None:
        super().__init__(403)
        self.person = person


@dataclass(eq=False)
class Door:
    """`people` are those of settings.yaml as it is now; `key`: random bytes of this run, for the forms' tokens; `clock` gives
    aware moments."""

    ledger: Ledger
    people: Callable[[], Sequence[Person]]
    clock: Callable[[], datetime]
    key: bytes
    frame: Frame
    limits: Limits = Limits()
    ticks: Callable[[], float] = time.monotonic
    _by_client: Paces = field(init=False, repr=False)
    _by_address: Paces = field(init=False, repr=False)
    _by_all: Pace = field(init=False, repr=False)

    def __post_init__(self) -> None:
        limits, ticks = self.limits, self.ticks
        self._by_client = Paces(limits.client_per_second, limits.client_at_once, ticks)
        self._by_address = Paces(limits.address_per_second, limits.address_at_once, ticks)
        self._by_all = Pace(limits.per_second, limits.at_once, ticks)

    def routes(self) -> list[Route]:
        """/petugas/masuk, /petugas/masuk/{token}, /petugas/keluar, /petugas/jejak."""
        return [
            self.route(SIGN_IN, self._form),
            self.route(SIGN_IN, self._ask, methods=["POST"]),
            self.route(SIGN_IN + "/{token}", self._link),
            self.route(SIGN_IN + "/{token}", self._come_in, methods=["POST"]),
            self.route(SIGN_OUT, self._go_out, methods=["POST"]),
            self.route(TRAIL, self._trail),
        ]

    def route(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response] | Response],
        *,
        methods: Sequence[str] = ("GET",),
    ) -> Route:
        """A route whose refusals (303, 403, 404, 429, 503 …) are shown in the dashboard's frame. Every page behind the door is
        one of these."""
        handlers = {HTTPException: self._wrong, LedgerTrouble: self._wrong}
        middleware = [Middleware(ExceptionMiddleware, handlers=handlers)]
        return Route(path, endpoint, methods=list(methods), middleware=middleware)

    async def enter(self, request: Request, page: str, *roles: Role, about: str = "") -> Person:
        """Who is logged in, with a line in the trail: `page`, and `about` (a filter, a service; never a name or a number of a
        citizen's). `page` "": a part of a page, an image, which leaves no line. Without `roles`: any role.

        Raises HTTPException: 303 to SIGN_IN where nobody is logged in, 403 for another role. Raises LedgerTrouble.
        """
        token = request.cookies.get(_cookie(request), "")
        entered = partial(self._entered, token, page, roles, about)
        person = await run_in_threadpool(entered) if token else None
        if person is None:
            raise HTTPException(303, headers={"Location": SIGN_IN})
        return person

    def visitor(self, request: Request) -> Visitor:
        """Whose browser it is: `token` for the frame, and `keep` for the answer."""
        return Forms(self.key).visitor(request)

    def page(
        self,
        request: Request,
        template: str,
        person: Person | None,
        *,
        status: int = 200,
        **values: object,
    ) -> Response:
        """A page in the frame, with the token of this browser's forms and, for a new browser, its cookie."""
        visitor = self.visitor(request)
        answer = HTMLResponse(self.frame.page(template, person, visitor.token, **values), status)
        visitor.keep(answer)
        return answer

    def _form(self, request: Request) -> Response:
        return self._door(request, "isi")

    async def _ask(self, request: Request) -> Response:
        fields = await self._fields(request)
        typed = fields.get("alamat", "").strip()
        if not self._by_address.take(typed.casefold()[:254]):
            raise HTTPException(429, headers={"Retry-After": "300"})
        await run_in_threadpool(self._asked, typed)
        return self._door(request, "diminta")

    def _asked(self, typed: str) -> None:
        """One count and one line, whatever comes of it."""
        at, person = self.clock(), person_of(self.people(), typed)
        address = person.address if person else _printable(typed)[:254]
        with self.ledger.begin() as tx:
            unused, last = tx.sign_ins.unused(address, at - _DAY)
            if person is None:
                tx.trail.add(at, NOBODY, UNKNOWN, mask_numbers(mask_email(address)))
            elif unused >= MOST_UNUSED and last is not None and last > at - _HOUR:
                tx.trail.add(at, address, TOO_MANY)
            else:
                tx.sign_ins.ask(address, at)

    def _link(self, request: Request) -> Response:
        """A mail program that looks into links uses none up."""
        self._pace(request)
        with self.ledger.reading() as look:
            person = self._linked(look, request.path_params["token"], self.clock())
        return self._door(request, "siap") if person else self._door(request, "lewat", status=410)

    async def _come_in(self, request: Request) -> Response:
        await self._fields(request)
        token = secrets.token_urlsafe(32)
        before = request.cookies.get(_cookie(request), "")
        person = await run_in_threadpool(self._came_in, request.path_params["token"], token, before)
        if person is None:
            return self._door(request, "lewat", status=410)
        home = PROVINCE if person.role is Role.PROVINCE else FRONT
        answer = RedirectResponse(home, 303)
        _set(answer, request, token, LONGEST_SESSION)
        return answer

    def _came_in(self, link: str, token: str, before: str) -> Person | None:
        """A new session for every sign-in; the browser's earlier one ends."""
        at = self.clock()
        with self.ledger.begin() as tx:
            person = self._linked(tx, link, at)
            if person is None or not tx.sign_ins.use_link(link, at):
                tx.trail.add(at, NOBODY, OLD_LINK)
                return None
            tx.sign_ins.end(before)
            tx.sign_ins.begin(token, Session(person.address, person.role.value), at)
            tx.trail.add(at, person.address, CAME)
        return person

    def _linked(self, look: Transaction, link: str, at: datetime) -> Person | None:
        address = look.sign_ins.linked(link, at)
        return person_of(self.people(), address) if address else None

    async def _go_out(self, request: Request) -> Response:
        await Forms(self.key).fields(request)
        token = request.cookies.get(_cookie(request), "")
        if token:
            await run_in_threadpool(self._ended, token, LEFT)
        answer = self._door(request, "keluar")
        _set(answer, request, "", timedelta(0))
        return answer

    def _ended(self, token: str, why: str) -> None:
        at = self.clock()
        with self.ledger.begin() as tx:
            session = tx.sign_ins.session(token, at)
            tx.sign_ins.end(token)
            if session:
                tx.trail.add(at, session.address, why)

    def _entered(self, token: str, page: str, roles: Sequence[Role], about: str) -> Person | None:
        """Who has no session changes nothing in the ledger."""
        at = self.clock()
        with self.ledger.reading() as look:
            session = look.sign_ins.session(token, at)
        if session is None:
            return None
        person = person_of(self.people(), session.address)
        if person is None or person.role != session.role:
            self._ended(token, ENDED)
            return None
        allowed = not roles or person.role in roles
        if page or not allowed:
            with self.ledger.begin() as tx:
                tx.sign_ins.seen(token, at)
                told = mask_numbers(_printable(about)) if allowed else REFUSED
                tx.trail.add(at, person.address, page or PART, told)
        if not allowed:
            raise OtherRole(person)
        return person

    async def _trail(self, request: Request) -> Response:
        person = await self.enter(request, "jejak", Role.HEAD)
        asked = request.query_params.get("sebelum", "")
        before = int(asked) if re.fullmatch(r"[0-9]{1,9}", asked) else None
        lines = await run_in_threadpool(self._lines, before)
        zone = ZoneInfo(self.frame.settings().office.timezone)
        shown = lines[:LINES]
        return self.page(
            request,
            "jejak.html",
            person,
            di=TRAIL,
            hari=KEPT_FOR.days,
            hari_asing=STRANGERS_KEPT_FOR.days,
            zona=self.clock().astimezone(zone).strftime("%Z"),
            pertama=before is None,
            baris=[(moment_text(one.at, zone), one.address, one.page, one.about) for one in shown],
            lanjut=shown[-1].id if len(lines) > LINES else None,
        )

    def _lines(self, before: int | None) -> Sequence[Line]:
        with self.ledger.reading() as look:
            return look.trail.last(LINES + 1, before=before)

    async def _fields(self, request: Request) -> dict[str, str]:
        """What one of our own forms sends, at a bounded pace. Raises HTTPException."""
        self._pace(request)
        _, fields = await Forms(self.key).fields(request)
        return fields

    def _pace(self, request: Request) -> None:
        client = whose(request.client.host if request.client else "")
        if not (self._by_client.take(client) and self._by_all.take()):
            raise HTTPException(429, headers={"Retry-After": "60"})

    def _door(self, request: Request, state: str, *, status: int = 200) -> Response:
        minutes = int(USABLE_FOR.total_seconds() // 60)
        return self.page(request, "masuk.html", None, status=status, keadaan=state, menit=minutes)

    async def _wrong(self, request: Request, error: Exception) -> Response:
        code, headers = 503, None
        if isinstance(error, HTTPException):
            code, headers = error.status_code, error.headers
        elif isinstance(error, LedgerTrouble):
            log.warning("the ledger: %s", error.problems[0].name)
        if 300 <= code < 400:
            return Response(status_code=code, headers=headers)
        person = error.person if isinstance(error, OtherRole) else None
        title, sentence = _NOT_YOURS if person else _WRONG.get(code, _WRONG[400])
        answer = self.page(
            request, "salah.html", person, status=code, kepala=title, kalimat=sentence
        )
        answer.headers.update(headers or {})
        return answer


def _cookie(request: Request) -> str:
    return ("__Host-" if request.scope["scheme"] == "https" else "") + COOKIE


def _set(answer: Response, request: Request, token: str, lasting: timedelta) -> None:
    answer.set_cookie(
        _cookie(request),
        token,
        max_age=int(lasting.total_seconds()),
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="lax",
    )


def _printable(text: str) -> str:
    """PostgreSQL takes no NUL, and the trail is read by people."""
    return "".join(letter for letter in text if letter.isprintable())
