"""What is to be started with the machine, and the small interface behind which every system that starts it stands."""

import getpass
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import NamedTuple, Protocol

from sync.cli.root import PROGRAM
from sync.core.mendable import Mendable


class Done(NamedTuple):
    """What came of a command of the system."""

    code: int
    output: str


Run = Callable[[Sequence[str]], Done]
"""Runs a command of the system to its end; the one way in which this room changes anything but a file."""


@dataclass(frozen=True, slots=True)
class Job:
    """`python loket.py --root ROOT run`; with `pages`, `serve` instead. `system`: with the machine, else when the account logs
    on."""

    root: Path
    program: Path
    python: str
    account: str
    system: bool
    pages: bool = False

    @property
    def name(self) -> str:
        """The same at every installation; another one for every office's folder on this machine."""
        name = "loket-" + hashlib.sha256(str(self.root).encode()).hexdigest()[:8]
        return f"{name}-halaman" if self.pages else name

    @property
    def title(self) -> str:
        return f"Loket, {'halaman warga, ' if self.pages else ''}{self.root}"

    @property
    def arguments(self) -> tuple[str, ...]:
        verb = "serve" if self.pages else "run"
        return (str(self.program / "loket.py"), "--root", str(self.root), verb)

    @property
    def of_pages(self) -> "Job":
        """Of the same kind, beside the worker's."""
        return replace(self, pages=True)


class Manager(Protocol):
    """A system that starts jobs: service_windows.py, service_systemd.py, service_launchd.py.

    Everything may be repeated. All but `is_installed` raise Mendable where the system refuses.
    """

    title: str

    def is_installed(self, job: Job) -> bool: ...
    def install(self, job: Job) -> list[str]:
        """Installs it, or anew, and starts it. What the person should know besides."""
        ...

    def start(self, job: Job) -> None: ...
    def stop(self, job: Job) -> None:
        """Until it is started, or the machine is."""
        ...

    def remove(self, job: Job) -> None: ...


def run_command(command: Sequence[str]) -> Done:
    try:
        done = subprocess.run(  # noqa: S603 - our own words and paths
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=180,
            check=False,
        )
    except OSError as error:
        return Done(127, str(error.strerror or error))
    except subprocess.TimeoutExpired:
        return Done(124, "tidak ada jawaban dalam tiga menit")
    return Done(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace").strip())


def ask(run: Run, *command: str, run_instead: str = "") -> str:
    """The command's output. Raises Mendable when the system refuses."""
    done = run(command)
    if done.code:
        raise Mendable.one(
            "layanan-ditolak",
            where=" ".join(command),
            found=done.output or f"perintah itu berakhir dengan kode {done.code}",
            allowed="akun yang boleh mengatur layanan di komputer ini",
            run=run_instead,
        )
    return done.output


def put(file: Path, content: bytes) -> None:
    """Raises Mendable when the file can't be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o644)
    except OSError as error:
        raise Mendable.one(
            "layanan-ditolak",
            where=str(file),
            found=str(error.strerror or error),
            allowed="akun yang boleh menulis di sana",
        ) from error


def job_of(root: Path, *, system: bool) -> Job:
    """Raises Mendable when no such job can be started from here."""
    if any(not sign.isprintable() for sign in f"{root}{PROGRAM}"):
        raise Mendable.one(
            "nama-folder-tidak-dapat-dipakai",
            where=str(root),
            found="nama folder memuat tanda yang tidak tercetak, misalnya ganti baris",
            allowed="nama folder biasa",
        )
    return Job(root, PROGRAM, lasting_python(system=system), _account(root, system), system)


def lasting_python(*, system: bool) -> str:
    """The machine's Python: `.venv` may be made anew under a running job. Raises Mendable."""
    base = Path(getattr(sys, "_base_executable", "") or sys.executable)
    if sys.platform == "win32":
        return python_on_windows(str(base), os.environ.get("LOCALAPPDATA", ""), system=system)
    return str(base if base.exists() else Path(sys.executable).resolve())


def python_on_windows(base: str, local: str, *, system: bool) -> str:
    """Without a window, which somebody would close. The Store's Python moves at every update: its alias stays."""
    path = PureWindowsPath(base)
    if "windowsapps" not in base.casefold():
        return str(path.with_name("pythonw.exe"))
    if system:
        raise Mendable.one(
            "python-dari-store",
            where=base,
            found="Python dari Microsoft Store tidak dapat dipakai sebelum pemiliknya masuk ke Windows",
            allowed="Python dari https://www.python.org/downloads/, atau layanan yang mulai saat masuk",
            run="py loket.py service install",
        )
    version = "{}.{}".format(*sys.version_info)
    return str(PureWindowsPath(local, "Microsoft", "WindowsApps", f"pythonw{version}.exe"))


def _account(root: Path, system: bool) -> str:
    """Whose job it is. With the machine it runs as the folder's owner: nobody else should be able to read its secrets."""
    if sys.platform == "win32":
        domain = os.environ.get("USERDOMAIN", "")
        return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()
    if not system:
        return getpass.getuser()
    import pwd

    return pwd.getpwuid(root.stat().st_uid).pw_name
