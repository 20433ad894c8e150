"""What a disk may hold after the power failed: only what was synced, or that and some of the rest, torn anywhere.

`read` follows the calls that recorder.c wrote down; `left_behind` builds one of the possible remains. A name lasts
once its folder was synced, contents once their file was (POSIX promises no more).
"""

import os
import random
import struct
from dataclasses import dataclass, field
from pathlib import Path

CREATE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR = range(1, 8)
_HEAD = struct.Struct("<IIIIQQ")
_SECTOR = 512
_NOT_KEPT = ("-shm",)  # SQLite makes it anew from the log


@dataclass
class _File:
    """`pending`: (offset, bytes) of a write, (size, None) of a change of length, in order."""

    folder: bool = False
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)


_Names = list[tuple[str, _File | None]]
"""Names given (or, with None, taken away) together, e.g. both of a rename."""


class Disk:
    def __init__(self) -> None:
        self._now: dict[str, _File] = {}
        self._lasting: dict[str, _File] = {}
        self._pending: dict[str, list[_Names]] = {}
        self.calls = 0

    @classmethod
    def read(cls, log: Path, already: Path) -> "Disk":
        """`already` is the folder as it was before the recording began, all of it lasting."""
        disk = cls()
        for path in sorted(already.rglob("*")):
            content = bytearray() if path.is_dir() else bytearray(path.read_bytes())
            disk._now[str(path)] = disk._lasting[str(path)] = _File(path.is_dir(), content)
        recorded, at = log.read_bytes(), 0
        while at + _HEAD.size <= len(recorded):
            kind, first, second, _, offset, size = _HEAD.unpack_from(recorded, at)
            at += _HEAD.size
            if at + first + second + size > len(recorded):
                break  # killed while it was being written down
            path = recorded[at : at + first].decode()
            other = recorded[at + first : at + first + second].decode()
            at += first + second
            disk._call(kind, path, other, offset, recorded[at : at + size])
            at += size
        return disk

    def _call(self, kind: int, path: str, other: str, offset: int, data: bytes) -> None:
        self.calls += 1
        if kind in (CREATE, MKDIR):
            self._name(path, [(path, _File(folder=kind == MKDIR))])
        elif kind == RENAME:
            self._name(other, [(other, self._now[path]), (path, None)])
        elif kind == UNLINK:
            self._name(path, [(path, None)])
        elif kind == SYNC and (path not in self._now or self._now[path].folder):
            for names in self._pending.pop(path, []):
                _apply(names, self._lasting)
        elif path in self._now:  # not one that was deleted while open
            file = self._now[path]
            if kind == SYNC:
                for change in file.pending:
                    _write(file.durable, *change)
                file.pending.clear()
            else:
                file.pending.append((offset, data if kind == WRITE else None))

    def _name(self, path: str, names: _Names) -> None:
        _apply(names, self._now)
        self._pending.setdefault(_folder(path), []).append(names)

    def left_behind(self, at: Path, to: Path, seed: int | None) -> None:
        """Builds in `to` what is left of the folder `at`; without a seed only what was synced."""
        chance = random.Random(seed)
        names = dict(self._lasting)
        for waiting in self._pending.values():
            some = 0 if seed is None else chance.randint(0, len(waiting))
            for group in waiting[:some]:
                _apply(group, names)
        for path, file in sorted(names.items()):
            if path.endswith(_NOT_KEPT) or not self._reachable(path, str(at), names):
                continue
            target = to / os.path.relpath(path, at)
            if file.folder:
                target.mkdir(parents=True, exist_ok=True)
                continue
            content = bytearray(file.durable)
            for offset, data in file.pending:
                if seed is None or chance.random() < 0.5:
                    continue
                if data is not None and chance.random() < 0.3:  # torn
                    data = data[: chance.randrange(0, len(data) + 1, _SECTOR)]
                _write(content, offset, data)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    @staticmethod
    def _reachable(path: str, root: str, names: dict[str, _File]) -> bool:
        if not path.startswith(root + os.sep):
            return False
        while (path := _folder(path)) != root:
            if path not in names:
                return False
        return True


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _apply(names: _Names, to: dict[str, _File]) -> None:
    for path, file in names:
        if file is None:
            to.pop(path, None)
        else:
            to[path] = file


def _write(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is not None:
        content[offset : offset + len(data)] = data
