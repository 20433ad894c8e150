"""A start: see that the environment is there, then let the program take our place.

Nothing is eaten on the way: the user's arguments and folder go in as they are, the exit code and signals
come out as they are. `--root` is the program's own option.
"""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from sync.launcher.environment import (
    NO_WINDOW,
    Place,
    Stop,
    is_ready,
    place_at,
    requirements_of,
    wanted,
)
from sync.launcher.installers import clean_environment
from sync.launcher.swap import waiting

CONTROL_C_ON_WINDOWS = 0xC000013A
LONGEST_SERVICE_LOG = 1_000_000


def verb_of(arguments: Sequence[str]) -> str:
    """The verb, wherever the program's own options stand. Only `--root` takes a value."""
    words = iter(arguments)
    for word in words:
        if word == "--root":
            next(words, "")
        elif not word.startswith("-"):
            return word
    return ""


def program_environment(environment: Mapping[str, str], root: Path) -> dict[str, str]:
    return {**clean_environment(environment), "PYTHONPATH": str(root), "PYTHONUTF8": "1"}


def exit_code_of(returncode: int) -> int:
    """A child's return code on Windows as ours; Ctrl-C has one there that doesn't fit."""
    return 130 if returncode & 0xFFFFFFFF == CONTROL_C_ON_WINDOWS else returncode


def start(place: Place, arguments: Sequence[str]) -> int:
    """The program takes our place. Windows cannot do that: there we wait, and pass its code on."""
    # -P: the folder that the user stands in is no place for Python to look for modules.
    command = [str(place.python), "-P", "-m", "sync", *arguments]
    environment = program_environment(os.environ, place.root)
    if os.name != "nt":
        try:
            os.execve(command[0], command, environment)  # noqa: S606
        except OSError as error:
            raise Stop(
                f"{command[0]} tidak dapat dijalankan ({error.strerror}): hapus folder {place.venv},"
                " lalu jalankan lagi."
            ) from None
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the program's to answer
    told = sys.stderr if is_windowless() else None
    done = subprocess.run(  # noqa: S603
        command,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL if is_windowless() else None,
        stdout=told,
        stderr=told,
        creationflags=NO_WINDOW if is_windowless() else 0,
    )
    return exit_code_of(done.returncode)


def is_windowless() -> bool:
    """Whether pythonw started us: then there is no screen, and a program with one would open a window."""
    return sys.__stderr__ is None and os.name == "nt"


def service_log(file: Path) -> TextIO | None:
    """What is said where nobody looks."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return file.open("a", encoding="utf-8")
    except OSError:
        return None


def trim(log: Path) -> None:
    """Begun again at a start that finds a megabyte; not as a new file, for launchd holds this one open."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LONGEST_SERVICE_LOG:
            os.truncate(log, 0)


def prepare(place: Place, verb: str) -> None:
    now = wanted(place, verb)
    if is_ready(place, now):
        return
    import signal

    from sync.launcher.preparation import prepare as make_ready

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the installer ends too
    make_ready(place, now, requirements_of(place, verb))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def main(root: str, arguments: Sequence[str]) -> int:
    place = place_at(root)
    trim(place.service_log)
    if is_windowless():
        sys.stdout = sys.stderr = service_log(place.service_log)
    try:
        if waiting(place.root):
            from sync.launcher.exchange import carry_out_plan, start_again

            carry_out_plan(place)
            return start_again(place, arguments)
        if verb_of(arguments) == "upgrade" and "--back" in arguments:
            from sync.launcher.exchange import take_back

            return take_back(place)
        prepare(place, verb_of(arguments))
        code = start(place, arguments)
        plan = waiting(
            place.root
        )  # where we have waited: what the upgrade that has just ended wants
        if plan and not code:
            from sync.launcher.exchange import finishing, start_again

            return start_again(place, finishing(plan))
        return code
    except Stop as stop:
        return told(str(stop), 1)
    except KeyboardInterrupt:
        return told("Dihentikan. Penyiapan dilanjutkan saat Loket dijalankan lagi.", 130)
    except Exception:
        return told(f"Loket tidak dapat dijalankan karena kesalahan program. {recorded(place)}", 3)


def recorded(place: Place) -> str:
    """Where the traceback of a bug went: the log, or here when there can be none."""
    import traceback

    trace = traceback.format_exc()
    try:
        place.log.parent.mkdir(parents=True, exist_ok=True)
        with place.log.open("a", encoding="utf-8") as log:
            log.write(trace)
    except OSError:
        return "\n" + trace
    return f"Rincian: {place.log}"


def told(sentence: str, code: int) -> int:
    from sync.launcher.preparation import say

    say(sentence)
    return code
