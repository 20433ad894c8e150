"""The assistant's parts that need no program around them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sync.core.mendable import Mendable
from sync.web.assistant import step_mail
from sync.web.assistant.lent import Running, Said
from sync.web.assistant.links import folder_id, wrong_form, wrong_sheet
from sync.web.assistant.place import Place, Progress
from sync.web.assistant.step import SEEN, Desk, Wrong, ensure_unchanged
from sync.web.assistant.step_start import StartStep
from sync.web.local.files import digest_of, write_whole

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, ROOT)


def test_progress_is_what_was_kept(place: Place) -> None:
    kept = Progress(["kantor"], "oauth", {"id": "x", "tab": "Y"}, "domisili", "a@b.example")
    place.keep_progress(kept)
    assert place.progress() == kept


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"done": 3}', '{"done": [], "way": 1}', "\udcff"]
)
def test_progress_that_cannot_be_read_is_begun_anew(place: Place, text: str) -> None:
    """Nothing of it is needed: what was set up is in the office's own files."""
    place.data.mkdir()
    (place.data / "assistant.json").write_bytes(text.encode(errors="surrogateescape"))
    assert place.progress() == Progress()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_missing_section_of_settings_comes_with_its_comments(place: Place, ends: str) -> None:
    """Line ends, and every byte that was there, stay."""
    mine = f"# kami{ends}google: {{attempts: 3}}  # lekas{ends}"
    (place.folder / "settings.yaml").write_bytes(mine.encode())
    place.change_settings({"office.city": "Berau", "mail.port": "587"})
    made = (place.folder / "settings.yaml").read_bytes().decode()
    assert made.startswith(mine)
    assert made.count("\n") == made.count(ends)
    assert "# kota di atas tanda tangan" in made
    settings = place.settings()
    assert (settings.office.city, settings.mail.port, settings.google.attempts) == ("Berau", 587, 3)


def test_settings_that_would_be_wrong_are_not_written(place: Place) -> None:
    with pytest.raises(Exception, match="timezone"):
        place.change_settings({"office.timezone": "Bulan"})
    assert not (place.folder / "settings.yaml").exists()


def test_a_secret_is_closed_to_others_from_the_first_byte(tmp_path: Path) -> None:
    """Also in place of a file that was open; a link that was laid there is not followed."""
    if os.name != "posix":
        pytest.skip("modes are POSIX's")
    file = tmp_path / "keys" / "rahasia.txt"
    write_whole(file, b"satu", private=True)
    file.chmod(0o644)
    elsewhere = tmp_path / "lain"
    file.with_name("rahasia.txt.part").symlink_to(elsewhere)
    write_whole(file, b"dua", private=True)
    assert file.read_bytes() == b"dua"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert not elsewhere.exists()


def test_no_secret_is_kept_where_a_program_copies_it_to_a_cloud(tmp_path: Path) -> None:
    """Told with where to put the folder instead."""
    place = Place(tmp_path / "OneDrive" / "Loket", ROOT)
    with pytest.raises(Mendable, match="OneDrive"):
        place.keep_secret("kunci.json", "rahasia")
    assert not place.folder.exists()


def test_only_what_somebody_else_changed_is_told() -> None:
    """The same values saved twice are nobody's conflict."""
    shown = {"kota": "A", "telepon": "1"}
    form = {**shown, "kota": "B", SEEN: digest_of(shown)}
    ensure_unchanged(form, shown)
    ensure_unchanged(form, {"kota": "B", "telepon": "1"})
    with pytest.raises(Wrong) as told:
        ensure_unchanged(form, {"kota": "C", "telepon": "1"})
    assert told.value.theirs == {"kota": "C"}
    with pytest.raises(Wrong):
        ensure_unchanged({**shown}, shown | {"kota": "B"})


@pytest.mark.parametrize(
    "link",
    [
        "https://docs.google.com/spreadsheets/d/1abcdefghijklmnop/edit#gid=0",
        " https://docs.google.com/spreadsheets/u/1/d/1abcdefghijklmnop/edit?usp=sharing ",
        "1abcdefghijklmnop",
    ],
)
def test_links_as_people_copy_them_are_understood(link: str) -> None:
    assert wrong_sheet(link) == ""


