"""What is in the way of a sheet's setup, or open in it to everybody (the sandbox's API): told by name, with what to do."""

from collections.abc import Callable

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import Never
from sync.google import sheet_check
from sync.google.credentials import account_of
from sync.google.sheet_check import SheetFacts, look_at
from sync.google.tab import Tab
from tests.contract.google.conftest import Counter
from tests.contract.google.test_setup import FILE, OWN, lock, permits, tab_of


def facts_of(counter: Counter) -> SheetFacts:
    return look_at(counter.transport, counter.spreadsheet_id)


# --- titles and tabs


def test_a_row_one_that_is_an_applicant_s_is_left_alone(counter: Counter) -> None:
    """Bu Ratna deleted the header row. No word of the applicant's is repeated."""
    counter.applies("Citra Lestari")
    counter.changes({"deleteDimension": {"range": counter.span("ROWS", 0, 1)}})
    before = counter.values()
    with pytest.raises(Mendable) as caught:
        tab_of(counter).carry_out()
    [problem] = caught.value.problems
    assert problem.name == "baris-judul-tidak-ada"
    assert "Histori versi" in problem.allowed
    assert not any(word in str(problem) for word in ("Citra", "6472"))
    assert counter.values() == before


def test_missing_and_doubled_titles_are_told_with_what_is_near(counter: Counter) -> None:
    """All of them at once, and nothing is written."""
    tab_of(counter).carry_out()
    at = counter.headers().index("NIK")
    counter.types(f"{chr(ord('A') + at)}1", "NIK Pemohon")
    counter.types(f"{chr(ord('A') + len(counter.headers()))}1", "Status")
    before = counter.values()
    with pytest.raises(Mendable) as caught:
        tab_of(counter).carry_out()
    told = {problem.name: problem.found for problem in caught.value.problems}
    assert set(told) == {"kolom-tidak-ditemukan", "kolom-ganda"}
    assert '"NIK Pemohon"' in told["kolom-tidak-ditemukan"]
    assert counter.values() == before


def test_a_renamed_tab_is_told_with_those_that_are_there(counter: Counter) -> None:
    """So that the service file can be mended."""
    properties = {"sheetId": counter.sheet_id, "title": "Jawaban Lama"}
    counter.changes({"updateSheetProperties": {"properties": properties, "fields": "title"}})
    with pytest.raises(Mendable) as caught:
        tab_of(counter).plan()
    [problem] = caught.value.problems
    assert problem.name == "tab-tidak-ditemukan"
    assert "Jawaban Lama" in problem.found


# --- who may see and change it, and its clock


def test_a_sheet_that_is_not_shared_names_the_account(counter: Counter) -> None:
    """Before anything else is asked."""
    counter.spreadsheet_id = "tidak-ada-sheet-seperti-ini"
    with pytest.raises(Mendable) as caught:
        facts_of(counter)
    [problem] = caught.value.problems
    assert problem.name == "sheet-tidak-terjangkau"
    assert account_of(counter.google.credentials) in problem.allowed


def test_a_sheet_that_may_only_be_seen_names_the_account(counter: Counter) -> None:
    """The commonest half-step: shared, but as a viewer. Whether it is public is then not known, and said."""
    account = account_of(counter.google.credentials)
    assert sheet_check.access_problems(facts_of(counter), account) == []
    about = counter.ratna.request(
        "get", f"{FILE}{counter.spreadsheet_id}/permissions", params={"fields": "*"}
    ).json()
    [ours] = [one["id"] for one in about["permissions"] if one["emailAddress"] == account]
    officer = counter.google.transport(counter.google.officer)
    officer.request(
        "PATCH", f"{FILE}{counter.spreadsheet_id}/permissions/{ours}", json={"role": "reader"}
    )
    officer.close()
    facts = facts_of(counter)
    [problem] = sheet_check.access_problems(facts, account)
    assert problem.name == "sheet-hanya-dapat-dilihat"
    assert account in problem.allowed
    unknown = sheet_check.public_problem(facts)
    assert unknown
    assert unknown.name == "akses-umum-tidak-diketahui"
    assert sheet_check.opened(counter.transport, counter.spreadsheet_id) is None


def test_a_sheet_in_the_bin_is_told(counter: Counter) -> None:
    """It can still be read there, for thirty days."""
    officer = counter.google.transport(counter.google.officer)
    officer.request("PATCH", FILE + counter.spreadsheet_id, json={"trashed": True})
    officer.close()
    [problem] = sheet_check.access_problems(facts_of(counter), "")
    assert problem.name == "sheet-di-sampah"


