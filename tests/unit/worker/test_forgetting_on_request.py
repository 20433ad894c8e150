"""What a person asks to have forgotten is ended and erased at once, and the row says so."""

from datetime import timedelta

import pytest

from sync.core.mendable import Mendable
from sync.core.officer_file import DriveLink
from sync.core.outcomes import TryAgain
from sync.core.states import State
from sync.worker.cycle import run_cycle
from sync.worker.retention import forget
from tests.fakes import foreign_pdfs
from tests.unit.worker.conftest import CITRA
from tests.unit.worker.retention_world import (
    REQUEST,
    Office,
    bytes_of,
    office_of_a_year,  # noqa: F401 - a fixture
)


@pytest.mark.parametrize(
    ("decision", "state", "label"),
    [
        ("", State.CANCELLED, "Dibatalkan"),
        ("Tolak", State.REJECTED, "Ditolak"),
        ("Minta perbaikan", State.CANCELLED, "Dibatalkan"),
        ("Setujui", State.DELIVERED, "Selesai"),
    ],
)
def test_forgetting_on_request_ends_and_erases_at_once(
    office: Office, decision: str, state: State, label: str
) -> None:
    """The row says so in the next cycle, and the letter in Drive is taken back."""
    row = office.applies(CITRA)
    office.cycle()
    if decision:
        office.decides(row, decision, "Alamat kurang.")
    office.cycle(2)
    [application] = office.all()
    forget(office.ledger, office.data, application.id, office.now)
    assert office.leftovers.clear() == ""
    [application] = office.all()
    assert (application.state, application.answers, application.email) == (state, {}, "")
    assert len(office.shared.taken_back) == (decision == "Setujui")
    assert CITRA["Alamat"].encode() not in bytes_of(office.data)
    sent = len(office.email.arrived)
    office.cycle(2)
    assert (row.system["status"], row.system["note"]) == (label, REQUEST)
    assert len(office.email.arrived) == sent
    assert len(office.all()) == 1
    assert office.cycle().at_rest


def test_nothing_is_forgotten_while_the_letter_is_on_its_way(office: Office) -> None:
    """Refused with words, and nothing was erased."""
    office.email.failures = [TryAgain("Server email sedang sibuk.")] * 3
    office.approved()
    [application] = office.all()
    assert application.state is State.DELIVERING
    with pytest.raises(Mendable, match="sedang dikirim"):
        forget(office.ledger, office.data, application.id, office.now)
    assert office.all()[0].answers
    assert office.left() == []


def test_what_was_still_to_be_told_is_told_no_more(office: Office) -> None:
    """The address is gone with the rest."""
    row = office.applies(CITRA)
    office.cycle()
    office.email.failures = [TryAgain("Server email sedang sibuk.")]
    office.decides(row, "Tolak", "Alamat di luar wilayah.")
    office.cycle()
    forget(office.ledger, office.data, office.all()[0].id, office.now)
    office.now += timedelta(hours=2)
    office.cycle(2)
    assert office.email.arrived == []
    assert row.system["note"] == REQUEST


def test_a_letter_kept_in_drive_is_taken_back_when_the_person_asks(office: Office) -> None:
    """Also after its term: then only that is left to do."""
    office.approved()
    office.a_year_later()
    assert office.shared.taken_back == []
    forget(office.ledger, office.data, office.all()[0].id, office.now)
    office.leftovers.clear()
    assert len(office.shared.taken_back) == 1
    with office.ledger.reading() as look:
        told = look.applications.events(office.all()[0].id)
    assert [one.detail["cause"] for one in told if one.kind == "erased"] == ["term", "request"]


def test_what_export_wrote_is_forgotten_too(office: Office) -> None:
    office.approved()
    [application] = office.all()
    exports = office.data / "ekspor"
    exports.mkdir()
    for name in (f"{application.reference}.json", f"{application.reference}.pdf", "lain.json"):
        (exports / name).write_bytes(b"x")
    forget(office.ledger, office.data, application.id, office.now)
    office.leftovers.clear()
    assert [file.name for file in exports.iterdir()] == ["lain.json"]


def test_a_decision_in_the_very_moment_brings_nothing_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer's file was just fetched when the person's data were erased: it does not stay on the disk."""
    row = office.applies(CITRA)
    office.cycle(2)
    office.decides(row, "Setujui")
    row.officer["officer_file"] = (
        "https://drive.google.com/file/d/1KK-Citra-dari-SIAK-dengan-TTE/view"
    )
    counter = office.counter()

    def fetch(_link: DriveLink) -> bytes:
        forget(office.ledger, office.data, office.all()[0].id, office.now)
        fetched.append(pdf := foreign_pdfs.unsigned())
        return pdf

    fetched: list[bytes] = []
    counter.fetch_file = fetch
    run_cycle(counter)
    assert fetched
    [application] = office.all()
    assert (application.state, application.note) == (State.CANCELLED, REQUEST)
    assert bytes_of(office.data / "letters") == b""
