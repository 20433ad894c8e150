"""A sheet is made ready on a real Sheets API (the sandbox's): what is told is what is done, once, and nothing else."""

from collections.abc import Sequence
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from sync.core.cells import digits_of
from sync.core.outcomes import Never
from sync.core.settings import Columns
from sync.google.sheet_setup import BoardSetup, TabSetup
from sync.google.tab import Tab
from sync.google.transport import Transport
from tests.contract.google.conftest import DECISIONS, QUESTIONS, Counter

OWN = list(Columns().headers.values())
READS = {
    "oauth.token",
    "drive.files.get",
    "drive.permissions.list",
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.values.get",
}
FILE = "https://www.googleapis.com/drive/v3/files/"
LOOKS = (
    "sheets(basicFilter,protectedRanges,conditionalFormats,properties,"
    "data(columnMetadata(pixelSize,hiddenByUser),"
    "rowData.values(userEnteredValue,dataValidation,effectiveFormat(wrapStrategy,backgroundColor))))"
)


def tab_of(counter: Counter, *, digits: Sequence[str] = (), **columns: str) -> TabSetup:
    return TabSetup(
        Tab(counter.transport, counter.spreadsheet_id, counter.tab),
        questions=QUESTIONS,
        columns=Columns(**columns),
        decisions=DECISIONS,
        where=f'baris 1 tab "{counter.tab}"',
        digits=digits,
    )


def board_of(counter: Counter) -> BoardSetup:
    return BoardSetup(counter.transport, counter.spreadsheet_id)


def looks(counter: Counter) -> dict[str, Any]:
    """The whole tab as the officer sees it."""
    about = counter.ratna.fetch_sheet_metadata(
        counter.spreadsheet_id,
        params={"fields": LOOKS, "ranges": f"'{counter.tab}'", "includeGridData": "true"},
    )
    [sheet] = about["sheets"]
    return dict(sheet)


def cell(counter: Counter, header: str, row: int) -> dict[str, Any]:
    found = looks(counter)["data"][0]["rowData"][row - 1]["values"]
    return dict(found[counter.headers().index(header)])


def called(counter: Counter) -> set[str]:
    """The methods that were called since the last `forgotten`."""
    return set(counter.google.control("GET", "/requests")["methods"])


def forgotten(counter: Counter) -> None:
    counter.google.control("POST", "/reset", {"only": ["requests"]})


def permits(counter: Counter, **permission: str) -> str:
    """Bu Ratna shares the sheet; the permission's id."""
    officer = counter.google.transport(counter.google.officer)
    made = officer.request(
        "POST",
        f"{FILE}{counter.spreadsheet_id}/permissions",
        params={"sendNotificationEmail": "false", "fields": "id"},
        json=permission,
    ).json()
    officer.close()
    return str(made["id"])


def lock(counter: Counter, *editors: str, **span: int) -> None:
    """Bu Ratna protects cells; she and the editors may change them."""
    cells = {"range": {"sheetId": counter.sheet_id, **span}, "editors": {"users": list(editors)}}
    counter.changes({"addProtectedRange": {"protectedRange": cells}})


# --- what is told, and what is done


def test_the_plan_is_what_is_done_and_a_second_time_there_is_none(counter: Counter) -> None:
    """Looking writes nothing; neither does a second setup, by its steps nor at Google."""
    counter.applies("Citra Lestari")
    for setup in (tab_of(counter), board_of(counter)):
        forgotten(counter)
        planned = [step.tells for step in setup.plan()]
        assert called(counter) <= READS
        assert planned
        assert setup.carry_out() == planned
        forgotten(counter)
        assert setup.carry_out() == []
        assert called(counter) <= READS


def test_every_change_is_told_in_a_line(counter: Counter) -> None:
    """An officer reads before what will be there after."""
    told = tab_of(counter).carry_out()
    assert [line for line in told if line.startswith("kolom ")] == [
        f'kolom {letter} dibuat: "{header}", diisi {"Loket" if header in OWN[:5] else "petugas"}'
        for letter, header in zip("FGHIJKLM", OWN, strict=True)
    ]
    assert counter.headers()[5:] == OWN
    rest = " · ".join(line for line in told if not line.startswith("kolom "))
    for word in ("Menunggu petugas kuning", "peringatan", *DECISIONS):
        assert word in rest


def test_answers_are_as_they_were(counter: Counter) -> None:
    """Also where answers stood before Loket came."""
    for name in ("Citra Lestari", "Doni Saputra"):
        counter.applies(name)
    before = counter.values()
    tab_of(counter).carry_out()
    board_of(counter).carry_out()
    assert [row[:5] for row in counter.values()] == before


