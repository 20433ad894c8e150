"""Something small that is done again and again beside the work, however long that takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Event, Thread


@contextmanager
def repeated(deed: Callable[[], None], *, every_s: float, name: str) -> Iterator[None]:
    """In a thread of that name, until the block ends. `deed` raises nothing."""
    done = Event()

    def go_on() -> None:
        while not done.wait(every_s):
            deed()

    thread = Thread(target=copy_context().run, args=(go_on,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
