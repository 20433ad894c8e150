"""`register`: the register of letters (buku agenda) of a year, as a workbook for the office's files."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.core.register import Entry, Line


def register(
    context: typer.Context,
    year: Annotated[
        int | None, typer.Option(min=2000, max=2199, help="Tahun nomor surat. Bawaan: tahun ini.")
    ] = None,
    workflow: Annotated[
        str | None, typer.Option(help="Satu layanan saja. Bawaan: semua layanan.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Berkas Excel yang ditulis. Bawaan: data/buku-agenda-TAHUN.xlsx."),
    ] = None,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Tulis buku agenda: daftar surat bernomor, sebagai berkas Excel.

    Satu lembar untuk setiap deret nomor, menurut nomor urut, siap dicetak. Dengan --json tidak ada berkas, kecuali --output
    disebut.
    """
    from zoneinfo import ZoneInfo

    from sync.cli.register_file import write_workbook
    from sync.cli.wiring import now, open_ledger
    from sync.core.register import line_of

    office = root_of(context, root)
    settings = office.settings.office
    titles = {one.name: one.title for one in office.workflows()[0]}
    local = now().astimezone(ZoneInfo(settings.timezone))
    chosen = year or local.year
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            if (
                workflow is not None
                and workflow not in titles
                and look.applications.is_empty(workflow)
            ):
                raise _unknown(workflow, titles)

            def lines() -> "Iterator[tuple[Entry, Line]]":
                return (
                    (entry, line_of(entry, titles))
                    for entry in look.register.entries(chosen, workflow)
                )

            if as_json:
                _print(lines())
            if output or not as_json:
                file = output or office.data / f"buku-agenda-{chosen}.xlsx"
                count = write_workbook(
                    file,
                    lines(),
                    office=(settings.government, settings.name),
                    period=f"Tahun {chosen}"
                    + (f" — {titles.get(workflow, workflow)}" if workflow else ""),
                    written=f"Dicetak {local:%d/%m/%Y %H:%M}",
                )
                screen.say(f"{count} surat ditulis ke {file}.")
    finally:
        ledger.close()
    return 0


def _unknown(workflow: str, titles: Iterable[str]) -> Mendable:
    return Mendable.one(
        "layanan-tidak-dikenal",
        where=f"--workflow {workflow[:60]}",
        found="layanan itu tidak ada, dan belum pernah dilayani",
        allowed=", ".join(titles),
        run="python loket.py register",
    )


def _print(lines: "Iterable[tuple[Entry, Line]]") -> None:
    """A list that is never in memory as a whole."""
    import json
    import sys

    between = "[\n"
    for entry, line in lines:
        facts = {
            "series": entry.series,
            "year": entry.year,
            "serial": line.serial,
            "date": line.dated and line.dated.isoformat(),
            "number": line.number,
            "workflow": entry.workflow,
            "subject": line.subject,
            "name": line.name,
            "reference": line.reference,
            "status": line.status,
            "document": line.document,
        }
        sys.stdout.write(between + json.dumps(facts, ensure_ascii=False))
        between = ",\n"
    sys.stdout.write("\n]\n" if between == ",\n" else "[]\n")