def test_columns_have_room_and_long_notes_wrap(counter: Counter) -> None:
    """Also in the rows that the form adds later."""
    tab_of(counter).carry_out()
    counter.applies("Citra Lestari")
    widths = dict(zip(counter.headers(), looks(counter)["data"][0]["columnMetadata"], strict=False))
    assert widths["Keterangan"]["pixelSize"] == 320
    assert widths["Status"]["pixelSize"] == 140
    wraps = {header: cell(counter, header, 2)["effectiveFormat"] for header in OWN}
    assert wraps["Keterangan"]["wrapStrategy"] == "WRAP"
    assert wraps["Catatan Petugas"]["wrapStrategy"] == "WRAP"
    assert wraps["Dokumen"]["wrapStrategy"] == "CLIP"
    assert "dataValidation" in cell(counter, "Keputusan", 2)


def test_a_status_shows_its_colour(counter: Counter) -> None:
    """Seen from afar: what waits, what is done, what went wrong."""
    tab_of(counter).carry_out()
    counter.applies("Citra Lestari")
    at = chr(ord("A") + counter.headers().index("Status"))
    colours = {}
    for status in ("Diterima", "Menunggu petugas", "Selesai", "Gagal kirim"):
        counter.types(f"{at}2", status)
        colours[status] = str(cell(counter, "Status", 2)["effectiveFormat"]["backgroundColor"])
    assert len(set(colours.values())) == 4


def test_an_officer_who_is_no_owner_sorts_the_whole_sheet(counter: Counter) -> None:
    """Why the protection only warns: Sheets refuses an editor a sort over a single locked column."""
    tab_of(counter).carry_out()
    for name in ("Citra Lestari", "Agus Salim"):
        counter.applies(name)
    clerk = "pak.doni@dukcapil.example.com"
    permits(counter, type="user", role="writer", emailAddress=clerk)
    token = counter.google.control("GET", f"/token?account={clerk}")["access_token"]
    session = Transport(Credentials(token=token), endpoint=counter.google.url)  # type: ignore[no-untyped-call]
    sheet = Tab(session, counter.spreadsheet_id, counter.tab)
    by_name = counter.sort_by(counter.headers().index("Nama Lengkap"))

    sheet.change([by_name])

    assert counter.column("Nama Lengkap") == ["Agus Salim", "Citra Lestari"]
    lock(counter, startColumnIndex=6, endColumnIndex=7)
    with pytest.raises(Never):
        sheet.change([by_name])
    session.close()


# --- what officers changed


def test_what_officers_changed_stays_changed(counter: Counter) -> None:
    """Colours, warnings, widths, wrap, filter, own and hidden columns, and the order are theirs."""
    tab_of(counter).carry_out()
    counter.applies("Citra Lestari")
    at, last = counter.headers().index("Status"), len(counter.headers())
    span = counter.span("COLUMNS", at, at + 1)
    warnings = looks(counter)["protectedRanges"]
    counter.changes(
        *({"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}} for _ in range(4)),
        *(
            {"deleteProtectedRange": {"protectedRangeId": one["protectedRangeId"]}}
            for one in warnings
        ),
        {
            "updateDimensionProperties": {
                "range": span,
                "properties": {"pixelSize": 77, "hiddenByUser": True},
                "fields": "pixelSize,hiddenByUser",
            }
        },
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0, "endColumnIndex": last}}}},
        {"moveDimension": {"source": span, "destinationIndex": 1}},
    )
    counter.types(f"{chr(ord('A') + last)}1", "Kolom Bu Ratna")
    before = looks(counter)

    assert tab_of(counter).carry_out() == []
    assert looks(counter) == before


def test_what_loket_needs_comes_back(counter: Counter) -> None:
    """A deleted column with its looks, the dropdown, the frozen header; and only these."""
    tab_of(counter).carry_out()
    at, status = (counter.headers().index(header) for header in ("Keputusan", "Status"))
    counter.changes(
        {
            "setDataValidation": {
                "range": {
                    "sheetId": 0,
                    "startRowIndex": 1,
                    "startColumnIndex": at,
                    "endColumnIndex": at + 1,
                }
            }
        },
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 0}},
                "fields": "gridProperties.frozenRowCount",
            }
        },
        {"deleteDimension": {"range": counter.span("COLUMNS", status, status + 1)}},
    )
    told = tab_of(counter).carry_out()
    assert [line.split(":")[0] for line in told] == [
        "kolom M dibuat",
        "peringatan bagi yang mengetik di kolom Loket",
        'warna di kolom "Status"',
        "baris judul dibekukan, agar tidak ikut diurutkan",
        'daftar pilihan di kolom "Keputusan"',
    ]
    assert counter.headers()[-1] == "Status"
    assert len(looks(counter)["conditionalFormats"]) == 4
    assert tab_of(counter).carry_out() == []


