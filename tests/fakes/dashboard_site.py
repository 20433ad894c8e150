"""The dashboard behind its door and the citizens' threshold, beside a ledger that a test fills in a line."""

import random
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import uvicorn

from sync.cli.page_server import listener
from sync.core.alarms import Alarm
from sync.core.delivery import Kind
from sync.core.outcomes import Receipt
from sync.core.people import Person
from sync.core.report.line import Line
from sync.core.report.province import Regency
from sync.core.settings import Mail, Office, Province, Settings
from sync.core.settings import Regency as Source
from sync.core.states import State
from sync.core.workflow.model import Workflow
from sync.ledger.applications import Arrival
from sync.ledger.desks import DeskMemory
from sync.ledger.intents import Plan
from sync.ledger.ledger import Ledger
from sync.ledger.sign_ins import Session
from sync.ledger.waiting import tab_name
from sync.web.citizens.app import House as CitizensHouse
from sync.web.citizens.app import Showing, citizens_app
from sync.web.citizens.place import Place
from sync.web.citizens.services import services_of
from sync.web.citizens.shelf import Pages
from sync.web.dashboard.app import dashboard_routes
from sync.web.dashboard.door import Door
from sync.web.dashboard.frame import Frame
from sync.web.dashboard.house import House
from sync.web.dashboard.house import Office as Known
from sync.web.dashboard.province import ProvinceTable
from sync.web.guard.threshold import Bounds, GuardedApp
from tests.fakes.asking import Visitor
from tests.fakes.dashboard_door import HEAD, OFFICER, PROVINCE
from tests.unit.worker.conftest import WORKFLOW

AFTERNOON = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
"""Tuesday, 16.40 WITA."""
TODAY = date(2026, 11, 24)
SHEET = "1x2y3z4a5b6c7d8e9f0g"
SETTINGS = Settings(
    office=Office(name="Disdukcapil Contoh", government="Pemerintah Kabupaten Contoh"),
    mail=Mail(per_day=450),
    province=Province(
        name="Provinsi Contoh",
        regencies=(
            Source(name="Kota Contoh", sheet="x"),
            Source(name="Kab. Contoh Utara", sheet="y"),
        ),
    ),
)
SERVICES = (
    ("domisili", "Surat Keterangan Domisili", "SKD", 3),
    ("pindah", "Surat Keterangan Pindah", "SKP", 5),
    ("belum-kawin", "Surat Keterangan Belum Kawin", "SBK", None),
)
_REVIEWED = (State.IN_REVIEW,)
_SENDING = (*_REVIEWED, State.APPROVED, State.DELIVERING)
_WAYS = {
    State.RECEIVED: (),
    State.NEEDS_FIXING: (State.NEEDS_FIXING,),
    State.IN_REVIEW: _REVIEWED,
    State.APPROVED: _SENDING[:2],
    State.DELIVERING: _SENDING,
    State.UNCERTAIN: (*_SENDING, State.UNCERTAIN),
    State.FAILED: (*_SENDING, State.FAILED),
    State.DELIVERED: (*_SENDING, State.DELIVERED),
    State.REJECTED: (*_REVIEWED, State.REJECTED),
    State.CANCELLED: (*_REVIEWED, State.CANCELLED),
}


def workflows() -> list[Workflow]:
    made = [
        {**WORKFLOW, "name": name, "title": title, "prefix": prefix, "sheet": SHEET}
        | ({"promised_days": days} if days else {})
        for name, title, prefix, days in SERVICES
    ]
    return [Workflow.model_validate(one) for one in made]


