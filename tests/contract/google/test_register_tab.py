"""The tab "Buku Agenda" in a real spreadsheet, with officers who may do anything with it."""

from datetime import date

import pytest

from sync.core.outcomes import TryAgain
from sync.core.register import COLUMNS, Line
from sync.google.register_tab import TAB_ID, RegisterTab, Seen
from tests.contract.google.conftest import Counter

CITRA = Line(
    1,
    date(2026, 11, 24),
    "470/0001/DKPS/XI/2026",
    "Surat Keterangan Domisili",
    "Citra Lestari",
    "SKD-26-00001A",
    "Sedang dikirim",
    "",
)
DONI = CITRA._replace(serial=2, number="470/0002", name="Doni", reference="SKD-26-00002B")
EKA = CITRA._replace(serial=3, number="470/0003", name="Eka", reference="SKD-26-00003C")


@pytest.fixture
def tab(counter: Counter) -> RegisterTab:
    tab = RegisterTab(counter.transport, counter.spreadsheet_id)
    assert tab.look() is None
    tab.begin()
    return tab


def shown(counter: Counter, title: str = "Buku Agenda", how: str = "FORMATTED_VALUE") -> list[list]:
    answer = counter.ratna.values_get(
        counter.spreadsheet_id, f"'{title}'", params={"valueRenderOption": how}
    )
    return list(answer["values"])


def sort_by_name(descending: bool = True) -> dict:
    return {
        "sortRange": {
            "range": {"sheetId": TAB_ID, "startRowIndex": 1},
            "sortSpecs": [
                {"dimensionIndex": 4, "sortOrder": "DESCENDING" if descending else "ASCENDING"}
            ],
        }
    }


def test_lines_are_shown_under_their_headings(counter: Counter, tab: RegisterTab) -> None:
    """Dates are dates, numbers are numbers, and both sort as such."""
    tab.write({}, [CITRA, DONI])
    rows = shown(counter)
    assert rows[0] == list(COLUMNS)
    assert rows[1][:6] == ["1", "24/11/2026", *CITRA[2:6]]
    assert shown(counter, how="UNFORMATTED_VALUE")[1][:2] == [1, 46350]
    assert tab.look() == Seen(True, {2: CITRA.reference, 3: DONI.reference})
    assert tab.look(3) == Seen(True, {3: DONI.reference})


def test_the_tab_is_the_last_one_and_its_header_stays_in_sight(
    counter: Counter, tab: RegisterTab
) -> None:
    """Other programs of the office take the first tab for the responses."""
    about = counter.ratna.fetch_sheet_metadata(counter.spreadsheet_id)
    last = about["sheets"][-1]["properties"]
    assert (last["sheetId"], last["title"]) == (TAB_ID, "Buku Agenda")
    assert last["gridProperties"]["frozenRowCount"] == 1


def test_a_name_that_looks_like_a_formula_stays_a_text(counter: Counter, tab: RegisterTab) -> None:
    """It came from a citizen."""
    hostile = '=IMPORTXML("http://x","//y")'
    tab.write({}, [CITRA._replace(name=hostile)])
    assert shown(counter)[1][4] == hostile


def test_what_changed_is_written_where_it_stands(counter: Counter, tab: RegisterTab) -> None:
    """Rows beside each other or not, and new ones below them in the same step."""
    tab.write({}, [CITRA, DONI, EKA])
    tab.write({2: CITRA._replace(status="Selesai"), 4: EKA._replace(status="Gagal kirim")}, [])
    tab.write({3: DONI._replace(status="Selesai")}, [EKA._replace(reference="X")])
    assert [row[6] for row in shown(counter)[1:]] == [
        "Selesai",
        "Selesai",
        "Gagal kirim",
        "Sedang dikirim",
    ]


def test_a_look_and_a_write_are_two_calls(counter: Counter, tab: RegisterTab) -> None:
    """Whatever stands in the tab."""
    tab.write({}, [CITRA])
    before = counter.transport.calls
    tab.look()
    tab.write({2: CITRA}, [DONI])
    assert counter.transport.calls - before == 2


def test_lines_that_officers_sorted_are_found(counter: Counter, tab: RegisterTab) -> None:
    """By the reference; a new one comes below them."""
    tab.write({}, [CITRA, DONI])
    counter.changes(sort_by_name())
    tab.write({}, [EKA])
    assert tab.look() == Seen(True, {2: DONI.reference, 3: CITRA.reference, 4: EKA.reference})


