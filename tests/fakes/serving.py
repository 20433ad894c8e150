"""`serve` in a process of its own, beside a counter whose letters were made by the worker itself."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sync.core.application import Application
from sync.core.settings import Settings, Verification
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.fakes.recording_press import RecordingPress
from tests.unit.worker.conftest import CITRA, DONI, World

ROOT = Path(__file__).resolve().parents[2]

SERVICE = """title: Surat Keterangan Domisili
prefix: SKD
sheet: 1x2y3z4a5b6c7d8e9f0g
tab: Form Responses 1
applicant: {name: Nama Lengkap, email: Alamat Email}
fields:
  nik: {question: NIK, type: nik}
letter: {template: letters/domisili.html, number: "470/{{ serial }}"}
public: {show: ya, summary: Tempat tinggal sekarang.}
"""
"""The counter's workflow as an office writes it."""


@dataclass
class Served:
    """Citra's letter is the first, Doni's the second. `url` is the verification page's."""

    url: str
    world: World
    press: RecordingPress

    def link(self, at: int) -> str:
        verification = self.press.contexts[at]["verifikasi"]
        assert isinstance(verification, dict)
        return str(verification["tautan"])

    def code(self, at: int) -> str:
        return self.link(at).partition("#")[2]

    def application(self, at: int) -> Application:
        return self.world.application(self.world.desk.rows[at])

    def lookups(self) -> list[tuple[str, str]]:
        with self.world.ledger.reading() as look:
            return [(reference, outcome) for _, reference, outcome in look.verification.lookups()]


def counter_with_letters(data: Path, url: str) -> tuple[World, RecordingPress]:
    """The caller closes the world's ledger."""
    data.mkdir()
    ledger = Ledger.open(sqlite_url(data / "ledger.sqlite3"))
    world = World(ledger, data, settings=Settings(verification=Verification(url=url)))
    world.press = press = RecordingPress()
    rows = [world.applies(CITRA), world.applies(DONI)]
    world.cycle()
    for row in rows:
        world.decides(row, "Setujui")
    world.cycle(2)
    return world, press


@contextmanager
def serving(
    folder: Path,
    *,
    settings: str = "",
    services: Mapping[str, str] = MappingProxyType({"domisili": SERVICE}),
) -> Iterator[Served]:
    """`settings`: more lines of settings.yaml; `services`: the files of workflows/ by their names without `.yaml`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/periksa"
    written = f"verification: {{url: '{url}'}}\n{settings}"
    (folder / "settings.yaml").write_text(written, encoding="utf-8")
    (folder / "workflows").mkdir()
    for name, text in services.items():
        (folder / "workflows" / f"{name}.yaml").write_text(text, encoding="utf-8")
    world, press = counter_with_letters(folder / "data", url)
    command = [sys.executable, "-m", "sync", "--root", str(folder), "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        assert "Halaman warga" in server.stderr.readline()
        yield Served(url, world, press)
    finally:
        server.send_signal(signal.SIGTERM)
        ended = server.wait(timeout=20)
        server.stderr.close()
        world.ledger.close()
    assert sys.platform == "win32" or ended == 0
