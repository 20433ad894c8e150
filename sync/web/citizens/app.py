"""The citizens' pages as one application: the same pages for everybody from the shelf, the status by form, the letter by link.

What was typed travels in bodies only, and is in no log. Unknown and wrong are one answer; so are an address and none.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sync.core.references import read_reference
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import LedgerTrouble
from sync.web.citizens import letter_again, place
from sync.web.citizens.shelf import Kept, Pages
from sync.web.citizens.status import ASKED_DIGITS, DIGITS, answer, look_up, proven
from sync.web.citizens.together import Together
from sync.web.guard.clients import whose
from sync.web.guard.forms import Forms, Visitor
from sync.web.guard.pace import Paces
from sync.web.guard.threshold import Bounds, GuardedApp

log = logging.getLogger(__name__)

SEAL_FOR_S = 1_800
NOT_FOUND = (
    "Permohonan tidak ditemukan. Periksa nomor permohonan dan 4 angka terakhir NIK, lalu coba lagi."
)
NO_REFERENCE = "Nomor permohonan itu tidak lengkap atau salah ketik. Salin dari email kami, misalnya SKD-26-0004F7."
NO_DIGITS = "Isi 4 angka terakhir NIK dengan empat angka saja."
_WRONG: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak dikenal", "Alamat atau isiannya tidak dapat dibaca."),
    403: (
        "Halaman ini sudah lama",
        "Buka lagi halamannya, lalu isi sekali lagi. Peramban harus mengizinkan cookie situs ini.",
    ),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin salah ketik."),
    408: ("Terlalu lama", "Isiannya tidak sampai dengan utuh. Coba lagi."),
    413: ("Terlalu panjang", "Isiannya lebih panjang daripada yang dapat diterima."),
    429: (
        "Terlalu banyak percobaan",
        "Tunggu beberapa menit, lalu coba lagi. Bila perlu segera, hubungi kantor kami.",
    ),
    503: ("Sedang gangguan", "Catatan kantor belum dapat dibuka. Silakan coba lagi nanti."),
}
_SHELVES = (
    "/",
    f"/{place.OFFLINE}",
    f"/{place.MANIFEST}",
    f"/{place.WORKER}",
    "/layanan/{name}",
    "/berkas/{name}",
)
_BROKEN = ("Ada kesalahan", "Halaman ini belum dapat ditampilkan. Silakan coba lagi nanti.")


@dataclass(frozen=True, slots=True)
class Showing:
    """What is shown now: an office changes its services while the pages are served. `questions`: those for the NIK, by workflow."""

    pages: Pages
    shelf: Mapping[str, Kept]
    questions: Mapping[str, str]
    titles: Mapping[str, str]
    days: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """By client address: so many a second, and at once. By reference: wrong attempts alone are counted."""

    address_per_second: float = 0.5
    address_at_once: float = 30
    reference_per_second: float = 1 / 600
    reference_at_once: float = 5


@dataclass(frozen=True)
class House:
    """What the pages work with. `clock` gives aware moments; `key`: random bytes of this run. `mails`: letters can be had again."""

    ledger: Ledger
    data: Path
    showing: Callable[[], Showing]
    clock: Callable[[], datetime]
    key: bytes
    mails: bool
    limits: Limits = Limits()
    ticks: Callable[[], float] = field(default=time.monotonic)


def citizens_app(house: House, bounds: Bounds, also: Sequence[BaseRoute] = ()) -> GuardedApp:
    """`also`: other rooms' routes behind the same threshold."""
    desk = _Desk(house)
    routes: list[BaseRoute] = [
        *also,
        Route("/" + place.STATUS, desk.form),
        Route("/" + place.STATUS, desk.status, methods=["POST"]),
        Route("/" + place.LETTER, desk.ask_again, methods=["POST"]),
        Route(f"/{place.LETTER}/{{token}}", desk.link),
        Route(f"/{place.LETTER}/{{token}}", desk.letter, methods=["POST"]),
        *(Route(path, desk.shelf) for path in _SHELVES),
    ]
    handlers = {HTTPException: desk.wrong, LedgerTrouble: desk.wrong, Exception: desk.wrong}
    return GuardedApp(bounds, routes=routes, exception_handlers=handlers)


