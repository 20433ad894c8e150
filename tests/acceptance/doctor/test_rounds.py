"""What `doctor` reads in the ledger of an office that has worked: rounds, copies, the day's mail."""

from datetime import timedelta

from sync.cli.doctor.finding import Level
from tests.acceptance.conftest import Office, loket
from tests.acceptance.doctor.conftest import diagnose, fails, sets
from tests.unit.cli.remedies import shown

DAY = timedelta(days=1)


def test_nobody_has_gone_round_lately(office: Office) -> None:
    """Not yet; a minute ago; and some hours ago: the PC slept, or the window was closed."""
    steps = shown(diagnose(office, "putaran domisili")["loket-tidak-berjalan"])
    assert "python loket.py service install" in steps
    office.run_once()
    assert diagnose(office, "putaran domisili") == {}
    found = diagnose(office, "putaran domisili", later=timedelta(hours=3))
    assert "3 jam lalu" in found["loket-tidak-berjalan"].found


def test_the_last_copy_grows_old(office: Office) -> None:
    """Made by the first round; two days later somebody should know."""
    office.run_once()
    assert "cadangan-lama" not in diagnose(office, "cadangan", "cadangan-drive", later=DAY)
    found = diagnose(office, "cadangan", later=3 * DAY)["cadangan-lama"]
    assert found.level is Level.WARNING
    assert "python loket.py backup" in shown(found)
    assert "cadangan-lama" in diagnose(office, "cadangan-drive", later=3 * DAY)


def test_a_round_that_failed(office: Office) -> None:
    """With what stopped it."""
    office.run_once()
    fails(office, "sheets.spreadsheets.*", "403")
    assert loket("--root", str(office.folder), "run", "--once").returncode == 1
    found = diagnose(office, "putaran domisili")["putaran-bermasalah"]
    assert "melanjutkan sendiri" in shown(found)


def test_the_day_s_mail(office: Office) -> None:
    """As the tab "Loket" warns: from four fifths on, and when nothing is left."""
    for number in range(4):
        office.applies(f"Pemohon{number} Uji", "123")
    office.run_once()
    assert diagnose(office, "kuota") == {}
    sets(office, "mail:\n", "mail:\n  per_day: 5\n")
    found = diagnose(office, "kuota")["kuota-email-hampir-habis"]
    assert "besok" in shown(found)
    sets(office, "per_day: 5", "per_day: 4")
    assert "mail.per_day" in shown(diagnose(office, "kuota")["kuota-email-habis"])
