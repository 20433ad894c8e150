"""Where the columns stand right now: header row → indexes, and raw cells → a DeskRow. Pure.

Made anew from the header row before every read, write and read-back: officers move, hide and rename columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync.core.cells import cell_text, is_empty
from sync.core.desk import OFFICER_COLUMNS, Cell, DeskRow, Glimpse
from sync.core.headers import find_columns, normal
from sync.core.mendable import Mendable
from sync.core.settings import Columns
from sync.google.victims import cell_at

TIMESTAMP = normal(
    "Timestamp"
)  # what Forms calls its first column, in any of the languages that core knows


@dataclass(frozen=True, slots=True)
class Layout:
    """Column indexes from 0. `submitted` is None where no form writes into this tab."""

    answers: Mapping[str, int]
    submitted: int | None
    system: Mapping[str, int]
    officer: Mapping[str, int]

    def narrow(self) -> list[tuple[int, int]]:
        """The columns of a Glimpse, from the first to the last of those side by side."""
        told = [self.system[name] for name in ("reference", "status", "updated")]
        told += [self.officer[name] for name in ("decision", "officer_note")]
        told += [] if self.submitted is None else [self.submitted]
        runs: list[tuple[int, int]] = []
        for column in sorted(told):
            if runs and column == runs[-1][1] + 1:
                runs[-1] = (runs[-1][0], column)
            else:
                runs.append((column, column))
        return runs

    def glimpse(self, number: int, cells: Mapping[int, Cell]) -> Glimpse | None:
        """From the cells of the narrow columns; None where they are empty."""

        def text(column: int) -> str:
            return cell_text(cells.get(column, ""))

        found = Glimpse(
            number=number,
            submitted=""
            if self.submitted is None
            else submitted_text(cells.get(self.submitted, "")),
            reference=text(self.system["reference"]),
            status=text(self.system["status"]),
            updated=text(self.system["updated"]),
            officer={name: text(self.officer[name]) for name in ("decision", "officer_note")},
        )
        shown = (found.submitted, found.reference, found.status, found.updated)
        return found if any(shown) or any(found.officer.values()) else None

    def row(self, number: int, cells: Sequence[Cell | None]) -> DeskRow | None:
        """None for a row that holds no answer. Sheets leaves out the empty cells at a row's end."""
        answers = {question: cell_at(cells, index) for question, index in self.answers.items()}
        submitted = "" if self.submitted is None else submitted_text(cell_at(cells, self.submitted))
        if not submitted.strip() and all(is_empty(cell) for cell in answers.values()):
            return None
        return DeskRow(
            number=number,
            answers=answers,
            submitted=submitted,
            system={name: cell_text(cell_at(cells, at)) for name, at in self.system.items()},
            officer={name: cell_text(cell_at(cells, at)) for name, at in self.officer.items()},
        )


LONGEST_MOMENT = 64
"""Characters; the ledger's `submitted`."""


def submitted_text(cell: Cell) -> str:
    """A timestamp as text that is the same at every reading; a serial number to a tenth of a millisecond. What somebody
    typed there is cut to what the ledger keeps."""
    if isinstance(cell, (bool, str)):
        return cell_text(cell)[:LONGEST_MOMENT]
    text = f"{cell:.9f}"
    return text.rstrip("0").rstrip(".")


def find_layout(
    headers: Sequence[Cell | None], questions: Sequence[str], columns: Columns, *, where: str
) -> Layout:
    """Raises Mendable naming every column that is missing or there twice."""
    titles = ["" if header is None else cell_text(header) for header in headers]
    headers_of = columns.headers
    own = [headers_of[name] for name in (*columns.system, *OFFICER_COLUMNS)]
    found = find_columns(titles, [*questions, *own], where=where)
    return Layout(
        answers={question: found[question] for question in questions},
        submitted=next((at for at, title in enumerate(titles) if normal(title) == TIMESTAMP), None),
        system={name: found[headers_of[name]] for name in columns.system},
        officer={name: found[headers_of[name]] for name in OFFICER_COLUMNS},
    )


def ensure_apart(questions: Sequence[str], columns: Columns, *, where: str) -> None:
    """A question and one of Loket's columns must not share a header: Loket would write over answers."""
    asked = {normal(question) for question in questions}
    shared = [header for header in columns.headers.values() if normal(header) in asked]
    if shared:
        raise clash(shared, where=where)


def clash(shared: Sequence[str], *, where: str) -> Mendable:
    titles = ", ".join(f'"{header}"' for header in shared)
    return Mendable.one(
        "kolom-bentrok",
        where=where,
        found=f"judul {titles} dipakai pertanyaan formulir, padahal Loket menulis di kolom berjudul itu",
        allowed="judul lain untuk kolom Loket, di settings.yaml bagian columns",
        run="python loket.py check",
    )
