"""The ids in the links that people copy from their browser, of a spreadsheet and of a form; and a link to a row."""

import re

PLACEHOLDER = "ISI-DENGAN-TAUTAN-SHEET"
"""What stands in a new workflow file until the office puts its own link there."""

_ID = re.compile(r"[\w-]{10,200}", re.ASCII)
_SHEET = re.compile(
    r"https?://\S+?/spreadsheets/(?:u/\d+/)?d/([\w-]{10,200})(?:[/?#].*)?", re.ASCII
)
_FORM = re.compile(r"https?://\S+?/forms/(?:u/\d+/)?d/([\w-]{10,200})(?:[/?#].*)?", re.ASCII)


def is_placeholder(text: str) -> bool:
    """Not filled in yet: our placeholder, or a link that ends in an ellipsis as in the docs."""
    return text.upper().startswith("ISI-") or text.rstrip("/").endswith(("…", "..."))


def sheet_id(text: str) -> str | None:
    return _id_in(text, _SHEET)


def form_id(text: str) -> str | None:
    """None also for the public `…/forms/d/e/…/viewform` link: it holds another id than the editor's."""
    return _id_in(text, _FORM)


def row_link(sheet: str, tab: int | None, row: int | None) -> str:
    """Opens the spreadsheet of that id at the row of the tab of that id; without either, at what is known. Without the tab a
    row would be one of another tab's."""
    place = "" if tab is None else f"#gid={tab}" + ("" if row is None else f"&range=A{row}")
    return f"https://docs.google.com/spreadsheets/d/{sheet}/edit{place}"


def _id_in(text: str, link: re.Pattern[str]) -> str | None:
    text = text.strip()
    if match := link.fullmatch(text):
        return match[1]
    return text if _ID.fullmatch(text) else None
