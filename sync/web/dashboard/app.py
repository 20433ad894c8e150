"""The dashboard's pages behind its door: the figures, the lists behind them, the charts, and the province's table.

Every figure is a link to its list, and every line of a list one to its row in the sheet. Nothing is changed here.
"""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sync.core.dashboard.figures import waiting_lines
from sync.core.dashboard.wanted import SENT, NoList, Wanted, read_wanted
from sync.core.people import Role
from sync.web.dashboard.days import Days
from sync.web.dashboard.door import Door
from sync.web.dashboard.frame import FRONT, HERE, LIST, PROVINCE
from sync.web.dashboard.house import House, Office, asked
from sync.web.dashboard.lines import shown
from sync.web.dashboard.province import NoDay, page_of, read_day
from sync.web.dashboard.summary import groups_of, summary

STYLE, CHART = "/petugas/dasbor.css", "/petugas/grafik/{name}.svg"
A_PAGE = 50
STAFF = (Role.OFFICER, Role.HEAD)
_STYLE = {"Cache-Control": "public, max-age=60"}


def dashboard_routes(door: Door, house: House) -> list[BaseRoute]:
    """Behind a threshold of web/guard."""
    desk = _Desk(door, house)
    return [
        *door.routes(),
        Route(STYLE, _style),
        door.route(FRONT, desk.front),
        door.route(LIST, desk.applications),
        door.route(CHART, desk.chart),
        door.route(PROVINCE, desk.province),
    ]


def _style(_: Request) -> Response:
    return Response((HERE / "dasbor.css").read_bytes(), media_type="text/css", headers=_STYLE)


class _Desk:
    """The answers to requests."""

    def __init__(self, door: Door, house: House) -> None:
        self._door, self._house = door, house
        self._days = Days(house.ledger)

    async def front(self, request: Request) -> Response:
        person = await self._door.enter(request, "")
        if person.role is Role.PROVINCE:
            return RedirectResponse(PROVINCE, 303)
        await self._door.enter(request, "ringkasan", *STAFF)
        values = await run_in_threadpool(self._summary, head=person.role is Role.HEAD)
        return self._door.page(request, "ringkasan.html", person, di=FRONT, **values)

    async def applications(self, request: Request) -> Response:
        office, at = self._house.office(), self._house.clock()
        try:
            wanted = read_wanted(request.query_params, office.today(at))
        except NoList:
            raise await self._nothing(request, *STAFF) from None
        if not await run_in_threadpool(self._knows, wanted.service, office):
            raise await self._nothing(request, *STAFF)
        told = wanted.title({}, office.today(at))
        person = await self._door.enter(request, "permohonan", *STAFF, about=told)
        values = await run_in_threadpool(self._listed, wanted)
        return self._door.page(request, "permohonan.html", person, di=LIST, **values)

    async def chart(self, request: Request) -> Response:
        await self._door.enter(request, "", *STAFF)
        name, _, width = request.path_params["name"].partition("-")
        drawing = {"harian": self._daily, "umur": self._ages}.get(name)
        if drawing is None or width not in ("", "lebar"):
            raise HTTPException(404)
        drawn = await run_in_threadpool(drawing, wide=bool(width))
        return Response(drawn, media_type="image/svg+xml")

    async def province(self, request: Request) -> Response:
        house, roles = self._house, (Role.HEAD, Role.PROVINCE)
        office, at = house.office(), house.clock()
        try:
            day = read_day(request.query_params.get("hari", ""), office.today(at))
        except NoDay:
            raise await self._nothing(request, *roles) from None
        person = await self._door.enter(request, "provinsi", *roles)
        read = await run_in_threadpool(house.province.look)
        name = office.settings.province.name or "Provinsi"
        values = page_of(read, name, day, office.today(at))
        return self._door.page(request, "provinsi.html", person, di=PROVINCE, **values)

    async def _nothing(self, request: Request, *roles: Role) -> HTTPException:
        """For an address that no page of ours has: who is not logged in learns not even that."""
        await self._door.enter(request, "", *roles)
        return HTTPException(404)

    def _knows(self, service: str, office: Office) -> bool:
        """A text that is no service of ours comes into no trail and no page."""
        if not service or service in office.titles:
            return True
        with self._house.ledger.reading() as look:
            return service in look.waiting.workflows

    def _summary(self, *, head: bool) -> dict[str, Any]:
        office, at = self._house.office(), self._house.clock()
        days = self._days.until(at, office.zone)
        return summary(self._house, office, days, at, head=head)

    def _listed(self, wanted: Wanted) -> dict[str, Any]:
        office, at = self._house.office(), self._house.clock()
        want = asked(wanted, office, at)
        with self._house.ledger.reading() as look:
            count = look.waiting.count(want, wanted.service)
            skip = (wanted.page - 1) * A_PAGE
            lines = look.waiting.lines(want, wanted.service, limit=A_PAGE, skip=skip)
            found = shown(lines, look, office, at)
        return {
            "judul": wanted.title(office.titles, office.today(at)),
            "jumlah": count,
            "baris": found,
            "pertama": skip + 1,
            "sebelum": wanted.at_page(wanted.page - 1) if wanted.page > 1 else None,
            "sesudah": wanted.at_page(wanted.page + 1) if skip + len(found) < count else None,
            "pesan": wanted.which in SENT,
        }

    def _daily(self, *, wide: bool) -> bytes:
        from sync.web.dashboard.charts import daily

        office, at = self._house.office(), self._house.clock()
        days = self._days.until(at, office.zone)
        came = [day.all_received.count for day in days]
        went = [day.delivered.count for day in days]
        return daily([day.day for day in days], came, went, wide=wide)

    def _ages(self, *, wide: bool) -> bytes:
        from sync.web.dashboard.charts import ages

        office, at = self._house.office(), self._house.clock()
        with self._house.ledger.reading() as look:
            groups = groups_of(look, office, at)
        return ages([figure.count for figure in waiting_lines(groups)[-1].ages], wide=wide)
