"""Forms v1, and what stands behind it: forms, their responses, and the rows they write into a linked sheet."""

from sync.sandbox.forms import book
from sync.sandbox.forms.routes import ROUTES

SCHEMA = book.SCHEMA

__all__ = ["ROUTES", "SCHEMA"]
