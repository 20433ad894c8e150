"""Amounts in rupiah and plain numbers, as people write them, and in the words a letter prints.

A dot groups thousands and a comma begins decimals, as in Indonesia. What can be read both ways is asked again.
"""

import re
from decimal import Decimal

from sync.core.cells import clean_text
from sync.core.desk import Cell
from sync.core.refused import Refused

_RUPIAH = re.compile(r"^(?:rp|idr)\.? ?", re.IGNORECASE)
_SCALE = {"ribu": 1_000, "rb": 1_000, "juta": 1_000_000, "jt": 1_000_000}
_SCALE |= {"miliar": 10**9, "milyar": 10**9, "m": 10**9, "triliun": 10**12}
_SCALED = re.compile(rf"(.+?) ?({'|'.join(_SCALE)})")
_GROUPED_BY_DOTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_BY_COMMAS = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d{1,2}")
_PLAIN = re.compile(r"\d+(?:,\d+)?")
_LIMIT = 10**15
_ADVICE = "tulis dalam rupiah penuh, misalnya 1.500.000."


def read_money(cell: Cell) -> int:
    """Whole rupiah. Raises Refused."""
    if isinstance(cell, str):
        text = _RUPIAH.sub("", clean_text(cell).lower()).removesuffix("rupiah").strip()
        amount = _amount(re.sub(r",-+$|\.-+$", "", text), _ADVICE)
    else:
        amount = _from_number(cell, _ADVICE)
    if amount != amount.to_integral_value():
        raise Refused(_ADVICE)
    if amount < 0:
        raise Refused(f"tidak boleh kurang dari nol; {_ADVICE}")
    return int(amount)


def read_number(cell: Cell) -> int | Decimal:
    """A number; whole ones come as int. Raises Refused."""
    advice = "tulis satu angka, misalnya 12 atau 12,5."
    if isinstance(cell, str):
        text = clean_text(cell)
        sign = -1 if text.startswith(("-", "−")) else 1
        number = sign * _amount(text.lstrip("-−+").strip(), advice, scales=False)
    else:
        number = _from_number(cell, advice)
    return int(number) if number == number.to_integral_value() else number.normalize()


def _from_number(cell: int | float, advice: str) -> Decimal:
    if isinstance(cell, bool) or not -_LIMIT < cell < _LIMIT:  # also refuses NaN
        raise Refused(advice)
    return Decimal(repr(cell))


def _amount(text: str, advice: str, *, scales: bool = True) -> Decimal:
    scale = 1
    if scales and (match := _SCALED.fullmatch(text)):
        text, scale = match[1], _SCALE[match[2]]
    # "1.5 juta" can only be one and a half.
    if scale > 1 and re.fullmatch(r"\d+\.\d{1,2}", text):
        text = text.replace(".", ",")
    if len(text) > 30 or not text.isascii():
        raise Refused(advice)
    if _GROUPED_BY_DOTS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif _GROUPED_BY_COMMAS.fullmatch(text):
        text = text.replace(",", "")
    elif _PLAIN.fullmatch(text) and not (scales and re.fullmatch(r"[1-9]\d{0,2},\d{3}", text)):
        text = text.replace(",", ".")
    else:
        raise Refused(advice)
    amount = Decimal(text) * scale
    if amount >= _LIMIT:
        raise Refused(advice)
    return amount


def grouped(number: int | Decimal) -> str:
    """`1500000` → `1.500.000`, `12.5` → `12,5`."""
    return f"{number:,}".translate(str.maketrans(",.", ".,"))


def rupiah(amount: int) -> str:
    """`1500000` → `Rp1.500.000`."""
    return f"-Rp{grouped(-amount)}" if amount < 0 else f"Rp{grouped(amount)}"


_ONES = (
    *("nol", "satu", "dua", "tiga", "empat", "lima"),
    *("enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
)
_GROUPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"))


def in_words(number: int) -> str:
    """`1500` → `seribu lima ratus`, below 10^15."""
    if abs(number) >= _LIMIT:
        raise ValueError("the number is too large for words")
    if number < 0:
        return "minus " + in_words(-number)
    return " ".join(_words(number)) or _ONES[0]


def _words(number: int) -> list[str]:
    if number == 0:
        return []
    if number < 12:
        return [_ONES[number]]
    if number < 20:
        return [_ONES[number - 10], "belas"]
    if number < 100:
        return [_ONES[number // 10], "puluh", *_words(number % 10)]
    if number < 200:
        return ["seratus", *_words(number - 100)]
    if number < 1000:
        return [_ONES[number // 100], "ratus", *_words(number % 100)]
    if number < 2000:
        return ["seribu", *_words(number - 1000)]
    size, name = next(group for group in _GROUPS if number >= group[0])
    return [*_words(number // size), name, *_words(number % size)]
