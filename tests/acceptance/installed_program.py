"""Loket as an office has it: a folder with loket.py, and its .venv beside it. No network is needed."""

import os
import shutil
import sysconfig
import venv
from pathlib import Path

from sync.launcher.environment import place_at, wanted, write_stamp
from tests.acceptance.conftest import ROOT

PARTS = ("sync", "templates", "workflows", "docs/panduan")
FILES = ("loket.py", "loket.bat", "requirements.txt", "settings.example.yaml", "README.md")


def copy_release(folder: Path) -> Path:
    """What a release holds, the tests left out."""
    for part in PARTS:
        shutil.copytree(
            ROOT / part,
            folder / part,
            ignore=shutil.ignore_patterns("__pycache__"),
            dirs_exist_ok=True,
        )
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    return folder


def prepare(folder: Path) -> None:
    """As a first start leaves it; the libraries are those of this test's own Python."""
    place = place_at(str(folder))
    venv.EnvBuilder(symlinks=os.name != "nt").create(place.venv)
    [library] = (
        place.venv.glob("lib/python3*/site-packages")
        if os.name != "nt"
        else [place.venv / "Lib" / "site-packages"]
    )
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (library / "libraries.pth").write_text("\n".join(sorted(paths)) + "\n", encoding="utf-8")
    write_stamp(place, wanted(place, ""))


def installed_program(folder: Path) -> Path:
    prepare(copy_release(folder))
    return folder
