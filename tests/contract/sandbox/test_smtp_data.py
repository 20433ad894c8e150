"""A message comes into the mailbox as it was sent, in whatever pieces it arrives, and the next command is heard."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.sandbox import mailbox, smtp_sink
from sync.sandbox.frame import Store

LIMIT = 200_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, (mailbox.SCHEMA,))


@pytest.fixture
def sink(store: Store) -> Iterator[smtp_sink.Sink]:
    running = smtp_sink.start(store, size_limit_bytes=LIMIT)
    yield running
    running.stop()


class Talk:
    """A client that says what it likes."""

    def __init__(self, sink: smtp_sink.Sink) -> None:
        self._socket = socket.create_connection(("127.0.0.1", sink.port), timeout=10)
        self._answers = self._socket.makefile("rb")
        self.answer()
        self.ask(b"HELO kantor.example")

    def say(self, told: bytes) -> None:
        self._socket.sendall(told)

    def answer(self) -> bytes:
        return self._answers.readline().strip()

    def ask(self, command: bytes) -> bytes:
        self.say(command + b"\r\n")
        return self.answer()

    def begin(self) -> None:
        self.ask(b"MAIL FROM:<kantor@example.org>")
        self.ask(b"RCPT TO:<citra@example.org>")
        assert self.ask(b"DATA").startswith(b"354")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


def stuffed(content: bytes) -> bytes:
    """RFC 5321, section 4.5.2."""
    lines = content.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


def raw(store: Store) -> bytes:
    return Path(mailbox.messages(store)[-1]["path"]).read_bytes()


LINES = st.lists(
    st.one_of(
        st.sampled_from([b"", b".", b"..", b"a.", b".a", b"\n.\n", b"\r.", b"x" * 999]),
        st.binary(max_size=60).map(lambda part: part.replace(b"\n", b" ").replace(b"\r", b" ")),
    ),
    max_size=20,
)


@given(lines=LINES, cuts=st.lists(st.integers(1, 40), max_size=6))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_is_what_was_sent(
    sink: smtp_sink.Sink, store: Store, lines: list[bytes], cuts: list[int]
) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    talk = Talk(sink)
    talk.begin()
    told = stuffed(content) + b".\r\n"
    for cut in cuts:
        talk.say(told[:cut])
        told = told[cut:]
    talk.say(told + b"NOOP\r\n")  # in one piece with the end, as PIPELINING has it
    assert talk.answer().startswith(b"250 2.0.0 OK: kept")
    assert talk.answer().startswith(b"250")
    talk.close()
    assert raw(store) == content


def test_a_large_one_too(sink: smtp_sink.Sink, store: Store) -> None:
    content = (b"." + b"x" * 75 + b".\r\n") * (LIMIT // 80)
    talk = Talk(sink)
    talk.begin()
    talk.say(stuffed(content) + b".\r\n")
    assert talk.answer().startswith(b"250")
    talk.close()
    assert raw(store) == content


@pytest.mark.parametrize(
    ("content", "answer"),
    [((b"x" * 78 + b"\r\n") * (LIMIT // 80 + 1), b"552"), (b"x" * 1_000 + b"\r\n", b"500")],
)
def test_too_much_and_too_long_are_refused_after_their_end(
    sink: smtp_sink.Sink, store: Store, content: bytes, answer: bytes
) -> None:
    talk = Talk(sink)
    talk.begin()
    talk.say(content + b".\r\n")
    assert talk.answer().startswith(answer)
    talk.begin()  # the same connection is good for the next one
    talk.say(b"Subject: a\r\n\r\nb\r\n.\r\n")
    assert talk.answer().startswith(b"250")
    talk.close()
    assert len(mailbox.messages(store)) == 1


def test_who_leaves_in_the_midst_left_nothing(sink: smtp_sink.Sink, store: Store) -> None:
    talk = Talk(sink)
    talk.begin()
    talk.say(b"Subject: a\r\n\r\nhalf a li")
    talk.close()
    other = Talk(sink)
    assert other.ask(b"NOOP").startswith(b"250")
    other.close()
    assert mailbox.messages(store) == []
