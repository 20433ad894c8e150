"""The citizens' pages beside a counter in memory, its messages with links into them."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sync.core.settings import Office, Settings, Site
from sync.core.workflow.model import Workflow
from sync.ledger.ledger import Ledger
from sync.web.citizens.app import House, Limits, Showing, citizens_app
from sync.web.citizens.messages import SiteMessages
from sync.web.citizens.place import Place
from sync.web.citizens.services import nik_questions, services_of
from sync.web.citizens.shelf import Pages
from sync.web.guard.clients import Proxies
from sync.web.guard.threshold import Bounds, GuardedApp
from sync.worker.counter import Counter
from tests.unit.worker.conftest import CITRA, WORKFLOW, World

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://layanan.contoh.go.id"
PROXY = "10.0.0.5"
SETTINGS = Settings(
    office=Office(name="Disdukcapil Contoh", phone="(0541) 123", email="surat@contoh.go.id"),
    site=Site(url=SITE, proxies=(PROXY,)),
)
OTHER = {**WORKFLOW, "name": "pindah", "title": "Surat Keterangan Pindah", "prefix": "SKP"}
PUBLIC = {
    "public": {"show": True, "summary": "Tempat tinggal sekarang.", "requirements": ["Foto KTP"]},
    "form": "1FAIpQLSabcdefghij",
    "promised_days": 3,
}


class SiteWorld(World):
    """A counter whose messages lead to the pages."""

    def counter(self) -> Counter:
        templates = [ROOT / "templates"]
        messages = SiteMessages(templates, site=SITE, ledger=self.ledger, clock=lambda: self.now)
        return replace(super().counter(), messages=messages)


@dataclass
class Office:
    world: SiteWorld
    limits: Limits = field(default_factory=Limits)
    ticks: float = 0.0

    def showing(self) -> Showing:
        workflows = [Workflow.model_validate(one) for one in (self.world.workflow, OTHER)]
        pages = Pages(SETTINGS, services_of(workflows), Place())
        questions = nik_questions(workflows)
        titles = {one.name: one.title for one in workflows}
        days = {one.name: one.promised_days or 0 for one in workflows}
        return Showing(pages, pages.shelf(), questions, titles, days)

    def app(self, **other: Any) -> GuardedApp:
        showing = self.showing()
        values: dict[str, Any] = {
            "ledger": self.world.ledger,
            "data": self.world.data,
            "showing": lambda: showing,
            "clock": lambda: self.world.now,
            "key": b"k" * 32,
            "mails": True,
            "limits": self.limits,
            "ticks": lambda: self.ticks,
            **other,
        }
        bounds = Bounds(["127.0.0.1", "layanan.contoh.go.id"], Proxies.of([PROXY]))
        return citizens_app(House(**values), bounds)

    def delivered(self, answers: dict[str, str] = CITRA) -> str:
        """The reference of an application whose letter went out."""
        row = self.world.applies(answers)
        self.world.cycle()
        self.world.decides(row, "Setujui")
        self.world.cycle(2)
        return self.world.application(row).reference

    def link_mailed(self) -> str:
        """The path of the last one-time link that a mail brought."""
        mails = [m.text for intent, m in self.world.email.arrived if intent.kind.value == "link"]
        found = re.search(rf"{SITE}(/surat/\S+)", mails[-1])
        assert found, mails[-1]
        return found[1]


def office_at(data: Path, ledger: Ledger) -> Office:
    world = SiteWorld(ledger, data, workflow={**WORKFLOW, **PUBLIC}, settings=SETTINGS)
    return Office(world)
