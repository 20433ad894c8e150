"""Starts and stops the sandbox: its data folder, its accounts, HTTP and SMTP on the loopback address.

`start` is for programs (the demo, tests), `serve` for the command line. What is answered is application.py's affair.
"""

import json
import logging
import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.sandbox import accounts, drive, forms, gmail, mailbox, oauth, sheets, smtp_sink
from sync.sandbox.application import Application
from sync.sandbox.control import Desk
from sync.sandbox.past import RememberingStore
from sync.sandbox.root_folder import write_root

HOST = "127.0.0.1"
START_WITHIN_S = 20

SCHEMAS = (
    accounts.SCHEMA,
    oauth.SCHEMA,
    drive.SCHEMA,
    sheets.SCHEMA,
    forms.SCHEMA,
    gmail.SCHEMA,
    mailbox.SCHEMA,
)


@dataclass(slots=True)
class Running:
    """A started sandbox. `stop()` ends it and lets go of its files."""

    url: str
    credentials: Path
    officer: Path
    smtp: str
    smtp_tls: str
    desk: Desk
    _ends: ExitStack

    def stop(self) -> None:
        self._ends.close()

    def announcement(self) -> str:
        """The one line that says: ready."""
        return json.dumps(
            {
                "url": self.url,
                "credentials": str(self.credentials),
                "officer": str(self.officer),
                "smtp": self.smtp,
                "smtp_tls": self.smtp_tls,
            }
        )


def start(
    data: Path,
    *,
    port: int = 0,
    empty: bool = False,
    root: Path | None = None,
    faults: Path | None = None,
    latency_ms: int = 0,
    quotas: bool = False,
    smtp_accounts: Mapping[str, str] | None = None,
) -> Running:
    """Starts the sandbox in threads of this process and returns when it answers.

    With `smtp_accounts` (name → password) mail is taken from those only. Raises OSError for a port or a data folder
    that is taken or a file that cannot be read or kept, GoogleError for faults that cannot be understood; then
    nothing is left running.
    """
    with ExitStack() as ends:
        listener = ends.enter_context(_listener(port))
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        folder = data.resolve()
        ends.callback(_take(folder))
        planned = None if faults is None else json.loads(faults.read_text(encoding="utf-8"))
        store = RememberingStore(folder, SCHEMAS)
        desk = Desk(store, url, _log_of(folder), faults=planned, quotas=quotas)
        ends.callback(desk.close)
        application = Application(desk, latency_ms=latency_ms)
        desk.restore_faults()
        desk.restore_limits()
        if empty:
            desk.reset()
        with desk.store.write() as db:
            accounts.seed(db)
            credentials, officer = accounts.write_keys(db, folder, url)
            folder_id = accounts.folder_id(db)
        sink = smtp_sink.start(
            desk.store, HOST, accounts=smtp_accounts, auth_required=smtp_accounts is not None
        )
        ends.callback(sink.stop)
        if root is not None:
            write_root(
                root,
                credentials,
                endpoint=url,
                folder=folder_id,
                smtp=(HOST, sink.port),
                smtp_account=next(iter((smtp_accounts or {}).items()), None),
                quotas=quotas,
            )
        ends.callback(_start_http(application, listener))
        smtp, smtp_tls = f"{HOST}:{sink.port}", f"{HOST}:{sink.tls_port}"
        return Running(url, credentials, officer, smtp, smtp_tls, desk, ends.pop_all())


def _take(folder: Path) -> Callable[[], None]:
    """Makes the data folder this sandbox's own until the function that is given back is called, or the process ends.

    The lock is SQLite's on a file of its own: the same on every system, and nothing is left behind by a kill.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(
        folder / "in-use.sqlite3", timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise OSError(f"{folder}: {error}") from error
        raise FileExistsError(f"Folder {folder} sedang dipakai sandbox lain.") from None
    return lock.close


def _start_http(application: Application, listener: socket.socket) -> Callable[[], None]:
    """Serves until the function that is given back is called."""
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Cuttable(H11Protocol):
        """Hands the connection to the application, so that a fault can cut it."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {**self.app_state, "transport": transport}

    server = uvicorn.Server(
        uvicorn.Config(
            application,
            http=Cuttable,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
    # Not the main thread: uvicorn then leaves the signals to us, and SIGTERM can end in exit code 0.
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
    )
    thread.start()

    def end() -> None:
        server.should_exit = True
        application.let_go()
        thread.join()

    patience = time.monotonic() + START_WITHIN_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > patience:
            end()
            raise RuntimeError("the sandbox's HTTP server did not start")
        time.sleep(0.005)
    return end


def serve(data: Path, **options: Any) -> int:
    """Runs until SIGTERM or SIGINT; prints one JSON line when ready. Options are those of `start`.

    Returns the exit code: 130 after Ctrl-C.
    """
    asked_to_end = threading.Event()
    received: list[int] = []

    def on_signal(number: int, _frame: object) -> None:
        received.append(number)
        asked_to_end.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    running = start(data, **options)
    print(running.announcement(), flush=True)
    while not asked_to_end.wait(0.5):  # a bare wait() is deaf to Ctrl-C on Windows
        pass
    running.stop()
    return 130 if received[0] == signal.SIGINT else 0


def _listener(port: int) -> socket.socket:
    # Named as TCP, because asyncio turns Nagle's algorithm off for such sockets only: it costs 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows this option would let two sandboxes share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _log_of(folder: Path) -> logging.Logger:
    log = logging.Logger("sandbox", logging.INFO)
    handler = logging.FileHandler(folder / "sandbox.log", encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    return log
