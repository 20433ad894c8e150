"""What the verbs show: problems, tables, progress. Foreign text is always printed as text, never as markup."""

import json
import logging
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sync.core.masking import mask_numbers
from sync.core.mendable import Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

log = logging.getLogger(__name__)

STATUS_STYLES = {
    "Selesai": "green",
    "Disetujui": "green",
    "Menunggu petugas": "cyan",
    "Sedang dikirim": "cyan",
    "Antre kirim": "yellow",
    "Perlu perbaikan": "yellow",
    "Perlu dicek": "magenta",
    "Gagal kirim": "red",
    "Ditolak": "dim",
    "Dibatalkan": "dim",
}


def console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    # Where nobody looks (a pipe, a file) a table is given the room it needs.
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else 160
    return Console(stderr=stderr, highlight=False, width=width)


def as_typed(text: str) -> str:
    """Its commands as this computer's terminal knows them: Windows has `py`, Linux and macOS `python3`."""
    known = ("py", "python") if sys.platform == "win32" else ("python3", "python")
    python = next(filter(shutil.which, known), "python")
    return text.replace("python loket.py", f"{python} loket.py")


def say(text: str, *, style: str = "") -> None:
    """One line for the person, on standard error: standard output is for results. The worker's log has it too."""
    from rich.text import Text

    log.info("%s", text)
    console(stderr=True).print(Text(as_typed(mask_numbers(text)), style=style))


def problems(found: Sequence[Problem]) -> None:
    """Draws every problem: name, where, what was found, what is allowed, what to run."""
    from rich.text import Text

    out = console(stderr=True)
    for problem in found:
        out.print(Text.assemble(("masalah: ", "bold red"), (problem.name, "bold")))
        parts = (
            ("di mana", problem.where),
            ("ditemukan", problem.found),
            ("boleh", problem.allowed),
            ("jalankan", problem.run),
        )
        for label, text in parts:
            if text:
                out.print(Text(f"  {label:<10}{as_typed(mask_numbers(text))}"))
    if len(found) > 1:
        out.print(Text(f"{len(found)} masalah."))


def mistake(error: BaseException, where: str) -> None:
    say(
        f"Kesalahan program ({type(error).__name__}). Rinciannya ada di {where}; mohon dilaporkan.",
        style="red",
    )


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    status_column: int = -1,
    masked: bool = True,
) -> None:
    """`masked=False` is for texts that hold no citizen's data."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        cells = [Text(mask_numbers(cell) if masked else cell) for cell in row]
        if status_column >= 0:
            cells[status_column].stylize(STATUS_STYLES.get(row[status_column], ""))
        drawn.add_row(*cells)
    console().print(drawn)


def as_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def progress() -> "Progress":
    """A bar on standard error that leaves nothing behind when it is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=console(stderr=True),
        transient=True,
    )