def test_each_wrong_link_has_words_of_its_own() -> None:
    wrong = [
        "",
        "halo",
        "https://forms.gle/abc",
        "https://drive.google.com/drive/folders/1abcdefghijklmnop",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1abcdefgh/pubhtml",
        "https://docs.google.com/document/d/1abcdefghijklmnop/edit",
    ]
    told = [wrong_sheet(link) for link in wrong]
    assert all(told)
    assert len(set(told)) == len(told)
    assert wrong_form("") == ""
    assert wrong_form("https://docs.google.com/forms/d/1abcdefghijklmnop/edit") == ""
    assert "/edit" in wrong_form("https://docs.google.com/forms/d/e/1FAIpQLSabcdefgh/viewform")


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://drive.google.com/drive/folders/0ABCdefghijkl", "0ABCdefghijkl"),
        ("https://drive.google.com/drive/u/0/folders/0ABCdefghijkl?x=1", "0ABCdefghijkl"),
        ("0ABCdefghijkl", "0ABCdefghijkl"),
        ("", ""),
        ("https://drive.google.com/file/d/0ABCdefghijkl/view", None),
    ],
)
def test_a_folder_by_its_link(link: str, found: str | None) -> None:
    assert folder_id(link) == found


class Machine:
    """Lends what a step asks for, and notes it. `install` is what the verb answers."""

    def __init__(self, install: Said) -> None:
        self.install = install
        self.running = 7
        self.asked: list[str] = []

    def has_verb(self, name: str) -> bool:
        return name == "service"

    def verb(self, *arguments: str) -> Said:
        self.asked.append(" ".join(arguments))
        return self.install

    def worker(self) -> Running:
        return Running(self.running)

    def start_worker(self) -> None:
        self.asked.append("start")

    def stop_worker(self) -> None:
        self.asked.append("stop")


def start_step(place: Place, machine: Any) -> StartStep:
    return StartStep(Desk(place, machine, "http://127.0.0.1:1"))


def test_the_worker_gives_way_to_the_service(place: Place) -> None:
    """Two would not run beside each other."""
    machine = Machine(Said(0, ""))
    assert start_step(place, machine).take({"aksi": "pasang"}) == "/mulai"
    assert machine.asked == ["stop", "service install"]


def test_a_service_that_cannot_be_installed_leaves_the_worker_running(place: Place) -> None:
    """And the verb's own words are told."""
    machine = Machine(Said(1, "masalah: systemd tidak berjalan di sini"))
    with pytest.raises(Wrong, match="systemd tidak berjalan"):
        start_step(place, machine).take({"aksi": "pasang"})
    assert machine.asked == ["stop", "service install", "start"]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"problems": [], "installed": False}, ["stop", "start"]),
        ({"problems": [], "installed": True}, ["service install"]),
        ({"problems": [], "installed": True, "system": True}, ["service install --system"]),
    ],
)
def test_beginning_anew_is_the_service_s_where_it_is_installed(
    place: Place, answers: dict[str, Any], asked: list[str]
) -> None:
    """Its install starts the worker again; a second worker beside it would be refused."""
    machine = Machine(Said(0, json.dumps(answers)))
    assert start_step(place, machine).take({"aksi": "ulang"}) == "/mulai"
    seen = [one for one in machine.asked if one not in ("check --json", "service status --json")]
    assert seen == asked


def test_what_check_refuses_does_not_stop_the_worker_that_runs(place: Place) -> None:
    problem = {
        "name": "x",
        "where": "workflows/a.yaml:3",
        "found": "keliru",
        "allowed": "",
        "run": "",
    }
    machine = Machine(Said(1, json.dumps({"problems": [problem]})))
    with pytest.raises(Mendable, match="keliru"):
        start_step(place, machine).take({"aksi": "ulang"})
    assert machine.asked == ["check --json"]


def test_a_change_after_the_worker_began_is_seen(place: Place) -> None:
    """Of settings and services; an office without either has changed nothing."""
    began = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert not place.changed_after(began)
    for file in (place.folder / "settings.yaml", place.workflow_file("domisili")):
        file.parent.mkdir(exist_ok=True)
        file.write_text("", encoding="utf-8")
        os.utime(file, (began.timestamp() - 1,) * 2)
        assert not place.changed_after(began)
        os.utime(file, (began.timestamp() + 1,) * 2)
        assert place.changed_after(began)
        file.unlink()


def test_settings_chosen_as_they_are_are_not_written_again(place: Place) -> None:
    """Nobody is told of a change where there was none."""
    place.change_settings({"office.city": "Berau"})
    file = place.folder / "settings.yaml"
    os.utime(file, (1, 1))
    place.change_settings({"office.city": "Berau"})
    assert file.stat().st_mtime == 1


def test_what_hinders_gmail_is_told_apart_and_what_passes_is_not_called_so() -> None:
    troubles = ("failedPrecondition", "token delegation", "token revoked", "SERVICE_DISABLED")
    told = [step_mail._gmail_trouble(trouble) for trouble in troubles]
    assert len({found for found, _ in told}) == len(troubles)
    assert all(remedy for _, remedy in told)
    for passing in ("busy", "quota", "network dns"):
        assert step_mail._gmail_trouble(passing) == ("", "")
