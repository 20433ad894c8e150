"""Values of a range as a client asks for them: computed, rendered, trimmed."""

from typing import Any

from sync.sandbox.frame import GoogleError, Json, invalid
from sync.sandbox.sheets import cells, formulas, ranges, render
from sync.sandbox.sheets.a1 import Span
from sync.sandbox.sheets.answers import told
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Value
from sync.sandbox.sheets.formulas import CellError, Reference, Scalar
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.locales import locale_of

RENDERS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
MOMENTS = ("SERIAL_NUMBER", "FORMATTED_STRING")
DIMENSIONS = ("ROWS", "COLUMNS")

_Key = tuple[int, str]
"""A sheet and a formula's text: what a formula is worth depends on nothing else."""


class Reader:
    """Reads one spreadsheet as it stands: after a change, take a new one. Remembers what it worked out."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._grids: dict[int, Grid] = {}
        self._looks: dict[int, Json] = {0: {}}
        self._worth: dict[_Key, Scalar | CellError] = {}

    def grid(self, sheet_key: int) -> Grid:
        if sheet_key not in self._grids:
            sheet = next(each for each in self.book.sheets if each.key == sheet_key)
            self._grids[sheet_key] = Grid(self.book, sheet)
        return self._grids[sheet_key]

    def look(self, number: int) -> Json:
        """As Google tells it."""
        if number not in self._looks:
            self._looks[number] = told(cells.look(self.book.db, number))
        return self._looks[number]

    def number_format(self, look: int) -> Json:
        found: Json = self.look(look).get("userEnteredFormat", {}).get("numberFormat", {})
        return found

    def value(self, sheet_key: int, value: Value) -> Scalar:
        """A formula's result, anything else as it is. Raises CellError."""
        return self._computed(sheet_key, value) if isinstance(value, Formula) else value

    def _computed(self, sheet_key: int, formula: Formula) -> Scalar:
        """Those that it looks at come first, by a list and not by recursion: columns that count up are long."""
        wanted = sheet_key, formula.text
        waiting, begun = [wanted], set[_Key]()
        while waiting:
            key = waiting[-1]
            if key in self._worth:
                waiting.pop()
            elif key in begun:
                self._worth[key] = self._evaluated(key)
                begun.discard(waiting.pop())
            else:
                begun.add(key)
                below = self._below(key)
                if begun & below:
                    self._worth[key] = CellError("#REF!", "Circular dependency detected.")
                    begun.discard(key)
                else:
                    waiting += below - self._worth.keys()
        result = self._worth[wanted]
        if isinstance(result, CellError):
            raise result
        return result

    def _below(self, key: _Key) -> set[_Key]:
        """The formulas that this one looks at."""
        found: set[_Key] = set()
        for reference in formulas.references_of(key[1]):
            try:
                sheet, lines = self._under(reference, key[0])
            except CellError:
                continue
            found |= {(sheet, v.text) for line in lines for v in line if isinstance(v, Formula)}
        return found

    def _evaluated(self, key: _Key) -> Scalar | CellError:
        def lookup(reference: Reference) -> list[list[Scalar | CellError]]:
            sheet, lines = self._under(reference, key[0])
            return [
                [self._worth[sheet, v.text] if isinstance(v, Formula) else v for v in line]
                for line in lines
            ]

        try:
            return formulas.evaluate(key[1], lookup, locale_of(self.book.locale))
        except CellError as error:
            return error

    def _under(self, reference: Reference, own_key: int) -> tuple[int, list[list[Value]]]:
        """The sheet and the cells that a reference means."""
        grid, span = self._sheet_of(reference, own_key), reference.span
        try:
            if reference.name:
                grid, span = self._named(reference.name)
            area = ranges.area(grid, span)
        except GoogleError:
            raise CellError("#REF!", "Reference does not exist.") from None
        return grid.sheet.key, grid.values(area)

    def _named(self, name: str) -> tuple[Grid, Span]:
        for thing in self.book.objects("namedRange"):
            if thing.body["name"].lower() == name.lower():
                sheet, span = ranges.span_of(self.book, thing.body["range"])
                return self.grid(sheet.key), span
        raise CellError("#NAME?", f"Unknown range name: '{name.upper()}'.")

    def _sheet_of(self, reference: Reference, own_key: int) -> Grid:
        if reference.title is None:
            return self.grid(own_key)
        sheet = self.book.by_title(reference.title)
        if sheet is None:
            raise CellError("#REF!", "Unresolved sheet name.")
        return self.grid(sheet.key)

    def lines(self, area: Area, render_as: str, moments_as: str) -> list[list[Any]]:
        """Rows as the client sees them, not trimmed; empty cells are ""."""
        grid = self.grid(area.sheet.key)
        slots = [
            (str(slot), area.sheet.column_looks.get(slot, 0))
            for slot in area.sheet.columns[area.column_start : area.column_end]
        ]
        plain = render_as == "UNFORMATTED_VALUE" and moments_as == "SERIAL_NUMBER"
        keys = grid.order.keys(area.row_start, area.row_end)
        stored = cells.fetch_unread(self.book.db, keys)
        found: list[list[Any]] = []
        for key in keys:
            if key not in stored:
                found.append([])
                continue
            values, looks = stored[key]
            line: list[Any] = []
            for slot, column_look in slots:
                value = values.get(slot, "")
                kind = type(value)
                if kind is str or (plain and kind is not dict):
                    line.append(value)
                    continue
                own = cells.read_look(looks, slot)
                look = column_look if own is None else own
                line.append(self._shown(area, cells.read(value), look, render_as, moments_as))
            found.append(line)
        return found

    def _shown(self, area: Area, value: Value, look: int, render_as: str, moments_as: str) -> Any:
        if render_as == "FORMULA" and isinstance(value, Formula):
            return value.text
        try:
            result = self.value(area.sheet.key, value)
        except CellError as error:
            return error.name
        number_format = self.number_format(look)
        if render_as == "FORMATTED_VALUE" or (
            moments_as == "FORMATTED_STRING"
            and render.is_moment(number_format)
            and isinstance(result, int | float)
            and not isinstance(result, bool)
        ):
            return render.shown(result, number_format, self.book.locale)
        return "" if result is None else result

    def value_range(self, named: "ranges.Named", asked: Json) -> Json:
        """A ValueRange. `asked`: majorDimension, valueRenderOption, dateTimeRenderOption."""
        grid = self.grid(named.sheet.key)
        area = ranges.area(grid, named.span)
        return self.answer(area, asked)

    def answer(self, area: Area, asked: Json) -> Json:
        major = one_of(asked, "majorDimension", DIMENSIONS)
        render_as = one_of(asked, "valueRenderOption", RENDERS)
        moments_as = one_of(asked, "dateTimeRenderOption", MOMENTS)
        lines = self.lines(area, render_as, moments_as)
        if major == "COLUMNS":
            lines = [
                [line[i] if i < len(line) else "" for line in lines] for i in range(area.width)
            ]
        answer: Json = {"range": area.text, "majorDimension": major}
        if values := trimmed(lines):
            answer["values"] = values
        return answer


def trimmed(lines: list[list[Any]]) -> list[list[Any]]:
    """Without empty cells at the end of a row and empty rows at the end."""
    for line in lines:
        while line and line[-1] == "":
            line.pop()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def one_of(asked: Json, name: str, allowed: tuple[str, ...]) -> str:
    """The chosen option, the first when none is given. Raises Google's 400."""
    value = asked.get(name)
    if value in (None, "") or str(value).endswith("_UNSPECIFIED"):
        return allowed[0]
    if value not in allowed:
        message = (
            f"Invalid value at '{_snake(name)}' (type.googleapis.com/google.apps.sheets.v4."
            f'{name[0].upper()}{name[1:]}), "{value}"'
        )
        violation = {"field": _snake(name), "description": message}
        raise invalid(
            message,
            details=[
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [violation],
                }
            ],
        )
    return str(value)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)
