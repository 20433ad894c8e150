"""Where letters would be stored: every wrong place is provoked, and its remedy shown."""

import pytest

from sync.cli.doctor.finding import Finding, Level
from tests.acceptance.conftest import Office
from tests.acceptance.doctor.conftest import (
    as_the_officer,
    diagnose,
    drives,
    fails,
    sets,
    shares,
    worker,
)
from tests.unit.cli.remedies import shown


def folder(office: Office) -> str:
    made = drives(office, "POST", "", name="Surat", mimeType="application/vnd.google-apps.folder")
    return str(made["id"])


def stores(office: Office, place: str) -> dict[str, Finding]:
    """With `place` as google.folder."""
    file = office.folder / "settings.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines = [f"  folder: '{place}'" if "folder:" in line else line for line in lines]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return diagnose(office, "drive")


def test_every_wrong_place(office: Office) -> None:
    """Nowhere, unknown, for looking only, in My Drive, in the trash, no folder; the shared drive is well."""
    assert diagnose(office, "drive") == {}
    steps = shown(stores(office, "")["penyimpanan-akun-layanan"])
    assert f"tambahkan {worker(office)}" in steps
    place = folder(office)
    found = stores(office, place)["folder-tidak-ditemukan"]
    assert f"masukkan {worker(office)}" in shown(found)
    shares(office, place, "reader")
    assert "“Surat”" in shown(stores(office, place)["folder-hanya-dapat-dilihat"])
    shares(office, place, "writer")
    assert list(stores(office, place)) == ["penyimpanan-akun-layanan"]
    drives(office, "PATCH", place, trashed=True)
    assert "Pulihkan" in shown(stores(office, place)["folder-di-sampah"])
    found = stores(office, office.form["spreadsheetId"])["folder-bukan-folder"]
    assert "google.folder" in shown(found)


@pytest.mark.parametrize(
    ("used", "name", "level", "words"),
    [
        (14_000_000_000, "drive-hampir-penuh", Level.WARNING, "kosongkan Sampah"),
        (14_950_000_000, "drive-penuh", Level.PROBLEM, "retry --failed"),
    ],
)
def test_the_office_s_own_drive_fills(
    office: Office, used: int, name: str, level: Level, words: str
) -> None:
    """A tenth left is a warning; no room for letters is a problem."""
    as_the_officer(office)
    sets(office, "folder: ", "folder: ''  # ")
    room = {"limit": "15000000000", "usage": str(used)}
    fails(office, "drive.about.get", "tell", tell={"storageQuota": room})
    found = diagnose(office, "drive")
    assert list(found) == [name]
    assert found[name].level is level
    assert words in shown(found[name])


def test_no_copy_in_drive_yet(office: Office) -> None:
    """A ledger is there, and no copy of it."""
    office.run_once()
    assert "cadangan-belum-ada" not in diagnose(office, "cadangan-drive")
    place = folder(office)
    shares(office, place, "writer")
    stores(office, place)
    found = diagnose(office, "cadangan-drive")["cadangan-belum-ada"]
    assert "python loket.py backup" in shown(found)
