"""A press that prints the facts of the order as bytes, and fails for the names it is told to."""

from collections.abc import Iterable, Iterator

from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed


class FakePress:
    def __init__(self) -> None:
        self.fails_for: set[str] = set()
        self.printed = 0

    def make(self, order: LetterOrder) -> bytes:
        """A letter that accompanies a notice."""
        if order.context["nama"] in self.fails_for:
            raise LetterFailed("Templat surat rusak.", detail="planted")
        told = [*order.context["masalah"], order.context["catatan"]]
        return f"%PDF {order.template} {order.context['nomor']} {told}".encode()

    def make_all(
        self, orders: Iterable[tuple[int, LetterOrder]]
    ) -> Iterator[tuple[int, bytes | LetterFailed]]:
        for key, order in orders:
            self.printed += 1
            if order.context["nama"] in self.fails_for:
                yield key, LetterFailed("Templat surat rusak.", detail="planted")
            else:
                yield (
                    key,
                    f"%PDF {self.printed} {order.context['nomor']} {order.context['alamat']}".encode(),
                )
