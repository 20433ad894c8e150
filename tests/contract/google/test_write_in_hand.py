"""The worker dies after a write that columns or rows had moved under: the next one gives back what was hit."""

import pytest

from sync.core.desk import DeskRow, RowUpdate
from sync.google import desk
from sync.google.tab import Tab
from tests.contract.google.conftest import OWN, WRITE, Counter, Journal, opened, received, row_of


class Killed(BaseException):
    """Ends the desk's work where it stands, as SIGKILL does."""


@pytest.fixture(autouse=True, params=[desk.PAGE, 40], ids=["short sheet", "long sheet"])
def pages(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A long sheet is searched page by page for what was hit."""
    monkeypatch.setattr(desk, "PAGE", request.param)


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next write is carried out at Google's, and the worker does not live to see it."""
    write = Tab.write

    def write_and_die(tab: Tab, blocks: list[tuple[int, int, list[str]]]) -> None:
        monkeypatch.setattr(Tab, "write", write)
        write(tab, blocks)
        raise Killed

    monkeypatch.setattr(Tab, "write", write_and_die)


def inserted(counter: Counter, at: int) -> dict[str, object]:
    return {"insertDimension": {"range": counter.span("COLUMNS", at, at + 1)}}


def moved(counter: Counter, at: int, to: int) -> dict[str, object]:
    return {
        "moveDimension": {"source": counter.span("COLUMNS", at, at + 1), "destinationIndex": to}
    }


def peoples(counter: Counter) -> list[dict[str, object]]:
    """Each person's cells, by header, Loket's left out; sorted by name."""
    headers, *rows = counter.values()
    cells = [
        {title: row[at] if at < len(row) else "" for at, title in enumerate(headers)}
        for row in rows
    ]
    own = set(OWN[:5])
    kept = [
        {title: cell for title, cell in row.items() if title and title not in own} for row in cells
    ]
    return sorted(kept, key=lambda row: str(row["Nama Lengkap"]))


def interrupted(counter: Counter, *edits: dict[str, object]) -> list[dict[str, object]]:
    """Both rows are written while Bu Ratna's edits come in between, and the worker dies. The cells before."""
    reading = counter.desk().read()
    before = peoples(counter)
    counter.at_the_next(WRITE, *edits)
    with pytest.raises(Killed):
        counter.desk().write([received(row, n) for n, row in enumerate(reading.rows, 1)])
    return before


@pytest.fixture
def two(counter: Counter) -> Counter:
    """Citra and Doni applied, and Bu Ratna decided about both."""
    opened(counter, "Citra Lestari", "Doni Saputra")
    at = counter.headers().index("Keputusan")
    for row, cell in ((2, "Setujui"), (3, "Tolak")):
        counter.types(f"{chr(ord('A') + at)}{row}", cell)
    return counter


@pytest.mark.usefixtures("dying")
@pytest.mark.parametrize("column", ["NIK", "Keputusan"])
def test_a_column_was_inserted(two: Counter, column: str) -> None:
    """The words landed on answers or on decisions: they are given back before anybody reads them."""
    before = interrupted(two, inserted(two, two.headers().index(column)))
    assert peoples(two) != before or column == "Keputusan"

    two.desk().read()

    assert peoples(two) == before
    two.desk().read()
    assert peoples(two) == before


@pytest.mark.usefixtures("dying")
def test_a_column_was_moved_and_everything_moved_again_since(two: Counter) -> None:
    """Rows and columns stand elsewhere by the time that the next worker looks."""
    end = len(two.headers())
    before = interrupted(two, moved(two, two.headers().index("Keputusan"), 1))
    assert peoples(two) != before
    two.changes(two.sort_by(two.headers().index("Nama Lengkap"), descending=True))
    two.changes(moved(two, 2, end), inserted(two, 0))

    two.desk().read()

    assert peoples(two) == before


@pytest.mark.usefixtures("dying")
def test_the_next_write_gives_back_first(two: Counter) -> None:
    """All answers were lost, and the same worker goes on with the rows that it had read."""
    reading = two.desk().read()
    before = interrupted(two, moved(two, two.headers().index("Keputusan"), 1))

    two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert peoples(two) == before


@pytest.mark.usefixtures("dying")
def test_rows_were_sorted(two: Counter) -> None:
    """No reference stays in another's row: it would be taken for a copy, or for an edited answer."""
    before = interrupted(two, two.sort_by(two.headers().index("Nama Lengkap"), descending=True))
    meant = {"Citra Lestari": "SKD-26-0001X", "Doni Saputra": "SKD-26-0002X"}
    wrong = {row.answers["Nama Lengkap"]: row.reference for row in raw(two)}
    assert wrong != meant

    rows = two.desk().read().rows

    assert all(row.reference in ("", meant[str(row.answers["Nama Lengkap"])]) for row in rows)
    assert peoples(two) == before


@pytest.mark.usefixtures("dying")
@pytest.mark.parametrize("looked_at", [True, False])
def test_a_row_that_was_set_aside_keeps_the_reference(two: Counter, looked_at: bool) -> None:
    """Citra answered again: her old row says Digantikan and carries the reference that the new one is given."""
    two.applies("Citra Lestari")
    old = row_of(two.desk().read().rows, "Citra Lestari")
    put_aside = {"reference": "SKD-26-0001X", "status": "Digantikan"}
    write = Tab.write
    with pytest.raises(Killed):
        two.desk().write([RowUpdate(old, put_aside)])
    two.desk().read()
    rows = two.desk().read().rows
    new = next(
        row for row in rows if row.answers["Nama Lengkap"] == "Citra Lestari" and not row.reference
    )
    again = [RowUpdate(row_of(rows, "Citra Lestari"), {"note": "x"})] if looked_at else []
    with pytest.MonkeyPatch.context() as patch:

        def write_and_die(tab: Tab, blocks: list[tuple[int, int, list[str]]]) -> None:
            patch.undo()
            write(tab, blocks)
            raise Killed

        patch.setattr(Tab, "write", write_and_die)
        with pytest.raises(Killed):
            two.desk().write([*again, received(new)])

    two.desk().read()

    assert sorted(two.column("No. Permohonan")) == ["", "SKD-26-0001X", "SKD-26-0001X"]


@pytest.mark.usefixtures("dying")
def test_a_row_was_deleted(two: Counter) -> None:
    """The words landed below the last applicant: no empty row keeps them, wherever it stands by now."""
    interrupted(two, {"deleteDimension": {"range": two.span("ROWS", 2, 3)}})
    assert two.column("Status") == ["Diterima", "Diterima"]
    two.changes({"insertDimension": {"range": two.span("ROWS", 1, 2), "inheritFromBefore": False}})

    two.desk().read()

    assert two.column("Nama Lengkap") == ["", "Citra Lestari"]
    assert two.column("Status") == ["", "Diterima"]
    assert two.column("No. Permohonan") == ["", "SKD-26-0001X"]


@pytest.mark.usefixtures("dying")
def test_what_an_officer_did_meanwhile_stays(two: Counter) -> None:
    """Nothing was hit; a decision that was taken back since is not brought back."""
    interrupted(two)
    at = two.headers().index("Keputusan")
    two.types(f"{chr(ord('A') + at)}2", "")
    two.types(f"{chr(ord('A') + at)}3", "Setujui")

    two.desk().read()

    assert two.column("Keputusan") == ["", "Setujui"]
    assert two.column("No. Permohonan") == ["SKD-26-0001X", "SKD-26-0002X"]


def test_a_write_that_was_seen_to_stand_is_forgotten(two: Counter) -> None:
    """The journal holds what is in hand, and nothing else."""
    reading = two.desk().read()
    two.desk().write([received(row_of(reading.rows, "Citra Lestari"))])
    assert two.journal.kept() == ""


@pytest.mark.usefixtures("dying")
def test_what_was_given_back_is_forgotten(two: Counter) -> None:
    interrupted(two)
    assert two.journal.kept() != ""
    two.desk().read()
    assert two.journal.kept() == ""


def raw(counter: Counter) -> tuple[DeskRow, ...]:
    """The rows as they stand, read by a desk that knows of no write in hand."""
    return counter.desk(journal=Journal()).read().rows
