"""The real program beside the local Google."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assisting import (
    Assistant,
    ConsentPage,
    LocalGoogle,
    assisting,
    consent_page,
    local_google,
    office_beside,
)


@pytest.fixture(scope="module")
def shared_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGoogle]:
    with local_google(tmp_path_factory.mktemp("google")) as google:
        yield google


@pytest.fixture
def google(shared_google: LocalGoogle) -> LocalGoogle:
    shared_google.control("POST", "/reset", {})
    return shared_google


@pytest.fixture
def folder(google: LocalGoogle, tmp_path: Path) -> Path:
    return office_beside(google, tmp_path / "kantor kami")


@pytest.fixture
def assistant(folder: Path) -> Iterator[Assistant]:
    with assisting(folder) as running:
        yield running.enter()


@pytest.fixture
def consent(google: LocalGoogle) -> Iterator[ConsentPage]:
    with consent_page(google) as page:
        yield page
