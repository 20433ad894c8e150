"""`test`: the whole test suite. loket.py installs what only the tests need before this runs."""

import os
import subprocess
import sys

import typer

from sync.cli.root import PROGRAM


def test(context: typer.Context) -> int:
    """Jalankan seluruh uji program.

    Pilihan sesudahnya diteruskan kepada pytest; -n 0 menjalankan uji satu per satu.
    """
    environment = {**os.environ, "PYTHONUTF8": "1"}
    at_once = ("-n", "auto", "--dist", "worksteal")  # most of the time goes by in waiting
    command = [sys.executable, "-m", "pytest", *at_once, *context.args]
    return subprocess.run(command, cwd=PROGRAM, env=environment, check=False).returncode  # noqa: S603 - our own interpreter
