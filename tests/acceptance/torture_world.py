"""The processes of the torture: the local Google, the worker, and the wire between the worker and the mail server.

All are killed without warning and started again on the same data. What is typed and sent is not decided here.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml
from sqlalchemy import NullPool, create_engine

from sync.cli.opening import ledger_url
from sync.cli.root import Root

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SPEED = 24  # an hour of the run is a day of the office
OFFICER = "bu.ratna@dukcapil.example.com"
COLLEAGUES = tuple(f"petugas{number}@dukcapil.example.com" for number in range(1, 17))
TAB = "Form Responses 1"

LETTER = """<!doctype html><html lang="id"><head><title>Uji</title></head>
<body><p>Nomor {{ nomor }}</p><p>{{ nama }}</p><p>{{ nik }}</p><p>{{ alamat }}</p></body></html>
"""

QUESTIONS = ("Nama Lengkap", "Surat Elektronik", "NIK", "Alamat", "Nomor Permohonan Lama")
SERVICES = {
    "domisili": {"prefix": "SKD", "review": "petugas", "deliver": "[email, drive]"},
    "usaha": {"prefix": "SKU", "review": "otomatis", "deliver": "[drive, email]"},
    "pindah": {"prefix": "SKP", "review": "petugas", "deliver": "[email]"},
}

WORKFLOW = """
title: Surat {name}
prefix: {prefix}
sheet: {spreadsheetId}
tab: {tab}
form: {formId}
applicant: {{name: Nama Lengkap, email: Surat Elektronik, reference: Nomor Permohonan Lama}}
fields:
  nama: {{question: Nama Lengkap, type: text}}
  nik: {{question: NIK, type: nik}}
  alamat: {{question: Alamat, type: text, max: 200}}
