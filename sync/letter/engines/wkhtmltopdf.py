"""wkhtmltopdf, called with pdfkit's help: for machines that PlutoPrint has no build for. Slow and old, but everywhere.

Everything goes in as data: URLs, so that it has nothing to open; files and scripts are barred, and a proxy that is
not there stands where the network would be. pdfkit's options in <meta> tags are never read (CVE-2025-26240).
It knows no @page: margins and the boxes in them (page numbers) become options of its own. Those boxes are printed by
the builds with a patched Qt (its own installers); Debian's leaves them out.
"""

import base64
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path

import pdfkit

from sync.letter.engines import Page
from sync.letter.engines.here import wkhtmltopdf_program
from sync.letter.failed import LetterFailed
from sync.letter.resources import Resource

_OPTION_META = re.compile(r"<meta\b[^>]*\bpdfkit-[^>]*>", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.IGNORECASE | re.DOTALL)
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_FONT_FACE = re.compile(r"@font-face\s*{[^}]*}", re.IGNORECASE)
_ACROSS = re.compile(r"@page\s*{[^}]*?\bsize:[^;}]*\blandscape\b", re.IGNORECASE)
_PAGE_MARGIN = re.compile(r"@page\s*{[^}]*?\bmargin:\s*([0-9.a-z ]+)", re.IGNORECASE)
_MARGIN_BOX = re.compile(
    r"""@(top|bottom)-(left|center|right)\s*{((?:"[^"]*"|'[^']*'|[^}"'])*)}""", re.IGNORECASE
)
_CONTENT = re.compile(r"""\bcontent\s*:((?:"[^"]*"|'[^']*'|[^;"'])*)""", re.IGNORECASE)
_CONTENT_PART = re.compile(r"""["']([^"']*)["']|counter\(\s*(pages?)\s*\)""", re.IGNORECASE)
_COUNTERS = {"page": "[page]", "pages": "[topage]"}
_FONT_SIZE = re.compile(r"\bfont(?:-size)?\s*:[^;]*?([0-9.]+)pt", re.IGNORECASE)
_FONT_NAME = re.compile(r"""\bfont(?:-family)?\s*:[^;"']*["']([^"']+)""", re.IGNORECASE)
_LENGTH = re.compile(r"\d+(?:\.\d+)?(?:mm|cm|in|pt|px)")
# It sets a CSS pixel at 4/5 of its size, and offers no option against that without its own patched Qt.
_TRUE_SIZE = "<style>body { zoom: 1.3 }</style>"
if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0
_NOWHERE = "http://127.0.0.1:9"


class WkhtmltopdfEngine:
    memory_needed_bytes = 4 * 1024**3  # its script engine reserves address space that it never uses

    def __init__(self, program: str, folder: Path, *, timeout_s: float) -> None:
        self._configuration = pdfkit.configuration(wkhtmltopdf=program)
        self._timeout_s = timeout_s
        self._folder = folder
        self._environment = dict(os.environ) | {
            "QT_QPA_PLATFORM": "offscreen",
            "FONTCONFIG_FILE": str(folder / "fonts.conf"),
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "CUPS_SERVER": str(folder / "no-printers"),  # else Qt asks the machine's for them
        }
        if sys.platform == "win32":
            del self._environment["QT_QPA_PLATFORM"]

    def print(self, page: Page) -> bytes:
        self._lay_out_fonts(page)
        html = _self_contained(_OPTION_META.sub("", page.html), page)
        command = _Pdfkit(
            html, "string", options=_options(page), configuration=self._configuration
        ).command()
        try:
            done = subprocess.run(  # noqa: S603 - an option list of our own, no shell
                command,
                input=html.encode(),
                capture_output=True,
                timeout=self._timeout_s,
                env=self._environment,
                cwd=self._folder,
                creationflags=_NO_WINDOW,
            )
        except subprocess.TimeoutExpired as error:
            raise LetterFailed(
                f"Surat terlalu lama dibuat (lebih dari {self._timeout_s:g} detik).",
                detail="wkhtmltopdf was too slow",
            ) from error
        if done.returncode or not done.stdout:
            raise LetterFailed(
                "Surat tidak dapat dicetak dari templatenya.",
                detail=f"wkhtmltopdf ended with code {done.returncode}",
            )
        return done.stdout

    def _lay_out_fonts(self, page: Page) -> None:
        # Found by their names; without any font at all it crashes.
        for resource in page.resources.values():
            file = self._folder / resource.path.replace("/", "-")
            if resource.mime.startswith("font/") and not file.exists():
                file.write_bytes(resource.content)


