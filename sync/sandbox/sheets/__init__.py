"""Sheets v4: spreadsheets in SQLite, with Google's requests, answers and errors."""

from sync.sandbox.sheets import book, cells, fills, row_order
from sync.sandbox.sheets.routes import ROUTES

SCHEMA = row_order.SCHEMA + fills.SCHEMA + cells.SCHEMA + book.SCHEMA

__all__ = ["ROUTES", "SCHEMA"]
