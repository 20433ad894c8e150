"""Which engine prints on this machine: the one that the settings name, else the best of those that are here.

No engine is loaded to find out: the worker stays light. What an engine lacks is told with what to run.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sync.core.mendable import Mendable

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class EngineHere:
    """`remedy` is Indonesian: what to run or to install; "" where nothing lacks."""

    name: str
    there: bool
    remedy: str


def engines_here() -> list[EngineHere]:
    """Every engine, the best first: fast, then archivable, then everywhere."""
    lacks = {name: lack() for name, lack in _LACKS.items()}
    return [EngineHere(name, not remedy, remedy) for name, remedy in lacks.items()]


def choose_engine(wanted: str) -> str:
    """`wanted` is a name or AUTO. Raises Mendable when it, or any, is not on this machine."""
    if wanted == AUTO:
        for name, lack in _LACKS.items():
            if not lack():
                return name
        raise Mendable.one(
            "mesin-cetak-tidak-ada",
            where="komputer ini",
            found="tidak ada mesin cetak surat yang terpasang",
            allowed=f"salah satu dari {', '.join(_LACKS)}",
            run=_wkhtmltopdf(),
        )
    if wanted not in _LACKS:
        raise Mendable.one(
            "mesin-cetak-tidak-dikenal",
            where="settings.yaml: letters.engine",
            found=f'"{wanted}"',
            allowed=", ".join((AUTO, *_LACKS)),
        )
    remedy = _LACKS[wanted]()
    if remedy:
        raise Mendable.one(
            "mesin-cetak-belum-terpasang",
            where="settings.yaml: letters.engine",
            found=f"mesin cetak {wanted} belum terpasang di komputer ini",
            allowed=f"{AUTO}: yang terbaik dari yang terpasang",
            run=remedy,
        )
    return wanted


def wkhtmltopdf_program() -> str | None:
    """Its path. Its installer for Windows doesn't put it on PATH."""
    installed = Path(os.environ.get("PROGRAMFILES", "/"), "wkhtmltopdf", "bin")
    return shutil.which("wkhtmltopdf") or shutil.which("wkhtmltopdf", path=installed)


def _plutoprint() -> str:
    if importlib.util.find_spec("plutoprint"):
        return ""
    return (
        "hapus folder .venv, lalu jalankan Loket lagi; untuk Linux ARM, Windows ARM, dan Mac Intel plutoprint"
        " tidak tersedia, pakai mesin cetak lain"
    )


def _weasyprint() -> str:
    if not importlib.util.find_spec("weasyprint"):
        pip = f'"{sys.executable}" -m'
        return f"{pip} ensurepip, lalu {pip} pip install -r requirements-archive.txt"
    return "" if _pango_is_here() else _PANGO.get(sys.platform, _PANGO["linux"])


_PANGO = {
    "linux": "sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "darwin": "brew install pango",
    "win32": "pasang Pango dengan MSYS2 (https://www.msys2.org): pacman -S mingw-w64-ucrt-x86_64-pango",
}


@cache
def _pango_is_here() -> bool:
    # Only its import can tell whether its libraries are there and of use.
    asked = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import weasyprint"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    return asked.returncode == 0


def _wkhtmltopdf() -> str:
    if wkhtmltopdf_program() and importlib.util.find_spec("pdfkit"):
        return ""
    return _WKHTMLTOPDF.get(sys.platform, "pasang dari https://wkhtmltopdf.org/downloads.html")


_WKHTMLTOPDF = {"linux": "sudo apt install wkhtmltopdf"}
_LACKS: dict[str, Callable[[], str]] = {
    "plutoprint": _plutoprint,
    "weasyprint": _weasyprint,
    "pdfkit": _wkhtmltopdf,
}
