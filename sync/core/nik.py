"""The NIK: 16 digits, `PPRRDD DDMMYY SSSS`. It has no check digit, so only the impossible is refused.

What is merely odd (another date or sex than answered) is told by `Nik` to the rules, which warn the officer. The
number stays as at first registration: neither moving nor a corrected birth date changes it.
"""

from dataclasses import dataclass
from datetime import date

from sync.core.cells import digits_of
from sync.core.desk import Cell
from sync.core.refused import Refused

PROVINCES = frozenset(
    str(code)
    for codes in (
        range(11, 20),
        range(21, 22),
        range(31, 37),
        range(51, 54),
        range(61, 66),
        range(71, 77),
        range(81, 83),
        range(91, 98),
    )
    for code in codes
)
_WOMEN = 40  # added to the day


@dataclass(frozen=True, slots=True)
class Nik:
    """A possible NIK, and what its digits tell. The century of `year` (two digits) is not known."""

    text: str

    @property
    def regency(self) -> str:
        """The regency of first registration, four digits."""
        return self.text[:4]

    @property
    def female(self) -> bool:
        return int(self.text[6:8]) > _WOMEN

    @property
    def day(self) -> int:
        day = int(self.text[6:8])
        return day - _WOMEN if day > _WOMEN else day

    @property
    def month(self) -> int:
        return int(self.text[8:10])

    @property
    def year(self) -> int:
        return int(self.text[10:12])

    def fits_birth(self, born: date) -> bool:
        return (self.day, self.month, self.year) == (born.day, born.month, born.year % 100)


def possible_date(day: int, month: int, year: int) -> bool:
    """Whether the date exists in 19yy or 20yy."""
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def read_nik(cell: Cell) -> Nik:
    """Raises Refused with every reason."""
    nik = Nik(digits_of(cell, 16))
    reasons = []
    if nik.text[:2] not in PROVINCES:
        reasons.append("dua angka pertama bukan kode provinsi; periksa lagi di KTP atau KK.")
    if not possible_date(nik.day, nik.month, nik.year):
        reasons.append("angka ke-7 sampai ke-12 bukan tanggal lahir; periksa lagi di KTP atau KK.")
    if nik.text.endswith("0000"):
        reasons.append("empat angka terakhir tidak mungkin 0000; periksa lagi di KTP atau KK.")
    if reasons:
        raise Refused(*reasons)
    return nik
