"""`publish`: the part of the citizens' pages that asks nothing, as files for any hosting."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.root import unwritable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.cli.root import Root
    from sync.core.workflow.model import Workflow

VERIFIER = "periksa.html"
PAGES_OF_LETTERS = (f"/{VERIFIER}", "/periksa", "/periksa/")
"""How verification.url ends where it means that file: many a hosting leaves the ending out."""


def publish(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option(help="Folder untuk halamannya; bawaan: data/situs.")
    ] = None,
    root: RootFolder = None,
) -> int:
    """Buat halaman warga sebagai berkas untuk hosting mana pun: layanan, persyaratan, dan pemeriksaan surat.

    Layanan yang berkasnya salah disebut, dan tidak ikut. Setelah layanan diubah, jalankan lagi dan unggah lagi. Status permohonan memerlukan `serve`; bila site.url diisi,
    halamannya menautkan ke sana.
    """
    from sync.worker.durable_file import write_durably

    office = root_of(context, root)
    folder = output or office.data / "situs"
    workflows, problems = office.workflows()
    files = _files(office, workflows)
    try:
        for name, content in files.items():
            write_durably(folder / name, content)
    except OSError as error:
        raise unwritable(folder, error) from error
    _note_keys(office)
    pages = sum(name.endswith(".html") for name in files)
    screen.say(f"{pages} halaman di {folder}", style="green")
    screen.say("Unggah seluruh isi folder itu, di alamat https.")
    screen.problems(problems)
    return 1 if problems else 0


def _files(office: "Root", workflows: "Sequence[Workflow]") -> dict[str, bytes]:
    """By their names in the folder. Raises Mendable."""
    from sync.web.citizens.place import Place
    from sync.web.citizens.services import services_of
    from sync.web.citizens.shelf import Pages

    settings = office.settings
    site = settings.site.url.rstrip("/")
    place = Place(
        files=True,
        status_at=f"{site}/status" if site else "",
        verifies=bool(settings.verification.url),
    )
    shelf = Pages(settings, services_of(workflows), place).shelf()
    files = {name: kept.content for name, kept in shelf.items()}
    return files | ({VERIFIER: _verifier(office)} if place.verifies else {})


def _verifier(office: "Root") -> bytes:
    from sync.cli.publish_verifier import PARTS, all_keys
    from sync.cli.wiring import now, open_ledger
    from sync.web.verifier.page import verifier_page
    from sync.worker.office_keys import signing_key

    ledger = open_ledger(office)
    try:
        signing_key(ledger, office.data, now())
        page = verifier_page(PARTS, office.settings, all_keys(ledger))
    finally:
        ledger.close()
    return page.encode()


def _note_keys(office: "Root") -> None:
    """The keys count as published once the page that letters lead to is written; whether it is uploaded, nobody can tell."""
    from sync.cli.wiring import now, open_ledger

    if not office.settings.verification.url.endswith(PAGES_OF_LETTERS):
        return
    ledger = open_ledger(office)
    try:
        with ledger.begin() as tx:
            tx.verification.published(now())
    finally:
        ledger.close()
