"""The dashboard's pages: who sees what, that every figure leads to its list, and every line to its row."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.alarms import Alarm
from sync.core.states import State
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.web.dashboard.app import A_PAGE
from sync.web.guard.threshold import POLICY
from tests.fakes.dashboard_door import HEAD, OFFICER, PROVINCE
from tests.fakes.dashboard_site import SHEET, Dashboard, busy

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGES = ("/petugas", "/petugas/daftar", "/petugas/provinsi", "/petugas/grafik/umur.svg")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Dashboard]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield Dashboard(ledger, tmp_path)
    ledger.close()


@pytest.fixture(scope="module")
def busy_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Not changed by its tests."""
    folder = tmp_path_factory.mktemp("office")
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    office = Dashboard(ledger, folder)
    busy(office)
    yield office
    ledger.close()


def plain(text: str) -> str:
    """What a person reads of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def figures(text: str) -> list[tuple[str, int]]:
    """(the list's path, what the figure says) of every figure that is a link."""
    found = re.findall(r'<a href="(/petugas/daftar\?[^"]+)"[^>]*>([\d.]+)</a>', text)
    return [(html.unescape(path), int(number.replace(".", ""))) for path, number in found]


def listed(text: str) -> int:
    found = re.search(r"([\d.]+) permohonan", plain(text))
    assert found
    return int(found[1].replace(".", ""))


# --- who sees what


def test_nobody_sees_a_page_without_having_come_in(office: Dashboard) -> None:
    office.came()
    stranger = office.visitor()
    stranger.jar.clear()
    for path in PAGES:
        answer = stranger.reads(path)
        assert (answer.status, answer.headers.get("location")) == (303, "/petugas/masuk"), path
        assert "SKD" not in answer.text
    assert office.trail() == []


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (OFFICER, (200, 200, 403, 200)),
        (HEAD, (200, 200, 200, 200)),
        (PROVINCE, (303, 403, 200, 403)),
    ],
    ids=["officer", "head", "province"],
)
def test_each_role_sees_its_pages(office: Dashboard, person: object, seen: tuple[int, ...]) -> None:
    visitor = office.visitor(person)  # type: ignore[arg-type]
    assert tuple(visitor.reads(path).status for path in PAGES) == seen


def test_the_province_is_led_to_its_table_and_sees_no_applicant(office: Dashboard) -> None:
    reference = office.came()
    visitor = office.visitor(PROVINCE)
    assert visitor.reads("/petugas").headers["location"] == "/petugas/provinsi"
    page = visitor.reads("/petugas/provinsi").text
    assert reference not in page
    assert "/petugas/daftar" not in page


def test_only_the_head_sees_how_long_things_take_and_the_quota(office: Dashboard) -> None:
    office.came(State.DELIVERED, ago=DAY, took=5 * HOUR)
    head, officer = (plain(office.visitor(who).reads("/petugas").text) for who in (HEAD, OFFICER))
    assert "Surat Keterangan Domisili 1 5 jam 5 jam" in head
    assert "Email 1 450 0 %" in head
    for text in ("Lama penyelesaian", "Kuota pesan", "Jejak"):
        assert text in head
        assert text not in officer


def test_the_trail_says_which_page_and_which_list_but_not_of_whom(office: Dashboard) -> None:
    reference = office.came(name="Citra Lestari")
    visitor = office.visitor(OFFICER)
    visitor.reads("/petugas")
    visitor.reads("/petugas/daftar?keadaan=menunggu-petugas&umur=0-1&layanan=domisili")
    visitor.reads("/petugas/grafik/umur.svg")
    assert office.trail() == [
        (OFFICER.address, "ringkasan", ""),
        (OFFICER.address, "permohonan", "Menunggu petugas · 0–1 hari · domisili"),
    ]
    assert reference not in str(office.trail())


def test_what_somebody_typed_into_an_address_comes_into_no_trail(office: Dashboard) -> None:
    """A name, say: neither a service nor a day of ours."""
    visitor = office.visitor()
    for query in ("layanan=Citra+Lestari", "keadaan=Citra", "dari=Citra&keadaan=selesai"):
        answer = visitor.reads(f"/petugas/daftar?{query}")
        assert answer.status == 404
        assert "Citra" not in answer.text
    assert office.trail() == []


# --- the figures, and the lists behind them


def test_every_figure_is_a_link_to_a_list_of_as_many(busy_office: Dashboard) -> None:
    """But for messages: an applicant may get several."""
    visitor = busy_office.visitor()
    found = figures(visitor.reads("/petugas").text)
    assert len(found) > 30
    for path, count in found:
        page = visitor.reads(path)
        assert page.status == 200, path
        assert listed(page.text) == count, path


