"""References in formulas, and how they follow when cells are inserted, deleted, moved, copied and cut.

Formulas are rewritten as text, token by token; what they are worth is formulas.py's affair.
"""

import re
from collections.abc import Callable

from sync.sandbox.sheets import a1
from sync.sandbox.sheets.a1 import Span
from sync.sandbox.sheets.shift import Change

_TITLE = r"(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!"
_REFERENCE = (
    r"(?P<title>" + _TITLE + r")?"
    r"(?P<range>\$?[A-Za-z]{1,3}\$?[1-9]\d*(?::\$?[A-Za-z]{1,3}(?:\$?[1-9]\d*)?)?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[1-9]\d*:\$?[1-9]\d*)(?![\w(])"
)


def tokens(decimal: str) -> re.Pattern[str]:
    """Of formulas in a locale whose numbers have this sign."""
    point = re.escape(decimal)
    return re.compile(
        r"\s*(?:(?P<string>\"(?:[^\"]|\"\")*\")|(?P<reference>" + _REFERENCE + r")"
        rf"|(?P<number>\d+(?:{point}\d*)?(?:[eE][+-]?\d+)?|{point}\d+)|(?P<error>(?:{_TITLE})?#REF!|#N/A)"
        r"|(?P<name>[A-Za-z_][\w.]*)|(?P<operator><=|>=|<>|[-+*/^&=<>(),;:%{}]))"
    )


TOKENS = tokens(".")
_PART = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)(\d+)?")


BROKEN = "#REF!"


def carried(text: str, own_sheet: bool, title: str, change: Change) -> str:
    """The formula after rows or columns of the sheet `title` changed; `own_sheet`: the formula stands in it."""

    def new(given: str, span: str) -> str:
        about = own_sheet if not given else _same(_title(given), title)
        return given + (_carried_range(span, change) if about else span)

    return _rewritten(text, new)


def shifted(text: str, rows: int, columns: int) -> str:
    """The formula copied this far: relative parts go along, those with `$` stay."""
    return _rewritten(text, lambda given, span: given + _shifted_range(span, rows, columns))


def followed(
    text: str, own_title: str, source: tuple[str, Span], target: tuple[str, int, int]
) -> str:
    """The formula, standing in the sheet `own_title`, after the source was cut and pasted with its corner at the target.

    Only references that lie wholly in the source follow it.
    """
    title, area = source
    new_title, row, column = target
    by = row - (area.row_start or 0), column - (area.column_start or 0)

    def new(given: str, span: str) -> str:
        named = _title(given) if given else own_title
        if not _same(named, title) or not _within(span, area):
            return given + span
        bare = not given and own_title == new_title
        return ("" if bare else a1.quoted(new_title) + "!") + _shifted_range(span, *by, fixed=True)

    return _rewritten(text, new)


def retitled(text: str, title: str, new_title: str | None) -> str:
    """The formula after the sheet `title` got another title, or (None) was deleted."""

    def new(given: str, span: str) -> str:
        if not given or not _same(_title(given), title):
            return given + span
        return BROKEN if new_title is None else a1.quoted(new_title) + "!" + span

    return _rewritten(text, new)


def _same(title: str | None, other: str) -> bool:
    return title is not None and title.lower() == other.lower()


def rooted(text: str, title: str) -> str:
    """The formula as another sheet must write it: what named no sheet names this one."""
    return _rewritten(text, lambda given, span: (given or a1.quoted(title) + "!") + span)


def _rewritten(text: str, new: Callable[[str, str], str]) -> str:
    """`new` makes the reference from its title (with the `!`) and its range."""

    def each(match: re.Match[str]) -> str:
        if match["reference"] is None:
            return match[0]
        start = match.start("reference") - match.start(0)
        return match[0][:start] + new(match["title"] or "", match["range"])

    return text[:1] + TOKENS.sub(each, text[1:])


def _title(given: str) -> str | None:
    return a1.split_title(given + "A1")[0]


def _within(span: str, area: Span) -> bool:
    found = a1.parse_span(span.replace("$", ""))
    if found is None or None in (
        found.row_start,
        found.row_end,
        found.column_start,
        found.column_end,
    ):
        return False
    return (
        (area.row_start or 0) <= (found.row_start or 0)
        and (found.row_end or 0) <= (area.row_end or 0)
        and (area.column_start or 0) <= (found.column_start or 0)
        and (found.column_end or 0) <= (area.column_end or 0)
    )


def _shifted_range(text: str, rows: int, columns: int, *, fixed: bool = False) -> str:
    """`fixed`: parts with `$` are moved, too."""
    pieces = []
    for part in text.split(":"):
        match = _PART.fullmatch(part)
        if match is None:
            return text
        column, row = match[2] or "", match[4] or ""
        if column and (fixed or not match[1]):
            at = a1.column_number(column) + columns
            if at < 0:
                return BROKEN
            column = a1.letters(at)
        # `$5` alone: the sign stands where a column's would.
        if row and (fixed or not (match[3] or (not column and match[1]))):
            if int(row) + rows < 1:
                return BROKEN
            row = str(int(row) + rows)
        pieces.append(f"{match[1]}{column}{match[3]}{row}")
    return ":".join(pieces)


def _carried_range(text: str, change: Change) -> str:
    parts = [_PART.fullmatch(part) for part in text.split(":")]
    if any(part is None for part in parts):
        return text
    group = 4 if change.dimension == "ROWS" else 2
    numbers = [part[group] for part in parts if part is not None]
    if None in numbers:
        return text
    at = [int(n) - 1 if group == 4 else a1.column_number(n) for n in numbers if n is not None]
    span = change.span(min(at), max(at) + 1)
    if span is None or span[0] is None or span[1] is None:
        return BROKEN
    ends = [span[0]] if len(at) == 1 else [span[0], span[1] - 1]
    pieces = []
    for part, end in zip(parts, ends, strict=True):
        assert part is not None  # noqa: S101 - told apart above
        column, row = part[2] or "", part[4] or ""
        if group == 4:
            row = str(end + 1)
        else:
            column = a1.letters(end)
        pieces.append(f"{part[1]}{column}{part[3]}{row}")
    return ":".join(pieces)
