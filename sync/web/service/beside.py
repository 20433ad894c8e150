"""A file's problems beside what they are about: from the line of a problem to the value that stands there."""

import re
from collections.abc import Collection, Iterator, Sequence

from sync.core.mendable import Problem
from sync.core.workflow.changes import Path
from sync.core.yaml_text import Node


def beside(
    problems: Sequence[Problem], root: Node, names: Collection[str], *, file: str
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """Problems by the name of their input (`fields.nik.type`), and those that belong to none of `names`, or not to `file`."""
    placed: dict[str, list[Problem]] = {}
    others: list[Problem] = []
    for problem in problems:
        line = re.fullmatch(rf"{re.escape(file)}:(\d+)", problem.where)
        name = _name(problem.found, int(line[1]), root, names) if line else ""
        if name:
            placed.setdefault(name, []).append(problem)
        else:
            others.append(problem)
    return placed, others


def _name(found: str, line: int, root: Node, names: Collection[str]) -> str:
    """What is missing, or of the values on the line the one that the problem speaks of, else the outermost."""
    missing = re.match(r'"([\w.]+)" belum ada', found)
    if missing:
        return missing[1] if missing[1] in names else ""
    told = [_dotted(path) for path, node in _nodes(root) if node.line == line]
    mentioned = [name for name in told if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", found)]
    keys = [name for name in told if found.startswith(f"{name.rpartition('.')[2]}:")]
    for name in (*sorted(mentioned, key=len, reverse=True), *keys, *sorted(told, key=len)):
        while name:
            if name in names:
                return name
            name = name.rpartition(".")[0]
    return ""


def _nodes(node: Node, above: Path = ()) -> Iterator[tuple[Path, Node]]:
    below = node.table.items() if node.table else enumerate(node.items)
    for step, one in below:
        yield (*above, step), one
        yield from _nodes(one, (*above, step))


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)
