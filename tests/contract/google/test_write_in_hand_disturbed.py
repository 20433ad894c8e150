"""A write that nobody saw the end of, and a sheet that is rearranged again at every single call that puts it right."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from sync.core.outcomes import TryAgain
from sync.google.credentials import load_credentials
from sync.google.desk import ON_ITS_WAY_S
from sync.google.transport import Transport
from tests.contract.google.conftest import WRITE, Counter, opened, received, row_of

NAMES = ("Citra Lestari", "Doni Saputra", "Eka Putri", "Fajar Nugroho")
NEW = NAMES[2:]
MOST_CALLS = 12


@contextmanager
def before_call(number: int, deed: Callable[[], None]) -> Iterator[list[str]]:
    """Somebody does this just before Loket's call of that number, from 1. The calls' addresses."""
    send, made = HTTPAdapter.send, list[str]()
    away = False

    def sent(adapter: HTTPAdapter, request: PreparedRequest, **options: Any) -> Response:
        nonlocal away
        if not away:
            made.append(str(request.url))
            if len(made) == number:
                away = True
                deed()
                away = False
        return send(adapter, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", sent)
        yield made


@pytest.fixture
def gaps(counter: Counter) -> Counter:
    """Two people known for long, two rows that somebody inserted between them, two new people at the end."""
    opened(counter, *NAMES[:2])
    rows = counter.desk().read().rows
    counter.desk().write([received(row, n) for n, row in enumerate(rows, 1)])
    counter.changes(
        {"insertDimension": {"range": counter.span("ROWS", 2, 4), "inheritFromBefore": False}}
    )
    for name in NEW:
        counter.applies(name)
    return counter


def rearrangements(counter: Counter) -> dict[str, dict[str, object]]:
    at = counter.headers().index
    return {
        "sorted by name": counter.sort_by(at("Nama Lengkap"), descending=True),
        "sorted by reference": counter.sort_by(at("No. Permohonan")),
        "a row inserted": {
            "insertDimension": {"range": counter.span("ROWS", 1, 2), "inheritFromBefore": False}
        },
        "a column inserted": {"insertDimension": {"range": counter.span("COLUMNS", 0, 1)}},
    }


def nobodys(counter: Counter) -> list[list[Any]]:
    """What stands in rows that nobody sent in."""
    headers, *rows = counter.values()
    return [
        kept
        for row in rows
        if not dict(zip(headers, row, strict=False)).get("Nama Lengkap")
        and (kept := [cell for cell in row if cell])
    ]


def references(counter: Counter) -> dict[str, str]:
    names, given = counter.column("Nama Lengkap"), counter.column("No. Permohonan")
    return {name: reference for name, reference in zip(names, given, strict=True) if name}


MEANT = {name: f"SKD-26-000{number}X" for number, name in enumerate(NAMES, 1)}


def written_into_gaps(counter: Counter) -> None:
    """The two new people are given references while the rows are sorted, and no answer comes."""
    rows = counter.desk().read().rows
    sort = counter.sort_by(counter.headers().index("Nama Lengkap"), descending=True)
    counter.google.faults({"api": WRITE, "do": "drop-after", "edit": {"requests": [sort]}})
    with pytest.raises(TryAgain):
        counter.desk().write([received(row_of(rows, name), n) for n, name in enumerate(NEW, 3)])
    counter.google.faults()
    assert counter.journal.kept()
    assert nobodys(counter)


HOWS = ("sorted by name", "sorted by reference", "a row inserted", "a column inserted")


@pytest.mark.parametrize("number", range(1, MOST_CALLS + 1))
@pytest.mark.parametrize("how", HOWS)
def test_no_words_stay_in_nobodys_rows(gaps: Counter, how: str, number: int) -> None:
    """Whenever it is rearranged again, the next looks put right what is left."""
    written_into_gaps(gaps)
    deed = rearrangements(gaps)[how]
    with before_call(number, lambda: gaps.changes(deed)) as made:
        gaps.desk().read()
    assert number < MOST_CALLS or len(made) < number, "more calls than are walked through"

    gaps.desk().read()

    assert nobodys(gaps) == []
    assert all(given in ("", MEANT[name]) for name, given in references(gaps).items())


@pytest.mark.parametrize("number", range(1, MOST_CALLS + 1))
@pytest.mark.parametrize("how", HOWS)
def test_nor_where_the_write_itself_sees_that_rows_moved(
    gaps: Counter, how: str, number: int
) -> None:
    """It puts right what it hit; while it does, everything may be rearranged once more."""
    rows = gaps.desk().read().rows
    deed = rearrangements(gaps)[how]
    gaps.at_the_next(WRITE, rearrangements(gaps)["sorted by name"])
    with before_call(number, lambda: gaps.changes(deed)) as made:
        gaps.desk().write([received(row_of(rows, name), n) for n, name in enumerate(NEW, 3)])
    assert number < MOST_CALLS or len(made) < number, "more calls than are walked through"

    gaps.desk().read()

    assert nobodys(gaps) == []
    assert all(given in ("", MEANT[name]) for name, given in references(gaps).items())


def test_a_call_that_nobody_waits_for_any_more_is_carried_out_late(gaps: Counter) -> None:
    """Its second attempt was answered long before, and rows were sorted in between."""
    rows = gaps.desk().read().rows
    sort = rearrangements(gaps)["sorted by name"]
    paused: list[float] = []

    def sleep(seconds: float) -> None:
        if seconds == ON_ITS_WAY_S:
            gaps.changes(sort)
            time.sleep(1.2)
        paused.append(seconds)

    credentials = load_credentials(gaps.google.credentials, endpoint=gaps.google.url)
    loket = Transport(credentials, endpoint=gaps.google.url, timeout_s=0.5, sleep=sleep)
    gaps.google.faults({"api": WRITE, "do": "delay", "delay_ms": 1000, "times": 1})

    replace(gaps, transport=loket).desk().write(
        [received(row_of(rows, name), n) for n, name in enumerate(NEW, 3)]
    )

    loket.close()
    assert paused.count(ON_ITS_WAY_S) == 1
    assert nobodys(gaps) == []
    assert references(gaps) == MEANT
