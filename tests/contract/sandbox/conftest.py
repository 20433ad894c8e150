"""A running sandbox, and gspread pointed at it, for the worker and for Bu Ratna."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gspread
import pytest
from google.oauth2 import service_account

from sync.sandbox.accounts import WORKER
from tests.contract.sandbox import rooms
from tests.contract.sandbox.sheets_desk import Desk

SCOPES = [
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
]
HOSTS = ("https://sheets.googleapis.com", "https://www.googleapis.com")
TIMEOUT_S = 10


class Credentials(service_account.Credentials):
    """Without google-auth's look-up of a regional boundary, which would leave the machine."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


class Client(gspread.HTTPClient):
    """gspread's own client with Google's hosts replaced."""

    base = ""

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> Any:
        for host in HOSTS:
            if endpoint.startswith(host):
                endpoint = self.base + endpoint.removeprefix(host)
        return super().request(method, endpoint, *args, **options)


@dataclass
class Sandbox:
    """What tests ask of a running sandbox. Plain calls need no token, clients bring their own."""

    url: str
    credentials: Path
    officer_key: Path
    clients: list[Any] = field(default_factory=list)

    def gspread(self, key: Path) -> gspread.Client:
        credentials = Credentials.from_service_account_file(str(key), scopes=SCOPES)
        client = gspread.Client(auth=credentials, http_client=Client)
        client.http_client.base = self.url
        client.set_timeout(TIMEOUT_S)
        self.clients.append(client.http_client.session)
        return client

    def google(self, api: str, account: str = "officer") -> Any:
        """googleapiclient's service (`sheets.v4`, `forms.v1`), which checks each answer against Google's schema."""
        service = rooms.service(api, self.url, self.token(account))
        self.clients.append(service)
        return service

    def close_clients(self) -> None:
        while self.clients:
            self.clients.pop().close()

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer of one plain request."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}")

    def control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        status, answer = self.call(method, "/_sandbox" + path, body)
        assert status == 200, answer
        return answer

    def token(self, account: str = "officer") -> str:
        return str(self.control("GET", f"/token?account={account}")["access_token"])

    def form(self, *questions: dict[str, Any] | str, **options: Any) -> dict[str, Any]:
        """A form with these questions (a bare title is a text question) and its linked sheet."""
        asked = [{"title": q, "type": "text"} if isinstance(q, str) else q for q in questions]
        body = {"title": "Surat Keterangan Domisili", "questions": asked, **options}
        return self.control("POST", "/forms", body)

    def answer(
        self, form: dict[str, Any], answers: dict[str, Any], **options: Any
    ) -> dict[str, Any]:
        path = f"/forms/{form['formId']}/responses"
        return self.control("POST", path, {"answers": answers, **options})

    def fails(self, *rules: dict[str, Any]) -> None:
        self.control("PUT", "/faults", {"rules": list(rules)})


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests of a file: making RSA keys takes its time."""
    with rooms.google_at(tmp_path_factory.mktemp("sandbox")) as google:
        running = google.running
        yield Sandbox(running.url, running.credentials, running.officer)


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Iterator[Sandbox]:
    """Empty, without faults."""
    shared_sandbox.control("POST", "/reset", {})
    yield shared_sandbox
    shared_sandbox.close_clients()


@pytest.fixture
def worker(sandbox: Sandbox) -> gspread.Client:
    return sandbox.gspread(sandbox.credentials)


@pytest.fixture
def officer(sandbox: Sandbox) -> gspread.Client:
    """Bu Ratna, with her own account."""
    return sandbox.gspread(sandbox.officer_key)


@pytest.fixture
def book(officer: gspread.Client) -> gspread.Spreadsheet:
    """An empty spreadsheet of Bu Ratna's, opened by her; the worker is not invited."""
    return officer.create("Permohonan")


@pytest.fixture
def desk(sandbox: Sandbox, book: gspread.Spreadsheet) -> Desk:
    """Bu Ratna's own desk."""
    return Desk(sandbox.google("sheets.v4"), book.id)


@pytest.fixture
def workers_desk(sandbox: Sandbox, book: gspread.Spreadsheet) -> Desk:
    """The same spreadsheet, shared with the worker and opened by it."""
    book.share(WORKER, perm_type="user", role="writer", notify=False)
    return Desk(sandbox.google("sheets.v4", "worker"), book.id)


@pytest.fixture
def sheet(book: gspread.Spreadsheet) -> gspread.Worksheet:
    return book.sheet1


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rooms.Google]:
    with rooms.google_at(tmp_path_factory.mktemp("sandbox")) as google:
        yield google


@pytest.fixture
def google(started: rooms.Google) -> rooms.Google:
    """An empty sandbox."""
    started.running.desk.reset()
    return started


@pytest.fixture
def drive_of(google: rooms.Google) -> Iterator[Callable[..., Any]]:
    opened = []

    def open_drive(email: str, **options: Any) -> Any:
        opened.append(rooms.service("drive.v3", google.url, google.token(email), **options))
        return opened[-1]

    yield open_drive
    for each in opened:
        each.close()
