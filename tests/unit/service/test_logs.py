"""A service runs for months: what it writes down stays small."""

import logging
import os
from pathlib import Path

import pytest

from sync.cli import log_file
from sync.cli.log_file import start_log
from sync.cli.one_worker import only_worker
from sync.launcher.handover import LONGEST_SERVICE_LOG, service_log, trim

MOST_BYTES = 5 * 2_000_000


def test_the_worker_s_log_goes_round(tmp_path: Path) -> None:
    """Five files of 2 MB at most, the newest last word in the first of them, and no NIK in any."""
    logger = logging.getLogger("sync")
    before = (logger.handlers, logger.level, logger.propagate)
    try:
        start_log(tmp_path)
        for number in range(7_000):
            logger.info("%d: NIK 6402014101900001 %s", number, "x" * 2_000)
    finally:
        for handler in logger.handlers:
            handler.close()
        logger.handlers, logger.level, logger.propagate = before
    files = sorted((tmp_path / "log").iterdir())
    assert [file.name for file in files] == ["loket.log", *(f"loket.log.{n}" for n in range(1, 5))]
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES
    assert "6999: NIK" in (tmp_path / "log" / "loket.log").read_text(encoding="utf-8")
    assert not any(b"6402014101900001" in file.read_bytes() for file in files)


def test_a_log_that_another_program_holds_open_grows_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows renames no open file: nothing is lost, no older page either, and it goes round once the other has ended."""
    file = tmp_path / "loket.log"
    handler = log_file._Log(file, maxBytes=100, backupCount=2, encoding="utf-8", delay=True)

    def writes(text: str) -> None:
        handler.emit(logging.LogRecord("sync", logging.INFO, "", 0, text, (), None))

    writes("lama" * 30)
    writes("tengah" * 20)
    with monkeypatch.context() as held:

        def refuse(*_: object) -> None:
            raise PermissionError(13, "sedang dipakai")

        held.setattr(os, "rename", refuse)
        for number in range(5):
            writes(f"baris {number}")
    text = file.read_text(encoding="utf-8")
    assert all(f"baris {number}" in text for number in range(5))
    assert "lama" in (tmp_path / "loket.log.1").read_text(encoding="utf-8")
    writes("baru")
    handler.close()
    assert file.read_text(encoding="utf-8") == "baru\n"
    assert "baris 4" in (tmp_path / "loket.log.1").read_text(encoding="utf-8")
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"loket.log{end}" for end in ("", ".1", ".2")
    ]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_data_folder_is_this_account_s_alone(tmp_path: Path) -> None:
    """It will hold answers and letters."""
    with only_worker(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_what_a_start_without_a_window_says_goes_round_too(tmp_path: Path) -> None:
    """It goes on below a megabyte and begins again above, in the same file: launchd holds it open."""
    file = tmp_path / "data" / "log" / "service.log"
    trim(file)  # none yet
    for _ in range(2):
        opened = service_log(file)
        assert opened is not None
        with opened:
            opened.write("gagal\n")
        trim(file)
    assert file.read_text(encoding="utf-8") == "gagal\ngagal\n"
    with file.open("ab") as held:
        held.write(b"x" * LONGEST_SERVICE_LOG)
        held.flush()
        inode = os.stat(file).st_ino  # noqa: PTH116
        trim(file)
        held.write(b"after")
    assert file.read_bytes() == b"after"
    assert file.stat().st_ino == inode


def test_where_it_cannot_be_written_the_start_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    assert service_log(tmp_path / "data" / "log" / "service.log") is None
