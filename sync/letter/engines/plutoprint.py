"""PlutoPrint: fast, in this process, with the house's fonts alone so that every machine sets the same letter.

Its fetcher swallows what it refuses and prints on without it: the refusal is noted here and fails the letter.
"""

import io
import re
from pathlib import Path
from urllib.parse import unquote

import plutoprint

from sync.letter.engines import Page
from sync.letter.failed import LetterFailed
from sync.letter.resources import MOST_PAGES, Resource

_BASE = "loket:///"
_HOUSE_FACE = re.compile(
    r"""@font-face\s*{\s*font-family:\s*"Liberation (Serif|Sans)";\s*"""
    r"""src:\s*url\("letters/fonts/Liberation\1-\w+\.ttf"\);[^{}]*}"""
)
"""These fonts are found by their names (fonts.py); to read them anew for each letter takes half of its time."""


class _OnlyGiven(plutoprint.ResourceFetcher):
    """Serves the page's own resources, and notes everything else that is asked for."""

    def __init__(self, resources: dict[str, Resource]) -> None:
        super().__init__()
        self._resources = resources
        self.refused: list[str] = []

    def fetch_url(self, url: str) -> plutoprint.ResourceData:
        resource = self._resources.get(unquote(url))
        if resource is None:
            self.refused.append(url.partition(":")[0][:20])
            raise ValueError("not one of the letter's own resources")
        return plutoprint.ResourceData(resource.content, resource.mime)


class PlutoprintEngine:
    memory_needed_bytes = 0

    def __init__(self, folder: Path) -> None:
        plutoprint.plutobook_set_fontconfig_path(folder)

    def print(self, page: Page) -> bytes:
        fetcher = _OnlyGiven({_absolute(r.path): r for r in page.resources.values()})
        book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NORMAL)
        book.custom_resource_fetcher = fetcher
        try:
            book.load_html(_HOUSE_FACE.sub("", page.html), base_url=_BASE)
            if book.get_page_count() > MOST_PAGES:
                raise LetterFailed(
                    f"Surat terlalu panjang (lebih dari {MOST_PAGES} halaman).",
                    detail="too many pages",
                )
            pdf = io.BytesIO()
            book.write_to_pdf_stream(pdf)
        except plutoprint.Error as error:
            raise LetterFailed(
                "Surat tidak dapat dicetak dari templatenya.", detail="plutoprint refused the page"
            ) from error
        if fetcher.refused:
            raise LetterFailed(
                "Template surat meminta berkas atau alamat yang tidak diizinkan.",
                detail=f"refused by the fetcher: {', '.join(sorted(set(fetcher.refused)))}",
            )
        return pdf.getvalue()


def _absolute(path: str) -> str:
    return _BASE + path


def make_engine(folder: Path, *, timeout_s: float) -> PlutoprintEngine:  # noqa: ARG001 - the press watches the time
    return PlutoprintEngine(folder)