class _Pdfkit(pdfkit.PDFKit):  # type: ignore[misc]
    def _find_options_in_meta(self, _content: object) -> dict[str, str]:
        return {}


def _options(page: Page) -> dict[str, str]:
    top, right, bottom, left = _margins(page.html)
    return {
        "page-size": "A4",
        "orientation": "Landscape" if _ACROSS.search(page.html) else "Portrait",
        "margin-top": top,
        "margin-right": right,
        "margin-bottom": bottom,
        "margin-left": left,
        "encoding": "UTF-8",
        "disable-local-file-access": "",
        "disable-javascript": "",
        "disable-plugins": "",
        "proxy": _NOWHERE,
        "load-error-handling": "abort",
        "load-media-error-handling": "abort",
        **_margin_boxes(page.html),
    }


def _margin_boxes(html: str) -> dict[str, str]:
    """`@bottom-right { content: "Halaman " counter(page) }` as the footer that it means; one font above, one below."""
    options: dict[str, str] = {}
    for edge, side, style in _MARGIN_BOX.findall(html):
        content = _CONTENT.search(style)
        parts = _CONTENT_PART.findall(content[1]) if content else []
        if parts:
            kind = "header" if edge.lower() == "top" else "footer"
            options[f"{kind}-{side.lower()}"] = "".join(
                text or _COUNTERS.get(counter.lower(), "") for text, counter in parts
            )
            for option, pattern in (("font-size", _FONT_SIZE), ("font-name", _FONT_NAME)):
                if found := pattern.search(style):
                    options[f"{kind}-{option}"] = found[1]
    return options


def _margins(html: str) -> tuple[str, str, str, str]:
    """The page's margins as CSS has them, which wkhtmltopdf doesn't read."""
    match = _PAGE_MARGIN.search(html)
    lengths = _LENGTH.findall(match[1]) if match else []
    if len(lengths) == 4:
        return lengths[0], lengths[1], lengths[2], lengths[3]
    one = lengths[0] if lengths else "20mm"
    other = lengths[1] if len(lengths) > 1 else one
    return one, other, lengths[2] if len(lengths) > 2 else one, other


def _self_contained(html: str, page: Page) -> str:
    """References become data: URLs, in styles and images only: an answer that looks like one stays text.

    @font-face goes: those fonts would be drawn as shapes, with no text to select or to read back. The fonts laid out
    beside are found by their names; where there is no fontconfig, the system's Times and Arial, of the same widths.
    """
    urls = {reference: _data_url(resource) for reference, resource in page.resources.items()}

    def in_style(match: re.Match[str]) -> str:
        style = _FONT_FACE.sub("", match[0])
        for reference, url in urls.items():
            for written in (f'"{reference}"', f"'{reference}'", f"({reference})"):
                style = style.replace(written, f"{written[0]}{url}{written[-1]}")
        return style

    def in_image(match: re.Match[str]) -> str:
        image = match[0]
        for reference, url in urls.items():
            for written in {f'"{reference}"', f"'{reference}'", f'"{escape(reference)}"'}:
                image = image.replace(written, f'"{url}"')
        return image

    return _IMAGE.sub(in_image, _STYLE.sub(in_style, html)) + _TRUE_SIZE


def _data_url(resource: Resource) -> str:
    return f"data:{resource.mime};base64,{base64.b64encode(resource.content).decode()}"


def make_engine(folder: Path, *, timeout_s: float) -> WkhtmltopdfEngine:
    """Raises LetterFailed when the program is not installed."""
    program = wkhtmltopdf_program()
    if program is None:
        raise LetterFailed(
            "Program wkhtmltopdf belum terpasang di komputer ini.",
            detail="wkhtmltopdf is not on PATH",
        )
    return WkhtmltopdfEngine(program, folder, timeout_s=timeout_s)
