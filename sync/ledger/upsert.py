"""Insert, or change what is there: the same statement for both databases."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(table: Table, dialect: str) -> Any:
    """An insert that knows what to do about a conflict."""
    rooms: Any = sqlite if dialect == "sqlite" else postgresql
    return rooms.insert(table)


def insert_or_change(table: Table, dialect: str, changes: dict[str, Any]) -> Any:
    """Inserts the values it is executed with; where the primary key is there already, makes `changes`."""
    return insert(table, dialect).on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=changes
    )


def upsert(
    table: Table, connection: Connection, changes: dict[str, Any] | None = None, **values: Any
) -> Any:
    """Inserts `values`; where the primary key is there already, makes `changes` (default: the values)."""
    return insert_or_change(table, connection.dialect.name, changes or values).values(**values)
