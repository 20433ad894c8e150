"""Formulas: a small, honest share of what Sheets computes. How their references follow moved cells is references.py's.

Arithmetic, comparison, &, references to cells and ranges, and the functions in FUNCTIONS. Anything else is #NAME?,
which is also what an unknown function gives at Google. Nothing here fetches anything: no IMPORTXML, no IMAGE.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.sandbox.sheets import a1, serials
from sync.sandbox.sheets.locales import Locale
from sync.sandbox.sheets.references import TOKENS, tokens

_TOKENS = {".": TOKENS, ",": tokens(",")}

Scalar = str | int | float | bool | None


class CellError(Exception):
    """#NAME?, #REF!, #DIV/0!, #VALUE!, #N/A, #ERROR!"""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.message = message


@dataclass(frozen=True, slots=True)
class Reference:
    """Cells by their place, or by the name that someone gave to a range."""

    title: str | None
    span: a1.Span
    name: str = ""


Lookup = Callable[[Reference], list[list[Scalar | CellError]]]
"""The values under a reference; raises CellError for a sheet or a name that does not exist."""


def references_of(text: str) -> list[Reference]:
    """Those that `=…` may look at."""
    found = []
    for match in TOKENS.finditer(text[1:]):
        if match["reference"] is not None:
            found.append(_reference(match["reference"]))
        elif match["name"] is not None and text[1:][match.end() :].lstrip()[:1] != "(":
            found.append(_by_name(match["name"]))
    return found


def _by_name(name: str) -> Reference:
    return Reference(None, a1.Span(), name)


def _reference(text: str) -> Reference:
    title, rest = a1.split_title(text)
    span = a1.parse_span(rest.replace("$", ""))
    assert span is not None  # noqa: S101 - TOKENS knows what a range looks like
    return Reference(title, span)


def evaluate(text: str, lookup: Lookup, locale: Locale) -> Scalar:
    """The value of `=…`. Raises CellError."""
    try:
        value = _first(_Parser(text[1:], lookup, locale).whole())
        if isinstance(value, int) and abs(value) > 2**53:
            value = float(value)
    except (OverflowError, RecursionError):
        raise CellError("#NUM!") from None
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        raise CellError("#NUM!")
    return serials.plain(value) if isinstance(value, float) else value


