"""What an upgrade does with each file: decided from digests alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.cli.upgrade_release import is_editable

ALL_OURS = ("sync/", "tests/", "benchmarks/")
"""Here nothing is an office's: what the new version does not have any more is removed."""


@dataclass(frozen=True, slots=True)
class Changes:
    """`put`: replaced or new. `beside`: the office's stays, the new one is laid beside it as `.baru`. `remove`: gone."""

    put: tuple[str, ...]
    beside: tuple[str, ...]
    remove: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.put or self.beside or self.remove)


def changes(new: Mapping[str, str], here: Mapping[str, str], shipped: Mapping[str, str]) -> Changes:
    """Digests by path: of the new version, of what lies here, and of what the version here came with."""
    put, beside = [], []
    for name, wanted in sorted(new.items()):
        if here.get(name) == wanted:
            continue
        if not is_editable(name) or here.get(name, "") == shipped.get(name):
            put.append(name)
        elif name in here:
            if shipped.get(name) != wanted:  # else the new version has nothing new for it
                beside.append(name)
        elif name.startswith("templates/"):
            put.append(name)
        elif (
            name not in shipped
        ):  # a service begins when the office says so; what it threw away stays away
            beside.append(name)
    gone = [name for name in here if name.startswith(ALL_OURS) and name not in new]
    return Changes(tuple(put), tuple(beside), tuple(sorted(gone)))
