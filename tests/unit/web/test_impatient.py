"""Connections that hold a place and say nothing: closed soon, while those that speak are answered."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sync.cli.page_server import listener
from sync.web.guard import impatient

WITHIN_S = 0.4


async def slow(_: Request) -> Response:
    import asyncio

    await asyncio.sleep(2 * WITHIN_S)
    return PlainTextResponse("akhirnya")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(impatient, "HEAD_WITHIN_S", WITHIN_S)
    listening = listener("serve", 0)
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("ya")), Route("/slow", slow)])
    config = uvicorn.Config(
        app, http=impatient.ImpatientProtocol, ws="none", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def closed_after(connection: socket.socket) -> float:
    """Seconds until the other side closes."""
    connection.settimeout(10)
    began = time.monotonic()
    try:
        while connection.recv(1000):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - began


def is_closed(connection: socket.socket) -> bool:
    """By the other side; nothing is waited for."""
    try:
        return connection.recv(1000) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_head_that_does_not_come_ends_the_connection(port: int, begun: bytes) -> None:
    """Nothing at all, or never the whole of it."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(begun)
        assert closed_after(connection) < 5


def test_drops_of_a_head_buy_no_time(port: int) -> None:
    """A byte now and then is how such attacks hold their places."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.setblocking(False)
        while time.monotonic() - began < 8 and not is_closed(connection):
            with suppress(OSError):
                connection.sendall(b"A: b\r\n")
            time.sleep(WITHIN_S / 4)
    assert time.monotonic() - began < 5


def test_who_waits_for_an_answer_is_not_sent_away(port: int) -> None:
    """Nor who asks again on the same connection."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(10)
        for path, told in (("/slow", b"akhirnya"), ("/", b"ya"), ("/slow", b"akhirnya")):
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b""
            while not answer.endswith(told):
                part = connection.recv(1000)
                assert part
                answer += part


def test_after_an_answer_the_next_head_has_its_time_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(1000)
        connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert closed_after(connection) < 5