class _Parser:
    def __init__(self, text: str, lookup: Lookup, locale: Locale) -> None:
        self._lookup = lookup
        known = _TOKENS[locale.decimal]
        # Where a comma is in numbers, only a semicolon parts arguments.
        self._separators = (";",) if locale.decimal == "," else (",", ";")
        self._tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = known.match(text, at)
            if match is None or match.lastgroup is None:
                raise CellError("#ERROR!", "Formula parse error.")
            kind = next(
                k
                for k in ("string", "reference", "number", "error", "name", "operator")
                if match[k] is not None
            )
            token = match[kind]
            self._tokens.append((kind, token.replace(",", ".") if kind == "number" else token))
            at = match.end()
        self._at = 0

    def whole(self) -> Any:
        value = self._comparison()
        if self._at < len(self._tokens):
            raise CellError("#ERROR!", "Formula parse error.")
        return value

    def _take(self, *operators: str) -> str:
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "operator" and text in operators:
                self._at += 1
                return text
        return ""

    def _comparison(self) -> Any:
        left = self._concatenation()
        while operator := self._take("=", "<>", "<=", ">=", "<", ">"):
            left = _compare(operator, _first(left), _first(self._concatenation()))
        return left

    def _concatenation(self) -> Any:
        left = self._sum()
        while self._take("&"):
            left = text_of(_first(left)) + text_of(_first(self._sum()))
        return left

    def _sum(self) -> Any:
        left = self._product()
        while operator := self._take("+", "-"):
            right = number_of(_first(self._product()))
            left = number_of(_first(left)) + (right if operator == "+" else -right)
        return left

    def _product(self) -> Any:
        left = self._power()
        while operator := self._take("*", "/"):
            right = number_of(_first(self._power()))
            left = number_of(_first(left))
            if operator == "*":
                left *= right
            elif right == 0:
                raise CellError("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.")
            else:
                left /= right
        return left

    def _power(self) -> Any:
        left = self._unary()
        while self._take("^"):
            # As floats: whole numbers would grow without end.
            left = float(number_of(_first(left))) ** float(number_of(_first(self._unary())))
        return left

    def _unary(self) -> Any:
        if self._take("-"):
            return -number_of(_first(self._unary()))
        if self._take("+"):
            return self._unary()
        value = self._primary()
        while self._take("%"):
            value = number_of(_first(value)) / 100
        return value

    def _primary(self) -> Any:
        if self._at >= len(self._tokens):
            raise CellError("#ERROR!", "Formula parse error.")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "string":
            return text[1:-1].replace('""', '"')
        if kind == "number":
            return float(text) if not text.isdigit() else int(text)
        if kind == "error":
            name = "#" + text.rpartition("#")[2]
            raise CellError(name, "Reference does not exist." if name == "#REF!" else "")
        if kind == "reference":
            return self._lookup(_reference(text))
        if kind == "name":
            return self._named(text)
        if text == "(":
            value = self._comparison()
            if not self._take(")"):
                raise CellError("#ERROR!", "Formula parse error.")
            return value
        raise CellError("#ERROR!", "Formula parse error.")

    def _named(self, given: str) -> Any:
        name = given.upper()
        if not self._take("("):
            if name in ("TRUE", "FALSE"):
                return name == "TRUE"
            return self._lookup(_by_name(given))
        arguments: list[Any] = []
        while not self._take(")"):
            if arguments and not self._take(*self._separators):
                raise CellError("#ERROR!", "Formula parse error.")
            arguments.append(self._argument())
        function = FUNCTIONS.get(name)
        if function is None:
            raise CellError("#NAME?", f"Unknown function: '{name}'.")
        for argument in arguments:
            if isinstance(argument, CellError) and name not in _TAKE_ERRORS:
                raise argument
        try:
            return function(*arguments)
        except TypeError:
            raise CellError("#N/A", f"Wrong number of arguments to {name}.") from None

    def _argument(self) -> Any:
        """An error is handed on as a value, so that IFERROR can take it; one left out is blank."""
        start = self._at
        if self._tokens[start : start + 1] in _ENDS:
            return None
        try:
            return self._comparison()
        except CellError as error:
            self._at = start
            self._skip_argument()
            return error

    def _skip_argument(self) -> None:
        depth = 0
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "operator":
                if depth == 0 and text in (*self._separators, ")"):
                    return
                depth += {"(": 1, ")": -1}.get(text, 0)
            self._at += 1


def _first(value: Any) -> Scalar:
    if isinstance(value, CellError):
        raise value
    if isinstance(value, list):
        if len(value) > 1 or len(value[0]) > 1:
            raise CellError("#VALUE!", "An array value could not be found.")
        return _first(value[0][0])
    return value  # type: ignore[no-any-return]


def _cells(*arguments: Any) -> list[Scalar | CellError]:
    found: list[Scalar | CellError] = []
    for argument in arguments:
        found += _cells(*argument) if isinstance(argument, list) else [argument]
    return found


def _flat(*arguments: Any) -> list[Scalar]:
    return [_first(value) for value in _cells(*arguments)]


def number_of(value: Scalar) -> float | int:
    if value is None or value == "":
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if _NUMERIC.fullmatch(value):
        return float(value.rstrip(" %")) / (100 if "%" in value else 1)
    raise CellError("#VALUE!", f"'{value}' cannot be coerced to a number.")


