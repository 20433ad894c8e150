"""The dashboard's door beside a ledger, its mails in memory, and two pages behind it: one for the office, one for the head."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from sync.core.people import Person, Role
from sync.core.settings import Office, Province, Regency, Settings
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.ledger.trail import Line
from sync.web.dashboard.door import SIGN_IN, Door, Limits
from sync.web.dashboard.frame import Frame
from sync.web.guard.clients import Proxies
from sync.web.guard.threshold import Bounds, GuardedApp
from sync.worker.sign_in_mail import SignInMails
from tests.fakes.asking import Answer, Visitor
from tests.fakes.channel import FakeChannel

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://layanan.contoh.go.id"
PROXY = "10.0.0.5"
HTTPS = (("X-Forwarded-Proto", "https"),)
"""Told by the proxy."""
HEAD = Person("Kepala@contoh.go.id", Role.HEAD, "Ibu Kepala")
OFFICER = Person("petugas@contoh.go.id", Role.OFFICER)
PROVINCE = Person("provinsi@contoh.go.id", Role.PROVINCE)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SETTINGS = Settings(
    office=Office(name="Disdukcapil Contoh"),
    province=Province(name="Contoh", regencies=(Regency(name="Berau", folder="berau"),)),
)


@dataclass
class DoorOffice:
    ledger: Ledger
    people: list[Person] = field(default_factory=lambda: [HEAD, OFFICER, PROVINCE])
    now: datetime = NOON
    ticks: float = 0.0
    limits: Limits = field(default_factory=Limits)
    mail: FakeChannel = field(default_factory=lambda: FakeChannel("email"))

    def door(self) -> Door:
        return Door(
            self.ledger,
            lambda: self.people,
            lambda: self.now,
            b"k" * 32,
            Frame(lambda: SETTINGS),
            self.limits,
            lambda: self.ticks,
        )

    def app(self, door: Door | None = None, more: Sequence[BaseRoute] = ()) -> GuardedApp:
        door = door or self.door()

        async def figures(request: Request) -> Response:
            who = await door.enter(request, "Angka", Role.OFFICER, Role.HEAD, about="umur 4-7")
            return PlainTextResponse(f"angka untuk {who.address}")

        async def picture(request: Request) -> Response:
            who = await door.enter(request, "", Role.HEAD)
            return PlainTextResponse(f"gambar untuk {who.address}")

        behind = [door.route("/petugas", figures), door.route("/petugas/gambar", picture)]
        bounds = Bounds(["127.0.0.1"], Proxies.of([PROXY]))
        return GuardedApp(bounds, routes=[*door.routes(), *behind, *more])

    def mails(self) -> SignInMails:
        """The worker's part."""
        messages = Messages([ROOT / "templates"])
        return SignInMails(
            self.ledger, self.mail, messages, SITE, SETTINGS.office, lambda: self.now
        )

    def link(self) -> str:
        """The path of the last link that a mail brought."""
        self.mails().keep()
        _, message = self.mail.arrived[-1]
        found = re.search(rf"{SITE}({SIGN_IN}/\S+)", message.text)
        assert found, message.text
        return found[1]

    def trail(self) -> list[tuple[str, str, str]]:
        """(whose, page, about), the oldest first."""
        return [(one.address, one.page, one.about) for one in reversed(self.lines())]

    def lines(self) -> Sequence[Line]:
        with self.ledger.reading() as look:
            return look.trail.last(1000)

    def signed_in(self, app: GuardedApp, person: Person = HEAD, **browser: object) -> Visitor:
        visitor = Visitor(app, **browser)  # type: ignore[arg-type]
        assert asks(visitor, person.address).status == 200
        assert comes_in(visitor, self.link()).status == 303
        return visitor


def asks(visitor: Visitor, address: str) -> Answer:
    token = visitor.reads(SIGN_IN).hidden("_token")
    return visitor.sends(SIGN_IN, _token=token, alamat=address)


def comes_in(visitor: Visitor, link: str) -> Answer:
    token = visitor.reads(link).hidden("_token")
    return visitor.sends(link, _token=token)


def goes_out(visitor: Visitor) -> Answer:
    token = visitor.reads(SIGN_IN).hidden("_token")
    return visitor.sends("/petugas/keluar", _token=token)
