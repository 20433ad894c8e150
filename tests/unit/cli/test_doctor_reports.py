"""`doctor` on what the office itself is mailed: an office without reports and reminders sees no line of them."""

from pathlib import Path

from sync.cli.doctor.case import Case
from sync.cli.doctor.table import checks_of
from sync.cli.root import Root
from tests.unit.cli.conftest import NOW, SETTINGS, Diagnose
from tests.unit.cli.remedies import shown

REMINDS = "dashboard:\n  reminder_to: [kepala@dukcapil.example]\n"


def names(folder: Path) -> set[str]:
    with Case(Root(folder), NOW) as case:
        return {check.name for check in checks_of(case)} & {"laporan", "pengingat"}


def test_only_what_the_office_uses_is_looked_at(folder: Path) -> None:
    """The report's spreadsheet where it has one; the reminder where somebody is reminded."""
    settings = folder / "settings.yaml"
    assert names(folder) == set()
    settings.write_text(SETTINGS + "report:\n  to: [a@dukcapil.example]\n", encoding="utf-8")
    assert names(folder) == set()
    settings.write_text(SETTINGS + "report:\n  stock_tab: true\n" + REMINDS, encoding="utf-8")
    assert names(folder) == {"laporan", "pengingat"}


def test_a_reminder_without_a_promise_would_never_come(folder: Path, diagnose: Diagnose) -> None:
    """One service that promises is enough."""
    (folder / "settings.yaml").write_text(SETTINGS + REMINDS, encoding="utf-8")
    assert "promised_days" in shown(diagnose("pengingat")["pengingat-tanpa-janji"])
    with (folder / "workflows" / "domisili.yaml").open("a", encoding="utf-8") as file:
        file.write("promised_days: 3\n")
    assert diagnose("pengingat") == {}
