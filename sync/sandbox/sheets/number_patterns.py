"""Numbers by Google's number format patterns: `#,##0.00`, `"Rp"#,##0;(#,##0)`, `0.0%`, `0.00E+00`, `0000-000`.

One section for all numbers, or two to four: positive, negative, zero, text. Dates are render.py's affair.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from sync.sandbox.sheets.locales import Locale

_PIECE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|[Ee][+-]0+|.', re.DOTALL)
_PLACES = "0#?"
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


def sections(pattern: str) -> list[str]:
    """Cut at the semicolons that stand outside of quotes."""
    found = [""]
    for piece in _PIECE.findall(pattern):
        if piece == ";":
            found.append("")
        else:
            found[-1] += piece
    return found


def number(value: float | int, pattern: str, locale: Locale) -> str:
    parts = sections(pattern)
    if value < 0 and len(parts) > 1:
        return _section(-value, parts[1], locale)
    if value == 0 and len(parts) > 2:
        return _section(0, parts[2], locale)
    shown = _section(abs(value), parts[0], locale)
    # What rounds to nothing has no sign.
    return "-" + shown if value < 0 and re.search("[1-9]", shown) else shown


def text(value: str, pattern: str) -> str:
    """A text in a cell whose pattern says how texts are shown."""
    parts = sections(pattern)
    part = parts[3] if len(parts) > 3 else parts[0] if "@" in parts[0] else ""
    return "".join(value if p == "@" else _literal(p) for p in _PIECE.findall(part)) or value


def _literal(piece: str) -> str:
    if piece[0] == '"':
        return piece.strip('"')
    if piece[0] == "_":
        return " "
    # `*x` fills a column's width, `[Red]` colours: neither is text.
    return "" if piece[0] in "*[" else piece[1:] if piece[0] == "\\" else piece


def _section(value: float | int, pattern: str, locale: Locale) -> str:
    pieces = _PIECE.findall(pattern)
    places = [at for at, piece in enumerate(pieces) if piece in _PLACES]
    if not places:
        return "".join(map(_literal, pieces))
    last = places[-1]
    point = next((at for at, piece in enumerate(pieces) if piece == "."), len(pieces))
    whole = [at for at in places if at < point]
    after = [at for at in places if at > point]
    exponent = next((p for p in pieces if len(p) > 2 and p[0] in "Ee"), "")
    commas = [at for at, piece in enumerate(pieces) if piece == "," and places[0] < at]
    grouped = any(at < (whole[-1] if whole else 0) for at in commas)
    # A comma behind the last digit divides by a thousand.
    thousands = sum((whole[-1] if whole else last) < at <= last + 3 for at in commas)
    exact = Decimal(str(value)).scaleb(2 * pieces.count("%") - 3 * thousands, _EXACT)
    power = ""
    if exponent:
        mantissa, _, power = f"{exact:.{len(after)}E}".partition("E")
        sign = "-" if power[0] == "-" else "+" if exponent[1] == "+" else ""
        power = exponent[0] + sign + str(abs(int(power))).zfill(len(exponent) - 2)
        digits, _, decimals = mantissa.partition(".")
    else:
        rounded = exact.quantize(Decimal(1).scaleb(-len(after)), context=_EXACT)
        digits, _, decimals = f"{rounded:f}".partition(".")
    least = max((n for n, at in enumerate(after, 1) if pieces[at] == "0"), default=0)
    shown = _laid(digits, [pieces[at] for at in whole], locale.thousands if grouped else "")
    filled = dict(zip(whole, shown, strict=True))
    for n, at in enumerate(after):
        rest = decimals[n:].strip("0")
        filled[at] = decimals[n] if n < least or rest else " " if pieces[at] == "?" else ""
    result = []
    for at, piece in enumerate(pieces):
        if at in filled:
            result.append(filled[at])
        elif at == point:
            result.append(
                locale.decimal if any(filled[n].strip() for n in after) or not after else ""
            )
        elif piece == exponent and exponent:
            result.append(power)
        elif at not in commas:
            result.append(_literal(piece))
    return "".join(result)


def _laid(digits: str, places: list[str], separator: str) -> list[str]:
    """The digits before the point, one place after the other; the first takes all that are too many."""
    digits = "" if digits == "0" else digits
    least = next((len(places) - n for n, place in enumerate(places) if place == "0"), 0)
    digits = digits.zfill(least) if least else digits
    cells = []
    for left, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        cells.append(digit + (separator if left and left % 3 == 0 else ""))
    spare = len(places) - len(cells)
    if spare >= 0:
        return [" " if place == "?" else "" for place in places[:spare]] + cells
    if not places:
        return []
    return ["".join(cells[: -spare + 1]), *cells[-spare + 1 :]]
