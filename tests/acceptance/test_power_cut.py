"""The power fails at the worst moment: what was not synced is gone, or torn, and still nothing is lost or twice.

The real worker runs with a recorder of its disk calls, dies at a named step, and its data folder is replaced by one of
the remains that a disk may hold then. SQLite's and the letters' durability are tried together, with the real settings.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.conftest import ROOT, Office
from tests.acceptance.power.disk import Disk
from tests.acceptance.test_counter import CITRA, EKA
from tests.acceptance.test_kill_anywhere import (
    BY_EMAIL,
    COMMIT,
    KILLER,
    SIDE_EFFECTS,
    comes_to_rest,
    three_applications,
)
from tests.conftest import missing_service

RECORDER = Path(__file__).parent / "power" / "recorder.c"


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorder, compiled."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux"):
        pytest.skip("the recorder is for Linux")
    if compiler is None:
        missing_service("no C compiler is installed (Debian: gcc, libc6-dev)")
    library = tmp_path_factory.mktemp("power") / "recorder.so"
    command = [compiler, "-shared", "-fPIC", "-O1", str(RECORDER), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return library


def power_fails(
    office: Office, recorder: Path, step: str, when: str, number: int, seed: int | None
) -> int:
    """One cycle that ends at the step, and the disk as it may be then. Returns how many disk calls there were."""
    data = office.folder / "data"
    before, log = office.folder / "data before", office.folder / "disk.log"
    log.unlink(missing_ok=True)
    shutil.copytree(data, before)
    killer = [sys.executable, str(KILLER), step, when, str(number), "--"]
    done = subprocess.run(
        [*killer, "--root", str(office.folder), "run", "--once"],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LD_PRELOAD": str(recorder),
            "POWER_ROOT": str(data),
            "POWER_LOG": str(log),
        },
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    shutil.rmtree(data)
    moved = before.rename(data)  # the recorder's paths are those of `data`
    disk = Disk.read(log, moved)
    after = office.folder / "data after"
    after.mkdir()
    disk.left_behind(data, after, seed)
    shutil.rmtree(data)
    after.rename(data)
    return disk.calls


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(None, id="only what was synced"),
        pytest.param(1, id="torn", marks=pytest.mark.thorough),
    ],
)
@pytest.mark.parametrize("effect", SIDE_EFFECTS)
def test_a_power_cut_after_a_side_effect_leaves_the_world_whole(
    office: Office, recorder: Path, effect: str, seed: int | None
) -> None:
    """Whatever had left this machine is known of afterwards: no second letter, no second number."""
    applicants = three_applications(office)
    calls = power_fails(office, recorder, SIDE_EFFECTS[effect], "after", 1, seed)
    assert calls > 20
    comes_to_rest(office)
    findings = audit(office, applicants)
    assert findings.clean, findings
    rows = office.rows()
    by_email = effect in BY_EMAIL
    assert findings.uncertain == (1 if by_email else 0)
    ends = {"Selesai", "Perlu dicek"} if by_email else {"Selesai"}
    assert {rows[CITRA[0]]["Status"], rows[EKA[0]]["Status"]} <= ends


@pytest.mark.timeout(300)
def test_a_power_cut_after_any_commit_keeps_the_ledger_whole(
    office: Office, recorder: Path
) -> None:
    """SQLite's own check finds nothing, and every application goes on from where the last commit left it."""
    applicants = three_applications(office)
    for number in range(1, 9):
        power_fails(office, recorder, COMMIT, "after", number, seed=number)
        with sqlite3.connect(office.folder / "data" / "ledger.sqlite3") as ledger:
            assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ledger.close()
    comes_to_rest(office)
    findings = audit(office, applicants)
    assert findings.clean, findings


def test_a_disk_that_was_never_told_to_sync_loses_what_it_was_given(
    tmp_path: Path, recorder: Path
) -> None:
    """The trial itself: without fsync the remains are empty, so the tests above could fail."""
    root, log, left = tmp_path / "data", tmp_path / "log", tmp_path / "left"
    root.mkdir()
    left.mkdir()
    program = f"""
import os
for name, synced in (("lost", False), ("kept", True)):
    with open({str(root)!r} + "/" + name, "wb") as file:
        file.write(b"x" * 2000)
        file.flush()
        if synced:
            os.fsync(file.fileno())
            folder = os.open({str(root)!r}, os.O_RDONLY)
            os.fsync(folder)
"""
    environment = {
        **os.environ,
        "LD_PRELOAD": str(recorder),
        "POWER_ROOT": str(root),
        "POWER_LOG": str(log),
    }
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=30)
    for path in root.iterdir():
        path.unlink()
    Disk.read(log, root).left_behind(root, left, None)
    assert (left / "kept").read_bytes() == b"x" * 2000
    assert (
        left / "lost"
    ).read_bytes() == b""  # its name was synced with the folder, its contents never
