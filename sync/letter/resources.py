"""What a letter may show besides its text: fonts and images that lie under the template folders, and nothing else.

Read from the finished HTML, before an engine sees it: every reference is answered with bytes or fails the letter.
Whoever writes a template is trusted to mean well; an answer that slipped in unescaped is not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from sync.letter.failed import LetterFailed

MOST_PAGES = 50
_LARGEST_BYTES = 4 * 1024 * 1024

_MIMES = {
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}
SUFFIXES = tuple(_MIMES)

# How such a file begins, and what stands at its end (a camera may write on after it).
_PNG, _JPEG = (b"\x89PNG\r\n\x1a\n", b"IEND"), (b"\xff\xd8\xff", b"\xff\xd9")
_MARKS = {".png": _PNG, ".jpg": _JPEG, ".jpeg": _JPEG}
_DATA = re.compile(
    r"data:(?:image/(?:png|jpeg|svg\+xml)|font/(?:ttf|otf|woff2?))[;,]", re.IGNORECASE
)
_BARRED_TAGS = frozenset(
    (
        "script",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "link",
        "base",
        "audio",
        "video",
        "source",
        "track",
        "portal",
    )
)
# `href` of an <a> is only followed by a reader's click; everywhere else it loads something.
_LOADING = frozenset(
    ("src", "srcset", "href", "xlink:href", "data", "poster", "background", "action", "formaction")
)
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*?))\s*\)""", re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_CSS_BARRED = re.compile(r"@import|image-set\(|\bsrc\(|\bimage\(|\belement\(", re.IGNORECASE)
_SVG_BARRED = re.compile(
    rb"<script|<!ENTITY|<foreignObject|@import|href\s*=\s*[\"'](?!#|data:image/)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Resource:
    """`path` is relative to the template folder it was found in, with `/`."""

    path: str
    content: bytes
    mime: str


class NotAllowed(Exception):
    """A reference that a letter may not make. The sentence is Indonesian; `what` is the reference's kind."""

    def __init__(self, sentence: str, *, what: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.what = what


@dataclass
class Contents:
    """What is in a page: its references as written, its readable text, and the language it says it is in."""

    references: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    language: str = "id"


def read_page(html: str) -> Contents:
    """Raises LetterFailed for what no letter may contain."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except NotAllowed as error:
        raise LetterFailed(error.sentence, detail=f"not allowed: {error.what}") from error
    return reader.contents


def resources_of(contents: Contents, template_dirs: Sequence[Path]) -> dict[str, Resource]:
    """Every reference that needs a file, with that file. Raises LetterFailed."""
    found: dict[str, Resource] = {}
    for reference in contents.references:
        if reference.startswith("#") or _DATA.match(reference):
            continue
        try:
            found[reference] = find(reference, template_dirs)
        except NotAllowed as error:
            raise LetterFailed(error.sentence, detail=f"not allowed: {error.what}") from error
    return found


def find(reference: str, template_dirs: Sequence[Path]) -> Resource:
    """The file that a reference means, in the first template folder that has it. Raises NotAllowed."""
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", reference)
    if scheme or reference.startswith(("/", "\\")):
        raise NotAllowed(
            "Template surat meminta berkas atau alamat di luar folder templates.",
            what=f"a reference to {scheme[1][:20].lower() + ':' if scheme else 'an absolute path'}",
        )
    path = unquote(reference)
    suffix = Path(path).suffix.lower()
    if suffix not in _MIMES:
        raise NotAllowed(
            "Template surat memakai berkas yang bukan gambar PNG, JPG, SVG, atau huruf TTF.",
            what="a file that is neither image nor font",
        )
    if "\\" in path or "\0" in path or ".." in path.split("/"):
        raise NotAllowed(
            "Template surat meminta berkas di luar folder templates.", what="a path that leads out"
        )
    for folder in template_dirs:
        file = _file(folder, path)
        if file is not None:
            status = file.stat()
            if status.st_size > _LARGEST_BYTES:
                raise NotAllowed(
                    f"Berkas {path} terlalu besar; paling besar {_LARGEST_BYTES // 1024**2} MB.",
                    what="a file that is too large",
                )
            content = _content(file, status.st_mtime_ns)
            if suffix == ".svg" and _SVG_BARRED.search(content):
                raise NotAllowed(
                    f"Gambar {path} memuat tautan atau skrip.", what="an SVG with links or scripts"
                )
            if not _is_whole(suffix, content):
                raise NotAllowed(
                    f"Gambar {path} rusak atau bukan {suffix[1:].upper()}; simpan ulang gambarnya.",
                    what="a broken image",
                )
            return Resource(path, content, _MIMES[suffix])
    kind = "Gambar" if _MIMES[suffix].startswith("image/") else "Berkas huruf"
    raise NotAllowed(f"{kind} {path[:80]} tidak ada di folder templates.", what="a missing file")


def _file(folder: Path, path: str) -> Path | None:
    """The file of that name in the folder; None: there is none, or it lies elsewhere in truth."""
    try:
        file = _resolved(folder, path)
    except FileNotFoundError:
        return None
    return file if file.is_file() else None  # it may be gone since it was found


@lru_cache(maxsize=64)
def _resolved(folder: Path, path: str) -> Path:
    """Raises FileNotFoundError."""
    file = (folder / path).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise FileNotFoundError(path)
    return file


@lru_cache(maxsize=32)
def _content(file: Path, changed_ns: int) -> bytes:  # noqa: ARG001 - a changed file is read anew
    return file.read_bytes()


@lru_cache(maxsize=32)
def _is_whole(suffix: str, content: bytes) -> bool:
    """Whether an image is what its name says, to its end: an engine prints on without one that it can't read."""
    if suffix == ".svg":
        if b"\0" in content:  # UTF-16, where the search for links is blind
            return False
        try:
            ElementTree.fromstring(content)  # noqa: S314 - without entities, as was seen before
        except (ElementTree.ParseError, ValueError, LookupError):
            return False
        return True
    if suffix not in _MARKS:
        return True
    start, end = _MARKS[suffix]
    return content.startswith(start) and end in content[len(content) // 2 :]


@lru_cache(maxsize=16)
def css_references(css: str) -> tuple[str, ...]:
    """What a stylesheet would load. Raises NotAllowed for loading in a hidden or unusual way."""
    plain = _CSS_COMMENT.sub("", css)
    decoded = _CSS_ESCAPE.sub(_unescaped, plain)
    references = [next((part for part in match if part), "") for match in _CSS_URL.findall(plain)]
    if _CSS_BARRED.search(decoded) or decoded.lower().count("url(") != len(references):
        raise NotAllowed(
            "Template surat memuat gaya dari tempat lain (@import dan sejenisnya).",
            what="CSS that loads by other ways than url()",
        )
    return tuple(references)


def _unescaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.contents = Contents()
        self._inside = ""  # style or title: their text is not the letter's

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _BARRED_TAGS:
            raise NotAllowed(
                f"Template surat memakai <{tag}>, yang tidak diizinkan.", what=f"<{tag}>"
            )
        if tag in ("style", "title"):
            self._inside = tag
        for name, value in attributes:
            if name.startswith("on") or (tag == "meta" and name == "http-equiv"):
                raise NotAllowed(
                    f"Template surat memakai atribut {name[:20]}, yang tidak diizinkan.",
                    what=name[:20],
                )
            if name == "style" and css_references(value or ""):
                raise NotAllowed(
                    "Template surat memakai url() di atribut style; tulis di <style>.",
                    what="url() in a style attribute",
                )
            if tag == "html" and name == "lang" and value:
                self.contents.language = value
            if name in _LOADING and not (tag == "a" and name == "href"):
                self._loads(tag, name, value or "")

    def _loads(self, tag: str, name: str, value: str) -> None:
        if name == "src" and tag == "img":
            self.contents.references.append(value)
        elif not (name.endswith("href") and value.startswith("#")):
            raise NotAllowed(
                f"Template surat memakai {name} pada <{tag[:20]}>, yang tidak diizinkan.",
                what=f"{name} of <{tag[:20]}>",
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.contents.references.extend(css_references(data))
        elif not self._inside:
            self.contents.text.append(data)
