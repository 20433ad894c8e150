"""The register of letters (buku agenda): what one line of it says. The same for the file and for the tab.

No NIK stands in it; a citizen's name is shown as text, cut to a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sync.core.cells import clean_text
from sync.core.masking import mask_numbers
from sync.core.states import LABELS, State

TITLE = "Buku Agenda"
COLUMNS = (
    "No. Urut",
    "Tanggal Surat",
    "Nomor Surat",
    "Perihal",
    "Nama Pemohon",
    "No. Permohonan",
    "Status",
    "Dokumen",
)
WIDTHS = (9, 14, 32, 36, 32, 20, 18, 40)
"""Characters of each column."""
LONGEST_TEXT = 200
LONGEST_LINK = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter that has its number, as the ledger knows it. `serial` is None where only the printed number is known:
    after a recovery, by a pattern of before. `dated` is the office's day of the approval."""

    series: str
    year: int
    serial: int | None
    dated: date | None
    number: str
    workflow: str
    name: str
    reference: str
    state: State
    link: str


class Line(NamedTuple):
    """One line, in the order of COLUMNS."""

    serial: int | None
    dated: date | None
    number: str
    subject: str
    name: str
    reference: str
    status: str
    document: str


REFERENCE_COLUMN = Line._fields.index("reference")


def line_of(entry: Entry, titles: Mapping[str, str]) -> Line:
    """`titles` of the workflows that there are; one that is gone is called by its name."""
    return Line(
        serial=entry.serial,
        dated=entry.dated,
        number=clean_text(entry.number)[:LONGEST_TEXT],
        subject=_text(titles.get(entry.workflow, entry.workflow)),
        name=_text(entry.name),
        reference=entry.reference,
        status=LABELS[entry.state],
        document=clean_text(entry.link)[:LONGEST_LINK],
    )


def _text(text: str) -> str:
    return mask_numbers(clean_text(text))[:LONGEST_TEXT]
