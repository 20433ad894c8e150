"""`serve`: the office's pages for citizens."""

from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    import socket

    from starlette.applications import Starlette

    from sync.cli.root import Root
    from sync.ledger.ledger import Ledger


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Alamat yang didengarkan; bawaan: komputer ini saja.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 memilih yang bebas.")] = 8080,
    root: RootFolder = None,
) -> int:
    """Layani halaman warga: pemeriksaan keaslian surat, termasuk apakah surat sudah dicabut.

    Berjalan di samping pekerja, sampai Ctrl-C. Untuk internet, taruh di belakang server web dengan HTTPS yang meneruskan
    nama situs (Host) apa adanya.
    """
    from sync.cli.publish_verifier import no_address
    from sync.cli.wiring import open_ledger

    office = root_of(context, root)
    if not office.settings.verification.url:
        raise no_address()
    ledger = open_ledger(office)
    try:
        listener = _listener(host, port)
        taken = listener.getsockname()[1]
        screen.say(
            f"Halaman pemeriksaan: http://{_named(host)}:{taken}/periksa — Ctrl-C untuk berhenti."
        )
        return _until_stopped(_app(office, ledger, host), listener)
    finally:
        ledger.close()


def _app(office: "Root", ledger: "Ledger", host: str) -> "Starlette":
    from sync.cli.publish_verifier import PARTS, all_keys
    from sync.cli.wiring import now
    from sync.core.verification import host_of
    from sync.web.verifier.app import STATUS, verifier_app
    from sync.web.verifier.lookup import look_up
    from sync.web.verifier.page import verifier_page
    from sync.worker.office_keys import of_id, signing_key

    settings = office.settings
    signing_key(ledger, office.data, now())
    with ledger.begin() as tx:
        tx.verification.published(now())
    own = host_of(settings.verification.url)
    return verifier_app(
        lambda: verifier_page(PARTS, settings, all_keys(ledger), lookup=STATUS),
        lambda code: look_up(
            ledger, code, private_key=lambda name: of_id(office.data, name), at=now()
        ),
        hosts=[own, host, "localhost", "127.0.0.1", "[::1]"],
    )


def _listener(host: str, port: int) -> "socket.socket":
    import os
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: asyncio turns Nagle's algorithm off for such sockets only, and it costs 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows this option would let two programs share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
        return listener
    except OSError as error:
        listener.close()
        raise Mendable.one(
            "port-tidak-dapat-dipakai",
            where=f"serve --host {host} --port {port}",
            found=str(error.strerror or error),
            allowed="alamat komputer ini dan port yang bebas",
            run="python loket.py serve --port 0",
        ) from error


def _until_stopped(app: "Starlette", listener: "socket.socket") -> int:
    """130 after Ctrl-C, 0 after SIGTERM."""
    import signal

    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=100,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=3,
        )
    )
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn stops, then raises what it got again
        signal.signal(number, lambda got, _frame: received.append(got))
    server.run(sockets=[listener])
    return 130 if signal.SIGINT in received else 0


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