def test_appending_overwrites_nothing_whatever_happens_meanwhile(
    counter: Counter, tab: RegisterTab
) -> None:
    """Bu Ratna inserts a row, sorts, and writes a remark, just before the write is carried out."""
    tab.write({}, [CITRA, DONI])
    row = {"sheetId": TAB_ID, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    remark = {"userEnteredValue": {"stringValue": "arsip: lemari 3"}}
    counter.at_the_next(
        "sheets.batchUpdate",
        {"insertDimension": {"range": row}},
        sort_by_name(),
        {
            "updateCells": {
                "start": {"sheetId": TAB_ID, "rowIndex": 3, "columnIndex": 0},
                "rows": [{"values": [remark]}],
                "fields": "userEnteredValue",
            }
        },
    )
    tab.write({}, [EKA])
    references = [row[5] for row in shown(counter) if len(row) > 5]
    assert references[1:] == [DONI.reference, CITRA.reference, EKA.reference]
    assert ["arsip: lemari 3"] in shown(counter)


def test_a_renamed_tab_is_the_same_tab(counter: Counter, tab: RegisterTab) -> None:
    """It is known by its id."""
    renamed = {"sheetId": TAB_ID, "title": "Agenda 2026 (arsip)"}
    counter.changes({"updateSheetProperties": {"properties": renamed, "fields": "title"}})
    tab.write({}, [CITRA])
    assert tab.look() == Seen(True, {2: CITRA.reference})
    assert len(shown(counter, "Agenda 2026 (arsip)")) == 2


def test_a_tab_that_was_deleted_is_missed_and_made_anew(counter: Counter, tab: RegisterTab) -> None:
    """Beside a tab of the office's that has its name by now."""
    counter.changes({"deleteSheet": {"sheetId": TAB_ID}})
    counter.changes({"addSheet": {"properties": {"title": "BUKU AGENDA"}}})
    assert tab.look(7) is None
    tab.begin()
    tab.write({}, [CITRA])
    assert len(shown(counter, "Buku Agenda 2")) == 2


@pytest.mark.parametrize(
    "damage",
    [
        {"sortRange": {"range": {"sheetId": TAB_ID}, "sortSpecs": [{"dimensionIndex": 4}]}},
        {
            "insertDimension": {
                "range": {
                    "sheetId": TAB_ID,
                    "dimension": "COLUMNS",
                    "startIndex": 2,
                    "endIndex": 3,
                }
            }
        },
        {
            "deleteDimension": {
                "range": {
                    "sheetId": TAB_ID,
                    "dimension": "COLUMNS",
                    "startIndex": 4,
                    "endIndex": 8,
                }
            }
        },
        {"updateCells": {"range": {"sheetId": TAB_ID}, "fields": "userEnteredValue"}},
    ],
    ids=["sorted with its header", "a column inserted", "columns deleted", "emptied"],
)
def test_a_tab_whose_header_is_not_ours_is_seen_and_begun_anew(
    counter: Counter, tab: RegisterTab, damage: dict
) -> None:
    """Nothing is written into the wrong column."""
    tab.write({}, [CITRA, DONI])
    counter.changes(damage)
    seen = tab.look(3)
    assert seen is not None
    assert not seen.whole
    tab.begin()
    assert tab.look() == Seen(True, {})
    tab.write({}, [CITRA])
    assert shown(counter)[1][:6] == ["1", "24/11/2026", *CITRA[2:6]]


def test_rows_that_were_deleted_are_missed(counter: Counter, tab: RegisterTab) -> None:
    """Also when the tab is shorter than what is asked for."""
    tab.write({}, [CITRA, DONI, EKA])
    rows = {"sheetId": TAB_ID, "dimension": "ROWS", "startIndex": 1, "endIndex": 4}
    counter.changes({"deleteDimension": {"range": rows}})
    seen = tab.look(4)
    assert seen is not None
    assert seen.references == {}


def test_lines_whose_answer_was_lost_are_not_sent_again(counter: Counter, tab: RegisterTab) -> None:
    """Appending twice would show them twice: the caller looks what came of it."""
    counter.google.faults({"api": "sheets.batchUpdate", "do": "drop-after", "times": 1})
    with pytest.raises(TryAgain):
        tab.write({}, [CITRA])
    assert tab.look() == Seen(True, {2: CITRA.reference})
