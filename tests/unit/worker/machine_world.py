"""What the worker's state machine plays with: a sheet, channels and a press that fail, and remember who saw what.

Every response, and every change of one, is told by its address (`Jl. 3.1`: the third response, changed once), so a
letter says which answers it holds. A decision is a stroke of the officer's pen: it knows the answers it was typed
beside, and travels with its cell.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sync.core.delivery import Intent, Message
from sync.core.desk import SYSTEM_COLUMNS, DeskReading, Glance, RowUpdate, Span, WriteReport
from sync.core.outcomes import CannotKnow, Receipt, TryAgain
from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed
from tests.fakes.channel import FakeChannel
from tests.fakes.desk import FakeDesk, SheetRow
from tests.fakes.fuse import Fuse
from tests.fakes.press import FakePress


@dataclass(eq=False)
class Stroke:
    """One decision typed. `void`: it was typed into a row that says it is a copy, or read before the row had shown
    anything."""

    word: str
    address: str
    void: bool


@dataclass(eq=False)
class PaperRow(SheetRow):
    stroke: Stroke | None = None
    shown: bool = False

    @property
    def address(self) -> str:
        return str(self.answers["Alamat"])

    @property
    def status(self) -> str:
        return self.system.get("status", "")


def response_of(address: str) -> int:
    """`Jl. 3.1` → 3."""
    return int(address.removeprefix("Jl. ").partition(".")[0])


class WatchedDesk(FakeDesk):
    """`fails_in` names the next calls to fail: "read", "write" (before it), "written" (after it).

    `late` is what the next reading is taken from; `interruptions` happen just before the next write.
    """

    rows: list[PaperRow]  # type: ignore[assignment]

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse
        self.strokes_read: set[Stroke] = set()
        self.fails_in: set[str] = set()
        self.late: list[PaperRow] | None = None
        self.interruptions: list[Callable[[], None]] = []

    def read(self) -> DeskReading:
        rows = self._rows_seen()
        return self.reading(rows, range(2, len(rows) + 2))

    def glance(self, spans: Sequence[Span], tail: Span | None = None) -> Glance:
        return self.glancing(self._rows_seen(), spans, tail)

    def look_at(self, numbers: Collection[int]) -> DeskReading:
        return self.reading(self._rows_seen(), sorted(numbers))

    def copied(self) -> list[PaperRow]:
        """The rows as they stand now, for a late reading."""
        parts = ("answers", "system", "officer")
        return [
            replace(row, **{name: dict(getattr(row, name)) for name in parts}) for row in self.rows
        ]

    def reading(self, rows: Sequence[SheetRow], numbers: Collection[int]) -> DeskReading:
        """From now on what stands in these rows may have been read."""
        for row in (rows[number - 2] for number in numbers if number - 2 < len(rows)):
            stroke = row.stroke if isinstance(row, PaperRow) else None
            if stroke is None:
                continue
            stroke.void = stroke.void or not row.shown  # type: ignore[attr-defined]
            of_the_letter = stroke.word == "Kirim ulang"  # which keeps its answers
            if not stroke.void and (of_the_letter or stroke.address == row.answers["Alamat"]):
                self.strokes_read.add(stroke)
        return super().reading(rows, numbers)

    def _rows_seen(self) -> list[PaperRow]:
        self._fuse.burn()
        self._fail("read")
        if self.late is None:
            return self.rows
        late, self.late = self.late, None
        self.changes += 1  # what it does not show yet makes itself known by a later version
        return late

    def write(self, updates: list[RowUpdate]) -> WriteReport:
        assert all(set(update.cells) <= set(SYSTEM_COLUMNS) for update in updates)
        self._fuse.burn()
        while self.interruptions:
            self.interruptions.pop(0)()
        self._fail("write")
        officers = {id(row): dict(row.officer) for row in self.rows}
        answers = {id(row): (dict(row.answers), row.submitted) for row in self.rows}
        report = super().write(updates)
        assert officers == {id(row): row.officer for row in self.rows}
        assert answers == {id(row): (row.answers, row.submitted) for row in self.rows}
        for row in self.rows:
            row.shown = row.shown or bool(row.status)
        self._fail("written")
        self._fuse.burn()
        return report

    def _fail(self, where: str) -> None:
        if where in self.fails_in:
            self.fails_in.discard(where)
            raise TryAgain("Google sedang tidak dapat dihubungi.")


class WatchedChannel(FakeChannel):
    """`away` fails every send until it is taken off. `unknowable`: intents of which nobody can know what came of them."""

    def __init__(self, name: str, fuse: Fuse, unknowable: set[int], *, repeatable: bool) -> None:
        super().__init__(name, repeatable=repeatable)
        self._fuse = fuse
        self._unknowable = unknowable
        self.away: Exception | None = None
        self.interruptions: list[Callable[[], None]] = []

    def plan(self, **what: object) -> str:
        self._fuse.burn()
        while self.interruptions:
            self.interruptions.pop(0)()
        return super().plan(**what)  # type: ignore[arg-type]

    def send(self, intent: Intent, message: Message) -> Receipt:
        self._fuse.burn()
        try:
            if self.away:
                raise self.away
            receipt = super().send(intent, message)
        except (CannotKnow, RuntimeError):
            self._unknowable.add(intent.id)
            raise
        self._fuse.burn()
        return receipt

    def happened(self, intent: Intent) -> Receipt | None:
        self._fuse.burn()
        if self.asking_failures:
            self._unknowable.add(intent.id)
        return super().happened(intent)


class FusedPress(FakePress):
    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    def make_all(
        self, orders: Iterable[tuple[int, LetterOrder]]
    ) -> Iterator[tuple[int, bytes | LetterFailed]]:
        for made in super().make_all(orders):
            self._fuse.burn()
            yield made
