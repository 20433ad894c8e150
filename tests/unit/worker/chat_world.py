"""A counter that tells by WhatsApp and SMS, both in memory: what a test of it says and looks at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.core.chat import Arrival, Report
from sync.delivery.messages import Messages
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.chat_links import ChatLinks
from sync.worker.counter import Counter
from tests.fakes.channel import FakeChannel
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA as CITRA_BY_MAIL
from tests.unit.worker.conftest import DONI as DONI_BY_MAIL
from tests.unit.worker.conftest import WORKFLOW, World

TEMPLATES = Path(__file__).parents[3] / "templates"
NUMBER = "+6281234567890"
CITRA = {**CITRA_BY_MAIL, "WA": "0812-3456-7890"}
DONI = {**DONI_BY_MAIL, "WA": "0812-3456-7891"}


class ChatWorld(World):
    """With a phone question, WhatsApp and SMS, and the messages that Loket comes with."""

    whatsapp: FakeChannel
    sms: FakeChannel
    links = False

    def counter(self) -> Counter:
        counter = super().counter()
        counter.channels = {
            **counter.channels,
            **{
                name: channel
                for name, channel in (("whatsapp", self.whatsapp), ("sms", self.sms))
                if name in counter.workflow.deliver
            },
        }
        counter.messages = messages = Messages([TEMPLATES])
        if self.links:
            office = self.settings.office.model_dump()
            links = ChatLinks(messages, counter.workflow.title, office, counter.mending_link)
            counter.chat_link = links.of
        return counter

    def with_settings(self, **sections: object) -> None:
        self.settings = self.settings.model_copy(update=sections)

    def reported(self, row: SheetRow, arrival: Arrival, kind: str = "ready", why: str = "") -> None:
        """The webhook told so."""
        key = f"whatsapp:{row.system['reference']}:{kind}:1"
        with self.ledger.begin() as tx:
            tx.chat.report(Report("whatsapp", key, arrival, self.now, why))


@pytest.fixture(name="world")
def world_with_chat(tmp_path: Path) -> Iterator[ChatWorld]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    world = ChatWorld(ledger, tmp_path)
    world.whatsapp, world.sms = FakeChannel("whatsapp"), FakeChannel("sms")
    applicant = {**WORKFLOW["applicant"], "phone": "WA"}
    world.workflow |= {"applicant": applicant, "deliver": ["email", "whatsapp"]}
    yield world
    ledger.close()


def approved(world: ChatWorld, answers: dict[str, str] = CITRA) -> SheetRow:
    row = world.applies(answers)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    return row


def told(channel: FakeChannel) -> list[tuple[str, str]]:
    return [(intent.address, intent.kind.value) for intent, _ in channel.arrived]
