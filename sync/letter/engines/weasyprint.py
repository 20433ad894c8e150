"""WeasyPrint: slower, for offices that archive their letters: PDF/A-2a, tagged for screen readers.

Optional (requirements-archive.txt); it needs Pango's libraries. A refusal stops most letters at once, but some of its
parts swallow everything: what was refused is noted as well, and fails the letter.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sync.letter.characters import describe
from sync.letter.engines import Page
from sync.letter.failed import LetterFailed
from sync.letter.resources import MOST_PAGES

VARIANT = "pdf/a-2a"

_BASE = "http://loket.invalid/"  # joins as addresses do; nothing is ever asked of it


class WeasyprintEngine:
    memory_needed_bytes = 0

    def __init__(self, folder: Path) -> None:
        os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
        try:
            import weasyprint
            from weasyprint import urls
        except (ImportError, OSError) as error:
            raise LetterFailed(
                "Mesin cetak weasyprint belum terpasang lengkap di komputer ini.",
                detail=f"weasyprint: {type(error).__name__}",
            ) from error
        self._weasyprint, self._urls = weasyprint, urls

    def print(self, page: Page) -> bytes:
        refused: list[str] = []
        with _failures() as failures:
            try:
                pdf = self._print(page, self._only_given(page, refused))
            except self._urls.FatalURLFetchingError:
                pdf = b""
            except (LetterFailed, MemoryError):
                raise
            except Exception as error:  # it trips over strange pages in many ways
                raise LetterFailed(
                    "Surat tidak dapat dicetak dari templatenya.",
                    detail=f"weasyprint refused the page: {type(error).__name__}",
                ) from error
        if refused:
            raise LetterFailed(
                "Template surat meminta berkas atau alamat yang tidak diizinkan.",
                detail=f"refused by the fetcher: {', '.join(sorted(set(refused)))}",
            )
        if failures:
            raise LetterFailed(
                "Gambar di surat tidak dapat dibaca.", detail=f"weasyprint: {failures[0]}"
            )
        return pdf

    def _print(self, page: Page, fetcher: object) -> bytes:
        document = self._weasyprint.HTML(
            string=page.html, base_url=_BASE, url_fetcher=fetcher
        ).render(presentational_hints=True)
        if len(document.pages) > MOST_PAGES:
            raise LetterFailed(
                f"Surat terlalu panjang (lebih dari {MOST_PAGES} halaman).", detail="too many pages"
            )
        document.metadata.title = page.title
        document.metadata.authors = [page.author] if page.author else []
        document.metadata.generator = "Loket"
        pdf: bytes = document.write_pdf(pdf_variant=VARIANT)
        # A box is printed for them, and the reader would be told that it is the character.
        missing = [chr(code) for font in document.fonts.values() for code in font.missing]
        if missing:
            raise LetterFailed(
                f"Surat memuat huruf yang tidak dapat dicetak: {describe(missing)}.",
                detail=f"{len(missing)} kinds of character without a glyph",
            )
        return pdf

    def _only_given(self, page: Page, refused: list[str]) -> object:
        """Serves the page's own resources and what stands in the page itself; notes everything else that is asked for."""
        given = {_BASE + resource.path: resource for resource in page.resources.values()}
        urls = self._urls

        class OnlyGiven(urls.URLFetcher):  # type: ignore[misc,name-defined]
            def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
                resource = given.get(unquote(url))
                if resource:
                    return urls.URLFetcherResponse(
                        url, resource.content, {"Content-Type": resource.mime}
                    )
                if url[:5].lower() == "data:":
                    return super().fetch(url, headers)
                refused.append(url.partition(":")[0][:20])
                raise urls.FatalURLFetchingError("not one of the letter's own resources")

        return OnlyGiven(allowed_protocols=["data"], allow_redirects=False)


@contextmanager
def _failures() -> Iterator[list[str]]:
    """What it says to its log only, and prints on without: an image that it cannot read."""
    failures: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith("Failed to"):
                failures.append(str(record.msg))  # without its arguments: a page may stand in them

    listener, log = Listener(logging.ERROR), logging.getLogger("weasyprint")
    log.addHandler(listener)
    try:
        yield failures
    finally:
        log.removeHandler(listener)


def make_engine(folder: Path, *, timeout_s: float) -> WeasyprintEngine:  # noqa: ARG001 - the press watches the time
    return WeasyprintEngine(folder)
