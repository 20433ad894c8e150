"""How long somebody is in the dashboard, and what ends it; the cookie is of use nowhere else."""

from dataclasses import replace

import pytest

from sync.core.people import Role
from sync.ledger.ledger import Ledger
from sync.ledger.sign_ins import LONGEST_PAUSE, LONGEST_SESSION
from sync.ledger.trouble import AWAY, trouble
from sync.web.dashboard.door import SIGN_IN
from sync.web.guard.forms import COOKIE as FORMS_COOKIE
from tests.fakes.asking import Visitor
from tests.fakes.dashboard_door import (
    HEAD,
    HTTPS,
    OFFICER,
    PROXY,
    DoorOffice,
    asks,
    comes_in,
    goes_out,
)
from tests.unit.web.door_visits import (
    SECOND,
    SESSION,
    is_in,
    office_with_a_door,  # noqa: F401 - a fixture
)


def test_every_sign_in_is_a_new_session_and_ends_the_browsers_earlier_one(
    office: DoorOffice,
) -> None:
    """A token that somebody planted in the browser is worth nothing."""
    app = office.app()
    visitor = Visitor(app, jar={SESSION: "A" * 43})
    asks(visitor, HEAD.address)
    comes_in(visitor, office.link())
    first = visitor.jar[SESSION]
    assert first != "A" * 43
    asks(visitor, HEAD.address)
    comes_in(visitor, office.link())
    assert is_in(visitor)
    assert not is_in(Visitor(app, jar={SESSION: first}))


@pytest.mark.parametrize("page", ["/petugas", "/petugas/gambar", "/petugas/jejak"])
@pytest.mark.parametrize("cookie", ["", "A" * 43, "kuki; lain", "é" * 43])
def test_without_a_session_every_page_leads_to_the_door(
    office: DoorOffice, page: str, cookie: str
) -> None:
    """And nothing is written into the ledger for it."""
    answer = Visitor(office.app(), jar={SESSION: cookie}).reads(page)
    assert (answer.status, answer.headers["location"], answer.body) == (303, SIGN_IN, b"")
    assert office.trail() == []


def test_a_session_ends_by_its_time(office: DoorOffice) -> None:
    """However much it is used, and sooner when it is not."""
    app = office.app()
    visitor = office.signed_in(app)
    began = office.now
    while office.now + LONGEST_PAUSE < began + LONGEST_SESSION:
        office.now += LONGEST_PAUSE - SECOND
        assert is_in(visitor)
    office.now = began + LONGEST_SESSION
    assert not is_in(visitor)
    visitor = office.signed_in(app)
    office.now += LONGEST_PAUSE
    assert not is_in(visitor)


def test_a_picture_alone_keeps_no_session_alive(office: DoorOffice) -> None:
    visitor = office.signed_in(office.app())
    office.now += LONGEST_PAUSE - SECOND
    assert visitor.reads("/petugas/gambar").text == f"gambar untuk {HEAD.address}"
    office.now += SECOND
    assert not is_in(visitor)


@pytest.mark.parametrize("change", ["removed", "other role"])
def test_who_is_removed_or_changes_role_is_out_at_the_next_page(
    office: DoorOffice, change: str
) -> None:
    """Also when the role is given back: the session is over. The others stay."""
    app = office.app()
    head, officer = office.signed_in(app), office.signed_in(app, OFFICER)
    office.people.remove(HEAD)
    if change == "other role":
        office.people.append(replace(HEAD, role=Role.OFFICER))
    assert not is_in(head)
    assert office.trail()[-1] == (HEAD.address, "sesi diakhiri", "")
    office.people[:] = [HEAD, OFFICER]
    assert not is_in(head)
    assert is_in(officer, OFFICER)


def test_a_session_outlives_serve(office: DoorOffice) -> None:
    """It is in the ledger; forms that were open are refused kindly."""
    visitor = office.signed_in(office.app())
    visitor.app = office.app()
    assert is_in(visitor)


def test_the_cookie_is_for_our_server_alone(office: DoorOffice) -> None:
    """Behind https only over https, for this host alone; never for scripts, never from another site's forms."""
    app = office.app()
    secure = office.signed_in(app, client=PROXY, headers=HTTPS)
    assert f"__Host-{SESSION}" in secure.jar
    assert f"__Host-{FORMS_COOKIE}" in secure.jar
    assert is_in(secure)
    for headers, name, attributes in (
        (HTTPS, f"__Host-{SESSION}", {"Secure"}),
        ((), SESSION, set()),
    ):
        visitor = Visitor(app, client=PROXY, headers=headers)
        asks(visitor, HEAD.address)
        answer = comes_in(visitor, office.link())
        [cookie] = answer.cookies
        assert cookie.startswith(f"{name}=")
        said = {part.strip() for part in cookie.split(";")[1:]}
        wanted = {"HttpOnly", "Path=/", "SameSite=lax", f"Max-Age={12 * 3600}"}
        assert said - {one for one in said if one.startswith("expires")} == wanted | attributes


def test_going_out_takes_the_cookie_along(office: DoorOffice) -> None:
    """And what the browser might have kept is not shown by its back button: no page is stored."""
    visitor = office.signed_in(office.app())
    assert visitor.reads("/petugas").headers["cache-control"] == "no-store"
    token = visitor.jar[SESSION]
    answer = goes_out(visitor)
    assert any(
        cookie.startswith(f'{SESSION}=""; ') and "Max-Age=0" in cookie for cookie in answer.cookies
    )
    visitor.jar[SESSION] = token
    assert not is_in(visitor)
    assert goes_out(visitor).status == 200  # once more does no harm
    assert [page for _, page, _ in office.trail()].count("keluar") == 1


def test_a_ledger_in_trouble_lets_nobody_in(
    office: DoorOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A clear page, nothing of what was behind it."""
    visitor = office.signed_in(office.app())

    def away(*_: object) -> None:
        raise trouble(AWAY, "data/ledger.sqlite3")

    monkeypatch.setattr(Ledger, "reading", away)
    monkeypatch.setattr(Ledger, "begin", away)
    answer = visitor.reads("/petugas")
    assert answer.status == 503
    assert "Sedang gangguan" in answer.text
    assert "angka" not in answer.text
    assert asks(Visitor(office.app()), HEAD.address).status == 503
    assert HEAD.address not in caplog.text
