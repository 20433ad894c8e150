"""Into the dashboard as an officer goes there: the page of `serve` behind https, the link that the worker mails, and out again."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests.acceptance.conftest import ROOT, Office, loket

HOST = "layanan.contoh.go.id"
HEAD = "kepala@contoh.go.id"
SETTINGS = f"""
site: {{url: 'https://{HOST}/', proxies: [127.0.0.1]}}
dashboard:
  people:
    - {{address: {HEAD}, role: head, name: Ibu Kepala}}
    - {{address: petugas@contoh.go.id}}
"""
SEEN_AFTER_S = 15
"""So long at most until `serve` knows of a change in settings.yaml."""


@dataclass
class Browser:
    """Behind the office's reverse proxy, which speaks https."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def asks(self, path: str, **fields: str) -> requests.Response:
        """Sends a form where there are fields."""
        told = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
        answer = requests.request(
            "POST" if fields else "GET",
            self.url + path,
            data=fields or None,
            headers=told,
            cookies=self.cookies,
            allow_redirects=False,
            timeout=20,
        )
        self.cookies |= answer.cookies.get_dict()
        return answer

    def token(self, path: str) -> str:
        found = re.search(r'name="_token" value="([^"]+)"', self.asks(path).text)
        assert found, path
        return found[1]

    def asks_for_a_link(self, address: str) -> requests.Response:
        token = self.token("/petugas/masuk")
        return self.asks("/petugas/masuk", _token=token, alamat=address)

    def comes_in(self, link: str) -> requests.Response:
        return self.asks(link, _token=self.token(link))

    def goes_out(self) -> requests.Response:
        return self.asks("/petugas/keluar", _token=self.token("/petugas/masuk"))


@contextmanager
def served(office: Office, settings: str = SETTINGS) -> Iterator[Browser]:
    file = office.folder / "settings.yaml"
    file.write_text(file.read_text("utf-8") + settings, "utf-8")
    command = [sys.executable, "-m", "sync", "--root", str(office.folder), "serve", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
            line = server.stderr.readline()
            assert line, said
            said += line
        yield Browser(found[0])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        server.stderr.close()


def links(office: Office) -> dict[str, str]:
    """By address, the path of the link that was mailed last."""
    office.run_once()
    mails = [one for one in office.mailbox() if "Tautan masuk" in one["headers"]["Subject"]]
    found = {}
    for mail in mails:
        link = re.search(rf"https://{HOST}(/petugas/masuk/\S+)", mail["text"])
        assert link, mail["text"]
        found[mail["headers"]["To"]] = link[1]
    return found


def logged(office: Office) -> str:
    folder = office.folder / "data" / "log"
    return "".join(file.read_text("utf-8") for file in folder.rglob("*") if file.is_file())


def test_the_head_comes_in_by_a_mailed_link_and_is_out_when_removed(office: Office) -> None:
    """A stranger who asks is told the same and mailed nothing; what is secret is in no log."""
    with served(office) as computer:
        first = computer.asks_for_a_link(HEAD)
        stranger = Browser(computer.url)
        second = stranger.asks_for_a_link("orang@lain.example")
        assert (first.status_code, first.text) == (second.status_code, second.text)
        mailed = links(office)
        assert mailed.keys() == {HEAD}

        phone = Browser(computer.url)
        answer = phone.comes_in(mailed[HEAD])
        assert (answer.status_code, answer.headers["Location"]) == (303, "/petugas")
        assert "__Host-loket-petugas" in phone.cookies
        trail = phone.asks("/petugas/jejak")
        assert trail.status_code == 200
        assert "Ibu Kepala" in trail.text
        for line in (HEAD, "tautan masuk dikirim", "o***@lain.example"):
            assert line in trail.text
        assert "orang@lain" not in trail.text
        assert computer.comes_in(mailed[HEAD]).status_code == 410
        assert computer.asks("/petugas/jejak").status_code == 303

        session = dict(phone.cookies)
        file = office.folder / "settings.yaml"
        text = file.read_text("utf-8")
        file.write_text(text.replace(HEAD, "kepala-baru@contoh.go.id"), "utf-8")
        ends = time.monotonic() + SEEN_AFTER_S
        while phone.asks("/petugas/jejak").status_code == 200:
            assert time.monotonic() < ends
            time.sleep(0.5)
        assert Browser(computer.url, session).asks("/petugas/jejak").status_code == 303
    told = logged(office)
    for secret in (mailed[HEAD].rpartition("/")[2], session["__Host-loket-petugas"]):
        assert secret not in told


def test_the_officer_goes_out_and_the_session_is_gone(office: Office) -> None:
    with served(office) as browser:
        browser.asks_for_a_link("petugas@contoh.go.id")
        browser.comes_in(links(office)["petugas@contoh.go.id"])
        assert browser.asks("/petugas/jejak").status_code == 403
        session = dict(browser.cookies)
        assert browser.goes_out().status_code == 200
        assert Browser(browser.url, session).asks("/petugas/jejak").status_code == 303


def test_without_people_there_is_no_door(office: Office) -> None:
    with served(office, f"\nsite: {{url: 'https://{HOST}/', proxies: [127.0.0.1]}}\n") as browser:
        for path in ("/petugas", "/petugas/masuk", "/petugas/jejak"):
            assert browser.asks(path).status_code == 404


def test_people_without_an_address_of_the_pages_are_told(office: Office) -> None:
    """Before anybody waits for a link that leads nowhere."""
    file = office.folder / "settings.yaml"
    people = f"\ndashboard:\n  people: [{{address: {HEAD}, role: head}}]\n"
    file.write_text(file.read_text("utf-8") + people, "utf-8")
    done = loket("--root", str(office.folder), "check")
    assert done.returncode == 1
    assert "site.url" in done.stdout + done.stderr


def test_a_province_without_services_mails_its_people_their_links(office: Office) -> None:
    for file in (office.folder / "workflows").iterdir():
        file.unlink()
    settings = SETTINGS.replace("role: head", "role: province")
    with served(office, settings) as computer:
        computer.asks_for_a_link(HEAD)
        answer = computer.comes_in(links(office)[HEAD])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/petugas/provinsi")
