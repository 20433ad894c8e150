"""A spreadsheet before there is a workflow for it: its tabs with their titles, and its newest answers. Changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.core.cells import cell_text, is_empty
from sync.core.desk import Cell
from sync.core.headers import normal
from sync.google.layout import TIMESTAMP
from sync.google.tab import READ, Tab
from sync.google.transport import Transport

_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets/"
MOST_TABS = 40


@dataclass(frozen=True, slots=True)
class TabSeen:
    """`titles` is row 1 as it stands; `answers` counts the rows below it."""

    title: str
    titles: tuple[str, ...]
    answers: int

    @property
    def of_form(self) -> bool:
        """Whether a form writes here: its first column is the timestamp, in a language that we know."""
        return any(normal(title) == TIMESTAMP for title in self.titles)

    @property
    def email_questions(self) -> tuple[str, ...]:
        return tuple(
            title
            for title in self.titles
            if normal(title) == normal("Email Address") or _mail(title)
        )


def tabs_of(transport: Transport, spreadsheet_id: str) -> list[TabSeen]:
    """The visible ones with something in row 1, in their order, at most 40. Two calls."""
    url = _SHEETS + spreadsheet_id
    with Tab(transport, spreadsheet_id, "").told():
        about = transport.request(
            "GET", url, params={"fields": "sheets.properties(title,hidden,sheetType)"}
        ).json()
        titles = [
            str(sheet["properties"]["title"])
            for sheet in about.get("sheets", ())
            if not sheet["properties"].get("hidden")
            and sheet["properties"].get("sheetType", "GRID") == "GRID"
        ][:MOST_TABS]
        if not titles:
            return []
        ranges = [_quoted(title) + part for title in titles for part in ("!1:1", "!A2:A")]
        params: list[tuple[str, Any]] = [("ranges", one) for one in ranges]
        answer = transport.request(
            "GET", url + "/values:batchGet", params=[*params, *READ.items()]
        ).json()
    blocks = [block.get("values", []) for block in answer["valueRanges"]]
    seen = [
        TabSeen(title, _texts(head), sum(1 for row in first if row and not is_empty(row[0])))
        for title, head, first in zip(titles, blocks[::2], blocks[1::2], strict=True)
    ]
    return [tab for tab in seen if any(tab.titles)]


def newest_answers(transport: Transport, spreadsheet_id: str, tab: str) -> dict[str, Cell] | None:
    """The last row that holds something, by the titles of row 1; None where there is none."""
    one = Tab(transport, spreadsheet_id, tab)
    count = max(
        (number for number, cell in enumerate(one.column(0), 2) if not is_empty(cell or "")),
        default=1,
    )
    if count < 2:
        return None
    header, rows = one.rows([count])
    return by_title(header, rows.get(count, []))


def by_title(header: Sequence[Cell | None], cells: Sequence[Cell | None]) -> dict[str, Cell]:
    """Of titles that are there twice the first counts."""
    found: dict[str, Cell] = {}
    for place, title in enumerate(header):
        cell = cells[place] if place < len(cells) else ""
        found.setdefault(cell_text(title or ""), "" if cell is None else cell)
    return found


def answers_of(questions: Sequence[str], row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A row by a workflow's own spelling of the questions."""
    same = {normal(title): cell for title, cell in reversed(list(row.items()))}
    return {question: row.get(question, same.get(normal(question), "")) for question in questions}


def _mail(title: str) -> bool:
    words = title.casefold().replace("-", "")
    return "email" in words or "surel" in words


def _texts(rows: Sequence[Sequence[Cell | None]]) -> tuple[str, ...]:
    return tuple("" if cell is None else cell_text(cell) for cell in rows[0]) if rows else ()


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"
