"""The dashboard of the real program: `serve` beside the worker and the officers' sheet, from the first figure to the very row."""

import html
import re

import pytest

from tests.acceptance.conftest import Office
from tests.acceptance.test_counter import CITRA, DONI
from tests.acceptance.test_dashboard_sign_in import HEAD, SETTINGS, Browser, links, served
from tests.acceptance.test_reminder import row_of

PROVINCE = "provinsi@contoh.go.id"


def comes_in(office: Office, browser: Browser, address: str) -> Browser:
    browser.asks_for_a_link(address)
    browser.comes_in(links(office)[address])
    return browser


def reads(browser: Browser, path: str) -> str:
    answer = browser.asks(path)
    assert answer.status_code == 200, path
    return answer.text


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def row_links(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="(https://docs[^"]+)"', text)]


def test_figures_follow_the_counter_and_lead_to_the_row(office: Office) -> None:
    """Two apply, one is decided; the other's line opens its row, and does so again after the officer sorted the sheet."""
    office.applies(*CITRA)
    office.applies(*DONI)
    with served(office) as browser:
        comes_in(office, browser, HEAD)
        page = plain(reads(browser, "/petugas"))
        assert "Diterima 2 Selesai 0 Ditolak 0" in page
        assert "Di kantor 2 Lewat janji 0 Di pemohon 0" in page
        assert "Loket terakhir bekerja" in page
        assert "Ada masalah" not in page

        office.types(CITRA[0], "Keputusan", "Setujui")
        office.run_once()
        office.run_once()
        page = plain(reads(browser, "/petugas"))
        assert "Diterima 2 Selesai 1 Ditolak 0" in page
        assert "Di kantor 1" in page
        assert re.search(r"Surat Keterangan Domisili 1 kurang dari semenit|1 \d+ menit", page)

        (link,) = row_links(reads(browser, "/petugas/daftar?keadaan=menunggu-petugas"))
        assert DONI[1] in row_of(office, link)
        column = office.tab.row_values(1).index("NIK") + 1
        office.tab.sort((column, "des"))
        office.run_once()
        (again,) = row_links(reads(browser, "/petugas/daftar?keadaan=menunggu-petugas"))
        assert DONI[1] in row_of(office, again)
        text = reads(browser, "/petugas/daftar?keadaan=masuk")
        for secret in (CITRA[0], CITRA[1], DONI[0], DONI[1]):
            assert secret not in text
        assert "image/svg" in browser.asks("/petugas/grafik/harian.svg").headers["Content-Type"]


@pytest.mark.parametrize("person", [HEAD, PROVINCE])
def test_the_province_is_read_from_its_regencies_sheets(office: Office, person: str) -> None:
    """By the web process itself, with the office's account; what can't be read is told."""
    sheet = office.form["spreadsheetId"]
    settings = SETTINGS + (
        f"    - {{address: {PROVINCE}, role: province}}\n"
        f"province: {{name: Contoh, regencies: [{{name: Kota Uji, sheet: {sheet}}}]}}\n"
    )
    with served(office, settings) as browser:
        comes_in(office, browser, person)
        page = plain(reads(browser, "/petugas/provinsi"))
    assert "Laporan harian Contoh" in page
    assert 'Kota Uji: tab "Laporan Harian" tidak ada di Google Sheet-nya' in page
    assert "Melapor: 0 dari 1. Belum melapor: Kota Uji (belum pernah)." in page
