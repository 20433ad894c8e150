"""The service on a real systemd: it starts with the machine, comes back after a kill and a power cut, and can be removed."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Office
from tests.acceptance.installed_program import copy_release, installed_program
from tests.acceptance.machine import Machine
from tests.acceptance.test_counter import CITRA, DONI, EKA, wait_until

pytestmark = pytest.mark.service("systemd")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "mesin")
    try:
        machine.boot()
        yield machine
    finally:
        machine.scrap()


class Service:
    """`loket.py service …` on that machine."""

    def __init__(self, machine: Machine, program: Path, office: Office, scope: list[str]) -> None:
        self.machine, self.office, self.scope = machine, office, scope
        python = str(getattr(sys, "_base_executable", sys.executable))
        self.loket = [python, str(program / "loket.py"), "--root", str(office.folder)]

    def does(self, *words: str) -> str:
        done = self.machine.run(*self.loket, "service", *words)
        assert done.returncode == 0, done.stderr
        return done.stderr

    @property
    def state(self) -> dict[str, Any]:
        done = self.machine.run(*self.loket, "service", "status", "--json")
        found: dict[str, Any] = json.loads(done.stdout)
        runs = found["running"] and (not found["pages"] or found["pages"]["running"])
        assert done.returncode == (0 if found["installed"] and runs else 1)
        return found

    @property
    def process(self) -> int:
        """The worker's, as this test's own machine counts it."""
        number = self.state["process"]
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                status = (folder / "status").read_text(encoding="ascii", errors="replace")
                command = (folder / "cmdline").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            seen = next(line for line in status.splitlines() if line.startswith("NSpid:"))
            inside = seen.split()[2:] == [number]
            if inside and str(self.office.folder) in command:
                return int(folder.name)
        raise AssertionError("the worker is not there")

    def serves(self, *person: str) -> None:
        self.office.applies(*person)
        rows = self.office.rows
        wait_until(lambda: rows()[person[0]].get("Status") == "Menunggu petugas", within_s=60)


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(["--system"], id="system"),
        pytest.param([], id="account", marks=pytest.mark.thorough),
    ],
)
def test_the_worker_is_there_again_whatever_ends_it(
    machine: Machine, office: Office, tmp_path: Path, scope: list[str]
) -> None:
    """Installed twice it is there once; after a kill and after a power cut it serves again, and the citizens' pages with it;
    removed, it is gone for good and the data stays."""
    service = Service(machine, installed_program(tmp_path / "Program Loket"), office, scope)
    assert (service.state["installed"], service.state["running"]) == (False, False)

    service.does("install", *scope)
    service.does("install", "--pages", *scope)
    service.serves(*CITRA)
    first = service.state
    assert first["system"] is bool(scope)
    assert first["workflows"][0]["last_cycle"]

    os.kill(service.process, signal.SIGKILL)
    wait_until(
        lambda: service.state["running"] and service.state["since"] > first["since"], within_s=60
    )
    service.serves(*DONI)

    machine.power_cut()
    machine.boot()
    wait_until(lambda: service.state["pages"]["running"], within_s=60)
    service.serves(*EKA)
    office.types(EKA[0], "Keputusan", "Setujui")  # printed and sent from within the unit's fences
    wait_until(lambda: office.rows()[EKA[0]]["Status"] == "Selesai", within_s=60)

    told = service.does("remove", *scope)
    assert "tidak mulai lagi" in told
    assert (service.state["installed"], service.state["running"]) == (False, False)
    assert service.state["pages"] is None
    assert (office.folder / "data" / "ledger.sqlite3").exists()
    machine.power_cut()
    machine.boot()
    assert service.state["running"] is False
    log = (office.folder / "data" / "log" / "loket.log").read_text(encoding="utf-8")
    assert log.count("started, process") >= 3, "each start is in the rotating log"


def test_an_upgrade_stops_the_service_and_starts_it_again(
    machine: Machine, office: Office, tmp_path: Path
) -> None:
    """Nobody has to think of it; the new version serves."""
    program = installed_program(tmp_path / "Program Loket")
    release = copy_release(tmp_path / "rilis")
    version = release / "sync" / "__init__.py"
    version.write_text('__version__ = "9.0"\n', encoding="utf-8")
    service = Service(machine, program, office, ["--system"])
    service.does("install", "--system")
    wait_until(lambda: service.state["running"])
    before = service.state["since"]

    done = machine.run(*service.loket, "upgrade", str(release))

    assert done.returncode == 0, done.stderr
    assert "9.0 terpasang" in " ".join(done.stderr.split())
    wait_until(lambda: service.state["running"])
    assert service.state["since"] > before
    service.serves(*CITRA)
