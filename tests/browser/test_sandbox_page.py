"""The sandbox's page as a spreadsheet and a Drive for people: what they do there is read back through Google's APIs.

The office's own columns and the citizen's way through the page are in test_demo_page.py.
"""

from typing import Any

import pytest

from tests.browser.test_demo_page import PATIENCE_MS, Counter, Visit, counter, expect, visit

__all__ = ["counter", "visit"]

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(120)]

STAFF = [["Nama", "Bagian"], ["Ratna", "Loket 1"], ["Budi", "Arsip"]]
HOSTILE = ["<script>document.title='x'</script>", '=HYPERLINK("http://192.0.2.1","klik")']


class Book:
    """A spreadsheet of Bu Ratna's that no form writes into."""

    def __init__(self, counter: Counter, title: str, values: list[list[Any]]) -> None:
        self.counter, self.token = counter, token(counter)
        made = counter.call(
            "POST", "/v4/spreadsheets", {"properties": {"title": title}}, token=self.token
        )
        self.path = f"/v4/spreadsheets/{made['spreadsheetId']}"
        self.put("A1", values)

    def put(self, cell: str, values: list[list[Any]]) -> None:
        path = f"{self.path}/values/{cell}?valueInputOption=RAW"
        self.counter.call("PUT", path, {"values": values}, token=self.token)

    def batch(self, *requests: dict[str, Any]) -> None:
        body = {"requests": list(requests)}
        self.counter.call("POST", self.path + ":batchUpdate", body, token=self.token)

    def values(self, tab: str = "Sheet1", render: str = "UNFORMATTED_VALUE") -> list[list[Any]]:
        path = f"{self.path}/values/{tab}?valueRenderOption={render}"
        return list(self.counter.call("GET", path, token=self.token).get("values", []))


def token(counter: Counter) -> str:
    return str(counter.call("GET", "/_sandbox/token?account=officer")["access_token"])


def choices(column: int, *words: str) -> dict[str, Any]:
    values = [{"userEnteredValue": word} for word in words]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "showCustomUi": True}
    there = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 50}
    there |= {"startColumnIndex": column, "endColumnIndex": column + 1}
    return {"setDataValidation": {"range": there, "rule": rule}}


@pytest.fixture
def staff(counter: Counter, visit: Visit) -> Book:
    """Bu Ratna's list of colleagues, opened on the page."""
    book = Book(counter, "Daftar pegawai", STAFF)
    visit.page.get_by_role("tab", name="Daftar pegawai").click(timeout=20_000)
    expect(cell(visit.page, 2, 0)).to_have_text("Ratna", timeout=PATIENCE_MS)
    return book


def cell(page: Any, row: int, column: int) -> Any:
    """The cell in the row of this number of the sheet."""
    line = page.locator("#desk-grid tbody tr").filter(has=page.locator(f"th:text-is('{row}')"))
    return line.locator("td").nth(column)


def write(page: Any, row: int, column: int, text: str) -> None:
    cell(page, row, column).dblclick()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#desk-saved")).to_have_text("Tersimpan di lembar.", timeout=PATIENCE_MS)


def test_a_cell_typed_on_the_page_is_in_the_sheet(visit: Visit, staff: Book) -> None:
    """In a row that is there and in one that is not yet; a number is a number, a formula counts."""
    write(visit.page, 3, 1, "Loket 2")
    write(visit.page, 4, 2, "12")
    write(visit.page, 5, 2, "=C4*2")

    assert staff.values() == [
        STAFF[0], STAFF[1], ["Budi", "Loket 2"], ["", "", 12], ["", "", 24],
    ]  # fmt: skip
    expect(cell(visit.page, 5, 2)).to_have_text("24", timeout=PATIENCE_MS)


def test_a_dropdown_has_the_choices_of_the_sheets_own_rule(
    counter: Counter, visit: Visit, staff: Book
) -> None:
    """Data validation that anyone set through the API, as Google Sheets draws it."""
    staff.batch(choices(1, "Arsip", "Loket 1", "Gudang"))
    page = visit.page
    page.reload()
    page.get_by_role("tab", name="Daftar pegawai").click(timeout=20_000)
    select = cell(page, 3, 1).locator("select")
    expect(select).to_have_value("Arsip", timeout=PATIENCE_MS)
    assert select.locator("option").all_inner_texts() == ["—", "Arsip", "Loket 1", "Gudang"]
    select.select_option("Gudang")

    expect(page.locator("#desk-saved")).to_have_text("Tersimpan di lembar.", timeout=PATIENCE_MS)
    assert staff.values()[2] == ["Budi", "Gudang"]


def test_a_click_on_a_column_sorts_below_the_first_row(visit: Visit, staff: Book) -> None:
    """Up, and down at the second click; the titles stay above."""
    page = visit.page
    for order in (["Budi", "Ratna"], ["Ratna", "Budi"]):
        page.get_by_title("Urutkan menurut kolom A").click()
        expect(cell(page, 2, 0)).to_have_text(order[0], timeout=PATIENCE_MS)
        assert [row[0] for row in staff.values()] == ["Nama", *order]


def test_a_filter_hides_rows_from_this_page_alone(visit: Visit, staff: Book) -> None:
    """An edit under a filter still lands in its own row, and the sheet loses nothing."""
    page = visit.page
    page.get_by_label("Saring baris").fill("budi")
    expect(cell(page, 3, 0)).to_be_visible()
    expect(cell(page, 2, 0)).to_be_hidden()
    write(page, 3, 1, "Arsip lama")

    assert staff.values() == [*STAFF[:2], ["Budi", "Arsip lama"]]
    page.get_by_label("Saring baris").fill("")
    expect(cell(page, 2, 0)).to_be_visible()


