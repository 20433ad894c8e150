"""data/log/loket.log of an installation that serves several offices: every line says whose it is."""

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from sync.cli import offices
from sync.cli.log_file import start_log
from sync.cli.root import Root
from sync.worker.duty import keeping
from sync.worker.meanwhile import Meanwhile

log = logging.getLogger("sync.worker.test")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    logger = logging.getLogger("sync")
    was = logger.handlers, logger.level, logger.propagate
    start_log(tmp_path / "data")
    yield Root.of(tmp_path)
    for handler in logger.handlers:
        handler.close()
    logger.handlers, logger.level, logger.propagate = was


def lines(root: Root) -> list[str]:
    return (root.data / "log" / "loket.log").read_text(encoding="utf-8").splitlines()


class Late:
    """A lease that logs when it is looked at."""

    spreadsheet_id = "sheet-id"

    def __init__(self) -> None:
        self.looked_at = Event()

    def renew_if_late(self) -> None:
        log.info("lease")
        self.looked_at.set()

    def release(self) -> None:
        pass


def test_every_line_names_its_office(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the threads that an office's work starts too; what concerns all of them names none."""

    def serve(office: Root, stop: Event, **_: object) -> bool:
        log.info("by %s", office.tenant)
        lease, worked = Late(), Event()
        with (
            keeping([lease], look_every_s=0.01),
            Meanwhile(  # type: ignore[list-item]
                lambda: (log.info("meanwhile"), worked.set())[0]
            ) as meanwhile,
        ):
            meanwhile.again()
            assert lease.looked_at.wait(5)
            assert worked.wait(5)
        return False

    for name in ("kutai", "berau"):
        (root.folder / "offices" / name).mkdir(parents=True)
    monkeypatch.setattr(offices, "serve", serve)
    offices.serve_offices(root, Event(), once=True)
    for name in ("kutai", "berau"):
        of_it = [line for line in lines(root) if f"[{name}]" in line]
        assert any(line.endswith(f"by {name}") for line in of_it)
        for said in ("lease", "meanwhile"):
            assert any(line.endswith(said) for line in of_it)
    unnamed = [line for line in lines(root) if "[" not in line]
    assert [line for line in unnamed if "started, process" in line] == unnamed
