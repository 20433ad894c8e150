"""A report on the screen, and the day that is asked for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli import screen
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.core.report.tables import Table


def day_of(text: str | None, office: "Root", at: datetime) -> date:
    """The office's day that is asked for. Raises Mendable."""
    from sync.core.dates import read_date
    from sync.core.refused import Refused

    today = at.astimezone(ZoneInfo(office.settings.office.timezone)).date()
    if text is None:
        return today
    try:
        day = read_date(text)
    except Refused as refused:
        raise wrong_choice(
            "--date", " ".join(refused.reasons), "report --date 4-5-2020"
        ) from refused
    if day > today:
        raise wrong_choice("--date", "hari itu belum tiba", "report")
    return day


def show(heading: Sequence[str], tables: "Sequence[Table]", notes: Sequence[str]) -> None:
    """On the screen."""
    screen.say(heading[0], style="bold")
    for line in heading[1:]:
        screen.say(line)
    for table in tables:
        _draw(table)
    for note in notes:
        screen.say(note, style="yellow")


def _draw(table: "Table") -> None:
    """Numbers to the right. A column of which nothing is known is left out, and where the screen is too narrow for the rest
    columns become rows."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Drawn
    from rich.text import Text

    from sync.core.masking import mask_numbers
    from sync.core.report.tables import UNKNOWN, plain_rows

    lines = [list(table.columns), *plain_rows([*table.rows, *table.foot])]
    ruled, bold = len(table.rows), [len(table.rows) + 1]
    told = [
        at
        for at in range(len(table.columns))
        if at == 0 or any(row[at] not in ("", UNKNOWN) for row in lines[1:])
    ]
    lines = [[row[at] for at in told] for row in lines]
    if sum(map(_widest_word, zip(*lines, strict=True))) > screen.console().width:
        lines = [list(row) for row in zip(*lines, strict=True)]
        ruled, bold = -1, []
    drawn = Drawn(title=table.title, title_justify="left", box=SIMPLE_HEAD, header_style="bold")
    for at, header in enumerate(lines[0]):
        drawn.add_column(Text(header), justify="right" if at else "left", overflow="fold")
    for place, row in enumerate(lines[1:], start=1):
        cells = [Text(mask_numbers(cell)) for cell in row]
        drawn.add_row(*cells, end_section=place == ruled, style="bold" if place in bold else "")
    screen.console().print(drawn)


def _widest_word(cells: Sequence[str]) -> int:
    """What a column takes at least, with its margin."""
    return max(len(word) for cell in cells for word in cell.split() or [""]) + 2


def wrong_choice(where: str, found: str, run: str) -> Mendable:
    return Mendable.one("pilihan-laporan", where=where, found=found, run=f"python loket.py {run}")
