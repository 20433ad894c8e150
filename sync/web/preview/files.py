"""The files that a letter comes from: whether one of them was changed, and the lines around a mistake."""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

_SETTLED_S = 0.05
"""An editor empties a file before it fills it again; what is younger than this may be half written."""
_AROUND = 3
_LONGEST_LINE = 300
_LARGEST_BYTES = 1_000_000


class Watch:
    """`paths` names the files anew each time: new ones count, and ones that went away."""

    def __init__(self, paths: Callable[[], Iterable[Path]]) -> None:
        self._paths = paths
        self._version = ""

    def version(self) -> str:
        """Another text after every change."""
        seen = sorted(stamps(self._paths()))
        now = time.time_ns()
        if not self._version or not any(0 <= now - at < _SETTLED_S * 1e9 for _, at, _ in seen):
            self._version = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
        return self._version


def stamps(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    """Name, time and size of those that are there."""
    for path in paths:
        try:
            status = path.stat()
        except OSError:  # gone meanwhile
            continue
        yield str(path), status.st_mtime_ns, status.st_size


def lines_around(where: str, folders: Mapping[str, Iterable[Path]]) -> list[dict[str, Any]]:
    """The line that a problem's `where` names (`templates/letters/x.html:12`) and its neighbours: `number`, `text`, `here`.

    `folders` are those that may be looked into, by the first part of `where`. Empty where there is no such line.
    """
    named = re.fullmatch(r"(\w+)/(.+):(\d+)", where)
    if not named:
        return []
    top, name, line = named[1], named[2], int(named[3])
    for folder in folders.get(top, ()):
        file = (folder / name).resolve()
        if file.is_relative_to(folder.resolve()) and file.is_file():
            return _lines(file, line)
    return []


def _lines(file: Path, line: int) -> list[dict[str, Any]]:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            return []
        lines = file.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError:
        return []
    first, last = max(line - _AROUND, 1), min(line + _AROUND, len(lines))
    return [
        {
            "number": number,
            "text": lines[number - 1].rstrip("\r")[:_LONGEST_LINE],
            "here": number == line,
        }
        for number in range(first, last + 1)
    ]
