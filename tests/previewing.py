"""The real `preview` in a process of its own, and what a browser's page would ask it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Preview:
    """`address` is what a person opens; it ends in the key. `said` is filled in when the program has ended."""

    process: "subprocess.Popen[str]"
    address: str
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.address.partition("/#")[0]

    @property
    def key(self) -> str:
        return self.address.partition("#")[2]

    def ask(self, choice: dict[str, str] | None = None) -> dict[str, Any]:
        answer = requests.post(
            f"{self.url}/surat", json=choice or {}, headers={"X-Loket-Key": self.key}, timeout=60
        )
        answer.raise_for_status()
        return dict(answer.json())

    def end(self, number: int = signal.SIGINT, *, within_s: float = 15) -> int:
        assert self.process.stderr is not None
        os.kill(self.process.pid, number)
        code = self.process.wait(timeout=within_s)
        self.said.append(self.process.stderr.read())
        return code


@contextmanager
def previewing(folder: Path, *arguments: str) -> Iterator[Preview]:
    """`preview domisili` unless the arguments say otherwise."""
    asked = arguments or ("domisili",)
    command = [sys.executable, "-m", "sync", "--root", str(folder), "preview", "--no-browser"]
    process = subprocess.Popen([*command, *asked], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said: list[str] = []
        for line in iter(process.stderr.readline, ""):
            said.append(line)
            if found := re.search(r"http://\S+", line):
                yield Preview(process, found[0], said)
                break
        else:
            raise AssertionError("".join(said))
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(timeout=20)
        process.stderr.close()
