"""What a spreadsheet's locale decides: separators, the currency, names, and how dates and times are shown and read.

en_US and id_ID are known; every other locale is read day first, with English names and separators.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    decimal: str
    thousands: str
    currency: str
    day_first: bool
    patterns: dict[str, str]
    months: tuple[str, ...]
    days: tuple[str, ...]


_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ENGLISH_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_DAY_FIRST = {"DATE": "dd/mm/yyyy", "TIME": "H:mm:ss", "DATE_TIME": "dd/mm/yyyy H:mm:ss"}

_LOCALES = {
    "en_US": Locale(
        ".", ",", "$", False,
        {"DATE": "M/d/yyyy", "TIME": "h:mm:ss am/pm", "DATE_TIME": "M/d/yyyy H:mm:ss"},
        _ENGLISH_MONTHS, _ENGLISH_DAYS,
    ),
    "id_ID": Locale(
        ",", ".", "Rp", True, _DAY_FIRST,
        ("Januari", "Februari", "Maret", "April", "Mei", "Juni",
         "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
        ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    ),
}  # fmt: skip
_OTHERS = Locale(".", ",", "$", True, _DAY_FIRST, _ENGLISH_MONTHS, _ENGLISH_DAYS)


def locale_of(name: str) -> Locale:
    return _LOCALES.get(name, _OTHERS)
