"""Cells that Loket hit by mistake because columns moved in the moment of writing, and what had been in them. Pure.

It happens when an officer or the form inserts a column between our look at the header and our write. Loket's own
cells are put right by the worker's next write; an answer or an officer's cell is given back what it held.
"""

from collections.abc import Mapping, Sequence

from sync.core.cells import cell_text
from sync.core.desk import Cell
from sync.core.headers import normal

Block = tuple[int, int, Sequence[Cell]]
"""Row number, first column's index, cells side by side."""

Row = Sequence[Cell | None]


def victims(
    blocks: Sequence[Block],
    *,
    headers_before: Row,
    headers_after: Row,
    rows_before: Mapping[int, Row],
    rows_after: Mapping[int, Row],
    own: Sequence[str],
) -> list[Block]:
    """What to write back. `own` are the headers of Loket's columns."""
    before = [_title(headers_before, at) for at in range(len(headers_before))]
    ours = {normal(header) for header in own}
    found: list[Block] = []
    for number, first, texts in blocks:
        for column, text in enumerate(texts, start=first):
            title = _title(headers_after, column)
            landed_right = title == _title(headers_before, column)
            touched_since = cell_at(rows_after.get(number, ()), column) != text
            if landed_right or title in ours or touched_since:
                continue
            stood_at = [at for at, known in enumerate(before) if known == title]
            if title and len(stood_at) == 1:
                held = cell_at(rows_before.get(number, ()), stood_at[0])
            elif title and stood_at:
                continue  # two columns of that name: which one it was can't be told
            else:
                held = ""  # a column that was not there before
            found.append((number, column, [held]))
    return found


def cell_at(row: Row, column: int) -> Cell:
    """Sheets leaves out the empty cells at a row's end."""
    cell = row[column] if column < len(row) else ""
    return "" if cell is None else cell


def _title(headers: Row, column: int) -> str:
    return normal(cell_text(cell_at(headers, column)))
