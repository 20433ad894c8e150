"""Values of a range as a client asks for them: computed, rendered, trimmed."""

from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import cells, formulas, ranges, render
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Value
from sync.sandbox.sheets.formulas import CellError, Reference, Scalar
from sync.sandbox.sheets.grid import Area, Grid

RENDERS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
MOMENTS = ("SERIAL_NUMBER", "FORMATTED_STRING")
DIMENSIONS = ("ROWS", "COLUMNS")
CHAIN_AT_MOST = 30
"""Formulas that look at formulas; a longer chain is taken for a loop."""


class Reader:
    """Reads one spreadsheet within one transaction; remembers grids and looks."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._grids: dict[int, Grid] = {}
        self._formats: dict[int, Json] = {0: {}}
        self._depth = 0

    def grid(self, sheet_key: int) -> Grid:
        if sheet_key not in self._grids:
            sheet = next(each for each in self.book.sheets if each.key == sheet_key)
            self._grids[sheet_key] = Grid(self.book, sheet)
        return self._grids[sheet_key]

    def number_format(self, look: int) -> Json:
        if look not in self._formats:
            whole = cells.look(self.book.db, look)
            self._formats[look] = whole.get("userEnteredFormat", {}).get("numberFormat", {})
        return self._formats[look]

    def value(self, sheet_key: int, value: Value) -> Scalar:
        """A formula's result, anything else as it is. Raises CellError."""
        return self._computed(sheet_key, value) if isinstance(value, Formula) else value

    def _computed(self, sheet_key: int, formula: Formula) -> Scalar:
        def lookup(reference: Reference) -> list[list[Scalar]]:
            grid = self._sheet_of(reference, sheet_key)
            try:
                area = ranges.area(grid, reference.span)
            except Exception:
                raise CellError("#REF!", "Reference does not exist.") from None
            if self._depth > CHAIN_AT_MOST:
                raise CellError("#REF!", "Circular dependency detected.")
            return [
                [self.value(grid.sheet.key, value) for value in line] for line in grid.values(area)
            ]

        self._depth += 1
        try:
            return formulas.evaluate(formula.text, lookup)
        finally:
            self._depth -= 1

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


def listed(body: Json, name: str, kind: type) -> list[Any]:
    """A repeated field; one alone is taken for a list of one, as Google's parser does. Raises 400."""
    given = body.get(name)
    if given is None:
        return []
    given = given if isinstance(given, list) else [given]
    if not all(isinstance(each, kind) for each in given):
        raise invalid(f"Invalid value at '{_snake(name)}'")
    return given


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