def test_the_figures_are_those_of_the_office(office: Dashboard) -> None:
    """Counted by hand: what came and ended today, what waits, what is late; three days are promised."""
    office.came(State.DELIVERED, ago=2 * HOUR, took=HOUR)
    office.came(State.REJECTED, ago=3 * DAY, took=3 * DAY)
    office.came(State.DELIVERED, ago=3 * DAY, took=DAY)
    office.came(State.IN_REVIEW)
    office.came(State.IN_REVIEW, ago=3 * DAY)
    office.came(State.FAILED, ago=4 * DAY)
    office.came(State.NEEDS_FIXING, ago=9 * DAY)
    office.came(State.IN_REVIEW, ago=20 * DAY, service="belum-kawin")  # nothing is promised
    page = plain(office.visitor().reads("/petugas").text)
    assert "Hari ini Diterima 2 Selesai 1 Ditolak 1 Yang menunggu" in page
    assert "Di kantor 4 Lewat janji 1 Di pemohon 1" in page
    assert "Menunggu petugas 1 1 0 1 3 Gagal kirim 0 0 1 0 1 Jumlah 1 1 1 1 4" in page
    assert "Surat Keterangan Domisili 3 1 3 hari" in page
    assert "Surat Keterangan Belum Kawin 1 – –" in page


def test_who_waits_longest_stands_first_with_the_way_to_the_very_row(office: Dashboard) -> None:
    """The name is masked, and no NIK stands on the page."""
    office.noted_tab("domisili", 1_983_212)
    office.came(ago=DAY, row=40, name="Doni Pratama")
    oldest = office.came(ago=9 * DAY, row=12, name="<i>Citra</i> Lestari")
    page = office.visitor().reads("/petugas").text
    first = re.findall(r"<li[^>]*>(.*?)</li>", page.partition('<ul class="lines">')[2], re.S)[0]
    assert f"{oldest} &lt;*** L*** 9 hari lewat 6 hari" in html.escape(plain(first), quote=False)
    link = f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=1983212&amp;range=A12"
    assert link in first
    assert "Baris 12" in first
    assert not re.search(r"\d{16}|Citra|Doni|Pratama|<i>", page)


def test_without_the_tabs_id_the_link_opens_the_sheet_and_no_wrong_row(office: Dashboard) -> None:
    office.came(row=12)
    page = office.visitor().reads("/petugas/daftar").text
    assert f'href="https://docs.google.com/spreadsheets/d/{SHEET}/edit"' in page


def test_a_service_whose_file_is_gone_is_still_seen(office: Dashboard) -> None:
    """Its applications wait, whoever took the file away."""
    office.came(service="lama")
    visitor = office.visitor()
    assert "lama 1 – –" in plain(visitor.reads("/petugas").text)
    page = visitor.reads("/petugas/daftar?layanan=lama")
    assert listed(page.text) == 1
    assert "docs.google.com" not in page.text


def test_an_erased_applicant_is_told_as_such(office: Dashboard) -> None:
    office.came(name="")
    assert "(data sudah dihapus)" in office.visitor().reads("/petugas/daftar").text


def test_a_long_list_has_pages(office: Dashboard) -> None:
    """Each application stands on one of them, and the pages lead to one another."""
    references = {office.came(ago=back * HOUR) for back in range(A_PAGE + 3)}
    visitor = office.visitor()
    first = visitor.reads("/petugas/daftar?keadaan=menunggu").text
    (onward,) = re.findall(r'href="(/petugas/daftar\?[^"]*halaman=2)"', first)
    second = visitor.reads(html.unescape(onward)).text
    seen = [re.findall(r"<b>(SKD-[^<]+)</b>", page) for page in (first, second)]
    assert [len(page) for page in seen] == [A_PAGE, 3]
    assert {one for page in seen for one in page} == references
    assert "di halaman ini 51–53" in plain(second)
    assert "halaman=" not in second.partition('<nav class="pages"')[2]
    assert "Tidak ada permohonan" in visitor.reads("/petugas/daftar?halaman=9").text


def test_yesterdays_figures_stay_when_they_are_no_longer_counted(office: Dashboard) -> None:
    """A day that is over is remembered; today is counted at every look."""
    office.came(State.DELIVERED, ago=DAY, took=HOUR)
    visitor = office.visitor()
    before = figures(visitor.reads("/petugas").text)
    office.came(State.DELIVERED, ago=HOUR, took=HOUR)
    after = figures(visitor.reads("/petugas").text)
    yesterday = "keadaan=selesai&dari=2026-11-23&sampai=2026-11-23"
    today = "keadaan=selesai&dari=2026-11-24&sampai=2026-11-24"
    for found, of_today in ((before, 0), (after, 1)):
        counts = {path.partition("?")[2]: count for path, count in found}
        assert counts[yesterday] == 1
        assert counts.get(today, 0) == of_today
    office.now += DAY
    later = figures(office.visitor().reads("/petugas").text)
    assert ("/petugas/daftar?" + today, 1) in later


# --- what is the matter


def test_a_quiet_office_tells_no_problem(office: Dashboard) -> None:
    for service in ("domisili", "pindah", "belum-kawin"):
        office.worked(service)
    page = plain(office.visitor().reads("/petugas").text)
    assert "Ada masalah" not in page
    assert "Loket terakhir bekerja pukul 16.38 WITA" in page


