"""Insert, or change what is there: the same statement for both databases."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    table: Table, connection: Connection, changes: dict[str, Any] | None = None, **values: Any
) -> Any:
    """Inserts `values`; where the primary key is there already, makes `changes` (default: the values)."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return (
        dialect.insert(table)
        .values(**values)
        .on_conflict_do_update(
            index_elements=list(table.primary_key.columns), set_=changes or values
        )
    )
