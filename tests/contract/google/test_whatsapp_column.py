"""The column "Kirim WA": made where it is wanted, written like Loket's others, and not there where it is not."""

from sync.core.desk import RowUpdate
from sync.core.settings import Columns
from tests.contract.google.conftest import Counter

HEADER = "Kirim WA"
LINK = "https://wa.me/6281234567890?text=Yth.%20Citra%20%26%20Doni"


def test_it_is_made_beside_loket_s_own_and_written_as_text(counter: Counter) -> None:
    """RAW, whole, and read back with the row."""
    desk = counter.desk(whatsapp=HEADER)
    assert desk.prepare()
    assert not desk.prepare()
    headers = counter.headers()
    assert headers.index(HEADER) == headers.index("Diperbarui") + 1
    counter.applies("Citra Lestari")
    [row] = desk.read().rows
    cells = {"reference": "SKD-26-00005Q", "status": "Diterima", "note": "Baik."}
    report = desk.write([RowUpdate(row, {**cells, "whatsapp": LINK})])
    assert (report.written, report.moved) == (1, False)
    assert counter.column(HEADER) == [LINK]
    [row] = desk.read().rows
    assert row.system["whatsapp"] == LINK


def test_it_comes_to_a_sheet_that_is_long_in_use(counter: Counter) -> None:
    """To the right of all, and nothing else moves."""
    counter.desk().prepare()
    before = counter.headers()
    assert counter.desk(whatsapp=HEADER).prepare()
    assert counter.headers() == [*before, HEADER]


def test_a_sheet_without_it_has_none(counter: Counter) -> None:
    """Also where an office switches it off again: the column stays theirs, and is neither read nor written."""
    counter.desk(whatsapp=HEADER).prepare()
    counter.applies("Citra Lestari")
    plain = counter.desk()
    assert not plain.prepare()
    [row] = plain.read().rows
    assert "whatsapp" not in row.system
    assert HEADER not in Columns().headers.values()
