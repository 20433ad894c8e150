"""A file that is there whole or not at all, also after a power cut."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Returns when the disk has it, its name included. Raises OSError; what was there before is then untouched."""
    write_all_durably({path: content})


def write_all_durably(files: Mapping[Path, bytes]) -> None:
    """Returns when the disk has them all. Raises OSError; each is then there whole, or as it was before."""
    folders = {path.parent for path in files}
    for folder in folders:
        _make_durably(folder)
    parts = {path: path.with_suffix(".part") for path in files}
    for path, part in parts.items():
        with part.open("wb") as file:
            file.write(files[path])
            file.flush()
            os.fsync(file.fileno())
    for path, part in parts.items():
        part.replace(path)
    for folder in folders:
        _sync_names(folder)


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
