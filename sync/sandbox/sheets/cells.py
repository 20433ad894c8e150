"""What stands in rows: values by column slot, and looks (format, note, validation) by number.

A slot is a column's identity, as a key is a row's: moving or inserting columns touches no row. A value is None, a
string, a number, a boolean, or a Formula. Looks are shared: the same look is stored once, however many cells have it.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sync.sandbox.frame import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS sheets_rows (
    key INTEGER PRIMARY KEY,
    sheet_key INTEGER NOT NULL,
    cells TEXT NOT NULL,
    looks TEXT NOT NULL,
    properties TEXT NOT NULL,
    formulas INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sheets_rows_with_formulas ON sheets_rows (sheet_key) WHERE formulas = 1;
CREATE TABLE IF NOT EXISTS sheets_looks (
    id INTEGER PRIMARY KEY,
    look TEXT NOT NULL UNIQUE
);
"""

CELL_CHARACTERS = 50_000


@dataclass(frozen=True, slots=True)
class Formula:
    """Kept as text; its value is worked out when it is read."""

    text: str


Value = None | str | int | float | bool | Formula


@dataclass(slots=True)
class Row:
    """One row's content. A row that was never written is a Row() that is not stored."""

    key: int
    values: dict[int, Value] = field(default_factory=dict)
    looks: dict[int, int] = field(default_factory=dict)
    properties: Json = field(default_factory=dict)


def fetch(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Row]:
    """The stored ones among these rows."""
    found: dict[int, Row] = {}
    for sql, given in _queries(keys):
        for key, cells, looks, properties in db.execute(
            f"SELECT key, cells, looks, properties FROM sheets_rows WHERE {sql}",  # noqa: S608
            given,
        ):
            found[key] = Row(
                key,
                _values(cells),
                {int(slot): look for slot, look in json.loads(looks).items()}
                if looks != "{}"
                else {},
                json.loads(properties) if properties != "{}" else {},
            )
    return found


def fetch_unread(
    db: sqlite3.Connection, keys: Sequence[int]
) -> dict[int, tuple[dict[str, Any], str]]:
    """Cells by the slot's text, and looks as stored: for long reads, where making Rows is most of the cost."""
    found: dict[int, tuple[dict[str, Any], str]] = {}
    for sql, given in _queries(keys):
        for key, cells, looks in db.execute(
            f"SELECT key, cells, looks FROM sheets_rows WHERE cells != '{{}}' AND ({sql})",  # noqa: S608
            given,
        ):
            found[key] = (json.loads(cells), looks)
    return found


def read(value: Any) -> Value:
    """One value out of `fetch_unread`."""
    return Formula(value["f"]) if type(value) is dict else value


def read_look(looks: str, slot: str) -> int | None:
    """The cell's own look out of `fetch_unread`; None: its column's."""
    return json.loads(looks).get(slot) if looks != "{}" else None


def with_content(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, list[int]]:
    """For those of these rows that hold any value: the slots that do."""
    found: dict[int, list[int]] = {}
    for sql, given in _queries(keys):
        for key, cells in db.execute(
            f"SELECT key, cells FROM sheets_rows WHERE cells != '{{}}' AND ({sql})",  # noqa: S608
            given,
        ):
            found[key] = [int(slot) for slot in json.loads(cells)]
    return found


def save(db: sqlite3.Connection, sheet_key: int, rows: Iterable[Row]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO sheets_rows VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                row.key,
                sheet_key,
                *_packed(row.values),
                _compact(row.looks),
                _compact(row.properties),
                any(isinstance(value, Formula) for value in row.values.values()),
            )
            for row in rows
        ],
    )


def delete(db: sqlite3.Connection, keys: Sequence[int]) -> None:
    for sql, given in _queries(keys):
        db.execute(f"DELETE FROM sheets_rows WHERE {sql}", given)  # noqa: S608


def rows_with_formulas(db: sqlite3.Connection, sheet_key: int) -> list[Row]:
    keys = [
        row[0]
        for row in db.execute(
            "SELECT key FROM sheets_rows WHERE sheet_key = ? AND formulas = 1", (sheet_key,)
        )
    ]
    return list(fetch(db, keys).values())


def look_number(db: sqlite3.Connection, look: Json) -> int:
    """0 is the plain look."""
    if not look:
        return 0
    text = json.dumps(look, sort_keys=True, separators=(",", ":"))
    row = db.execute("SELECT id FROM sheets_looks WHERE look = ?", (text,)).fetchone()
    if row is None:
        return db.execute("INSERT INTO sheets_looks (look) VALUES (?)", (text,)).lastrowid or 0
    number: int = row[0]
    return number


def look(db: sqlite3.Connection, number: int) -> Json:
    if not number:
        return {}
    row = db.execute("SELECT look FROM sheets_looks WHERE id = ?", (number,)).fetchone()
    found: Json = json.loads(row[0])
    return found


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) if value else "{}"


def _packed(values: dict[int, Value]) -> tuple[str]:
    if not values:
        return ("{}",)
    plain = {
        slot: {"f": value.text} if isinstance(value, Formula) else value
        for slot, value in values.items()
        if value is not None
    }
    return (json.dumps(plain, separators=(",", ":")),)


def _values(cells: str) -> dict[int, Value]:
    if cells == "{}":
        return {}
    return {
        int(slot): Formula(value["f"]) if type(value) is dict else value
        for slot, value in json.loads(cells).items()
    }


def _queries(keys: Sequence[int]) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Conditions for `WHERE`, made of fixed words and question marks, with their values.

    Neighbours were often made together, and are fetched as one run; the others by name.
    """
    if not keys:
        return
    ordered = sorted(keys)
    if ordered[-1] - ordered[0] == len(ordered) - 1:
        yield "key BETWEEN ? AND ?", (ordered[0], ordered[-1])
        return
    lone: list[int] = []
    start = 0
    for at in range(1, len(ordered) + 1):
        if at < len(ordered) and ordered[at] == ordered[at - 1] + 1:
            continue
        if at - start > 8:
            yield "key BETWEEN ? AND ?", (ordered[start], ordered[at - 1])
        else:
            lone += ordered[start:at]
        start = at
    for i in range(0, len(lone), 500):
        some = tuple(lone[i : i + 500])
        yield f"key IN ({_marks(len(some))})", some


@lru_cache(maxsize=512)
def _marks(count: int) -> str:
    return ",".join("?" * count)
