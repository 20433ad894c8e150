"""The charts, drawn on the server as SVG: shapes and texts alone, without style, script or font of their own, so that the
threshold's policy holds for them as it is (pygal, the other candidate, needs a style of its own). Each in two widths, so
that its letters are as large on a phone as on a desk."""

from collections.abc import Sequence
from datetime import date
from threading import Lock
from xml.etree import ElementTree

import leather  # type: ignore[import-untyped]
from leather import theme

from sync.core.money import grouped
from sync.core.report.chart import chart
from sync.core.report.day import AGES

WIDE, NARROW = (760, 280), (360, 260)
CAME, WENT = "#0f5c5a", "#b45f00"
_AGE_COLOURS = ("#0f5c5a", "#0f5c5a", "#b45f00", "#9a251d")
_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
_INK, _SOFT, _GRID = "#1d2b2f", "#4d5c61", "#dcd8ce"
_TICK_EVERY = {WIDE: 4, NARROW: 8}
"""Days between the dates that stand below."""
_drawing = Lock()


def daily(days: Sequence[date], came: Sequence[int], went: Sequence[int], *, wide: bool) -> bytes:
    """Lines of what came and what was delivered each day."""
    size, drawn = _size(wide), leather.Chart()
    drawn.add_line(list(enumerate(came)), name="Diterima", stroke_color=CAME, width=2.5)
    drawn.add_line(
        list(enumerate(went)),
        name="Selesai (putus-putus)",
        stroke_color=WENT,
        width=2.5,
        stroke_dasharray="6 4",
    )
    last, every = len(days) - 1, _TICK_EVERY[size]
    places = list(range(last, -1, -every))[::-1]
    drawn.add_x_scale(0, last)
    drawn.add_x_axis(ticks=places, tick_formatter=lambda at, *_: f"{days[at].day}/{days[at].month}")
    marks = _marks(max(*came, *went))
    drawn.add_y_scale(0, marks[-1])
    drawn.add_y_axis(ticks=marks, tick_formatter=_grouped)
    return _svg(drawn, size)


def ages(counts: Sequence[int], *, wide: bool) -> bytes:
    """A bar for each of AGES."""
    size, drawn = _size(wide), leather.Chart()
    colours = dict(zip(AGES, _AGE_COLOURS, strict=True))
    drawn.add_bars(
        list(zip(counts, AGES, strict=True)),
        fill_color=lambda datum: colours[datum.y],
    )
    marks = _marks(max(counts))
    drawn.add_x_scale(0, marks[-1])
    crowded = not wide and marks[-1] > 999
    drawn.add_x_axis(ticks=marks[:: 2 if crowded else 1], tick_formatter=_grouped)
    return _svg(drawn, size, margin=28 if crowded else 14)


def _size(wide: bool) -> tuple[int, int]:
    return WIDE if wide else NARROW


def _marks(largest: int) -> list[int]:
    drawn = chart((0, max(largest, 4)), 1, 1)
    return [mark for mark, _ in drawn.marks] if drawn else [0, 4]


def _grouped(mark: int, _place: int, _count: int) -> str:
    return grouped(mark)


def _svg(drawn: leather.Chart, size: tuple[int, int], *, margin: int = 14) -> bytes:
    width, height = size
    root = ElementTree.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=str(width),
        height=str(height),
    )
    with _drawing:
        _dress(margin / size[0])
        root.append(drawn.to_svg_group(*size))
    drawing: bytes = ElementTree.tostring(root, encoding="utf-8")
    return drawing


def _dress(margin: float) -> None:
    """The library keeps its looks in one place for all charts. `margin`: a part of the width."""
    theme.background_color = "#fff"
    theme.margin = margin
    theme.legend_font_family = theme.tick_font_family = _FONT
    theme.legend_color, theme.label_color = _INK, _SOFT
    theme.tick_color, theme.zero_color = _GRID, _SOFT
    theme.tick_font_char_width = theme.legend_font_char_width = 7
