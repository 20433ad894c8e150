"""Loket's and the officer's columns, as steps that make them: what is told, and what is asked of Sheets. Pure.

New columns are *inserted* and filled in the same batchUpdate, so whatever officers or the form do meanwhile, the
headers land in columns that this call made. Looking, and carrying the steps out, is sheet_setup.py's affair.

What Loket needs to work is made again wherever it is missing: a column, the dropdown of decisions, the frozen header
(an officer's sort would else carry it away). All else a column gets with its making alone — colours, warning, width,
wrap — and it is the officers' from then on: what they removed or changed stays so, and filters, order, hidden and own
columns are never touched. The protection only warns: Sheets refuses an editor any sort over a column that is locked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.core.desk import OFFICER_COLUMNS
from sync.core.headers import column_letters
from sync.core.states import LABELS, State
from sync.google.tab import TabFacts

SYSTEM_COLOUR = {"red": 0.85, "green": 0.91, "blue": 0.97}
OFFICER_COLOUR = {"red": 1.0, "green": 0.95, "blue": 0.8}
GREEN = {"red": 0.85, "green": 0.94, "blue": 0.83}
YELLOW = {"red": 1.0, "green": 0.95, "blue": 0.8}
RED = {"red": 0.96, "green": 0.8, "blue": 0.8}
STATUS_COLOURS = {
    State.IN_REVIEW: ("kuning", YELLOW),
    State.DELIVERED: ("hijau", GREEN),
    State.UNCERTAIN: ("merah", RED),
    State.FAILED: ("merah", RED),
}
"""What waits for an officer, what is done, and what went wrong, seen from afar."""
LOOKS = {
    "reference": (150, "OVERFLOW_CELL"),
    "status": (140, "OVERFLOW_CELL"),
    "note": (320, "WRAP"),
    "document": (180, "CLIP"),  # a link must not run over its neighbour
    "updated": (140, "OVERFLOW_CELL"),
    "whatsapp": (110, "CLIP"),
    "decision": (130, "OVERFLOW_CELL"),
    "officer_note": (260, "WRAP"),
    "officer_file": (180, "CLIP"),
}
"""A column's width in pixels, and what becomes of a text that is longer."""

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One change: a line for the person, and what does it."""

    tells: str
    requests: tuple[Request, ...]


def column_steps(
    facts: TabFacts, at: int, missing: Sequence[str], headers_of: Mapping[str, str]
) -> list[Step]:
    """Makes the missing columns side by side from index `at` on, with all that they get once."""
    if not missing:
        return []
    places = {name: at + number for number, name in enumerate(missing)}
    steps = [_new_column(facts, place, name, headers_of[name]) for name, place in places.items()]
    if at >= facts.columns:
        # A column can be inserted only before another: where none is left, one is added that stays empty.
        span = {"sheetId": facts.sheet_id, "dimension": "COLUMNS"}
        grow = {"appendDimension": {**span, "length": 1}}
        steps[0] = Step(steps[0].tells, (grow, *steps[0].requests))
    own = [name for name in missing if name not in OFFICER_COLUMNS]
    if own:
        titles = ", ".join(headers_of[name] for name in own)
        warnings = tuple(_warning(facts, places[name]) for name in own)
        steps.append(Step(f"peringatan bagi yang mengetik di kolom Loket: {titles}", warnings))
    if "status" in places:
        colours = ", ".join(f"{LABELS[s]} {colour}" for s, (colour, _) in STATUS_COLOURS.items())
        rules = tuple(_status_colours(facts, places["status"]))
        steps.append(Step(f'warna di kolom "{headers_of["status"]}": {colours}', rules))
    return steps


def frozen_header(facts: TabFacts) -> Step:
    grid = {"sheetId": facts.sheet_id, "gridProperties": {"frozenRowCount": 1}}
    request = {
        "updateSheetProperties": {"properties": grid, "fields": "gridProperties.frozenRowCount"}
    }
    return Step("baris judul dibekukan, agar tidak ikut diurutkan", (request,))


def dropdown(facts: TabFacts, column: int, header: str, decisions: Sequence[str]) -> Step:
    rule = {
        "condition": {
            "type": "ONE_OF_LIST",
            "values": [{"userEnteredValue": decision} for decision in decisions],
        },
        "strict": False,
        "showCustomUi": True,
    }
    below = {**_column(facts, column), "startRowIndex": 1}
    request = {"setDataValidation": {"range": below, "rule": rule}}
    return Step(f'daftar pilihan di kolom "{header}": {", ".join(decisions)}', (request,))


def _new_column(facts: TabFacts, at: int, name: str, header: str) -> Step:
    span = {
        "sheetId": facts.sheet_id,
        "dimension": "COLUMNS",
        "startIndex": at,
        "endIndex": at + 1,
    }
    ours = name not in OFFICER_COLUMNS
    width, wrap = LOOKS[name]
    title = {
        "userEnteredValue": {"stringValue": header},
        "userEnteredFormat": {
            "textFormat": {"bold": True},
            "backgroundColor": SYSTEM_COLOUR if ours else OFFICER_COLOUR,
        },
    }
    requests: tuple[Request, ...] = (
        {"insertDimension": {"range": span, "inheritFromBefore": False}},
        {
            "updateCells": {
                "start": {"sheetId": facts.sheet_id, "rowIndex": 0, "columnIndex": at},
                "rows": [{"values": [title]}],
                "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor)",
            }
        },
        {
            "updateDimensionProperties": {
                "range": span,
                "properties": {"pixelSize": width},
                "fields": "pixelSize",
            }
        },
        {
            "repeatCell": {
                "range": _column(facts, at),
                "cell": {"userEnteredFormat": {"wrapStrategy": wrap}},
                "fields": "userEnteredFormat.wrapStrategy",
            }
        },
    )
    who = "Loket" if ours else "petugas"
    return Step(f'kolom {column_letters(at)} dibuat: "{header}", diisi {who}', requests)


def _warning(facts: TabFacts, column: int) -> Request:
    """Sheets asks an officer who types here whether that is meant; nobody is locked out."""
    return {
        "addProtectedRange": {
            "protectedRange": {
                "range": _column(facts, column),
                "description": "Kolom ini diisi oleh Loket",
                "warningOnly": True,
            }
        }
    }


def _status_colours(facts: TabFacts, column: int) -> list[Request]:
    return [
        {
            "addConditionalFormatRule": {
                "rule": {
                    "ranges": [_column(facts, column)],
                    "booleanRule": {
                        "condition": {
                            "type": "TEXT_EQ",
                            "values": [{"userEnteredValue": LABELS[state]}],
                        },
                        "format": {"backgroundColor": colour},
                    },
                },
                "index": 0,
            }
        }
        for state, (_, colour) in STATUS_COLOURS.items()
    ]


def _column(facts: TabFacts, column: int) -> Request:
    """With its header, however many rows will come: a range that began below it would be pushed down by every row that
    the form inserts there, and hold none of them."""
    return {
        "sheetId": facts.sheet_id,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
