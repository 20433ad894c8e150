"""`doctor`: everything that goes wrong in practice, looked at; and for each problem what to do, step by step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from sync.cli.doctor.examination import Examined


def doctor(
    context: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Tanpa internet: komputer ini saja.")
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Periksa semuanya: komputer, kunci dan sheet Google, formulir, Drive, email, buku besar, dan surat.

    Satu baris untuk setiap pemeriksaan; di bawah setiap masalah, langkah memperbaikinya. Tidak ada yang diubah atau dikirim.
    """
    from sync.cli.doctor.case import Case
    from sync.cli.doctor.examination import examine
    from sync.cli.doctor.table import checks_of
    from sync.cli.wiring import now

    with Case(root_of(context, root), now()) as case:
        examined = examine(checks_of(case), case, offline=offline)
    counts = _counts(examined)
    if as_json:
        screen.as_json({"checks": _told(examined), **counts})
    else:
        _show(examined, counts)
    return 1 if counts["problems"] else 0


def _counts(examined: "Sequence[Examined]") -> dict[str, int]:
    levels = [finding.level for one in examined for finding in one.findings]
    return {
        "problems": levels.count("problem"),  # type: ignore[arg-type]
        "warnings": levels.count("warning"),  # type: ignore[arg-type]
    }


def _told(examined: "Sequence[Examined]") -> list[dict[str, Any]]:
    from sync.cli.doctor.finding import steps_of
    from sync.cli.doctor.table import REMEDIES
    from sync.core.masking import mask_numbers

    return [
        {
            "check": one.check.name,
            "title": one.check.title,
            "level": str(finding.level),
            "name": finding.name,
            "found": mask_numbers(finding.found),
            "remedy": [mask_numbers(step) for step in steps_of(finding, REMEDIES)],
        }
        for one in examined
        for finding in one.findings
    ]


def _show(examined: "Sequence[Examined]", counts: dict[str, int]) -> None:
    from rich.text import Text

    from sync.cli.doctor.finding import AGAIN

    out = screen.console()
    width = max(len(one.check.title) for one in examined)
    for line in _told(examined):
        sign, style = _SIGNS[line["level"]]
        check = Text.assemble((f"{sign} ", style), line["title"])
        found = Text(line["found"], style if line["remedy"] else "dim")
        out.print(_beside(check, found, width + 2, gap=2))
        for number, step in enumerate(line["remedy"], 1):
            out.print(_beside(Text(f"    {number}."), Text(screen.as_typed(step)), 6, gap=1))
    if not any(counts.values()):
        out.print(Text("Semua baik.", style="bold green"))
        return
    told = f"{counts['problems']} masalah, {counts['warnings']} peringatan. "
    out.print(
        Text(told, style="bold red" if counts["problems"] else "bold yellow").append(
            screen.as_typed(AGAIN)
        )
    )


def _beside(label: "Text", text: "Text", width: int, *, gap: int) -> "Table":
    """A long text goes on below itself, not below its label."""
    from rich.table import Table

    row = Table.grid(padding=(0, gap))
    row.add_column(width=width)
    row.add_column(overflow="fold")
    row.add_row(label, text)
    return row


_SIGNS = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "bold red"),
    "skipped": ("–", "dim"),
}
