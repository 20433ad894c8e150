"""A start: see that the environment is there, then let the program take our place.

Nothing is eaten on the way: the user's arguments and folder go in as they are, the exit code and signals
come out as they are. `--root` is the program's own option.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sync.launcher.environment import Place, Stop, is_ready, place_at, requirements_of, wanted
from sync.launcher.installers import clean_environment

CONTROL_C_ON_WINDOWS = 0xC000013A


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
    return exit_code_of(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


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
    try:
        prepare(place, verb_of(arguments))
        return start(place, arguments)
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
