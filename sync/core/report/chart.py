"""The trend as a drawing's points. A few lines of SVG in the template say the rest: a chart library would bring scripts,
styles and fonts of its own, which no letter may."""

from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Chart:
    """Within `width` × `height`, from the top left. `lines` are runs of points without a gap; `marks` the values of the
    horizontal lines and where they stand."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    marks: tuple[tuple[int, float], ...]


def chart(values: Sequence[int | None], width: float, height: float) -> Chart | None:
    """None where fewer than two values are known: there is nothing to see. The scale begins at 0."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    step = _step(max(*known, 1))
    top = step * -(-max(*known, 1) // step)
    across = width / (len(values) - 1)

    def down(value: float) -> float:
        return round(height * (1 - value / top), 2)

    lines: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            lines[-1].append((round(across * place, 2), down(value)))
    marks = tuple((mark, down(mark)) for mark in range(0, top + 1, step))
    return Chart(tuple(tuple(line) for line in lines if line), marks)


def _step(largest: int) -> int:
    """A round number that goes into the largest four times at most."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size * 4 >= largest and step * size == int(step * size):
                return int(step * size)
        size *= 10