review: {review}
letter: {{template: letters/uji.html, number: "470/{{{{ serial|pad(4) }}}}/{prefix}/{{{{ tahun }}}}"}}
deliver: {deliver}
"""


class Wire:
    """A TCP relay with a fixed port in front of the mail server, whose port changes with every start."""

    def __init__(self) -> None:
        self.target = 0
        self.cuts = 0
        self._cut_after: int | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, after_bytes: int) -> None:
        """The connection breaks once the client has sent so much more."""
        self._cut_after = after_bytes

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = (client, server)
            threading.Thread(target=self._pump, args=(*pair, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(*reversed(pair), False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, may_break: bool) -> None:
        left: int | None = None
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                if may_break and self._cut_after is not None:
                    left, self._cut_after = self._cut_after, None
                if left is not None and len(data) > left:
                    sink.sendall(data[:left])
                    self.cuts += 1
                    break
                if left is not None:
                    left -= len(data)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@dataclass
class World:
    """One office and everything around it. `kills` counts by what was killed."""

    folder: Path
    via: str
    per_day: int
    url: str = ""
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    ahead_s: float = 0.0

    def __post_init__(self) -> None:
        self.office = self.folder / "kantor"
        self.wire = Wire()
        self.since = time.time()
        self.http = requests.Session()
        self.http.trust_env = False
        self.sandbox: subprocess.Popen[str] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.worker_began = 0.0

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The sandbox's control room."""
        answer = self.http.request(method, self.url + path, json=body, timeout=60)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    # Google

    def open(self) -> None:
        """The first start: the office folder, its forms and its services."""
        for name in ("workflows", "templates/letters"):
            (self.office / name).mkdir(parents=True)
        self.start_sandbox("--port", "0", "--root", str(self.office))
        key = json.loads((self.office / "credentials.json").read_text(encoding="utf-8"))
        questions = [{"title": title, "type": "text", "required": False} for title in QUESTIONS]
        for name, service in SERVICES.items():
            form = {
                "title": f"Surat {name}",
                "questions": questions,
                "share_with": [key["client_email"], *COLLEAGUES],
            }
            made = self.call("POST", "/_sandbox/forms", form)
            self.forms[name] = made
            text = WORKFLOW.format(name=name.title(), **service, **made)
            (self.office / "workflows" / f"{name}.yaml").write_text(text, encoding="utf-8")
        (self.office / "templates/letters/uji.html").write_text(LETTER, encoding="utf-8")
        file = self.office / "settings.yaml"
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        settings["google"] |= {"timeout_s": 3, "attempts": 3}
        if (
            self.via == "gmail"
        ):  # a service account has no mailbox of its own: it acts for an officer
            settings["google"]["subject"] = OFFICER
        settings["mail"] |= {
            "via": self.via,
            "port": self.wire.port,
            "timeout_s": 5,
            "per_day": self.per_day,
        }
        settings["worker"] = {"interval_s": 1, "whole_rows": 60}  # short sheets, and then long ones
        file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")

    def start_sandbox(self, *options: str) -> None:
        """On the same port and data as before."""
        port = () if "--port" in options else ("--port", self.url.rpartition(":")[2])
        command = [sys.executable, "-m", "sync", "sandbox", *port, *options]
        command += ["--data", str(self.folder / "google")]
        with (self.folder / "sandbox.err").open("ab") as log:
            self.sandbox = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.sandbox.stdout is not None
        line = self.sandbox.stdout.readline()
        if not line:
            raise RuntimeError("the sandbox did not start: see sandbox.err")
        ready = json.loads(line)
        self.url = ready["url"]
        self.wire.target = int(ready["smtp"].rpartition(":")[2])

    def kill_sandbox(self) -> None:
        assert self.sandbox is not None
        assert self.sandbox.stdout is not None
        self._count("sandbox")
        self.sandbox.kill()
        self.sandbox.wait(timeout=20)
        self.sandbox.stdout.close()

    # The worker

    def start_worker(self, *options: str) -> None:
        command = [sys.executable, str(HERE / "fast_clock.py"), str(SPEED), str(self.since)]
        command += [str(self.ahead_s), "--", "--root", str(self.office), "run", *options]
        with (self.folder / "worker.txt").open("ab") as log:
            self.worker = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
                stdout=log,
                stderr=log,
            )
        self.worker_began = time.monotonic()

    def revive_workers(self) -> list[int]:
        """Those that ended by themselves are started again; their exit codes."""
        if self.worker is None or self.worker.poll() is None:
            return []
        code = self.worker.returncode
        self.start_worker()
        return [code]

    def asked(self, query: str) -> list[Any]:
        """Of the ledger, beside the worker. Raises DBAPIError."""
        engine = create_engine(ledger_url(Root.of(self.office)), poolclass=NullPool)
        with engine.connect() as connection:
            return list(connection.exec_driver_sql(query).all())

    def kill_worker(self) -> None:
        """SIGKILL, as a power cut: its printers notice by themselves."""
        if self.worker is None or self.worker.poll() is not None:
            return
        self._count("worker" if time.monotonic() - self.worker_began > 3 else "starting worker")
        self.worker.kill()
        self.worker.wait(timeout=20)

    def stop_worker(self) -> int:
        """SIGTERM, and its exit code. One that has hardly begun is given time to."""
        if self.worker is None:
            return 0
        time.sleep(max(0.0, 6 - (time.monotonic() - self.worker_began)))
        if self.worker.poll() is None:
            os.kill(self.worker.pid, signal.SIGTERM)
        return self.worker.wait(timeout=300)

    def run_once(self) -> int:
        self.start_worker("--once")
        assert self.worker is not None
        return self.worker.wait(timeout=1800)

    def kill_a_printer(self, turn: int) -> bool:
        """Kills one of the worker's own letter printers; False when it has none now."""
        if self.worker is None or self.worker.poll() is not None:
            return False
        children = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children")
        pids = []
        for listed in children.parent.parent.glob("*/children"):
            with contextlib.suppress(OSError):
                pids += [int(pid) for pid in listed.read_text().split()]
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(sorted(pids)[turn % len(pids)], signal.SIGKILL)
            self._count("printer")
        return True

    def close(self) -> None:
        for process in (self.worker, self.sandbox):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(timeout=20)
        if self.sandbox is not None and self.sandbox.stdout is not None:
            self.sandbox.stdout.close()
        self.wire.close()
        self.http.close()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _count(self, what: str) -> None:
        self.kills[what] = self.kills.get(what, 0) + 1
