import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.google.credentials import load_credentials
from sync.google.transport import Transport
from tests.fakes.loopback_http import LoopbackServer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def google() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


@pytest.fixture
def key_file(tmp_path: Path, private_key: str, google: LoopbackServer) -> Path:
    path = tmp_path / "credentials.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "private_key": private_key,
                "client_email": "loket@contoh.iam.gserviceaccount.com",
                "token_uri": f"{google.url}/token",
            }
        )
    )
    return path


@pytest.fixture
def waits() -> list[float]:
    """Every wait that the transport took, in seconds; no time passes."""
    return []


@pytest.fixture
def make_transport(
    key_file: Path, google: LoopbackServer, waits: list[float]
) -> Iterator[Callable[..., Transport]]:
    made: list[Transport] = []

    def make(attempts: int = 5, timeout_s: float = 5) -> Transport:
        transport = Transport(
            load_credentials(key_file, endpoint=google.url),
            endpoint=google.url,
            attempts=attempts,
            timeout_s=timeout_s,
            sleep=waits.append,
            clock=lambda: NOW,
            jitter=lambda: 1.0,
        )
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()
