"""The office's PC in trouble: its disk full, read-only or damaged. A clear message, and nothing is lost.

The disk is a real one: a small file system of its own, mounted where the ledger, the letters or the log lie.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import CITRA, EKA, end, wait_until
from tests.acceptance.test_kill_anywhere import comes_to_rest, three_applications
from tests.acceptance.test_never_silent import set_worker
from tests.conftest import missing_service

SIZE_BYTES = 3_000_000


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, timeout=20, check=False)
    if done.returncode:
        missing_service(f"nothing can be mounted here: {done.stderr.decode().strip()}")


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    if sys.platform != "linux" or os.geteuid() != 0:
        missing_service("mounting a disk needs Linux and root")
    mount(*arguments, str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], timeout=20, check=True)


class SmallDisk:
    """A disk of a few megabytes at a folder, with what was there before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "film liburan.mp4"

    def fill(self, *, left_bytes: int = 0) -> None:
        with self._filler.open("wb", buffering=0) as file:
            block = bytes(4096)
            while True:
                try:
                    file.write(block)
                except OSError:
                    break
            file.truncate(max(0, file.tell() - left_bytes))

    def free(self) -> None:
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    before = folder.with_name(f"{folder.name} before")
    if folder.exists():
        shutil.copytree(folder, before)
    folder.mkdir(parents=True, exist_ok=True)
    with mounted(folder, "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs"):
        if before.exists():
            shutil.copytree(before, folder, dirs_exist_ok=True)
        yield SmallDisk(folder)


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """A folder or a file that takes nothing, not even from the machine's administrator."""
    with mounted(path, "--bind", str(path)):
        mount("-o", "remount,bind,ro", str(path))
        yield


def tells(office: Office, name: str, *verbs: list[str]) -> None:
    """Each verb ends with 1 and says this; nobody reads a traceback."""
    for verb in verbs:
        done = loket("--root", str(office.folder), *verb)
        assert done.returncode == 1, (verb, done.stdout, done.stderr)
        assert name in done.stderr, (verb, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr
        assert CITRA[1] not in done.stdout + done.stderr


def all_went_well(office: Office, applicants: list[str], *, uncertain: int = 0) -> None:
    comes_to_rest(office)
    findings = audit(office, applicants)
    assert findings.clean, findings
    assert findings.uncertain <= uncertain
    rows = office.rows()
    ends = {"Selesai", "Perlu dicek"} if uncertain else {"Selesai"}
    assert {rows[CITRA[0]]["Status"], rows[EKA[0]]["Status"]} <= ends


def reference_of(office: Office) -> str:
    return office.rows()[CITRA[0]]["No. Permohonan"]


def test_a_full_disk_under_the_ledger_is_told_and_nothing_is_lost(office: Office) -> None:
    """Somebody saved a film on the office's PC: once it is gone, everything goes on by itself."""
    applicants = three_applications(office)
    before, mails = office.rows(), office.mailbox()
    with small_disk(office.folder / "data") as disk:
        disk.fill()
        done = loket("--root", str(office.folder), "run", "--once")
        assert done.returncode == 1
        assert "disk" in done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        for verb in (["status"], ["show", reference_of(office)]):
            looked = loket("--root", str(office.folder), *verb)
            assert looked.returncode in (0, 1)
            assert "Traceback" not in looked.stdout + looked.stderr
            assert looked.returncode == 0 or "masalah: ledger-" in looked.stderr
        assert (office.rows(), office.mailbox()) == (before, mails)
        disk.free()
        all_went_well(office, applicants)


@pytest.mark.timeout(300)
def test_a_disk_that_fills_up_at_any_moment_leaves_the_world_whole(office: Office) -> None:
    """Each cycle finds a little more room than the one before, and breaks off a little later."""
    applicants = three_applications(office)
    ended = set[int]()
    with small_disk(office.folder / "data") as disk:
        for left in range(0, 400_000, 24_576):
            disk.fill(left_bytes=left)
            done = loket("--root", str(office.folder), "run", "--once")
            assert "Traceback" not in done.stderr, done.stderr
            ended.add(done.returncode)
            disk.free()
        assert ended == {0, 1}
        # An email that had left when its receipt found no room can't be asked after.
        all_went_well(office, applicants, uncertain=2)


def test_a_running_worker_goes_on_by_itself_when_there_is_room_again(office: Office) -> None:
    """Nobody is at the PC to start it again."""
    set_worker(office, interval_s=1)
    for person in (CITRA, EKA):
        office.applies(*person)
    (office.folder / "data").mkdir(exist_ok=True)
    with small_disk(office.folder / "data") as disk:
        worker = office.start()
        try:
            wait_until(lambda: office.rows()[EKA[0]].get("Status") == "Menunggu petugas")
            disk.fill()
            for person in (CITRA, EKA):
                office.types(person[0], "Keputusan", "Setujui")
            told: list[str] = []
            assert worker.stderr is not None
            while not any("ruang penyimpanan habis" in line for line in told):
                line = worker.stderr.readline()
                assert line, told
                told.append(line)
            assert not any("Traceback" in line for line in told)
            disk.free()
            wait_until(lambda: office.rows()[CITRA[0]]["Status"] == "Selesai")
            os.kill(worker.pid, signal.SIGTERM)
            worker.communicate(timeout=30)
            assert worker.returncode == 0
        finally:
            end(worker)
        all_went_well(office, [CITRA[0], EKA[0]])


def test_a_full_disk_under_the_letters_is_told_in_the_row(office: Office) -> None:
    """The ledger still works, so officers read it where they look; the number is kept."""
    applicants = three_applications(office)
    with small_disk(office.folder / "data" / "letters") as disk:
        disk.fill()
        done = loket("--root", str(office.folder), "run", "--once")
        assert done.returncode == 1
        assert "Surat tidak dapat disimpan" in done.stderr
        rows = [office.rows()[name] for name in (CITRA[0], EKA[0])]
        assert {row["Status"] for row in rows} == {"Disetujui"}
        assert any("Surat belum dapat disimpan" in row["Keterangan"] for row in rows)
        assert office.mailbox() == [one for one in office.mailbox() if not one["attachments"]]
        disk.free()
        all_went_well(office, applicants)


def test_a_full_disk_under_the_log_stops_nothing(office: Office) -> None:
    """The log is for us; the letters are for citizens."""
    applicants = three_applications(office)
    office.applies("Fajar Nugraha", "123")
    set_worker(office, ping_url="https://127.0.0.1:9/")  # nobody answers: a line for the log
    with small_disk(office.folder / "data" / "log") as disk:
        (disk.folder / "loket.log").unlink(missing_ok=True)  # its last page might have room
        disk.fill()
        done = loket("--root", str(office.folder), "run", "--once")
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("Log tidak dapat ditulis") == 1
        assert "Traceback" not in done.stderr
        assert "Logging error" not in done.stderr
        assert office.rows()[CITRA[0]]["Status"] == "Selesai"
        disk.free()
        all_went_well(office, [*applicants, "Fajar Nugraha"])


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("data", "folder-data-tidak-dapat-ditulis"),
        ("data/ledger.sqlite3", "ledger hanya dapat dibaca"),
    ],
)
def test_what_can_only_be_read_is_told_and_nothing_is_lost(
    office: Office, what: str, told: str
) -> None:
    """A virus scanner, a copied folder, a disk in distress: the permission comes back, and all goes on."""
    applicants = three_applications(office)
    before, mails = office.rows(), office.mailbox()
    with read_only(office.folder / what):
        tells(office, told, ["run", "--once"])
        for verb in (["status"], ["show", reference_of(office)]):
            looked = loket("--root", str(office.folder), *verb)
            assert "Traceback" not in looked.stdout + looked.stderr
            assert looked.returncode == 0 or "masalah: ledger-" in looked.stderr
    assert (office.rows(), office.mailbox()) == (before, mails)
    all_went_well(office, applicants)