@dataclass
class Dashboard:
    ledger: Ledger
    data: Path
    now: datetime = AFTERNOON
    settings: Settings = SETTINGS
    workflows: list[Workflow] = field(default_factory=workflows)
    unread: tuple[str, ...] = ()
    regencies: Sequence[Regency] = ()
    people: list[Person] = field(default_factory=lambda: [OFFICER, HEAD, PROVINCE])
    _count: int = 0

    def office(self) -> Known:
        return Known(self.settings, self.workflows, self.unread)

    def app(self) -> GuardedApp:
        key, clock = b"k" * 32, lambda: self.now
        door = Door(self.ledger, lambda: self.people, clock, key, Frame(lambda: self.settings))
        house = House(self.ledger, self.office, clock, ProvinceTable(lambda: self.regencies))
        pages = Pages(self.settings, services_of(self.workflows), Place())
        showing = Showing(pages, pages.shelf(), {}, {}, {})
        citizens = CitizensHouse(self.ledger, self.data, lambda: showing, clock, key, mails=False)
        return citizens_app(citizens, Bounds(["127.0.0.1"]), also=dashboard_routes(door, house))

    def session(self, person: Person) -> dict[str, str]:
        """The cookie of somebody who is logged in."""
        token = secrets.token_urlsafe(32)
        with self.ledger.begin() as tx:
            tx.sign_ins.begin(token, Session(person.address, person.role.value), self.now)
        return {"loket-petugas": token}

    def visitor(self, person: Person = HEAD) -> Visitor:
        return Visitor(self.app(), jar=self.session(person))

    def trail(self) -> list[tuple[str, str, str]]:
        """(whose, page, about), the oldest first."""
        with self.ledger.reading() as look:
            lines = look.trail.last(1000)
        return [(one.address, one.page, one.about) for one in reversed(lines)]

    def came(
        self,
        state: State = State.IN_REVIEW,
        *,
        ago: timedelta = timedelta(0),
        took: timedelta = timedelta(0),
        service: str = "domisili",
        name: str = "Citra Ayu Lestari",
        row: int | None = None,
        queued: bool = False,
        applied: timedelta | None = None,
    ) -> str:
        """One that applied so long ago, and came into its state `took` later. Returns its reference."""
        self._count += 1
        at = self.now - ago
        arrival = Arrival(
            workflow=service,
            prefix=next((prefix for one, _, prefix, _ in SERVICES if one == service), "XXX"),
            year=2026,
            answers={"NIK": "6402014101900001", "Nama Lengkap": name},
            fingerprint="f" * 32,
            submitted=f"46350.{self._count}",
            same_key=None,
            name=name,
            email="citra@example.org",
            phone="",
            at=at,
        )
        with self.ledger.begin() as tx:
            one = tx.applications.register(arrival)
            *before, last = _WAYS[state] or (None,)
            for step in before:
                one = tx.applications.change(one, at=at, states=[step], event=step.value)
            if last:
                changes = {"queued": True} if queued else {}
                tx.applications.change(
                    one, at=at + took, states=[last], event=last.value, **changes
                )
            if state is State.DELIVERED:
                tx.intents.plan(Plan(one.id, Kind.LETTER, "email", "citra@example.org", at))
                (record,) = tx.intents.of(one.id)
                sending = tx.intents.claim(record, at, key="k")
                tx.intents.settle(sending, Receipt("250"), at + took)
            if row is not None:
                tx.places.put(service, {one.id: row})
        return one.reference

    def worked(self, service: str = "domisili", *, trouble: str = "") -> None:
        """A cycle just ended."""
        at = self.now - timedelta(minutes=2)
        with self.ledger.begin() as tx:
            tx.desks.remember(DeskMemory(service, "7", at, trouble))

    def noted_tab(self, service: str, tab: int) -> None:
        with self.ledger.begin() as tx:
            tx.desks.set_resource(tab_name(service), str(tab))


@contextmanager
def serving_dashboard(office: Dashboard) -> Iterator[str]:
    """Its address, in a thread of this process."""
    listening = listener("serve", 0)
    config = uvicorn.Config(office.app(), ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(20)


HOSTILE = "<b>printer 6</b> menunggu suku cadang"
NAMES = (
    "Citra Ayu Lestari",
    "Doni Pratama",
    "Siti Rahmah",
    "Budi Santoso",
    "Yohana Lende",
    "Muhammad Rizky Ramadhan",
)


def busy(office: Dashboard, seed: int = 7) -> None:
    """Some weeks of an office as they are: weekdays, a backlog that grows in the second week, a few that went wrong."""
    chance = random.Random(seed)
    office.regencies = regencies("printer 6 menunggu suku cadang")
    for back in range(45, -1, -1):
        day = office.now - timedelta(days=back)
        weekend = day.weekday() >= 5
        for _ in range(chance.randint(1, 4) if weekend else chance.randint(14, 30)):
            _one(office, chance, timedelta(days=back, minutes=chance.randint(0, 420)))
    for service, *_ in SERVICES:
        office.noted_tab(service, 0)
        office.worked(service)
    trouble = Alarm(
        "delivery domisili", "1 surat belum terkirim. Server email tidak menjawab.", office.now
    )
    with office.ledger.begin() as tx:
        tx.alarms.keep(trouble)


def _one(office: Dashboard, chance: random.Random, ago: timedelta) -> None:
    service = chance.choices([one for one, *_ in SERVICES], [6, 3, 2])[0]
    took = timedelta(hours=chance.expovariate(1 / 19) + 0.3)
    state = chance.choices([State.DELIVERED, State.REJECTED], [24, 1])[0]
    queued = False
    if took > ago or chance.random() < 0.012:
        took = timedelta(0)
        state = chance.choices(
            [
                State.IN_REVIEW,
                State.RECEIVED,
                State.DELIVERING,
                State.UNCERTAIN,
                State.FAILED,
                State.NEEDS_FIXING,
            ],
            [60, 4, 6, 2, 2, 12],
        )[0]
        queued = state is State.DELIVERING and chance.random() < 0.5
    row = office._count + 2
    name = chance.choice(NAMES)
    office.came(state, ago=ago, took=took, service=service, name=name, row=row, queued=queued)


def regencies(remark: str = HOSTILE) -> list[Regency]:
    """Two that report; one of them not yet today. A remark is as hostile as any text from elsewhere."""
    kota = {
        TODAY - timedelta(days=back): Line(
            TODAY - timedelta(days=back),
            received=120 - back,
            delivered=110,
            waiting=95,
            overdue=4,
            blanks=4_200,
            suket=10_499 + 60 * back,
            printers_working=5,
            printers=6,
            stock_day=TODAY - timedelta(days=back),
            note=remark if back == 0 else "",
        )
        for back in range(9)
    }
    utara = {
        day: replace(line, suket=8_120, blanks=3_100, note="")
        for day, line in kota.items()
        if day < TODAY
    }
    return [Regency("Kota Contoh", kota), Regency("Kab. Contoh Utara", utara)]
