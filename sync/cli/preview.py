"""`preview`: a letter as it will be printed, in the browser, again after every save."""

import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.root import Root
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from starlette.applications import Starlette

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
    """Tampilkan surat sebuah layanan di peramban, dan perbarui setiap kali disimpan.

    Dengan jawaban contoh, atau jawaban permohonan yang sudah ada. Tidak ada yang dikirim atau diubah. Ctrl-C untuk
    berhenti.
    """
    from sync.cli.log_file import start_log
    from sync.cli.preview_desk import PreviewDesk
    from sync.core.samples import Extent
    from sync.web.preview.app import preview_app
    from sync.web.preview.files import Watch
    from sync.web.preview.proof import Choice, Proofs

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
            Watch(desk.files).version,
            title=title,
            key=key,
            first=Choice(Extent.USUAL, reference),
        )
        listener = stack.enter_context(_listener(port))
        address = f"http://{_HOST}:{listener.getsockname()[1]}/#{key}"
        screen.say(f"Pratinjau {title}: {address}", style="bold")
        screen.say("Halaman berubah sendiri setelah berkas disimpan. Ctrl-C untuk berhenti.")
        return _serve(app, listener, address if browser else "", desk.drop_letters)


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


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        raise Mendable.one(
            "port-terpakai",
            where=f"preview --port {port}",
            found=str(error.strerror or error),
            allowed="port yang bebas; 0 memilihnya sendiri",
        ) from error


def _serve(
    app: "Starlette", listener: socket.socket, address: str, at_end: Callable[[], None]
) -> int:
    """Until Ctrl-C (130) or SIGTERM (0). `address` is opened in the browser, unless it is empty."""
    import uvicorn

    config = uvicorn.Config(
        app,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    received: list[int] = []

    def end(number: int, _frame: object) -> None:
        received.append(number)
        server.should_exit = True
        at_end()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    # Not the main thread: there uvicorn would take the signals for itself.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="preview")
    thread.start()
    if address:
        webbrowser.open(address)
    while thread.is_alive():
        thread.join(0.2)  # a bare join() is deaf to Ctrl-C on Windows
    if not received:
        raise RuntimeError("the preview's server ended by itself")
    return 130 if received[0] == signal.SIGINT else 0
