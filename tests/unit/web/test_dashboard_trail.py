"""What each role may see of the dashboard, and what is remembered of who came, saw, left or was refused."""

import re
from datetime import timedelta

from sync.web.dashboard.door import LINES
from tests.fakes.asking import Visitor, ask
from tests.fakes.dashboard_door import (
    HEAD,
    NOON,
    OFFICER,
    PROVINCE,
    DoorOffice,
    asks,
    comes_in,
    goes_out,
)
from tests.unit.web.door_visits import (
    SESSION,
    STRANGER,
    is_in,
    office_with_a_door,  # noqa: F401 - a fixture
)


def test_a_stranger_is_in_the_trail_masked(office: DoorOffice) -> None:
    visitor = Visitor(office.app())
    asks(visitor, STRANGER)
    asks(visitor, "6402010101900001@lain.example")
    asks(visitor, "bukan alamat")
    asks(visitor, "a\0b@c\u202ed.example")
    unknown = "alamat tidak terdaftar"
    assert office.trail() == [
        ("", unknown, "o***@lain.example"),
        ("", unknown, "6***@lain.example"),
        ("", unknown, "***"),
        ("", unknown, "a***@cd.example"),
    ]


def test_each_role_comes_to_its_own_page_and_no_further(office: DoorOffice) -> None:
    app = office.app()
    province = Visitor(app)
    asks(province, PROVINCE.address)
    assert comes_in(province, office.link()).headers["location"] == "/petugas/provinsi"
    refused = province.reads("/petugas")
    assert refused.status == 403
    assert "bukan untuk peran Anda" in refused.text
    assert PROVINCE.address in refused.text
    assert office.trail()[-1] == (PROVINCE.address, "Angka", "ditolak")
    officer = office.signed_in(app, OFFICER)
    assert is_in(officer, OFFICER)
    assert officer.reads("/petugas/jejak").status == 403
    assert officer.reads("/petugas/gambar").status == 403
    assert office.trail()[-2:] == [
        (OFFICER.address, "jejak", "ditolak"),
        (OFFICER.address, "bagian halaman", "ditolak"),
    ]


def test_the_trail_says_who_came_saw_and_left(office: DoorOffice) -> None:
    """Pages with their filters, never their parts."""
    visitor = office.signed_in(office.app())
    office.now += timedelta(minutes=5)
    visitor.reads("/petugas")
    visitor.reads("/petugas/gambar")
    goes_out(visitor)
    assert office.trail() == [
        (HEAD.address, "tautan masuk dikirim", ""),
        (HEAD.address, "masuk", ""),
        (HEAD.address, "Angka", "umur 4-7"),
        (HEAD.address, "keluar", ""),
    ]
    assert [line.at - NOON for line in reversed(office.lines())][1:3] == [
        timedelta(0),
        timedelta(minutes=5),
    ]


def test_the_head_reads_the_trail_a_part_at_a_time(office: DoorOffice) -> None:
    """The newest first; hostile texts as text; the address has no name in it."""
    with office.ledger.begin() as tx:
        for n in range(LINES * 2):
            tx.trail.add(NOON, "", f"halaman-{n:03}", "<script>alert(1)</script>")
    visitor = office.signed_in(office.app())
    page = visitor.reads("/petugas/jejak").text
    assert "Waktu (WITA)" in page
    assert "<td>24/11/2026 12:00</td>" in page
    assert "<script>" not in page
    assert f"halaman-{LINES * 2 - 1:03}" in page
    assert page.count("<tr>") == LINES + 1
    older = page.partition('href="/petugas/jejak?')[2].partition('"')[0]
    query = older.encode()
    cookie = [("Cookie", f"{SESSION}={visitor.jar[SESSION]}")]
    second = ask(visitor.app, "GET", "/petugas/jejak", headers=cookie, query=query).text
    assert second.count("<tr>") == LINES + 1
    assert len(lines_of(page) | lines_of(second)) == LINES * 2 - 3  # three lines are of this visit
    for odd in (b"sebelum=x", b"sebelum=-1", b"sebelum=" + b"9" * 40, b"sebelum=%00", b"lain=1"):
        assert ask(visitor.app, "GET", "/petugas/jejak", headers=cookie, query=odd).status == 200


def lines_of(page: str) -> set[str]:
    return set(re.findall(r"halaman-\d{3}", page))
