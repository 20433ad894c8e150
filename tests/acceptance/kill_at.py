"""Runs the real program and kills it with SIGKILL at a named step: `kill_at.py MODULE:NAME before|after N -- ARGS`.

The step is the N-th call of a function; nothing in the program knows of this. For a context manager, `before` and
`after` are its end: the moments around a commit.
"""

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(step: str, when: str, number: int) -> None:
    """Replaces the function of `step` by one that dies around its `number`-th call."""
    module_name, name = step.split(":")
    owner: Any = importlib.import_module(module_name)
    *path, attribute = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    original = getattr(owner, attribute)
    calls = 0

    def counted() -> bool:
        nonlocal calls
        calls += 1
        return calls == number

    def dying(*arguments: Any, **named: Any) -> Any:
        here = counted()
        if here and when == "before":
            die()
        result = original(*arguments, **named)
        if here:
            die()
        return result

    @contextlib.contextmanager
    def dying_at_its_end(*arguments: Any, **named: Any) -> Iterator[Any]:
        here = counted()
        with original(*arguments, **named) as inside:
            yield inside
            if here and when == "before":
                die()
        if here:
            die()

    is_context = hasattr(original, "__wrapped__") and attribute == "begin"
    setattr(owner, attribute, dying_at_its_end if is_context else dying)


def main() -> int:
    step, when, number, dashes, *arguments = sys.argv[1:]
    assert dashes == "--"
    kill_at(step, when, int(number))
    from sync.cli.app import main as loket

    return loket(arguments)


if __name__ == "__main__":
    sys.exit(main())
