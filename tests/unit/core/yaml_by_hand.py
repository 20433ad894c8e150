"""YAML as people write it: the same values in every style, with comments, blank lines and odd spaces in between."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from sync.core.workflow.emit import scalar


@dataclass
class Hand:
    """Writes values in a style of its own choice. `comments`: all that it wrote, each once in the text."""

    random: Random
    line_end: str = "\n"
    comments: list[str] = field(default_factory=list)

    def file(self, value: dict[str, Any]) -> str:
        top = [self.comment() for _ in range(self.random.randrange(3))]
        lines = [*top, *self.block(value, 0)]
        text = self.line_end.join(lines)
        return text + (self.line_end if self.once_in(1.2) else "")

    def once_in(self, times: float) -> bool:
        return self.random.random() < 1 / times

    def comment(self) -> str:
        self.comments.append(f"# c{len(self.comments)}.")
        return self.comments[-1]

    def beside(self) -> str:
        return " " * self.random.randint(1, 3) + self.comment() if self.once_in(4) else ""

    def between(self, column: int) -> list[str]:
        lines = []
        if self.once_in(6):
            lines.append(self.random.choice(["", "  ", " " * column]))
        if self.once_in(5):
            lines.append(" " * self.random.choice([column, column, 0]) + self.comment())
        return lines

    def block(self, value: Any, column: int) -> list[str]:
        """Lines of a table or list that is not empty."""
        lines: list[str] = []
        for key, below in value.items() if isinstance(value, dict) else ((None, v) for v in value):
            lines += self.between(column) if lines else []
            start = "-" if key is None else f"{self.text(key, flow=False)}:"
            if key is not None and self.once_in(25):
                start = f"? {start[:-1]}{self.line_end}{' ' * column}:"
            lines += self.entry(start, below, column)
        return lines

    def entry(self, start: str, value: Any, column: int) -> list[str]:
        margin, gap = " " * column, " " * (self.random.randint(1, 4) if self.once_in(4) else 1)
        if value is None:
            return [
                margin + start + self.random.choice(["", f"{gap}~", f"{gap}null"]) + self.beside()
            ]
        if isinstance(value, str):
            if self.once_in(8) and value.strip() == value and value.isprintable() and value:
                mark = self.random.choice(["|-", ">-"])
                return [f"{margin}{start}{gap}{mark}{self.beside()}", f"{margin}  {value}"]
            if self.once_in(12) and start != "-":
                return [margin + start, f"{margin}   {self.text(value, flow=False)}{self.beside()}"]
            return [f"{margin}{start}{gap}{self.text(value, flow=False)}{self.beside()}"]
        if not value or self.once_in(2):
            return [f"{margin}{start}{gap}{self.flow(value, column)}{self.beside()}"]
        if start == "-" and self.once_in(1.5):
            first, *rest = self.block(value, column + 2)
            return [f"{margin}- {first[column + 2 :]}", *rest]
        indentless = isinstance(value, list) and start != "-" and self.once_in(3)
        deeper = column if indentless else column + self.random.randint(1, 4)
        head = [margin + start + self.beside()]
        if self.once_in(8):
            head.append(" " * deeper + self.comment())
        return [*head, *self.block(value, deeper)]

    def flow(self, value: Any, column: int) -> str:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        parts = [self.flow_entry(key, below, column) for key, below in _entries(value)]
        inner = self.random.choice(["", " "])
        comma = "," if parts and self.once_in(8) else ""
        if not parts or self.once_in(1.3):
            return opening + inner + ", ".join(parts) + comma + inner + closing
        margin = self.line_end + " " * (column + self.random.randint(1, 5))
        lines = [
            part + ("," if n + 1 < len(parts) else comma) + self.beside()
            for n, part in enumerate(parts)
        ]
        return opening + margin + margin.join(lines) + margin + closing

    def flow_entry(self, key: str | None, value: Any, column: int) -> str:
        if value is None:
            shown = self.random.choice(["", " ~"])
        elif isinstance(value, str):
            shown = " " + self.text(value, flow=True)
        else:
            shown = " " + self.flow(value, column + 1)
        if key is None:
            return shown.strip(" ") or "~"
        if shown == "" and self.once_in(3):
            return self.text(key, flow=True)
        return f"{self.text(key, flow=True)}:{shown}"

    def text(self, text: str, *, flow: bool) -> str:
        return scalar(text, flow=flow, quotes=self.random.choice([None, None, "'", '"']))


def _entries(value: Any) -> Any:
    return value.items() if isinstance(value, dict) else ((None, below) for below in value)
