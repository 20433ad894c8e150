"""Serves a verb's pages until Ctrl-C or SIGTERM."""

import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from starlette.applications import Starlette


def listener(verb: str, port: int, host: str = "127.0.0.1") -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises Mendable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: asyncio turns Nagle's algorithm off for such sockets only, and it costs 40 ms an answer.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows this option would let two programs share a port
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise Mendable.one(
            "port-terpakai",
            where=f"{verb} --port {port}, alamat {host}",
            found=str(error.strerror or error),
            allowed="alamat komputer ini, dan port yang bebas",
            run=f"python loket.py {verb} --port 0",
        ) from error
    return opened


def serve_until_stopped(
    app: "Starlette",
    listening: socket.socket,
    *,
    browser: str = "",
    at_end: Callable[[], None] = lambda: None,
    **options: Any,
) -> int:
    """130 after Ctrl-C, 0 after SIGTERM. `browser` is an address to open there; `options` are uvicorn's own."""
    import uvicorn

    config = uvicorn.Config(
        app,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        **{"http": "h11", **options},
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
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="pages")
    thread.start()
    if browser:
        webbrowser.open(browser)
    while thread.is_alive():
        thread.join(0.2)  # a bare join() is deaf to Ctrl-C on Windows
    if not received:
        raise RuntimeError("the server of the pages ended by itself")
    return 130 if received[0] == signal.SIGINT else 0
