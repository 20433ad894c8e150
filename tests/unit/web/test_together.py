"""Many applicants at once cost the ledger few questions, and each gets the answer to his own."""

import asyncio
import threading
from collections.abc import Mapping, Sequence

import pytest

from sync.web.citizens.together import MOST, Together


class Book:
    """What there is, and which names were asked for together. Waits for `open` in its thread."""

    def __init__(self) -> None:
        self.looks: list[Sequence[str]] = []
        self.open = threading.Event()
        self.open.set()
        self.trouble: Exception | None = None

    def look(self, names: Sequence[str]) -> Mapping[str, str]:
        self.looks.append(names)
        assert self.open.wait(10)
        if self.trouble:
            raise self.trouble
        return {name: name.upper() for name in names if not name.startswith("x")}


def test_what_comes_meanwhile_is_asked_together() -> None:
    """The first look is for the first alone; all others share the next ones, at most so many in each."""
    book = Book()

    async def asked() -> list[str | None]:
        together = Together(book.look)
        book.open.clear()
        names = ["a", "x", *(f"n{number}" for number in range(MOST + 5))]
        tasks = [asyncio.create_task(together.find(name)) for name in names[:1]]
        await asyncio.sleep(0.05)
        tasks += [asyncio.create_task(together.find(name)) for name in names[1:]]
        await asyncio.sleep(0.05)
        book.open.set()
        return await asyncio.gather(*tasks)

    answers = asyncio.run(asked())
    assert answers == ["A", None, *(f"N{number}" for number in range(MOST + 5))]
    assert [len(names) for names in book.looks] == [1, MOST, 6]


def test_trouble_reaches_everybody_and_then_is_over() -> None:
    book = Book()

    async def asked() -> str | None:
        together = Together(book.look)
        book.trouble = OSError("disk")
        for found in await asyncio.gather(*map(together.find, "ab"), return_exceptions=True):
            assert isinstance(found, OSError)
        book.trouble = None
        return await together.find("a")

    assert asyncio.run(asked()) == "A"


def test_who_goes_away_holds_up_nobody() -> None:
    """A connection that was closed meanwhile."""
    book = Book()

    async def asked() -> str | None:
        together = Together(book.look)
        book.open.clear()
        gone = asyncio.create_task(together.find("a"))
        stays = asyncio.create_task(together.find("b"))
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.sleep(0)
        book.open.set()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await asyncio.wait_for(stays, 5)

    assert asyncio.run(asked()) == "B"
