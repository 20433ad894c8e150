"""Many ask at once, the ledger is asked once: what comes while others are being answered waits for the next look, together."""

from asyncio import Future, Task, create_task, get_running_loop
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

Found = TypeVar("Found")
_Asked = tuple[str, Future[Found | None]]
MOST = 50
"""Names in one look."""


class Together(Generic[Found]):
    """`look` is called in a thread, with some names; it gives what there is. Who asks gets None for what there is not, and
    what `look` raises."""

    def __init__(self, look: Callable[[Sequence[str]], Mapping[str, Found]]) -> None:
        self._look = look
        self._waiting: list[_Asked[Found]] = []
        self._turn: Task[None] | None = None

    async def find(self, name: str) -> Found | None:
        answer: Future[Found | None] = get_running_loop().create_future()
        self._waiting.append((name, answer))
        if self._turn is None:
            self._turn = create_task(self._go_on())
        return await answer

    async def _go_on(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                try:
                    found = await run_in_threadpool(self._look, [name for name, _ in asked])
                except Exception as error:
                    for _, answer in _still_there(asked):
                        answer.set_exception(error)
                else:
                    for name, answer in _still_there(asked):
                        answer.set_result(found.get(name))
        finally:
            self._turn = None


def _still_there(asked: list[_Asked[Found]]) -> Iterator[_Asked[Found]]:
    """Who asked may have gone meanwhile."""
    return (one for one in asked if not one[1].done())
