"""`serve`: the office's pages for citizens."""

from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.page_server import listener, serve_until_stopped

if TYPE_CHECKING:
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
        listening = listener("serve", port, host)
        taken = listening.getsockname()[1]
        screen.say(
            f"Halaman pemeriksaan: http://{_named(host)}:{taken}/periksa — Ctrl-C untuk berhenti."
        )
        return serve_until_stopped(
            _app(office, ledger, host), listening, limit_concurrency=100, timeout_keep_alive=5
        )
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


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
