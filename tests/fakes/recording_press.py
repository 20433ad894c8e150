"""A press that remembers what every letter's template was given."""

from collections.abc import Iterable, Iterator, Mapping

from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed
from tests.fakes.press import FakePress


class RecordingPress(FakePress):
    def __init__(self) -> None:
        super().__init__()
        self.contexts: list[Mapping[str, object]] = []

    def make_all(
        self, orders: Iterable[tuple[int, LetterOrder]]
    ) -> Iterator[tuple[int, bytes | LetterFailed]]:
        def seen() -> Iterator[tuple[int, LetterOrder]]:
            for key, order in orders:
                self.contexts.append(order.context)
                yield key, order

        return super().make_all(seen())