def test_a_row_is_inserted_and_deleted(visit: Visit, staff: Book) -> None:
    """Below the cell that was chosen; deleting asks once more before it does it."""
    page = visit.page
    cell(page, 2, 0).click()
    page.get_by_role("button", name="+ Baris").click()
    expect(cell(page, 4, 0)).to_have_text("Budi", timeout=PATIENCE_MS)
    assert staff.values() == [*STAFF[:2], [], STAFF[2]]

    cell(page, 2, 0).click()
    page.get_by_role("button", name="Hapus baris").click()
    page.get_by_role("button", name="Yakin hapus baris 2?").click()
    expect(page.locator("#desk-saved")).to_have_text("Baris 2 dihapus.", timeout=PATIENCE_MS)
    assert staff.values() == [STAFF[0], [], STAFF[2]]


def test_a_row_that_moved_is_not_taken_for_another(visit: Visit, staff: Book) -> None:
    """Bu Ratna means Budi's row; a colleague inserts one above it before she presses the second time."""
    page = visit.page
    cell(page, 3, 0).click()
    page.get_by_role("button", name="Hapus baris").click()
    there = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    staff.batch({"insertDimension": {"range": there}})
    page.get_by_role("button", name="Yakin hapus baris 3?").click()

    expect(page.locator("#desk-saved")).to_have_text("Baris 4 dihapus.", timeout=PATIENCE_MS)
    assert [row[0] for row in staff.values() if row] == ["Nama", "Ratna"]


def test_every_sheet_of_a_spreadsheet_can_be_opened(visit: Visit, staff: Book) -> None:
    """The choice of sheets appears as soon as there are two; what is written lands in the one shown."""
    staff.batch({"addSheet": {"properties": {"title": "Catatan"}}})
    page = visit.page
    page.get_by_label("Lembar di berkas ini").select_option("Catatan", timeout=40_000)
    expect(cell(page, 1, 0)).to_have_text("", timeout=PATIENCE_MS)
    write(page, 1, 0, "Rapat")

    assert staff.values("Catatan") == [["Rapat"]]
    assert staff.values() == STAFF


def test_hostile_text_in_a_cell_stays_text(visit: Visit, staff: Book) -> None:
    """Neither a script nor a link of Doni's, also after Bu Ratna has mended a letter in it."""
    staff.put("A2", [[HOSTILE[0]], [HOSTILE[1]]])
    page = visit.page
    expect(cell(page, 2, 0)).to_have_text(HOSTILE[0], timeout=PATIENCE_MS)
    expect(cell(page, 3, 0)).to_have_text(HOSTILE[1], timeout=PATIENCE_MS)
    assert page.locator("#desk-grid td a, #desk-grid td script").count() == 0
    write(page, 3, 0, HOSTILE[1] + "!")

    assert staff.values(render="FORMULA")[2][0] == HOSTILE[1] + "!"
    assert page.title() != "x"


def test_hostile_answers_come_through_the_form_as_text(counter: Counter, visit: Visit) -> None:
    """What a citizen types is in the sheet letter by letter, and runs nowhere."""
    page = visit.page
    page.get_by_label("Nama Lengkap").fill(HOSTILE[1])
    page.get_by_label("Keperluan surat").fill(HOSTILE[0])
    page.get_by_role("button", name="Kirim").click()

    expect(page.get_by_text("Jawaban terkirim")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#desk-grid")).to_contain_text(HOSTILE[1], timeout=PATIENCE_MS)
    assert counter.column("Nama Lengkap") == [HOSTILE[1]]
    assert counter.column("Keperluan surat") == [HOSTILE[0]]


def test_a_file_in_drive_is_found_in_its_folder(counter: Counter, visit: Visit) -> None:
    """Folders are walked on the page, a file opens in one of its own; names are text."""
    officer = token(counter)
    folder = counter.call(
        "POST",
        "/drive/v3/files",
        {"name": "Arsip <b>2026</b>", "mimeType": "application/vnd.google-apps.folder"},
        token=officer,
    )
    file = counter.call(
        "POST",
        "/drive/v3/files",
        {"name": "SKD Citra.txt", "parents": [folder["id"]]},
        token=officer,
    )
    page = visit.page
    page.get_by_role("button", name="Lihat Drive").click()
    page.get_by_role("button", name="Arsip <b>2026</b>").click()

    link = page.locator("#drive-list").get_by_role("link", name="SKD Citra.txt")
    expect(link).to_have_attribute(
        "href", f"{counter.url}/drive/file/{file['id']}/view", timeout=PATIENCE_MS
    )
    page.get_by_role("button", name="Drive saya").click()
    page.get_by_label("Cari nama berkas").fill("SKD")
    expect(link).to_be_visible(timeout=PATIENCE_MS)


def test_every_link_in_drive_leads_to_a_page(counter: Counter, visit: Visit) -> None:
    """A form and its sheet open here, each alone."""
    page = visit.page
    page.get_by_role("button", name="Lihat Drive").click()
    links = page.locator("#drive-list a")
    expect(links).to_have_count(2, timeout=PATIENCE_MS)
    for link in links.all():
        assert page.request.get(link.get_attribute("href")).ok


def test_on_a_phone_every_tool_fits(counter: Counter, visit: Visit) -> None:
    """390 pixels wide: nothing of the desk's tools or of Drive sticks out at the side."""
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Meja").click()
    for name in ("+ Baris", "Hapus baris"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["x"] + box["width"] <= 390
    page.get_by_role("tab", name="Drive").click()
    expect(page.locator("#drive-list li").first).to_be_visible(timeout=PATIENCE_MS)