class _Desk:
    """The answers to requests."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._forms = Forms(house.key)
        self._together = Together(partial(look_up, house.ledger))
        limits, ticks = house.limits, house.ticks
        self._by_address = Paces(limits.address_per_second, limits.address_at_once, ticks)
        self._by_reference = Paces(limits.reference_per_second, limits.reference_at_once, ticks)

    async def shelf(self, request: Request) -> Response:
        kept = self._house.showing().shelf.get(request.scope["path"])
        if kept is None:
            raise HTTPException(404)
        headers = {"Cache-Control": kept.caching}
        return Response(kept.content, media_type=kept.kind, headers=headers)

    async def form(self, request: Request) -> Response:
        return self._form(self._forms.visitor(request))

    async def status(self, request: Request) -> Response:
        visitor, fields = await self._fields(request)
        typed, digits = fields.get("nomor", "")[:30], fields.get("angka", "").strip()
        reference = read_reference(typed)
        if reference is None:
            return self._form(visitor, NO_REFERENCE, typed)
        if len(digits) != ASKED_DIGITS or not set(digits) <= set(DIGITS):
            return self._form(visitor, NO_DIGITS, typed)
        return await self._status(visitor, str(reference), digits, typed)

    async def ask_again(self, request: Request) -> Response:
        visitor, fields = await self._fields(request)
        now = self._house.clock()
        known = visitor.unseal("status", fields.get("bukti", ""), at=now.timestamp())
        if known is None or not self._house.mails:
            raise HTTPException(403)
        most = self._house.showing().pages.settings.worker.per_applicant_per_day
        await run_in_threadpool(
            letter_again.ask, self._house.ledger, int(known), now, per_address=most
        )
        return self._page("surat.html", keadaan="diminta", paling_banyak=letter_again.MOST_A_DAY)

    def link(self, request: Request) -> Response:
        self._pace(request)
        house, visitor = self._house, self._forms.visitor(request)
        usable = letter_again.is_usable(house.ledger, request.path_params["token"], house.clock())
        if not usable:
            return self._page("surat.html", status=410, keadaan="lewat")
        answer = self._page("surat.html", keadaan="siap", token=visitor.token)
        visitor.keep(answer)
        return answer

    async def letter(self, request: Request) -> Response:
        await self._fields(request)
        house = self._house
        try:
            letter = await run_in_threadpool(
                letter_again.take,
                house.ledger,
                house.data,
                request.path_params["token"],
                house.clock(),
            )
        except OSError:
            log.warning("a letter that was asked for by its link is not here, or cannot be read")
            return self._page("surat.html", status=503, keadaan="jauh")
        if letter is None:
            return self._page("surat.html", status=410, keadaan="lewat")
        named = f"attachment; filename=\"surat.pdf\"; filename*=UTF-8''{quote(letter.file_name)}"
        headers = {"Content-Disposition": named}
        return Response(letter.pdf, media_type="application/pdf", headers=headers)

    async def wrong(self, _: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        if isinstance(error, LedgerTrouble):
            code = 503
            log.warning("the ledger: %s", error.problems[0].name)
        title, sentence = _WRONG.get(code, _BROKEN if code >= 500 else _WRONG[400])
        answer = self._page("galat.html", status=code, judul=title, kalimat=sentence)
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer

    async def _status(self, visitor: Visitor, reference: str, digits: str, typed: str) -> Response:
        house, showing = self._house, self._house.showing()
        if not self._by_reference.take(reference):
            raise HTTPException(429, headers={"Retry-After": "600"})
        try:
            found = await self._together.find(reference)
        except LedgerTrouble:
            self._by_reference.give_back(reference)
            raise
        seen = proven(found, showing.questions, digits)
        if seen is None:
            return self._form(visitor, NOT_FOUND, typed)
        self._by_reference.give_back(reference)
        now, office = house.clock(), showing.pages.settings.office
        told = answer(
            seen,
            days=showing.days.get(seen.workflow, 0),
            now=now,
            timezone=ZoneInfo(office.timezone),
        )
        until = int(now.timestamp()) + SEAL_FOR_S
        again = house.mails and told.again
        return self._page(
            "status.html",
            seen_from=place.STATUS,
            jawaban=told,
            judul=showing.titles[seen.workflow],
            bukti=visitor.seal("status", str(seen.id), until=until) if again else "",
            token=visitor.token,
        )

    async def _fields(self, request: Request) -> tuple[Visitor, dict[str, str]]:
        self._pace(request)
        return await self._forms.fields(request)

    def _pace(self, request: Request) -> None:
        if not self._by_address.take(whose(request.client.host if request.client else "")):
            raise HTTPException(429, headers={"Retry-After": "60"})

    def _form(self, visitor: Visitor, problem: str = "", typed: str = "") -> Response:
        answer = self._page(
            "status.html",
            seen_from=place.STATUS,
            jawaban=None,
            masalah=problem,
            nomor=typed,
            token=visitor.token,
        )
        visitor.keep(answer)
        return answer

    def _page(
        self, template: str, *, status: int = 200, seen_from: str = place.LETTER, **values: object
    ) -> Response:
        text = self._house.showing().pages.page(template, seen_from=seen_from, **values)
        return HTMLResponse(text, status)
