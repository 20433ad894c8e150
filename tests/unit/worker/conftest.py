"""A counter with a sheet, channels and a press in memory, and a real ledger in a temporary folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.core.application import Application
from sync.core.settings import Settings
from sync.core.survey import Reach
from sync.core.workflow.model import Workflow
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport, run_cycle
from tests.fakes.channel import FakeChannel
from tests.fakes.desk import FakeDesk, SheetRow
from tests.fakes.press import FakePress

WORKFLOW: dict[str, Any] = {
    "name": "domisili",
    "title": "Surat Keterangan Domisili",
    "prefix": "SKD",
    "sheet": "sheet-id",
    "tab": "Form Responses 1",
    "applicant": {
        "name": "Nama Lengkap",
        "email": "Alamat Email",
        "reference": "Nomor Permohonan",
    },
    "fields": {
        "nik": {"question": "NIK", "type": "nik"},
        "alamat": {"question": "Alamat", "type": "text"},
    },
    "duplicates": {"same": ["nik"], "within_days": 30, "then": "warn"},
    "letter": {"template": "letters/x.html", "number": "470/{{ serial|pad(4) }}/DKPS/{{ tahun }}"},
    "deliver": ["email", "drive"],
}

CITRA = {
    "Nama Lengkap": "Citra Lestari",
    "Alamat Email": "citra@example.org",
    "NIK": "6402014101900001",
    "Alamat": "Jl. Mawar 1",
}
DONI = {
    "Nama Lengkap": "Doni Pratama",
    "Alamat Email": "doni@example.org",
    "NIK": "6402010101900002",
    "Alamat": "Jl. Melati 2",
}


class PlainMessages:
    """Implements what the worker asks of delivery.messages.Messages."""

    def compose(
        self, kind: Any, context: dict[str, Any], *, template: str | None = None
    ) -> tuple[str, str, str]:
        text = f"{kind} {context['referensi']} {context['masalah']} {context['catatan']}"
        return f"{kind}", text, text


@dataclass
class World:
    """What a test says and looks at, in the words of the counter."""

    ledger: Ledger
    data: Path
    workflow: dict[str, Any] = field(default_factory=lambda: dict(WORKFLOW))
    settings: Settings = field(default_factory=Settings)
    desk: FakeDesk = field(default_factory=FakeDesk)
    email: FakeChannel = field(default_factory=lambda: FakeChannel("email"))
    drive: FakeChannel = field(default_factory=lambda: FakeChannel("drive", repeatable=True))
    press: FakePress = field(default_factory=FakePress)
    now: datetime = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    reach: Reach = field(default_factory=Reach)
    _count: int = 0

    def applies(self, answers: dict[str, str], **other: str) -> SheetRow:
        self._count += 1
        row = SheetRow(
            answers["Nama Lengkap"],
            {"Nomor Permohonan": "", **answers, **other},
            f"46350.{self._count}",
        )
        self.desk.rows.append(row)
        self.desk.changes += 1
        return row

    def edits(self, row: SheetRow, **answers: str) -> None:
        row.answers |= answers
        row.submitted += "1"
        self.desk.changes += 1

    def decides(self, row: SheetRow, decision: str, note: str = "") -> None:
        row.officer = {"decision": decision, "officer_note": note}
        self.desk.changes += 1

    def counter(self) -> Counter:
        """A worker that was just started: nothing but the ledger, the data folder and the world outside lasts."""
        workflow = Workflow.model_validate(self.workflow)
        channels = {"email": self.email}
        if "drive" in workflow.deliver:  # as cli/wiring.py makes them
            channels["drive"] = self.drive
        return Counter(
            workflow=workflow,
            settings=self.settings,
            ledger=self.ledger,
            desk=self.desk,
            press=self.press,  # type: ignore[arg-type]
            channels=channels,
            messages=PlainMessages(),  # type: ignore[arg-type]
            data=self.data,
            clock=lambda: self.now,
            reach=self.reach,
        )

    def cycle(self, times: int = 1) -> CycleReport:
        counter = self.counter()
        for _ in range(times):
            self.now += timedelta(minutes=1)
            report = run_cycle(counter)
        return report

    def application(self, row: SheetRow) -> Application:
        with self.ledger.reading() as look:
            found = look.applications.find(row.system["reference"])
        assert found is not None
        return found


SHORT_AND_LONG = pytest.mark.parametrize(
    "world", [Reach(), Reach(whole_rows=0)], ids=["short sheet", "long sheet"], indirect=True
)
"""For tests of what holds however much of a sheet is read."""


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield World(ledger, tmp_path, reach=getattr(request, "param", Reach()))
    ledger.close()
