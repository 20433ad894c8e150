"""Google answers with what was true some seconds ago, or refuses what gives back: no words of Loket stay where they
do not belong."""

from typing import Any

import pytest

from sync.google import desk
from sync.google.refusals import Refused
from sync.google.tab import Tab
from tests.contract.google.conftest import OWN, WRITE, Counter, opened, received, row_of

HEADERS = OWN[:5]


def cut_to_the_end(counter: Counter, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Bu Ratna cuts a row and pastes it below all others: where it stood, a blank row is left."""
    end = len(counter.values()) + 1
    width = len(counter.headers())
    source = {
        "sheetId": counter.sheet_id,
        "startRowIndex": number - 1,
        "endRowIndex": number,
        "startColumnIndex": 0,
        "endColumnIndex": width,
    }
    to = {"sheetId": counter.sheet_id, "rowIndex": end, "columnIndex": 0}
    return (
        {"insertDimension": {"range": counter.span("ROWS", end, end + 1)}},
        {"cutPaste": {"source": source, "destination": to, "pasteType": "PASTE_NORMAL"}},
    )


def words_of_nobody(counter: Counter) -> list[list[Any]]:
    """Loket's cells in rows that hold nobody's answers."""
    headers, *rows = counter.values()
    own = [headers.index(title) for title in HEADERS]
    name = headers.index("Nama Lengkap")
    found = []
    for row in rows:
        cells = [row[at] if at < len(row) else "" for at in own]
        if any(cells) and (name >= len(row) or not row[name]):
            found.append(cells)
    return found


@pytest.fixture
def two(counter: Counter) -> Counter:
    opened(counter, "Citra Lestari", "Doni Saputra")
    return counter


def stale(monkeypatch: pytest.MonkeyPatch, method: str, times: int) -> None:
    """After the next write, so many looks tell what was true before it."""
    look, write = getattr(Tab, method), Tab.write
    old: list[Any] = []
    left = 0

    def looking(tab: Tab, *arguments: Any) -> Any:
        nonlocal left
        if left:
            left -= 1
            return old[-1]
        old.append(look(tab, *arguments))
        return old[-1]

    def writing(tab: Tab, blocks: Any) -> None:
        nonlocal left
        write(tab, blocks)
        left = times
        monkeypatch.setattr(Tab, "write", write)

    monkeypatch.setattr(Tab, method, looking)
    monkeypatch.setattr(Tab, "write", writing)


@pytest.mark.parametrize("looks", [1, len(desk.UNSEEN_PAUSES_S)])
def test_a_look_that_does_not_show_the_write_is_not_believed(
    two: Counter, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Citra's row was cut away under the write: seen late, but seen, and the blank row is blank again."""
    reading = two.desk().read()
    two.at_the_next(WRITE, *cut_to_the_end(two, 2))
    stale(monkeypatch, "rows", looks)

    report = two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert report.moved
    assert words_of_nobody(two) == []


def test_the_next_worker_does_not_believe_one_either(
    two: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the write was lost, and the sheet is told as it was before it."""
    reading = two.desk().read()
    two.at_the_next(WRITE, *cut_to_the_end(two, 2))
    write, before = Tab.write, list[Any]()

    def lost(tab: Tab, blocks: Any) -> None:
        before.extend(tab.read_all())
        write(tab, blocks)
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(Tab, "write", lost)
        with pytest.raises(ConnectionError):
            two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])
    assert words_of_nobody(two) != []

    ranges, told = Tab.ranges, []

    def as_before(tab: Tab, wanted: list[str]) -> Any:
        if len(told) < 2:
            told.append(wanted)
            return [before[:1], before[1:]]
        return ranges(tab, wanted)

    monkeypatch.setattr(Tab, "ranges", as_before)
    two.desk().read()

    assert len(told) == 2
    assert words_of_nobody(two) == []


def test_what_could_not_be_given_back_at_once_is_given_back_later(
    two: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google refuses the correction, for the sheet's end moved in that moment: it is still to be made."""
    reading = two.desk().read()
    two.at_the_next(WRITE, *cut_to_the_end(two, 2))
    write, calls = Tab.write, []

    def refusing(tab: Tab, blocks: Any) -> None:
        calls.append(blocks)
        if len(calls) == 2:
            raise Refused("Rentang di luar sheet.", status=400, reasons=frozenset())
        write(tab, blocks)

    monkeypatch.setattr(Tab, "write", refusing)
    two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert words_of_nobody(two) == []


def test_a_look_through_the_whole_sheet_is_not_believed_either(
    two: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The correction was refused, and where it is looked for all rows are told as they were before the write."""
    reading = two.desk().read()
    two.at_the_next(WRITE, *cut_to_the_end(two, 2))
    write, ranges, before, told, calls = (
        Tab.write,
        Tab.ranges,
        list[Any](),
        list[Any](),
        list[Any](),
    )

    def refusing(tab: Tab, blocks: Any) -> None:
        calls.append(blocks)
        if len(calls) == 1:
            before.extend(tab.read_all())
        if len(calls) == 2:
            raise Refused("Rentang di luar sheet.", status=400, reasons=frozenset())
        write(tab, blocks)

    def as_before(tab: Tab, wanted: list[str]) -> Any:
        if len(calls) < 2 or wanted[-1] == "2:2" or len(told) == 2:
            return ranges(tab, wanted)
        told.append(wanted)
        return [before[:1], before[1:]]

    monkeypatch.setattr(Tab, "write", refusing)
    monkeypatch.setattr(Tab, "ranges", as_before)
    two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert len(told) == 2
    assert words_of_nobody(two) == []


def test_a_write_in_hand_is_never_replaced_by_another(
    two: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While rows move too fast to put the last write right, nothing else is written."""
    reading = two.desk().read()
    monkeypatch.setattr(type(two.desk()), "_finish", lambda _desk: False)

    report = two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert (report.written, report.moved) == (0, True)
    assert set(two.column("Status")) == {""}