def in_the_middle(file: Path) -> None:
    """From the second page on: the head still looks like a ledger."""
    content = file.read_bytes()
    noise = random.Random(1).randbytes(len(content) - 8192)
    file.write_bytes(content[:4096] + noise + content[-4096:])


def at_the_head(file: Path) -> None:
    file.write_bytes(b"\x00\xff" * 2048 + file.read_bytes()[4096:])


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damage", [in_the_middle, at_the_head, cut_in_half])
def test_a_damaged_ledger_is_told_and_nothing_is_done_with_it(
    office: Office, damage: Callable[[Path], None]
) -> None:
    """Going on with half a memory would give out numbers twice; with the good copy back, all goes on."""
    applicants = three_applications(office)
    reference, before, mails = reference_of(office), office.rows(), office.mailbox()
    ledger = office.folder / "data" / "ledger.sqlite3"
    copy = ledger.read_bytes()
    damage(ledger)
    damaged = ledger.read_bytes()
    tells(office, "ledger-rusak", ["run", "--once"], ["status"], ["show", reference])
    restore = loket("--root", str(office.folder), "run", "--once").stderr
    assert "loket.py restore" in restore
    assert ledger.read_bytes() == damaged  # evidence, and perhaps the only copy
    assert (office.rows(), office.mailbox()) == (before, mails)
    ledger.write_bytes(copy)
    all_went_well(office, applicants)


def test_one_damaged_page_is_found_before_anything_is_done(office: Office) -> None:
    """Most of the ledger can still be read: nobody would notice until that page is needed."""
    applicants = three_applications(office)
    before, mails = office.rows(), office.mailbox()
    ledger = office.folder / "data" / "ledger.sqlite3"
    copy = ledger.read_bytes()
    used = [page for page in range(4096, len(copy), 4096) if copy[page] in (2, 5, 10, 13)]
    for page in used[1 :: max(1, len(used) // 6)]:
        ledger.write_bytes(copy[:page] + random.Random(page).randbytes(4096) + copy[page + 4096 :])
        tells(office, "ledger-rusak", ["run", "--once"])
    assert (office.rows(), office.mailbox()) == (before, mails)
    ledger.write_bytes(copy)
    all_went_well(office, applicants)


def test_an_empty_ledger_serves_nobody_a_second_time(office: Office) -> None:
    """The file is there and holds nothing: the sheet shows that it is not the one that served it."""
    applicants = three_applications(office)
    before, mails = office.rows(), office.mailbox()
    ledger = office.folder / "data" / "ledger.sqlite3"
    copy = ledger.read_bytes()
    ledger.write_bytes(b"")
    done = loket("--root", str(office.folder), "run", "--once")
    assert done.returncode == 1
    assert "sudah dilayani oleh ledger lain" in done.stderr
    assert (office.rows(), office.mailbox()) == (before, mails)
    ledger.write_bytes(copy)
    all_went_well(office, applicants)


def test_the_disks_of_these_tests_are_what_they_are_said_to_be(tmp_path: Path) -> None:
    """Else the promises above would be kept by a disk that is not full."""
    folder = tmp_path / "kecil"
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder))
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            (folder / "surat.pdf").write_bytes(b"x" * 8192)
        disk.free()
        (folder / "surat.pdf").write_bytes(b"x" * 8192)
        stack.enter_context(read_only(folder / "surat.pdf"))
        with pytest.raises(OSError, match="Read-only"):
            (folder / "surat.pdf").write_bytes(b"y")
