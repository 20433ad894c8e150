"""A file that is there whole or not at all, also after a power cut."""

import os
import sys
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Returns when the disk has it, its name included. Raises OSError; what was there before is then untouched."""
    _make_durably(path.parent)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_names(path.parent)


def _make_durably(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_names(folder.parent)


def _sync_names(folder: Path) -> None:
    """Windows keeps names safe by itself, and opens no folders."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
