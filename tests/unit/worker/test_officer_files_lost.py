"""The ledger is lost, and with it what was sent: an officer's file stays one."""

import pytest

from sync.core.outcomes import TryAgain
from sync.core.states import State
from tests.unit.worker.conftest import DONI
from tests.unit.worker.officer_world import KK_ID, Office
from tests.unit.worker.test_officer_files import office  # noqa: F401
from tests.unit.worker.test_recovering import dies, repaired, serials


@pytest.mark.parametrize("deliver", [["email"], ["drive"], ["email", "drive"]])
def test_an_officers_file_takes_no_number_when_the_ledger_is_lost(
    office: Office,  # noqa: F811
    deliver: list[str],
) -> None:
    office.workflow["deliver"] = deliver
    row = office.arrives()
    office.names(row, KK_ID)
    if deliver == ["email", "drive"]:
        office.drive.failures = [TryAgain("sibuk. Dicoba lagi.")] * 9
    office.cycle(times=2)
    dies(office)
    office.drive.failures = []
    repaired(office)
    office.cycle(times=2)
    application = office.application(row)
    assert application.letter_number == ""
    assert serials(office) == []
    assert "Surat nomor  " not in row.system["note"]
    other = office.arrives(DONI)
    office.decides(other, "Setujui")
    office.cycle(times=2)
    assert office.application(other).letter_number == "470/0001/DKPS/2026"
    office.clears(row)
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle(times=2)
    assert office.application(row).state is State.DELIVERED, row.system
    assert office.press.printed == 1
