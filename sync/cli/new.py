"""`new`: a service from a sheet's own headers and its form's questions."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from pathlib import Path

    from sync.cli.root import Root
    from sync.core.workflow.draft import Draft
    from sync.web.assistant.place import Place
    from sync.web.service.making import Wanted


def new(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAMA", help="Nama berkasnya, mis. domisili.", show_default=False),
    ] = "",
    sheet: Annotated[str, typer.Option(help="Tautan sheet jawaban formulir.")] = "",
    form: Annotated[
        str, typer.Option(help="Tautan penyunting formulir (…/edit); jenis isian dibaca darinya.")
    ] = "",
    tab: Annotated[
        str, typer.Option(help="Tab yang ditulisi formulir; bawaan: dicari sendiri.")
    ] = "",
    title: Annotated[str, typer.Option(help="Judul layanan; bawaan: judul formulir.")] = "",
    letter: Annotated[
        str, typer.Option(help="Pakai surat yang sudah ada, mis. domisili; bawaan: dibuatkan.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tunjukkan berkasnya, tanpa menulis apa pun.")
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Buat layanan baru dari sheet dan formulirnya.

    Jenis setiap isian ditebak dari pertanyaan formulir dan judul kolom; setiap tebakan disertai alasannya dan dapat diubah.
    Berkas yang sudah ada tidak pernah ditimpa. Tanpa --sheet, yang diperlukan ditanyakan.
    """
    from sync.cli.root import PROGRAM
    from sync.web.assistant.place import Place
    from sync.web.service.making import write

    office = root_of(context, root)
    place = Place(office.folder, PROGRAM)
    asking = not sheet
    if asking:
        sheet, form = _asked(form)
    made = _drafted(office, place, _wanted(sheet, form, tab, name, title, letter))
    if asking and not name:
        made = _named(made)
    files = [] if dry_run else write(place, made)
    if as_json:
        screen.as_json(_told(made, files))
    else:
        _show(made, files, place)
    return 0


def _asked(form: str) -> tuple[str, str]:
    """Raises Mendable where nobody can be asked."""
    if not sys.stdin.isatty():
        raise Mendable.one(
            "pilihan-kurang",
            where="python loket.py new",
            found="tautan sheet belum disebut",
            allowed="--sheet https://docs.google.com/spreadsheets/d/…/edit",
            run="python loket.py new --help",
        )
    sheet = typer.prompt("Tautan sheet jawaban formulir", err=True)
    form = form or typer.prompt(
        "Tautan penyunting formulir (Enter bila tidak ada)",
        default="",
        show_default=False,
        err=True,
    )
    return sheet, form


def _wanted(sheet: str, form: str, tab: str, name: str, title: str, letter: str) -> "Wanted":
    """Raises Mendable for what is no link."""
    from sync.core.workflow.links import form_id, sheet_id
    from sync.web.assistant.links import wrong_form, wrong_sheet
    from sync.web.service.making import Wanted

    for option, wrong in (("--sheet", wrong_sheet(sheet)), ("--form", wrong_form(form))):
        if wrong:
            raise Mendable.one(
                "tautan-salah", where=option, found=wrong, run="python loket.py new --help"
            )
    return Wanted(sheet_id(sheet) or "", form_id(form) or "", tab, name, title, letter)


def _drafted(office: "Root", place: "Place", wanted: "Wanted") -> "Draft":
    from sync.cli.wiring import assembled
    from sync.core.outcomes import Failure
    from sync.google.probe import API_OFF, trouble_of
    from sync.web.assistant.step_google import API_OFF_STEPS
    from sync.web.service.making import draft

    with assembled(office) as wiring:
        try:
            return draft(place, wiring.transport, wanted, wiring.account)
        except Failure as failure:
            off = trouble_of(failure) in API_OFF
            raise Mendable.one(
                "google-tidak-menjawab",
                where="Google",
                found=failure.reason,
                allowed=API_OFF_STEPS if off else "belum ada yang ditulis",
                run="python loket.py new",
            ) from failure


def _named(made: "Draft") -> "Draft":
    from dataclasses import replace

    title = typer.prompt("Judul layanan", default=made.title, err=True)
    return replace(made, title=title.strip() or made.title)


def _told(made: "Draft", files: "list[Path]") -> dict[str, Any]:
    from sync.core.workflow.draft import letter_text, workflow_text

    return {
        "workflow": made.name,
        "title": made.title,
        "prefix": made.prefix,
        "tab": made.tab,
        "template": made.template,
        "applicant": made.guess.applicant,
        "fields": [
            {
                name: getattr(field, name)
                for name in ("name", "question", "type", "required", "reason")
            }
            for field in made.guess.fields
        ],
        "left_out": made.guess.left_out,
        "written": [str(file) for file in files],
        "text": workflow_text(made),
        "letter": letter_text(made),
    }


def _show(made: "Draft", files: "list[Path]", place: "Place") -> None:
    from sync.core.workflow.draft import workflow_text

    rows = [
        (field.name, field.question, field.type, "ya" if field.required else "tidak", field.reason)
        for field in made.guess.fields
    ]
    columns = ("Isian", "Pertanyaan", "Jenis", "Wajib", "Alasan")
    screen.table(f"{made.title} ({made.prefix})", columns, rows, masked=False)
    if not files:
        print(workflow_text(made), end="")
        screen.say("Belum ada yang ditulis. Jalankan lagi tanpa --dry-run.")
        return
    for file in files:
        screen.say(f"Ditulis: {file.relative_to(place.folder)}", style="green")
    screen.say(
        f"Selanjutnya: periksa jenis isian di atas, lihat suratnya dengan  python loket.py preview {made.name}  "
        "lalu  python loket.py setup  dan  python loket.py check."
    )
