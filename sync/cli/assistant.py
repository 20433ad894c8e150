"""The first-run assistant: what `loket.py` does without a verb. A page in the browser, for whoever sits at this computer."""

import secrets
import socket
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of, which_office
from sync.cli.page_server import listener, serve_until_stopped
from sync.cli.root import PROGRAM, Root
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sync.cli.assistant_lent import LentByVerbs

_HOST = "127.0.0.1"
ADDRESS = "asisten.txt"
"""In data/keys/: where the assistant that runs answers, its key included."""


def assistant(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port di 127.0.0.1; 0 memilih yang bebas.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Buka peramban dengan sendirinya.")] = True,
    root: RootFolder = None,
) -> int:
    """Siapkan loket langkah demi langkah, di peramban.

    Halaman ini hanya dapat dibuka di komputer ini. Kemajuan disimpan: asisten boleh ditutup dan dilanjutkan kapan saja.
    """
    return open_assistant(root_of(context, root), port=port, browser=browser)


def open_assistant(office: Root, *, port: int = 0, browser: bool = True) -> int:
    """Until Ctrl-C (130) or SIGTERM (0); 0 at once where an assistant runs for this folder already.
    Raises Mendable where the folder is several offices'."""
    from sync.cli.log_file import start_log

    if office.offices():
        raise which_office(office)

    with _only_one(office) as first:
        if not first:
            return _open_the_other(office, browser=browser)
        start_log(office.data)
        with listener("assistant", port) as listening:
            key = secrets.token_urlsafe(16)
            own = f"http://{_HOST}:{listening.getsockname()[1]}"
            address = f"{own}/#{key}"
            with _told(office, address):
                screen.say(f"Asisten Loket: {address}", style="bold")
                screen.say(
                    "Halaman itu hanya dapat dibuka di komputer ini. Ctrl-C untuk menutup asisten; "
                    "kemajuannya tetap tersimpan."
                )
                return _serve(office, own, key, listening, address if browser else "")


def _app(office: Root, own: str, key: str, lent: "LentByVerbs") -> "Starlette":
    from sync.cli.wiring import now
    from sync.web.assistant.app import assistant_app
    from sync.web.assistant.place import Place
    from sync.web.assistant.step import Desk
    from sync.web.local.door import Door
    from sync.web.service.app import service_routes

    desk, door = Desk(Place(office.folder, PROGRAM), lent, own), Door(key)
    services = service_routes(desk, door, clock=now, next_serial=lent.next_serial)
    return assistant_app(desk, door, services)


@contextmanager
def _only_one(office: Root) -> Iterator[bool]:
    """Whether this is the only assistant of the folder: two would not see each other's unsaved consents."""
    from sync.cli.one_worker import locked_file

    try:
        lock = locked_file(office.data / "assistant.lock")
    except Mendable as error:
        if error.problems[0].name != "pekerja-lain-berjalan":
            raise
        yield False
        return
    with lock:
        yield True


@contextmanager
def _told(office: Root, address: str) -> Iterator[None]:
    from sync.web.local.files import write_whole

    file = office.data / "keys" / ADDRESS
    write_whole(file, address.encode(), private=True)
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _open_the_other(office: Root, *, browser: bool) -> int:
    try:
        address = (office.data / "keys" / ADDRESS).read_text(encoding="utf-8")
    except OSError as error:
        raise Mendable.one(
            "asisten-lain-berjalan",
            where=str(office.data),
            found="asisten sudah berjalan untuk folder ini, di jendela atau akun lain",
            allowed="satu asisten untuk satu folder",
            run="buka jendela yang menjalankannya",
        ) from error
    screen.say(f"Asisten sudah berjalan: {address}", style="bold")
    if browser:
        webbrowser.open(address)
    return 0


def _serve(office: Root, own: str, key: str, listening: socket.socket, address: str) -> int:
    from sync.cli.assistant_lent import LentByVerbs

    with LentByVerbs(office.folder) as lent:
        return serve_until_stopped(_app(office, own, key, lent), listening, browser=address)
