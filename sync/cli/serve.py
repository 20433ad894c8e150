"""`serve`: the office's pages for citizens."""

from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.page_server import listener, serve_until_stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette
    from starlette.routing import BaseRoute

    from sync.cli.root import Root
    from sync.core.settings import Settings
    from sync.ledger.ledger import Ledger

MOST_CONNECTIONS = 200
HOST, PORT = "127.0.0.1", 8080
"""Where it listens when it is told nothing else, as the job that `service install --pages` makes is not."""


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Alamat yang didengarkan; bawaan: komputer ini saja.")
    ] = HOST,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 memilih yang bebas.")] = PORT,
    root: RootFolder = None,
) -> int:
    """Layani halaman warga: layanan dan persyaratannya, status permohonan, dan pemeriksaan keaslian surat; juga dasbor kantor.

    Berjalan di samping pekerja, sampai Ctrl-C. Untuk internet, taruh di belakang server web dengan HTTPS, lalu isi site.url
    dan site.proxies di settings.yaml.
    """
    from sync.cli.wiring import open_ledger
    from sync.web.guard.impatient import ImpatientProtocol

    office = root_of(context, root)
    site = office.settings.site
    ledger = open_ledger(office)
    try:
        listening = listener("serve", port, host)
        app = _app(office, ledger, host)
        taken = listening.getsockname()[1]
        screen.say(f"Halaman warga: http://{_named(host)}:{taken}/ — Ctrl-C untuk berhenti.")
        if site.url.startswith("https:") and not site.proxies:
            screen.say(
                "site.proxies kosong: bila ada server web di depannya, semua orang dihitung sebagai satu. "
                "Isi dengan alamatnya, misalnya [127.0.0.1].",
                style="yellow",
            )
        return serve_until_stopped(
            app,
            listening,
            http=ImpatientProtocol,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=5,
        )
    finally:
        ledger.close()


def _app(office: "Root", ledger: "Ledger", host: str) -> "Starlette":
    import secrets

    from sync.cli.chat_wiring import whatsapp_door
    from sync.cli.citizens_shown import Shown
    from sync.cli.dashboard_wiring import dashboard
    from sync.cli.wiring import now
    from sync.core.verification import host_of
    from sync.web.citizens.app import House, citizens_app
    from sync.web.guard.clients import Proxies
    from sync.web.guard.threshold import Bounds
    from sync.web.whatsapp import webhook

    settings, shown, key = office.settings, Shown(office), secrets.token_bytes(32)
    shown()  # what is wrong is told now, not to the first citizen
    house = House(
        ledger=ledger,
        data=office.data,
        showing=shown,
        clock=now,
        key=key,
        mails=settings.site.url.startswith("https:"),
    )
    own = [host_of(settings.site.url), host_of(settings.verification.url), host]
    bounds = Bounds(
        [*own, "localhost", "127.0.0.1", "::1"],
        Proxies.of(settings.site.proxies),
        longer={webhook.PATH: webhook.LONGEST_BODY},
    )
    also = [
        *_verifier(office, settings, ledger),
        *whatsapp_door(office, ledger),
        *dashboard(office, ledger, shown, key),
    ]
    return citizens_app(house, bounds, also=also)


def _verifier(office: "Root", settings: "Settings", ledger: "Ledger") -> "Sequence[BaseRoute]":
    """None where letters carry no code."""
    if not settings.verification.url:
        return []
    from sync.cli.publish_verifier import PARTS, all_keys
    from sync.cli.wiring import now
    from sync.web.verifier.app import STATUS, verifier_routes
    from sync.web.verifier.lookup import look_up
    from sync.web.verifier.page import verifier_page
    from sync.worker.office_keys import of_id, signing_key

    signing_key(ledger, office.data, now())
    if _is_the_page_of_letters(settings):
        with ledger.begin() as tx:
            tx.verification.published(now())
    return verifier_routes(
        lambda: verifier_page(PARTS, settings, all_keys(ledger), lookup=STATUS),
        lambda code: look_up(
            ledger, code, private_key=lambda name: of_id(office.data, name), at=now()
        ),
    )


def _is_the_page_of_letters(settings: "Settings") -> bool:
    """Whether the code of a letter leads here, and not to a page that was put on some hosting."""
    from sync.core.verification import host_of
    from sync.web.verifier.app import PAGE

    url = settings.verification.url
    return host_of(url) == host_of(settings.site.url) and url.rstrip("/").endswith(PAGE)


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
