"""Makes `.venv` and installs into it, once: one start at a time, with one quiet line on the screen.

It may be broken off at any moment: the stamp comes last, and the next start mends what it finds. It writes
to stderr and the log only; stdout belongs to the program (`--json`).
"""

import contextlib
import errno
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sync.launcher.environment import (
    NO_WINDOW,
    Place,
    Stamp,
    Stop,
    base_of_venv,
    is_ready,
    is_sound,
    read_stamp,
    write_stamp,
)
from sync.launcher.installers import (
    LEAVES_UNTOUCHED,
    cause_of,
    ensurepip_command,
    failure,
    install_command,
    installer_environment,
    no_installer,
    second_command,
    ways_to_install,
)
from sync.launcher.swap import take_lock


def say(text: str, end: str = "\n") -> None:
    """A closed stderr must not stop a start."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text + end)
        sys.stderr.flush()


def said_on_a_screen() -> bool:
    return bool(sys.stderr and sys.stderr.isatty())


class Notice:
    """The quiet line; on a screen, with a small wheel that turns."""

    def __enter__(self) -> "Notice":
        self.on_screen = said_on_a_screen()
        self.turns = 0
        say(
            "Menyiapkan Loket (sekali saja, sekitar satu menit)…",
            end=" " if self.on_screen else "\n",
        )
        return self

    def turn(self) -> None:
        if self.on_screen:
            self.turns += 1
            say("|/-\\"[self.turns % 4], end="\b")

    def __exit__(self, kind: object, *_: object) -> None:
        if self.on_screen:
            say("siap." if kind is None else " ")


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not take_lock(descriptor):
            say("Loket sedang disiapkan di jendela lain; menunggu sampai selesai…")
            while not take_lock(descriptor):
                time.sleep(0.1)
        yield descriptor
    finally:
        os.close(descriptor)


def run_step(command: list[str], *, log: IO[bytes], lock: int, notice: Notice) -> tuple[int, str]:
    """Runs an installer to its end, output to the log. A start that is broken off ends it too."""
    log.write(("\n> " + " ".join(command) + "\n").encode())
    log.flush()
    before = log.tell()
    try:
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=installer_environment(os.environ),
            # It holds the lock as well: should we be killed, nobody clears `.venv` while it still writes.
            pass_fds=() if os.name == "nt" else (lock,),
            creationflags=NO_WINDOW if os.name == "nt" and not said_on_a_screen() else 0,
        )
    except OSError as error:
        log.write(f"{error}\n".encode())
        return 127, str(error)
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = child.wait(timeout=0.1)
                break
            notice.turn()
    except BaseException:
        child.kill()
        child.wait()
        raise
    log.seek(before)
    output = log.read().decode("utf-8", "replace")
    log.seek(0, os.SEEK_END)
    return code, output


def make_venv(place: Place) -> None:
    """Anew: what lies there is half-made, was moved, or lost its Python."""
    try:
        import venv
    except ImportError:
        raise no_installer(sys.platform) from None
    if os.pathsep in str(place.venv):
        raise Stop(
            f'Nama folder {place.home} memuat tanda "{os.pathsep}", yang tidak dapat dipakai Python:'
            " ganti nama folder itu, lalu jalankan lagi."
        )
    if place.venv.is_symlink() or place.venv.is_file():
        place.venv.unlink()
    elif place.venv.exists():
        try:
            shutil.rmtree(place.venv)
        except PermissionError:
            if os.name == "nt":
                raise failure("busy", place=place) from None
            raise
    # Without pip: uv needs none, and ensurepip is asked for it when it's needed.
    venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False).create(place.venv)


def outer_pip() -> tuple[int, ...]:
    """The version of the pip that came with this Python; () without one."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
        if importlib.util.find_spec("pip"):
            return tuple(int(part) for part in importlib.metadata.version("pip").split(".")[:2])
    return ()


def install(
    place: Place, requirements: Path, *, lock: int, notice: Notice
) -> tuple[Stop | None, bool]:
    """Tries each way. Gives the sentence of the last failure, and whether `.venv` is as it was before."""
    uv = shutil.which("uv")
    wheels = place.root / "wheels"
    offline = wheels if any(wheels.glob("*.whl")) else None
    ways = ways_to_install(
        uv=uv,
        has_ensurepip=importlib.util.find_spec("ensurepip") is not None,
        outer_pip=outer_pip(),
        environment=os.environ,
    )
    stop, untouched = no_installer(sys.platform), True
    with place.log.open("w+b") as log:
        for way in ways:
            if way == "pip":
                code, output = run_step(
                    ensurepip_command(place.python), log=log, lock=lock, notice=notice
                )
                if code and cause_of(output) == "disk":
                    return failure("disk", place=place), False
                if code:
                    continue
            command = install_command(
                way, uv=uv, python=place.python, requirements=requirements, wheels=offline
            )
            code, output = run_step(command, log=log, lock=lock, notice=notice)
            again = second_command(way, command, cause=cause_of(output), windows=os.name == "nt")
            if code and again:
                code, _ = run_step(again, log=log, lock=lock, notice=notice)
            if not code:
                return None, False
            cause = cause_of(output)
            untouched = untouched and cause in LEAVES_UNTOUCHED
            stop = failure(cause, place=place, output=output, wheels=offline)
            if way != "uv":  # the other pip would fail alike
                break
    return stop, untouched


def prepare(place: Place, now: Stamp, requirements: Path) -> None:
    """Makes the environment that this start asks for, or installs what is new into it."""
    try:
        place.log.parent.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(place.lock) as lock:
            if is_ready(place, now):  # another window has just done it
                return
            before = read_stamp(place)
            if not is_sound(before, now=now, base_of_venv=base_of_venv(place, before)):
                before = None
            with Notice() as notice:
                if before:
                    place.stamp.unlink()
                else:
                    make_venv(place)
                stop, untouched = install(place, requirements, lock=lock, notice=notice)
                if stop:
                    if before and untouched:  # what was installed still works
                        write_stamp(place, before)
                    raise stop
                write_stamp(place, now._replace(sets={**(before or now).sets, **now.sets}))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise failure("disk", place=place) from None
        raise Stop(
            f"Folder {place.home} tidak dapat ditulisi ({error.strerror or error}): pindahkan Loket ke folder milik"
            " Anda, misalnya Dokumen, lalu jalankan lagi."
        ) from None
