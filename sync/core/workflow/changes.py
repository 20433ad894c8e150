"""Changes to the values of a YAML file, and what the values are afterwards. Their work on the text is edit.py's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NoReturn

from sync.core.yaml_text import Plain

Step = int | str
Path = tuple[Step, ...]
Held = str | list["Held"] | dict[str, "Held"] | None
"""A file's values; None: nothing was written after the key."""


@dataclass(frozen=True, slots=True)
class Put:
    """`value` stands at `path` afterwards; tables on the way are made, in place of a text too. Of a table or list only
    what differs is touched."""

    path: Path
    value: Plain


@dataclass(frozen=True, slots=True)
class Add:
    """A new entry. `at`: its place among its table's keys, the last where None; in a list the path's last step says it."""

    path: Path
    value: Plain
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """With the comments that stand right above it, unless it is the first of its table or list."""

    path: Path


@dataclass(frozen=True, slots=True)
class Move:
    """The entry stands at place `to` of its own table or list afterwards; its comments right above go along."""

    path: Path
    to: int


@dataclass(frozen=True, slots=True)
class Rename:
    path: Path
    key: str


Change = Put | Add | Remove | Move | Rename


def steps_of(held: Held, change: Change) -> Iterator[Change]:
    """The change as steps that touch one entry, or one value, each; a step's path counts with those before it done."""
    match change:
        case Put(path, value):
            there = next(n for n in range(len(path), -1, -1) if _is_there(held, path[:n]))
            for step in reversed(path[there + 1 :]):
                value = {str(step): value}
            if there == len(path):
                yield from _differences(_at(held, path), value, path)
            else:
                yield from steps_of(held, Add(path[: there + 1], value))
        case Add(path, value) if len(path) > 1 and _gives_way(_at(held, path[:-1])):
            first = path[-1]
            yield Put(path[:-1], {first: value} if isinstance(first, str) else [value])
        case Remove(path) if len(path) > 1 and len(_at(held, path[:-1]) or ()) == 1:
            yield Put(path[:-1], {} if isinstance(_at(held, path[:-1]), dict) else [])
        case _:
            yield change


def applied(held: Held, change: Change) -> Held:
    """The values after one step. Raises KeyError and ValueError as `edited` does."""
    first, *rest = change.path or _nonsense(change)
    if rest:
        inner = applied(_below(held, first), replace(change, path=tuple(rest)))
        return _with_entries(
            held, [(key, inner if key == first else old) for key, old in _entries(held)]
        )
    entries = _entries(held)
    place = next((n for n, (key, _) in enumerate(entries) if key == first), None)
    if isinstance(change, Add):
        entries.insert(place_of_new(change, held), (first, _copied(change.value)))
        return _with_entries(held, entries)
    if place is None:
        raise KeyError(first)
    match change:
        case Put(value=value):
            entries[place] = (first, _copied(value))
        case Remove():
            del entries[place]
        case Move(to=to):
            if not 0 <= to < len(entries):
                _nonsense(change)
            entries.insert(to, entries.pop(place))
        case Rename(key=key):
            if not isinstance(held, dict) or (key in held and key != first):
                _nonsense(change)
            entries[place] = (key, entries[place][1])
    return _with_entries(held, entries)


def place_of_new(change: Add, held: Held) -> int:
    entries, last = len(_entries(held)), change.path[-1]
    at: Step | None = (
        last if isinstance(held, list) else entries if change.at is None else change.at
    )
    if (
        not isinstance(at, int)
        or not 0 <= at <= entries
        or (isinstance(held, dict) and last in held)
    ):
        _nonsense(change)
    return at


def _gives_way(held: Held) -> bool:
    """To a table or list: what is none, or an empty one."""
    return not held or isinstance(held, str)


def _at(held: Held, path: Path) -> Held:
    for step in path:
        held = _below(held, step)
    return held


def _below(held: Held, step: Step) -> Held:
    return dict(_entries(held))[step]


def _entries(held: Held) -> list[tuple[Step, Held]]:
    if isinstance(held, dict):
        return list(held.items())
    return list(enumerate(held)) if isinstance(held, list) else []


def _with_entries(held: Held, entries: list[tuple[Step, Held]]) -> Held:
    if isinstance(held, list):
        return [value for _, value in entries]
    return {str(key): value for key, value in entries}


def _is_there(held: Held, path: Path) -> bool:
    try:
        _at(held, path)
    except KeyError:
        return False
    return True


def _differences(old: Held, new: Plain, path: Path) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict) and new:
        yield from _table_differences(old, new, path)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _list_differences(old, new, path)
    elif old != new:
        yield Put(path, new)


def _table_differences(old: dict[str, Held], new: dict[str, Plain], path: Path) -> Iterator[Change]:
    """What was left empty counts as nothing, and stays."""
    kept = [key for key, value in old.items() if key in new or value is None]
    if not kept:
        yield Put(path, new)
        return
    yield from (Remove((*path, key)) for key in old if key not in kept)
    before = None
    for key, value in new.items():
        at = 0 if before is None else kept.index(before) + 1
        if key not in kept:
            kept.insert(at, key)
            yield Add((*path, key), value, at)
        else:
            if kept.index(key) < at:
                kept.insert(at - 1, kept.pop(kept.index(key)))
                yield Move((*path, key), at - 1)
            yield from _differences(old[key], value, (*path, key))
        before = key


def _list_differences(old: list[Held], new: list[Plain], path: Path) -> Iterator[Change]:
    """What is alike at the beginning and at the end is not touched."""
    head = _alike(old, new)
    tail = min(_alike(old[::-1], new[::-1]), min(len(old), len(new)) - head)
    gone, come = old[head : len(old) - tail], new[head : len(new) - tail]
    both = min(len(gone), len(come))
    for place in range(both):
        yield from _differences(gone[place], come[place], (*path, head + place))
    yield from (Remove((*path, head + both)) for _ in gone[both:])
    for place, value in enumerate(come[both:], head + both):
        yield Add((*path, place), value)


def _alike(old: list[Held], new: list[Plain]) -> int:
    pairs = zip(old, new, strict=False)
    return len(list(takewhile(lambda pair: bool(pair[0] == pair[1]), pairs)))


def _copied(value: Plain) -> Held:
    if isinstance(value, dict):
        return {key: _copied(below) for key, below in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _nonsense(change: Change) -> NoReturn:
    raise ValueError(f"makes no sense: {type(change).__name__} {change.path}")
