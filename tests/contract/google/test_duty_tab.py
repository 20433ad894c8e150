"""The lease and the tab "Loket" in a real spreadsheet: one holder, whatever is asked at once; a tab that officers
may do anything with."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.core.board import Facts, Matter, Quota, ServiceLine, board
from sync.core.lease import Holder, lease_text, new_lease
from sync.google.duty_tab import LEASE_ID, LEASE_KEY, TAB_ID, DutyTab
from sync.google.refusals import Refused
from tests.contract.google.conftest import Counter

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FIRST = lease_text(new_lease(Holder("aa", "PC-DEPAN", 1), AT))
SECOND = lease_text(new_lease(Holder("bb", "PC-BELAKANG", 2), AT))
LATER = lease_text(new_lease(Holder("aa", "PC-DEPAN", 1), AT).renewed(AT + timedelta(minutes=5)))
WITA = ZoneInfo("Asia/Makassar")


def lines(*matters: Matter, title: str = "Surat Keterangan Domisili"):
    services = (ServiceLine(title, 3, 1, 0, 2, 0),)
    facts = Facts("PC-DEPAN", services, Quota(312, 450), matters)
    return board(facts, cycle_at=AT, timezone=WITA)


@pytest.fixture
def post(counter: Counter) -> DutyTab:
    return DutyTab(counter.transport, counter.spreadsheet_id)


def posted(post: DutyTab) -> None:
    """A worker that took the lease and wrote its tab."""
    seen = post.replace_lease(None, FIRST)
    post.post(lines(), FIRST, FIRST, seen)


def tabs(counter: Counter) -> dict[int, str]:
    about = counter.ratna.fetch_sheet_metadata(counter.spreadsheet_id)
    return {s["properties"]["sheetId"]: s["properties"]["title"] for s in about["sheets"]}


def shown(counter: Counter, title: str = "Loket") -> list[list[str]]:
    answer = counter.ratna.values_get(counter.spreadsheet_id, f"'{title}'")
    found: list[list[str]] = answer["values"]
    return found


def test_a_new_spreadsheet_has_no_lease_and_takes_one(counter: Counter, post: DutyTab) -> None:
    """What was written is what is read, also by another account."""
    assert post.read().lease is None
    assert post.replace_lease(None, FIRST).lease == FIRST
    assert post.read().lease == FIRST


def test_of_two_that_take_a_free_lease_one_gets_it(counter: Counter, post: DutyTab) -> None:
    """Both saw that there was none; the second is told whose it is now."""
    assert post.replace_lease(None, FIRST).lease == FIRST
    assert post.replace_lease(None, SECOND).lease == FIRST


def test_of_two_that_take_over_the_same_lease_one_gets_it(post: DutyTab) -> None:
    """A lease is replaced only where it still reads as it was seen."""
    dead = lease_text(new_lease(Holder("cc", "PC-MATI", 9), AT - timedelta(days=1)))
    post.replace_lease(None, dead)
    assert post.replace_lease(dead, FIRST).lease == FIRST
    assert post.replace_lease(dead, SECOND).lease == FIRST


def test_a_renewal_after_a_take_over_changes_nothing(post: DutyTab) -> None:
    """A laptop that slept wakes up and wants to go on."""
    post.replace_lease(None, FIRST)
    post.replace_lease(FIRST, SECOND)
    assert post.replace_lease(FIRST, LATER).lease == SECOND


def test_a_lease_is_given_back_by_its_holder_only(post: DutyTab) -> None:
    """Ending late must not take the lease from its next holder."""
    post.replace_lease(None, FIRST)
    assert post.replace_lease(SECOND, None).lease == FIRST
    assert post.replace_lease(FIRST, None).lease is None
    assert post.replace_lease(None, SECOND).lease == SECOND


@pytest.mark.parametrize("do", ["drop-after", "503-after"])
def test_a_lost_answer_leaves_one_lease_that_is_ours(
    counter: Counter, post: DutyTab, do: str
) -> None:
    """The call went through and is sent again: the second time is refused, and the look says it is ours."""
    counter.google.faults({"api": "sheets.batchUpdate", "do": do, "times": 1})
    assert post.replace_lease(None, FIRST).lease == FIRST
    counter.google.faults({"api": "sheets.batchUpdate", "do": do, "times": 1})
    assert post.replace_lease(FIRST, LATER).lease == LATER


def test_of_two_leases_everybody_names_the_same_one(counter: Counter, post: DutyTab) -> None:
    """Should Google ever let two be made: the older one counts, for both."""
    post.replace_lease(None, FIRST)
    older = lease_text(new_lease(Holder("zz", "PC-LAMA", 3), AT - timedelta(minutes=1)))
    counter.changes(
        {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataKey": LEASE_KEY,
                    "metadataValue": older,
                    "location": {"spreadsheet": True},
                    "visibility": "DOCUMENT",
                }
            }
        }
    )
    assert post.read().lease == older


def test_somebody_elses_metadata_is_not_a_lease(counter: Counter, post: DutyTab) -> None:
    """Another add-on in the same spreadsheet, even under the id we choose."""
    counter.changes(
        {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataId": LEASE_ID + 7,
                    "metadataKey": "pengaya",
                    "metadataValue": "x",
                    "location": {"spreadsheet": True},
                    "visibility": "DOCUMENT",
                }
            }
        }
    )
    assert post.read().lease is None


def test_the_tab_is_made_last_and_says_what_it_should(counter: Counter, post: DutyTab) -> None:
    """Other programs of the office take the first tab for the responses."""
    posted(post)
    assert list(tabs(counter).values()) == [counter.tab, "Loket"]
    rows = shown(counter)
    assert rows[1] == ["Putaran terakhir", "24/11/2026 10:00 WITA"]
    assert ["Kuota email 24 jam terakhir", "312 dari 450 (69 %)"] in rows
    assert ["Surat Keterangan Domisili", "3", "1", "0", "2", "0"] in rows
    assert ["Tidak ada masalah."] in rows


def test_a_text_that_looks_like_a_formula_stays_a_text(counter: Counter, post: DutyTab) -> None:
    """A workflow's title is the office's, and still no formula."""
    seen = post.replace_lease(None, FIRST)
    post.post(lines(title='=IMPORTXML("http://x","//y")'), FIRST, FIRST, seen)
    answer = counter.ratna.values_get(
        counter.spreadsheet_id, "'Loket'", params={"valueRenderOption": "FORMULA"}
    )
    assert any(row and row[0].startswith("=IMPORTXML") for row in answer["values"])
    shown_now = shown(counter)
    assert any(row and row[0].startswith("=IMPORTXML") for row in shown_now)


def test_what_officers_do_to_the_tab_is_put_right(counter: Counter, post: DutyTab) -> None:
    """Renamed, sorted, overwritten, rows and columns deleted, more of them added: the next post is whole again."""
    posted(post)
    whole = {"sheetId": TAB_ID}
    counter.changes(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": TAB_ID, "title": "Papan Bu Ratna", "index": 0},
                "fields": "title,index",
            }
        },
        {"sortRange": {"range": whole, "sortSpecs": [{"dimensionIndex": 0}]}},
        {
            "deleteDimension": {
                "range": {**whole, "dimension": "ROWS", "startIndex": 1, "endIndex": 40}
            }
        },
        {
            "deleteDimension": {
                "range": {**whole, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 4}
            }
        },
        {
            "updateCells": {
                "start": {**whole, "rowIndex": 0, "columnIndex": 0},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "halo"}}]}],
                "fields": "userEnteredValue",
            }
        },
        {
            "updateSheetProperties": {
                "properties": {**whole, "gridProperties": {"frozenRowCount": 3}},
                "fields": "gridProperties.frozenRowCount",
            }
        },
    )
    post.post(lines(), FIRST, LATER, post.read())
    assert tabs(counter)[TAB_ID] == "Papan Bu Ratna"
    rows = shown(counter, "Papan Bu Ratna")
    assert rows[0] == ["Loket"]
    assert rows[2] == ["Komputer", "PC-DEPAN"]
    assert not any("halo" in row for row in rows)


def test_a_deleted_tab_is_made_again(counter: Counter, post: DutyTab) -> None:
    """Under the same id, so that it is never made twice."""
    posted(post)
    counter.changes({"deleteSheet": {"sheetId": TAB_ID}})
    seen = post.read()
    assert not seen.tab
    assert post.post(lines(), FIRST, LATER, seen).tab
    assert shown(counter)[0] == ["Loket"]


def test_a_tab_of_the_office_with_that_name_is_left_alone(counter: Counter, post: DutyTab) -> None:
    """Ours gets another name; in Google's eyes "LOKET" is the same name."""
    counter.changes({"addSheet": {"properties": {"title": "LOKET"}}})
    counter.ratna.values_update(
        counter.spreadsheet_id,
        "'LOKET'!A1",
        params={"valueInputOption": "RAW"},
        body={"values": [["antrean hari ini"]]},
    )
    posted(post)
    assert shown(counter, "LOKET") == [["antrean hari ini"]]
    assert tabs(counter)[TAB_ID] == "Loket 2"


def test_the_form_s_tab_is_never_taken_for_ours(counter: Counter, post: DutyTab) -> None:
    """Even where the officer calls it "Loket": ours is known by its id."""
    counter.changes(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": counter.sheet_id, "title": "Loket"},
                "fields": "title",
            }
        }
    )
    posted(post)
    assert tabs(counter)[TAB_ID] == "Loket 2"
    assert shown(counter)[0][0] != "Loket"


def test_a_tab_that_is_gone_refuses_the_whole_post(counter: Counter, post: DutyTab) -> None:
    """Then the lease is not renewed either: the caller looks again."""
    posted(post)
    seen = post.read()
    counter.changes({"deleteSheet": {"sheetId": TAB_ID}})
    with pytest.raises(Refused):
        post.post(lines(), FIRST, LATER, seen)
    assert post.read().lease == FIRST


def test_a_post_is_one_step_in_the_version(counter: Counter, post: DutyTab) -> None:
    """So the next cycle knows that nobody else changed anything, and reads no row."""
    posted(post)
    before = post.version()
    post.post(lines(), FIRST, LATER, post.read())
    after = post.version()
    assert before != after
    assert post.only_ours(before, after)
    counter.types("A2", "x")
    assert not post.only_ours(before, post.version())
