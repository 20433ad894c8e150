"""A civil servant's number (NIP): 18 digits, `YYYYMMDD YYYYMM S NNN`: birth, appointment, sex (1 or 2), serial."""

from datetime import date

from sync.core.cells import digits_of
from sync.core.desk import Cell
from sync.core.refused import Refused


def read_nip(cell: Cell) -> str:
    """The 18 digits. Raises Refused with every reason. A number cell is never certain: 18 digits pass 2^53."""
    digits = digits_of(cell, 18)
    reasons = []
    born = _date(digits[:8])
    appointed = _date(digits[8:14] + "01")
    if born is None:
        reasons.append("delapan angka pertama bukan tanggal lahir (TTTTBBHH).")
    if appointed is None:
        reasons.append("angka ke-9 sampai ke-14 bukan bulan pengangkatan (TTTTBB).")
    if born and appointed and appointed.year - born.year < 15:
        reasons.append("bulan pengangkatan terlalu dekat dengan tanggal lahir.")
    if digits[14] not in "12":
        reasons.append("angka ke-15 harus 1 (pria) atau 2 (wanita).")
    if reasons:
        raise Refused(*reasons)
    return digits


def format_nip(digits: str) -> str:
    """`198001012005011001` → `19800101 200501 1 001`, as letters print it."""
    return f"{digits[:8]} {digits[8:14]} {digits[14:15]} {digits[15:]}".strip()


def _date(digits: str) -> date | None:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None
