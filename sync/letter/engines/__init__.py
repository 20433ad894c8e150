"""HTML → PDF, one engine a file, all behind `Engine`. Used in the printers only: an engine is a heavy import.

The promise: an engine opens nothing but the resources it is given. What belongs in a letter is judged before
(resources.py) and after (proofread.py), the same for every engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from sync.letter.failed import LetterFailed
from sync.letter.resources import Resource

_MODULES = {
    "plutoprint": "sync.letter.engines.plutoprint",
    "weasyprint": "sync.letter.engines.weasyprint",
    "pdfkit": "sync.letter.engines.wkhtmltopdf",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A letter ready to be set. `resources` has a resource for every reference in `html`."""

    html: str
    resources: Mapping[str, Resource]
    title: str
    author: str


class Engine(Protocol):
    """`memory_needed_bytes` is address space that the engine reserves beyond what a letter takes."""

    memory_needed_bytes: int

    def print(self, page: Page) -> bytes:
        """Raises LetterFailed."""
        ...


def load_engine(name: str, *, folder: Path, timeout_s: float) -> Engine:
    """`folder` is one of its own, with the fonts.conf of the house. Raises LetterFailed when the engine is not on this machine."""
    if name not in _MODULES:
        raise LetterFailed(f"Mesin cetak {name} tidak dikenal.", detail="unknown letters.engine")
    try:
        module = import_module(_MODULES[name])
    except ImportError as error:
        raise LetterFailed(
            f"Mesin cetak {name} belum terpasang di komputer ini; pilih letters.engine lain.",
            detail=f"{name}: {type(error).__name__}: {error.name}",
        ) from error
    return cast(Engine, module.make_engine(folder, timeout_s=timeout_s))
