"""rclone, a program for copying files that is written in Go, against the sandbox's Drive: unchanged, through the doorway.

It checks more than a library does: after each copy it compares size, time and MD5 with what Drive tells.
"""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import missing_service
from tests.contract.clients.doorway import doorway
from tests.contract.sandbox.conftest import Sandbox

WITHIN_S = 60
LAST_YEAR = 1_735_700_000
Rclone = Callable[..., str]

pytestmark = pytest.mark.service("rclone")


@pytest.fixture
def rclone(sandbox: Sandbox, tmp_path: Path) -> Iterator[Rclone]:
    """Runs rclone with Bu Ratna's Drive as `drive:` and gives what it printed."""
    program = shutil.which("rclone")
    if program is None:
        missing_service("rclone is not installed")
    settings = tmp_path / "rclone.conf"
    settings.write_text(
        f"[drive]\ntype = drive\nscope = drive\nservice_account_file = {sandbox.officer_key}\n"
    )
    with doorway(sandbox.url, tmp_path) as environment:

        def run(*words: str) -> str:
            command = [str(program), "--config", str(settings), "--retries", "1", *words]
            done = subprocess.run(
                command,
                env=os.environ | environment,
                capture_output=True,
                text=True,
                timeout=WITHIN_S,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        yield run


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Two letters, one in a folder of its own, both from another year."""
    folder = tmp_path / "letters"
    (folder / "2025").mkdir(parents=True)
    for name in ("surat.txt", "2025/surat domisili.txt"):
        (folder / name).write_text(f"isi {name}")
        os.utime(folder / name, (LAST_YEAR, LAST_YEAR))
    return folder


def test_a_copied_tree_is_the_same_in_content_and_time(rclone: Rclone, letters: Path) -> None:
    """`check` compares the sizes and MD5s that Drive tells; the time is the letter's, not the copy's."""
    rclone("copy", str(letters), "drive:surat")
    rclone("check", str(letters), "drive:surat")
    told = json.loads(rclone("lsjson", "drive:surat/surat.txt"))
    assert datetime.fromisoformat(told[0]["ModTime"]).timestamp() == LAST_YEAR


def test_a_synced_tree_loses_what_was_deleted(rclone: Rclone, letters: Path) -> None:
    rclone("sync", str(letters), "drive:surat")
    (letters / "surat.txt").unlink()
    rclone("sync", str(letters), "drive:surat")
    assert rclone("lsf", "-R", "--files-only", "drive:surat") == "2025/surat domisili.txt\n"


def test_a_large_file_travels_in_pieces_and_is_read_by_range(
    rclone: Rclone, tmp_path: Path
) -> None:
    """Google's client for Go sends the pieces by POST where others use PUT."""
    whole = "".join(random.Random(7).choices("0123456789", k=600_000)).encode()
    (tmp_path / "foto.png").write_bytes(whole)
    pieces = ("--drive-chunk-size", "256Ki", "--drive-upload-cutoff", "256Ki")
    rclone("copy", *pieces, str(tmp_path / "foto.png"), "drive:")
    rclone("copy", "drive:foto.png", str(tmp_path / "back"))
    assert (tmp_path / "back" / "foto.png").read_bytes() == whole
    part = ("--offset", "300000", "--count", "5000")
    rclone("copyto", "drive:foto.png", "drive:salinan/foto2.png")
    assert rclone("cat", *part, "drive:salinan/foto2.png").encode() == whole[300_000:305_000]


def test_a_spreadsheet_is_copied_as_csv(rclone: Rclone, sandbox: Sandbox, tmp_path: Path) -> None:
    book = sandbox.gspread(sandbox.officer_key).create("Permohonan")
    book.sheet1.update([["nama", "umur"], ["Citra", 31]])
    rclone("copy", "--drive-export-formats", "csv", "drive:", str(tmp_path / "out"))
    assert (tmp_path / "out" / "Permohonan.csv").read_bytes() == b"nama,umur\r\nCitra,31"
