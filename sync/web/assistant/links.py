"""What people paste where a link is asked for: what it is, or what it was mistaken for."""

import re

from sync.core.workflow.links import form_id, sheet_id

_ID = re.compile(r"[\w-]{10,200}", re.ASCII)
_FOLDER = re.compile(
    r"https?://\S+?/(?:drive/)?(?:u/\d+/)?folders/([\w-]{10,200})(?:[/?#].*)?", re.ASCII
)


def folder_id(text: str) -> str | None:
    """The id of a folder or shared drive; "" for nothing, None for something else."""
    text = text.strip()
    if not text or _ID.fullmatch(text):
        return text
    found = _FOLDER.fullmatch(text)
    return found[1] if found else None


def wrong_sheet(text: str) -> str:
    """Why a text leads to no spreadsheet, and what to paste instead; "" where it does."""
    text = text.strip()
    if not text:
        return "tempel tautan sheet jawaban formulir"
    if "/spreadsheets/d/e/" in text or "/pubhtml" in text:
        return "ini tautan terbitan web. Buka sheetnya sendiri, lalu salin alamat dari bilah alamat peramban"
    if sheet_id(text) and "/" not in text:
        return ""
    if "/forms/" in text or "forms.gle" in text:
        return "ini tautan formulir. Di formulir: Jawaban → Lihat di Spreadsheet, lalu salin alamat sheet yang terbuka"
    if "drive.google.com" in text or "/folders/" in text:
        return (
            "ini tautan Google Drive. Buka sheetnya, lalu salin alamat dari bilah alamat peramban"
        )
    if "docs.google.com/document" in text:
        return "ini tautan Google Dokumen. Yang diperlukan: sheet jawaban formulir"
    if not sheet_id(text):
        return (
            "ini bukan tautan Google Sheet. Bentuknya https://docs.google.com/spreadsheets/d/…/edit"
        )
    return ""


def wrong_form(text: str) -> str:
    """The same for a form's editor link; nothing at all is fine."""
    text = text.strip()
    if not text or form_id(text):
        return ""
    if "/forms/d/e/" in text or "forms.gle" in text:
        return "ini tautan untuk pengisi. Buka formulir sebagai penyunting, lalu salin alamat yang berakhir /edit"
    return "ini bukan tautan Google Formulir. Bentuknya https://docs.google.com/forms/d/…/edit"
