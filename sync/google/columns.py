"""Makes Loket's and the officer's columns where they are missing, in one step that cannot touch an answer.

New columns are *inserted* and filled in the same batchUpdate, so whatever officers or the form do meanwhile, the
headers land in columns that this call made. Reading and writing rows is desk.py's affair.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.core.cells import cell_text
from sync.core.desk import OFFICER_COLUMNS, SYSTEM_COLUMNS, Cell
from sync.core.headers import normal
from sync.core.outcomes import TryAgain
from sync.core.projection import LABEL_COPY, LABEL_REPLACED
from sync.core.settings import Columns
from sync.core.states import LABEL_QUEUED, LABELS, State
from sync.google.layout import clash
from sync.google.tab import Tab, TabFacts

TRIES = 3
SYSTEM_COLOUR = {"red": 0.85, "green": 0.91, "blue": 0.97}
OFFICER_COLOUR = {"red": 1.0, "green": 0.95, "blue": 0.8}
GREEN = {"red": 0.85, "green": 0.94, "blue": 0.83}
YELLOW = {"red": 1.0, "green": 0.95, "blue": 0.8}
RED = {"red": 0.96, "green": 0.8, "blue": 0.8}
STATUS_COLOURS = {
    State.IN_REVIEW: YELLOW,
    State.DELIVERED: GREEN,
    State.UNCERTAIN: RED,
    State.FAILED: RED,
}
"""What waits for an officer, what is done, and what went wrong, seen from afar."""
OWN_LABELS = frozenset({*LABELS.values(), LABEL_QUEUED, LABEL_COPY, LABEL_REPLACED})

Request = Mapping[str, Any]


def make_columns(tab: Tab, columns: Columns, decisions: Sequence[str], *, where: str) -> bool:
    """True when something was made. Safe to repeat, and beside another Loket that does the same."""
    headers_of: dict[str, str] = columns.model_dump()
    made = False
    for attempt in range(1, TRIES + 1):
        titles = _titles(tab.header_row())
        missing = [
            name
            for name in (*SYSTEM_COLUMNS, *OFFICER_COLUMNS)
            if normal(headers_of[name]) not in map(normal, titles)
        ]
        facts = tab.facts()
        requests: list[Request] = []
        if missing:
            _ensure_ours(tab, titles, missing, headers_of, where)
            requests += _new_columns(facts, len(titles), [(n, headers_of[n]) for n in missing])
        if facts.frozen_rows < 1:
            requests.append(_frozen_header(facts))
        at = _decision_column(titles, missing, headers_of["decision"])
        if "decision" in missing or not tab.has_validation(at):
            requests.append(_dropdown(facts, at, decisions))
        if not requests:
            return made
        try:
            tab.change(requests)
        except TryAgain:
            if attempt == TRIES:
                raise
        made = True
        # Looked at again: the answer may have been lost, or another program made the same columns.
    return made


def _titles(headers: Sequence[Cell | None]) -> list[str]:
    return ["" if header is None else cell_text(header) for header in headers]


def _ensure_ours(
    tab: Tab,
    titles: Sequence[str],
    missing: Sequence[str],
    headers_of: Mapping[str, str],
    where: str,
) -> None:
    """A form may ask for its own "Keterangan". Without a reference column, a column of such a name is not ours
    unless the statuses in it are."""
    if "reference" not in missing:
        return
    there = [name for name in SYSTEM_COLUMNS if name not in missing]
    if not there:
        return
    if "status" in there:
        at = [normal(title) for title in titles].index(normal(headers_of["status"]))
        statuses = {cell_text(cell or "") for cell in tab.column(at)} - {""}
        if statuses and statuses <= OWN_LABELS:
            return
    raise clash([headers_of[name] for name in there], where=where)


def _decision_column(titles: Sequence[str], missing: Sequence[str], header: str) -> int:
    if "decision" in missing:
        return len(titles) + missing.index("decision")
    return [normal(title) for title in titles].index(normal(header))


def _new_columns(facts: TabFacts, at: int, new: Sequence[tuple[str, str]]) -> list[Request]:
    span = {"sheetId": facts.sheet_id, "dimension": "COLUMNS"}
    insert: Request = {
        "insertDimension": {
            "range": {**span, "startIndex": at, "endIndex": at + len(new)},
            "inheritFromBefore": False,
        }
    }
    # A column can be inserted only before another: where none is left, one is added that stays empty.
    grow: list[Request] = (
        [{"appendDimension": {**span, "length": 1}}] if at >= facts.columns else []
    )
    cells = [
        {
            "userEnteredValue": {"stringValue": header},
            "userEnteredFormat": {
                "textFormat": {"bold": True},
                "backgroundColor": SYSTEM_COLOUR if name in SYSTEM_COLUMNS else OFFICER_COLOUR,
            },
        }
        for name, header in new
    ]
    fill: Request = {
        "updateCells": {
            "start": {"sheetId": facts.sheet_id, "rowIndex": 0, "columnIndex": at},
            "rows": [{"values": cells}],
            "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor)",
        }
    }
    names = [name for name, _ in new]
    own = [at + number for number, name in enumerate(names) if name in SYSTEM_COLUMNS]
    looks = [_warning(facts, column) for column in own]
    if "status" in names:
        looks += _status_colours(facts, at + names.index("status"))
    return [*grow, insert, fill, *looks]


def _warning(facts: TabFacts, column: int) -> Request:
    """Sheets asks an officer who types here whether that is meant; nobody is locked out."""
    return {
        "addProtectedRange": {
            "protectedRange": {
                "range": _under(facts, column, header=True),
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
                    "ranges": [_under(facts, column)],
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
        for state, colour in STATUS_COLOURS.items()
    ]


def _under(facts: TabFacts, column: int, *, header: bool = False) -> Request:
    """A whole column, with or without its header, however many rows will come."""
    rows = {} if header else {"startRowIndex": 1}
    return {
        "sheetId": facts.sheet_id,
        **rows,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }


def _frozen_header(facts: TabFacts) -> Request:
    return {
        "updateSheetProperties": {
            "properties": {
                "sheetId": facts.sheet_id,
                "gridProperties": {"frozenRowCount": 1},
            },
            "fields": "gridProperties.frozenRowCount",
        }
    }


def _dropdown(facts: TabFacts, column: int, decisions: Sequence[str]) -> Request:
    return {
        "setDataValidation": {
            "range": _under(facts, column),
            "rule": {
                "condition": {
                    "type": "ONE_OF_LIST",
                    "values": [{"userEnteredValue": decision} for decision in decisions],
                },
                "strict": False,
                "showCustomUi": True,
            },
        }
    }
