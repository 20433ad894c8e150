"""`preview`: a letter as it will be printed, in the browser, again after every save."""

import secrets
from contextlib import ExitStack
from typing import Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.page_server import listener, serve_until_stopped
from sync.cli.root import Root
from sync.core.mendable import Mendable

_HOST = "127.0.0.1"


def preview(
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="Nama layanan, mis. domisili.")],
    reference: Annotated[
        str, typer.Option(help="Permohonan yang jawabannya dipakai, mis. SKD-26-0004F7.")
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port di 127.0.0.1; 0 memilih yang bebas.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Buka peramban dengan sendirinya.")] = True,
    root: RootFolder = None,
) -> int:
    """Tampilkan surat dan pesan sebuah layanan di peramban, dan perbarui setiap kali disimpan.

    Dengan jawaban contoh, atau jawaban permohonan yang sudah ada. Tidak ada yang dikirim atau diubah. Ctrl-C untuk
    berhenti.
    """
    from sync.cli.log_file import start_log
    from sync.cli.preview_desk import PreviewDesk
    from sync.core.samples import Extent
    from sync.web.preview.app import preview_app
    from sync.web.preview.files import Watch
    from sync.web.preview.proof import Choice, Proofs
    from sync.web.preview.wording import Wordings

    office = root_of(context, root)
    title = _title(office, workflow)
    with ExitStack() as stack:
        desk = PreviewDesk(office.folder, workflow, stack)
        if reference:
            desk.application(reference)  # told here rather than in the browser
        start_log(office.data)
        key = secrets.token_urlsafe(16)
        app = preview_app(
            Proofs(desk.subject, desk.folders),
            Wordings(desk.speaker, desk.folders),
            Watch(desk.files).version,
            title=title,
            key=key,
            first=Choice(Extent.USUAL, reference),
        )
        listening = stack.enter_context(listener("preview", port))
        address = f"http://{_HOST}:{listening.getsockname()[1]}/#{key}"
        screen.say(f"Pratinjau {title}: {address}", style="bold")
        screen.say("Halaman berubah sendiri setelah berkas disimpan. Ctrl-C untuk berhenti.")
        return serve_until_stopped(
            app, listening, browser=address if browser else "", at_end=desk.drop_letters
        )


def _title(root: Root, name: str) -> str:
    """Raises Mendable for a service that does not exist; one with mistakes is shown with them."""
    from difflib import get_close_matches

    from sync.cli.preview_desk import read_service

    names = [file.stem for file in root.workflow_files()]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        raise Mendable.one(
            "layanan-tidak-dikenal",
            where=f"preview {name}",
            found=f"layanan {name} tidak ada" + (f"; yang mirip: {near[0]}" if near else ""),
            allowed=", ".join(names) or "satu berkas .yaml di folder workflows/",
            run=f"python loket.py preview {near[0] if near else '…'}",
        )
    try:
        return read_service(root, name).title
    except Mendable:
        return name