def test_a_list_of_the_office_s_own_is_kept(counter: Counter) -> None:
    """An office that leaves out Batalkan on purpose."""
    tab_of(counter).carry_out()
    at = counter.headers().index("Keputusan")
    values = [{"userEnteredValue": word} for word in ("Setujui", "Tolak")]
    counter.changes(
        {
            "setDataValidation": {
                "range": {
                    "sheetId": 0,
                    "startRowIndex": 1,
                    "startColumnIndex": at,
                    "endColumnIndex": at + 1,
                },
                "rule": {"condition": {"type": "ONE_OF_LIST", "values": values}},
            }
        }
    )
    assert tab_of(counter).plan() == []


def test_a_lost_answer_is_told_once(counter: Counter) -> None:
    """The change was made; the next look finds nothing left, and what was done is still told."""
    planned = [step.tells for step in tab_of(counter).plan()]
    counter.google.faults(
        {"api": "sheets.spreadsheets.batchUpdate", "do": "drop-after", "times": 1}
    )
    assert tab_of(counter).carry_out() == planned
    assert [header for header in counter.headers() if header in OWN] == OWN


# --- digits that officers type

ENDS_IN_ZERO = "6472010101900010"


def test_a_nik_that_an_officer_corrects_stays_the_digits_that_were_typed(counter: Counter) -> None:
    """One that ends in 0 would come back as a number that may have lost a digit. In a row that was there before, in one that
    the form adds later; told in a line, and done once."""
    counter.applies("Citra Lestari")
    before = counter.values()
    told = tab_of(counter, digits=("nik",)).carry_out()
    assert [line for line in told if '"NIK"' in line and "teks" in line]
    assert [row[:5] for row in counter.values()] == before
    counter.applies("Doni Saputra")
    at = chr(ord("A") + counter.headers().index("NIK"))
    for row in (2, 3):
        counter.types(f"{at}{row}", ENDS_IN_ZERO)
    assert [digits_of(cell, 16) for cell in counter.column("NIK")] == [ENDS_IN_ZERO] * 2
    assert tab_of(counter, digits=("nik",)).plan() == []


def test_a_sheet_that_is_long_in_use_gets_it_too(counter: Counter) -> None:
    """At the next start; a number that stands there already is left as it is."""
    tab_of(counter).carry_out()
    counter.applies("Citra Lestari")
    at = chr(ord("A") + counter.headers().index("NIK"))
    counter.types(f"{at}2", ENDS_IN_ZERO)
    [before] = counter.column("NIK")
    [told] = tab_of(counter, digits=("NIK",)).carry_out()
    assert '"NIK"' in told
    assert counter.column("NIK") == [before]
    assert tab_of(counter, digits=("NIK",)).plan() == []


def test_answers_that_the_office_locked_stop_nothing(counter: Counter) -> None:
    """Loket need not write there: its own columns are made all the same, and the lock is not run against at every start."""
    lock(counter, endColumnIndex=counter.headers().index("NIK") + 1)
    told = tab_of(counter, digits=("NIK",)).carry_out()
    assert not [line for line in told if "teks" in line]
    assert [header for header in counter.headers() if header in OWN] == OWN
    assert tab_of(counter, digits=("NIK",)).plan() == []


# --- the tab "Loket"


def titles(counter: Counter) -> list[str]:
    about = counter.ratna.fetch_sheet_metadata(counter.spreadsheet_id)
    return [sheet["properties"]["title"] for sheet in about["sheets"]]


def test_the_tab_is_made_last_and_empty(counter: Counter) -> None:
    """The worker writes it; programs of the office take the first tab."""
    board_of(counter).carry_out()
    assert titles(counter) == [counter.tab, "Loket"]
    assert not counter.ratna.values_get(counter.spreadsheet_id, "Loket").get("values")


def test_a_tab_of_the_office_named_loket_is_not_taken(counter: Counter) -> None:
    """Ours is known by its id, not by its title."""
    counter.changes({"addSheet": {"properties": {"title": "Loket"}}})
    board_of(counter).carry_out()
    assert titles(counter) == [counter.tab, "Loket", "Loket 2"]


def test_a_tab_that_a_worker_made_in_this_moment_is_enough(counter: Counter) -> None:
    """Setup and the first cycle at once."""
    steps = board_of(counter).plan()
    counter.at_the_next("sheets.spreadsheets.batchUpdate", dict(steps[0].requests[0]))
    assert board_of(counter).carry_out() == []
    assert titles(counter) == [counter.tab, "Loket"]
