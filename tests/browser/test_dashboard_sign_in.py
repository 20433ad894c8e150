"""Into the dashboard in a real browser, on a phone and a desktop: the address, the link from the mail, the button, and out."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from sync.cli.page_server import listener
from sync.delivery.messages import Messages
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.sign_in_mail import SignInMails
from tests.browser.axe import assert_accessible
from tests.fakes.channel import FakeChannel
from tests.fakes.dashboard_door import HEAD, ROOT
from tests.fakes.dashboard_site import Dashboard

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

PATIENCE_MS = 30_000
SIZES = pytest.mark.parametrize(
    "size",
    [{"width": 360, "height": 740}, {"width": 1366, "height": 768}],
    ids=["phone", "desktop"],
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Dashboard]]:
    folder = tmp_path_factory.mktemp("office")
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    office = Dashboard(ledger, folder)
    listening = listener("serve", 0)
    config = uvicorn.Config(office.app(), ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", office
    server.should_exit = server.force_exit = True
    thread.join(20)
    ledger.close()


def mailed(url: str, office: Dashboard) -> str:
    """The link, also where the pages are on this machine alone."""
    mail = FakeChannel("email")
    messages = Messages([ROOT / "templates"])
    worker = SignInMails(
        office.ledger, mail, messages, url, office.settings.office, lambda: office.now
    )
    worker.keep()
    [(_, message)] = mail.arrived
    found = re.search(rf"{url}/petugas/masuk/\S+", message.text)
    assert found, message.text
    return found[0]


@SIZES
def test_the_head_comes_in_and_goes_out_without_a_script(
    browser: Any, site: tuple[str, Dashboard], size: dict[str, int]
) -> None:
    """axe-core finds nothing serious on the way; the link's button is pressed a second time in vain."""
    url, office = site
    context = browser.new_context(viewport=size, locale="id-ID", java_script_enabled=False)
    judge = browser.new_context(viewport=size, locale="id-ID")
    page, checked = context.new_page(), judge.new_page()
    page.set_default_timeout(PATIENCE_MS)
    checked.goto(f"{url}/petugas")
    assert checked.url == f"{url}/petugas/masuk"
    assert_accessible(checked)
    checked.get_by_label("Alamat email").fill("orang@lain.example")
    checked.get_by_role("button", name="Kirim tautan masuk").click()
    expect(checked.get_by_role("heading", level=1)).to_have_text("Periksa email Anda")
    assert_accessible(checked)

    page.goto(f"{url}/petugas/masuk")
    page.get_by_label("Alamat email").fill(HEAD.address)
    page.get_by_label("Alamat email").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa email Anda")
    link = mailed(url, office)
    checked.goto(link)
    assert_accessible(checked)
    page.goto(link)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("button", name="Keluar")).to_be_visible()
    assert page.url == f"{url}/petugas"

    checked.get_by_role("button", name="Masuk").click()
    expect(checked.get_by_role("alert")).to_contain_text("tidak berlaku lagi")
    assert_accessible(checked)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("status")).to_have_text("Anda sudah keluar.")
    page.goto(f"{url}/petugas")
    assert page.url == f"{url}/petugas/masuk"
    for one in (page, checked):
        assert one.evaluate("document.documentElement.scrollWidth") <= size["width"]
    context.close()
    judge.close()