def text_of(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _compare(operator: str, left: Scalar, right: Scalar) -> bool:
    def key(value: Scalar) -> tuple[int, Any]:
        if value is None:
            value = "" if isinstance(left, str) or isinstance(right, str) else 0
        if isinstance(value, bool):
            return 2, value
        return (1, value.lower()) if isinstance(value, str) else (0, value)

    a, b = key(left), key(right)
    return {
        "=": a == b,
        "<>": a != b,
        "<": a < b,
        ">": a > b,
        "<=": a <= b,
        ">=": a >= b,
    }[operator]


def _numbers(*arguments: Any) -> list[float | int]:
    """Of cells only the numbers; what is written into the formula must be one."""
    found: list[float | int] = []
    for argument in arguments:
        if isinstance(argument, list):
            found += [value for value in _flat(argument) if _is_number(value)]  # type: ignore[misc]
        else:
            found.append(number_of(_first(argument)))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _average(first: Any, *more: Any) -> float:
    numbers = _numbers(first, *more)
    if not numbers:
        raise CellError("#DIV/0!", "Evaluation of function AVERAGE caused a divide by zero error.")
    return sum(numbers) / len(numbers)


def _count_if(cells: Any, wanted: Any) -> int:
    text = _first(wanted)
    operator, right = "=", text
    if isinstance(text, str) and (match := re.match(r"(<=|>=|<>|=|<|>)(.*)$", text, re.DOTALL)):
        operator, right = match[1], match[2]
        if re.fullmatch(r"-?\d+(\.\d+)?", match[2]):
            right = float(match[2])
    # What is of another kind is neither equal nor more nor less.
    alike = [cell for cell in _cells(cells) if _is_number(cell) == _is_number(right)]
    values = alike if operator != "<>" else _cells(cells)
    return sum(
        _compare(operator, cell, right)
        for cell in values
        if cell is not None and not isinstance(cell, CellError)
    )


def _if(condition: Any, then: Any, otherwise: Any = False) -> Any:
    chosen = then if number_of(_first(condition)) else otherwise
    return _first(chosen)


def _if_error(value: Any, otherwise: Any = "") -> Any:
    try:
        return _first(value)
    except CellError:
        return _first(otherwise)


_TAKE_ERRORS = ("IFERROR", "IF", "COUNT", "COUNTA")
_ENDS = [[("operator", sign)] for sign in (",", ";", ")")]
_NUMERIC = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*%?\s*")

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda a, *more: sum(_numbers(a, *more)),
    "COUNT": lambda a, *more: sum(map(_is_number, _cells(a, *more))),
    "COUNTA": lambda a, *more: sum(v is not None for v in _cells(a, *more)),
    "COUNTBLANK": lambda a: sum(v is None or v == "" for v in _cells(a)),
    "COUNTIF": _count_if,
    "AVERAGE": _average,
    "MIN": lambda a, *more: min(_numbers(a, *more), default=0),
    "MAX": lambda a, *more: max(_numbers(a, *more), default=0),
    "ROUND": lambda x, places=0: _round(number_of(_first(x)), int(number_of(_first(places)))),
    "ABS": lambda x: abs(number_of(_first(x))),
    "AND": lambda a, *more: all(_truths(a, *more)),
    "OR": lambda a, *more: any(_truths(a, *more)),
    "NOT": lambda x: not number_of(_first(x)),
    "LEN": lambda x: len(text_of(_first(x))),
    "LEFT": lambda x, n=1: text_of(_first(x))[: int(number_of(_first(n)))],
    "RIGHT": lambda x, n=1: _right(text_of(_first(x)), int(number_of(_first(n)))),
    "UPPER": lambda x: text_of(_first(x)).upper(),
    "LOWER": lambda x: text_of(_first(x)).lower(),
    "TRIM": lambda x: " ".join(text_of(_first(x)).split()),
    "CONCATENATE": lambda a, *more: "".join(text_of(v) for v in _flat(a, *more)),
    "CONCAT": lambda a, b: text_of(_first(a)) + text_of(_first(b)),
    "HYPERLINK": lambda url, label=None: _first(url if label is None else label),
    "TRUE": lambda: True,
    "FALSE": lambda: False,
    "IF": _if,
    "IFERROR": _if_error,
}


def _truths(*arguments: Any) -> list[bool]:
    """Of cells those that are true, false or a number; what is written into the formula must be one."""
    found = []
    for argument in arguments:
        if isinstance(argument, list):
            found += [bool(v) for v in _flat(argument) if isinstance(v, bool | int | float)]
        else:
            found.append(bool(number_of(_first(argument))))
    if not found:
        raise CellError("#VALUE!", "No values to compare.")
    return found


def _right(text: str, count: int) -> str:
    return text[-count:] if count > 0 else ""


def _round(value: float, places: int) -> float:
    scale: float = 10.0**places
    return math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value)