def test_problems_stand_first_with_their_remedy_and_masked(office: Dashboard) -> None:
    office.worked("domisili", trouble="Kolom NIK 6402014101900001 tidak ada.")
    office.unread = ("workflows/rusak.yaml, baris 3: tidak terbaca",)
    with office.ledger.begin() as tx:
        reason = "Terpakai 440 dari 450 dalam 24 jam terakhir."
        tx.alarms.keep(Alarm("quota email", reason, office.now - DAY))
    page = office.visitor(OFFICER).reads("/petugas").text
    told = plain(page)
    assert told.index("Ada masalah") < told.index("Hari ini")
    assert "Kolom NIK 6402********0001 tidak ada." in told
    assert "Kuota email hampir habis. Terpakai 440 dari 450" in told
    assert "Sejak 23 November 2026 pukul 16.40 WITA." in told
    assert "workflows/rusak.yaml" in told
    assert "Yang perlu dilakukan: Yang tersisa dikirim sendiri" in told


def test_a_problem_of_several_services_is_told_once(office: Dashboard) -> None:
    """As where a spreadsheet that they share can't be reached."""
    for service in ("domisili", "pindah"):
        office.worked(service, trouble="Google Sheet tidak terjangkau.")
    page = office.visitor().reads("/petugas").text
    assert page.count("Google Sheet tidak terjangkau.") == 1


def test_a_worker_that_was_not_seen_for_an_hour_is_told(office: Dashboard) -> None:
    for service in ("domisili", "pindah", "belum-kawin"):
        office.worked(service)
    office.now += HOUR - 2 * timedelta(minutes=1)
    session = office.visitor()
    assert "tidak berjalan" not in session.reads("/petugas").text
    office.now += timedelta(minutes=1)
    assert "Loket tidak berjalan: terakhir terlihat" in plain(session.reads("/petugas").text)


def test_rows_that_were_deleted_are_told_with_their_list(office: Dashboard) -> None:
    reference = office.came(row=4)
    with office.ledger.begin() as tx:
        found = tx.applications.find(reference)
        assert found
        tx.applications.row_missing([found.id], office.now)
    visitor = office.visitor()
    page = visitor.reads("/petugas").text
    assert "1 permohonan barisnya terhapus" in plain(page)
    assert reference in visitor.reads("/petugas/daftar?keadaan=baris-hilang").text


# --- charts, style, headers


@pytest.mark.parametrize("name", ["harian", "harian-lebar", "umur", "umur-lebar"])
def test_a_chart_is_an_image_of_shapes_and_texts_alone(busy_office: Dashboard, name: str) -> None:
    """The threshold's policy, which lets no style in, holds for it as it stands."""
    answer = busy_office.visitor(OFFICER).reads(f"/petugas/grafik/{name}.svg")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<style|style=|<script|href|@import|url\(|on\w+=", answer.text)
    assert set(re.findall(r"<(\w+)", answer.text)) <= {"svg", "g", "rect", "line", "path", "text"}
    assert "viewBox" in answer.text


@pytest.mark.parametrize("name", ["harian", "umur"])
def test_an_office_without_applications_has_empty_charts(office: Dashboard, name: str) -> None:
    assert office.visitor().reads(f"/petugas/grafik/{name}.svg").status == 200


@pytest.mark.parametrize("name", ["lain", "umur-", "umur-sempit", "harian-lebar-lebar"])
def test_there_is_no_other_chart(office: Dashboard, name: str) -> None:
    wanted = 200 if name == "umur-" else 404
    assert office.visitor().reads(f"/petugas/grafik/{name}.svg").status == wanted


def test_pages_are_kept_nowhere_and_bring_nothing_foreign(busy_office: Dashboard) -> None:
    visitor = busy_office.visitor()
    for path in ("/petugas", "/petugas/daftar", "/petugas/provinsi"):
        answer = visitor.reads(path)
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script|<style|style=|\son\w+=", answer.text)
        sources = re.findall(r'(?:src|srcset|<link[^>]*href)="([^"]+)"', answer.text)
        assert sources
        assert all(one.startswith(("/petugas/", "/berkas/")) for one in sources)
    assert "max-age" in visitor.reads("/petugas/dasbor.css").headers["cache-control"]


def test_another_office_name_is_data(office: Dashboard) -> None:
    named = office.settings.office.model_copy(update={"name": "<b>Disdukcapil</b>"})
    office.settings = office.settings.model_copy(update={"office": named})
    office.workflows = [
        one.model_copy(update={"title": "<script>x</script>"}) for one in office.workflows
    ]
    office.people = [replace(HEAD, name="<img src=x>")]
    office.came()
    for path in ("/petugas", "/petugas/daftar?layanan=domisili"):
        page = office.visitor().reads(path).text
        assert not re.search(r"<b>Disdukcapil|<script|<img src=x", page)
        assert "&lt;b&gt;Disdukcapil" in page