@pytest.mark.parametrize(
    ("role", "does"), [("reader", "membaca jawaban"), ("writer", "membaca dan mengubah")]
)
def test_a_public_sheet_is_a_loud_alarm(counter: Counter, role: str, does: str) -> None:
    """An office shared the sheet where it meant the form."""
    assert sheet_check.public_problem(facts_of(counter)) is None
    permits(counter, type="anyone", role=role)
    problem = sheet_check.public_problem(facts_of(counter))
    assert problem
    assert problem.name == "sheet-terbuka-untuk-umum"
    assert does in problem.found
    assert "Dibatasi" in problem.allowed


def test_the_worker_asks_the_same_with_two_calls(counter: Counter) -> None:
    """In the same words; "" where it is not open."""
    asked = counter.transport.calls
    assert sheet_check.opened(counter.transport, counter.spreadsheet_id) == ""
    assert counter.transport.calls - asked == 2
    permits(counter, type="anyone", role="reader")
    opened = sheet_check.opened(counter.transport, counter.spreadsheet_id)
    assert opened == f"{sheet_check.public_problem(facts_of(counter)).found}."  # type: ignore[union-attr]


def test_a_time_zone_with_another_clock_is_told(counter: Counter) -> None:
    """Another name of the same time is none; a name that nobody knows is."""
    facts = facts_of(counter)
    assert facts.timezone == "Asia/Makassar"
    assert sheet_check.timezone_problem(facts, "Asia/Makassar") is None
    assert sheet_check.timezone_problem(facts, "Asia/Singapore") is None
    for zone in ("America/Los_Angeles", "Asia/Jakarta"):
        counter.changes(
            {
                "updateSpreadsheetProperties": {
                    "properties": {"timeZone": zone},
                    "fields": "timeZone",
                }
            }
        )
        problem = sheet_check.timezone_problem(facts_of(counter), "Asia/Makassar")
        assert problem
        assert zone in problem.found
        assert "Asia/Makassar" in problem.allowed


# --- locks


def told_by(call: Callable[[], object]) -> str:
    """The one problem's name."""
    with pytest.raises(Mendable) as caught:
        call()
    [problem] = caught.value.problems
    assert problem.found
    assert problem.allowed
    return problem.name


HEADER, ANSWERS, STATUS, DECISION = (
    {"startRowIndex": 0, "endRowIndex": 1},
    {"startColumnIndex": 0, "endColumnIndex": 5},
    {"startColumnIndex": 6, "endColumnIndex": 7},
    {"startColumnIndex": 10, "endColumnIndex": 11},
)


@pytest.mark.parametrize(
    ("span", "refused"), [({}, True), (HEADER, True), (ANSWERS, False)], ids=str
)
def test_a_lock_on_a_new_sheet_is_told_where_google_refuses_columns(
    counter: Counter, span: dict[str, int], refused: bool
) -> None:
    """By the facts, before anything is tried; and by Google's refusal, should it come all the same."""
    lock(counter, **span)
    setup = tab_of(counter)
    assert bool(setup.lock_problem(facts_of(counter).locks[counter.tab])) == refused
    if refused:
        assert told_by(setup.carry_out) == "tab-dilindungi"
    else:
        assert setup.carry_out()
    assert counter.headers()[5:] == ([] if refused else OWN)


@pytest.mark.parametrize(
    ("span", "refused"),
    [({}, True), (STATUS, True), (HEADER, False), (ANSWERS, False), (DECISION, False)],
    ids=str,
)
def test_a_lock_on_a_ready_sheet_is_told_where_google_refuses_a_status(
    counter: Counter, span: dict[str, int], refused: bool
) -> None:
    """What Loket never writes, such as the decision, an office may lock for its head alone."""
    setup = tab_of(counter)
    setup.carry_out()
    counter.applies("Citra Lestari")
    lock(counter, **span)
    assert bool(setup.lock_problem(facts_of(counter).locks[counter.tab])) == refused
    assert setup.carry_out() == []
    tab = Tab(counter.transport, counter.spreadsheet_id, counter.tab)
    if refused:
        with pytest.raises(Never):
            tab.write([(2, 6, ["Diterima"])])
    else:
        tab.write([(2, 6, ["Diterima"])])


def test_a_lock_that_lets_loket_in_or_only_warns_is_none(counter: Counter) -> None:
    """An office may lock its sheet, as long as Loket is among those who may edit."""
    lock(counter, account_of(counter.google.credentials))
    counter.changes(
        {
            "addProtectedRange": {
                "protectedRange": {"range": {"sheetId": counter.sheet_id}, "warningOnly": True}
            }
        }
    )
    assert facts_of(counter).locks[counter.tab] == ()
    assert tab_of(counter).carry_out()
