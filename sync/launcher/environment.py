"""The program's own Python environment: where it lies, and whether it is what today's start asks for.

`.venv` carries a stamp of what it was made of. The stamp is taken away before the first change and written
last, so an environment without one is half-made. Making it is preparation.py's affair.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

LONGEST_WINDOWS_ROOT = 120  # what the libraries add must stay below Windows' 260 characters
NO_WINDOW = 0x08000000  # Windows' CREATE_NO_WINDOW


class Stop(Exception):
    """What the person at the keyboard can mend: one sentence with where, what was found and what to do."""


class Place(NamedTuple):
    """The program lies at `root`; what the launcher makes lies under `home`, nearly always the same."""

    root: Path
    home: Path

    @property
    def venv(self) -> Path:
        return self.home / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        return self.venv / "loket.json"

    @property
    def lock(self) -> Path:
        return self.home / "data" / "install.lock"

    @property
    def log(self) -> Path:
        return self.home / "data" / "log" / "install.log"

    @property
    def service_log(self) -> Path:
        return self.home / "data" / "log" / "service.log"


class Stamp(NamedTuple):
    """What an environment was made of, or what a start asks for."""

    root: str
    platform: str
    base: str  # the interpreter it is made from
    version: str
    sets: dict[str, str]  # "run" and "test" → hash of the requirements


def home_on_windows(root: str, environment: Mapping[str, str]) -> str:
    """Thousands of small files belong neither on a share nor into OneDrive, nor under a long path."""
    local = environment.get("LOCALAPPDATA", "")
    folded = root.casefold()
    clouds = [
        value.casefold().rstrip("\\")
        for name, value in environment.items()
        if name.upper().startswith("ONEDRIVE") and value
    ]
    unsuited = (
        len(root) > LONGEST_WINDOWS_ROOT
        or root.startswith("\\\\")
        or any(part.startswith("onedrive") for part in folded.split("\\"))
        or any(folded == cloud or folded.startswith(cloud + "\\") for cloud in clouds)
    )
    if not local or not unsuited:
        return root
    return "\\".join((local, "Loket", hashlib.sha256(root.encode()).hexdigest()[:12]))


def is_sound(stamp: Stamp | None, *, now: Stamp, base_of_venv: str) -> bool:
    """Whether the environment still works here. It may be started by another Python than it was made
    with: where there are two, it must not be made anew, under a running worker, at every change."""
    return (
        stamp is not None
        and (stamp.root, stamp.platform) == (now.root, now.platform)
        and stamp.base == base_of_venv
        and (stamp.base != now.base or stamp.version == now.version)
    )


def holds(stamp: Stamp | None, *, now: Stamp, base_of_venv: str) -> bool:
    """Whether nothing has to be done: sound, and every wanted set is installed as it is written today."""
    return (
        stamp is not None
        and is_sound(stamp, now=now, base_of_venv=base_of_venv)
        and now.sets.items() <= stamp.sets.items()
    )


def place_at(root: str) -> Place:
    return Place(Path(root), Path(home_on_windows(root, os.environ) if os.name == "nt" else root))


def requirements_of(place: Place, verb: str) -> Path:
    return place.root / ("tests/requirements.txt" if verb == "test" else "requirements.txt")


def wanted(place: Place, verb: str) -> Stamp:
    """The stamp that this start asks for. The tests' set holds the program's own."""
    base = getattr(sys, "_base_executable", "") or sys.executable
    try:
        digest = hashlib.sha256(requirements_of(place, "").read_bytes())
        sets = {"run": digest.hexdigest()}
        if verb == "test":
            digest.update(requirements_of(place, verb).read_bytes())
            sets["test"] = digest.hexdigest()
    except FileNotFoundError as error:
        raise Stop(
            f"Berkas {error.filename} tidak ada: unduh Loket sekali lagi, lengkap, lalu jalankan dari sana."
        ) from None
    base = str(Path(base).resolve())
    return Stamp(str(place.root), sys.platform, base, version_text(), sets)


def version_text() -> str:
    return ".".join(str(part) for part in sys.version_info[:2])


def read_stamp(place: Place) -> Stamp | None:
    try:
        return Stamp(**json.loads(place.stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(place: Place, stamp: Stamp) -> None:
    unfinished = place.stamp.with_suffix(".new")
    unfinished.write_text(json.dumps(stamp._asdict(), indent=1), encoding="utf-8")
    unfinished.replace(place.stamp)


def base_of_venv(place: Place, stamp: Stamp | None) -> str:
    """The interpreter that `.venv` really starts, "" when it is gone. On Windows it is a copy, no link."""
    if stamp is None or not place.python.exists():
        return ""
    if os.name == "nt":
        return stamp.base if Path(stamp.base).exists() else ""
    return str(place.python.resolve())


def is_ready(place: Place, now: Stamp) -> bool:
    stamp = read_stamp(place)
    return holds(stamp, now=now, base_of_venv=base_of_venv(place, stamp))
