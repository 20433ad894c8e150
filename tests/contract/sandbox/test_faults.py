"""Faults on purpose: what a client meets when Google, the line or another person does its worst."""

import http.client
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gspread
import pytest
import requests

from sync.sandbox import faults, server
from sync.sandbox.frame import GoogleError
from tests.contract.sandbox.conftest import Sandbox

READ = "sheets.spreadsheets.values.get"


def write(sandbox: Sandbox, book: gspread.Spreadsheet, value: str) -> int:
    status, _ = sandbox.call(
        "PUT",
        f"/v4/spreadsheets/{book.id}/values/A1?valueInputOption=RAW",
        {"values": [[value]]},
        token=sandbox.token(),
    )
    return status


def get(sandbox: Sandbox, path: str) -> dict[str, Any]:
    status, answer = sandbox.call("GET", path, token=sandbox.token())
    assert status == 200, answer
    return answer


def value(sandbox: Sandbox, book: gspread.Spreadsheet) -> str:
    rows = get(sandbox, f"/v4/spreadsheets/{book.id}/values/A1").get("values", [[""]])
    return str(rows[0][0])


def raw_put(
    sandbox: Sandbox, book: gspread.Spreadsheet, text: str, timeout_s: float
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(str(urlsplit(sandbox.url).netloc), timeout=timeout_s)
    path = f"/v4/spreadsheets/{book.id}/values/A1?valueInputOption=RAW&includeValuesInResponse=true"
    body = json.dumps({"values": [[text]]})
    head = {"Authorization": f"Bearer {sandbox.token()}", "Content-Type": "application/json"}
    connection.request("PUT", path, body, head)
    return connection


def test_an_answer_ends_halfway_through_its_body(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """The status says 200, the length says more: whoever believes the status alone loses the answer. It was applied."""
    sandbox.fails({"api": "values.update", "do": "drop-halfway", "times": 1})
    connection = raw_put(sandbox, book, "x", 5)
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    connection.close()
    assert len(broken.value.partial) == int(answer.headers["Content-Length"]) // 2
    assert value(sandbox, book) == "x"


@pytest.mark.parametrize(("do", "left"), [("hang-before", ""), ("hang-after", "x")])
def test_an_answer_that_never_comes(
    sandbox: Sandbox, book: gspread.Spreadsheet, do: str, left: str
) -> None:
    """The connection stays open and silent until the caller gives up; others are served meanwhile."""
    sandbox.fails({"api": "values.update", "do": do, "times": 1})
    connection = raw_put(sandbox, book, "x", 0.3)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    assert value(sandbox, book) == left
    connection.close()
    assert write(sandbox, book, "y") == 200


@pytest.mark.parametrize("latency_ms", [0, 300], ids=["in silence", "before it falls silent"])
def test_the_sandbox_ends_at_once_with_a_caller_still_waiting(
    tmp_path: Path, latency_ms: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C does not wait for a silence that was planned, and says nothing about it."""
    running = server.start(tmp_path, latency_ms=latency_ms)
    sandbox = Sandbox(running.url, running.credentials, running.officer)
    sandbox.fails({"api": "drive.files.list", "do": "hang-before"})
    connection = http.client.HTTPConnection(str(urlsplit(running.url).netloc), timeout=5)
    connection.request("GET", "/drive/v3/files", headers={"Authorization": "Bearer x"})
    while not sandbox.control("GET", "/faults")["rules"][0]["done"]:
        time.sleep(0.01)
    running.stop()
    assert not caplog.messages  # uvicorn tells when its own patience of 2 seconds was over
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        connection.getresponse()
    connection.close()


def test_a_502_is_a_page_and_not_json(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """It comes from before Google's services: a client that reads every error as JSON breaks here."""
    sandbox.fails({"api": READ, "do": "502", "times": 1})
    head = {"Authorization": f"Bearer {sandbox.token()}"}
    url = f"{sandbox.url}/v4/spreadsheets/{book.id}/values/A1"
    answer = requests.get(url, headers=head, timeout=5)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=UTF-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_429_has_the_words_of_its_service(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """Sheets says whether reads or writes ran out; Drive speaks of usage limits."""
    sandbox.fails({"api": "*", "do": "429"})
    token = sandbox.token()
    path = f"/v4/spreadsheets/{book.id}/values/A1"
    read = sandbox.call("GET", path, token=token)[1]["error"]
    put = sandbox.call("PUT", path + "?valueInputOption=RAW", {"values": []}, token=token)[1][
        "error"
    ]
    listed = sandbox.call("GET", "/drive/v3/files", token=token)[1]["error"]
    assert "Read requests per minute per user" in read["message"]
    assert "Write requests per minute per user" in put["message"]
    assert (listed["code"], listed["errors"][0]["reason"]) == (429, "rateLimitExceeded")


def test_stale_reads_tell_what_was_true_so_many_seconds_ago(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """A worker that trusts its read back would think that its own write was lost. Writes are not held up."""
    write(sandbox, book, "lama")
    sandbox.fails({"api": "*", "do": "stale", "stale_s": 60})
    write(sandbox, book, "baru")
    paths = {
        "values": f"/v4/spreadsheets/{book.id}/values/A1",
        "batch": f"/v4/spreadsheets/{book.id}/values:batchGet?ranges=A1",
        "grid": f"/v4/spreadsheets/{book.id}?includeGridData=true",
    }
    for name, path in paths.items():
        assert "lama" in json.dumps(get(sandbox, path)), name
    sandbox.control("PUT", "/clock", {"ahead_s": 61})
    for name, path in paths.items():
        assert "baru" in json.dumps(get(sandbox, path)), name
    write(sandbox, book, "terbaru")
    assert value(sandbox, book) == "baru"
    sandbox.fails()
    assert value(sandbox, book) == "terbaru"


def test_drive_is_stale_in_the_same_way(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """What Drive tells of a changed or a new file may be old, too."""
    before = get(sandbox, f"/drive/v3/files/{book.id}?fields=version,name")
    sandbox.fails({"api": "drive.files.*", "do": "stale", "stale_s": 60})
    token = sandbox.token()
    status, new = sandbox.call("POST", "/drive/v3/files", {"name": "Baru"}, token=token)
    assert status == 200
    sandbox.call("PATCH", f"/drive/v3/files/{book.id}", {"name": "Lain"}, token=token)
    assert get(sandbox, f"/drive/v3/files/{book.id}?fields=version,name") == before
    assert "Baru" not in json.dumps(get(sandbox, "/drive/v3/files"))
    assert sandbox.call("GET", f"/drive/v3/files/{new['id']}", token=token)[0] == 404
    sandbox.control("PUT", "/clock", {"ahead_s": 61})
    assert get(sandbox, f"/drive/v3/files/{book.id}?fields=name") == {"name": "Lain"}
    assert "Baru" in json.dumps(get(sandbox, "/drive/v3/files"))


def test_many_writes_keep_few_moments(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """A busy minute is remembered in a handful of connections, and the oldest answer is still the old one."""
    write(sandbox, book, "0")
    sandbox.fails({"api": READ, "do": "stale", "stale_s": 60})
    for number in range(1, 30):
        write(sandbox, book, str(number))
        sandbox.control("PUT", "/clock", {"ahead_s": 1})
    assert value(sandbox, book) == "0"
    sandbox.control("PUT", "/clock", {"ahead_s": 45})
    assert (
        12 <= int(value(sandbox, book)) <= 22
    )  # 15 seconds after the first, a tenth younger at most


def test_another_edits_the_file_that_drive_is_asked_about(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """An edit may stand in a rule for Drive as well: the version that is told is that of after the edit."""
    before = get(sandbox, f"/drive/v3/files/{book.id}?fields=version")["version"]
    add = {"addSheet": {"properties": {"title": "Sela"}}}
    sandbox.fails({"api": "drive.files.get", "edit": {"requests": [add]}, "times": 1})
    assert int(get(sandbox, f"/drive/v3/files/{book.id}?fields=version")["version"]) > int(before)
    assert [sheet.title for sheet in book.worksheets()] == ["Sheet1", "Sela"]


def test_a_service_that_is_not_switched_on_says_so_in_its_own_words(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """Both of Google's forms: the older one has a word for it in `errors`."""
    sandbox.fails({"do": "403-disabled"})
    sheets = f"/v4/spreadsheets/{book.id}"
    for path, name in ((sheets, "Google Sheets API"), ("/drive/v3/about?fields=user", "Drive API")):
        status, answer = sandbox.call("GET", path, token=sandbox.token())
        error = answer["error"]
        assert (status, error["status"]) == (403, "PERMISSION_DENIED")
        assert f"{name} has not been used in project" in error["message"]
        assert error["details"][0]["reason"] == "SERVICE_DISABLED"
    assert error["errors"][0]["reason"] == "accessNotConfigured"


def test_a_fact_that_the_sandbox_can_not_bring_about_is_told(sandbox: Sandbox) -> None:
    """Key by key, over the answer that it gives; a refusal stays one."""
    about = "/drive/v3/about?fields=user,storageQuota"
    account = get(sandbox, about)["user"]
    full = {"storageQuota": {"limit": "100", "usage": "100"}}
    sandbox.fails({"api": "drive.*", "do": "tell", "tell": full})
    assert get(sandbox, about) == {"user": account, **full}
    status, answer = sandbox.call("GET", "/drive/v3/files/hilang", token=sandbox.token())
    assert status == 404
    assert "storageQuota" not in answer
    for rule in ({"do": "tell"}, {"do": "500", "tell": full}, {"do": "tell", "tell": {}}):
        assert sandbox.call("PUT", "/_sandbox/faults", {"rules": [rule]})[0] == 400


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"rules": [], "aturan": []}, "aturan"),
        ({"faults": [{"do": "500"}]}, "faults"),
        ({"rules": [{"do": "500", "kali": 2}]}, "kali"),
        ({"smtp": [{"answer": "550 no", "kali": 2}]}, "kali"),
        ({"smtp": "550"}, "smtp"),
        ({"rules": {"do": "500"}}, "rules"),
        ({"rules": [{"api": "sheets.nilai.*", "do": "500"}]}, "sheets.nilai.*"),
    ],
)
def test_what_a_body_may_not_say_is_named_and_changes_nothing(
    sandbox: Sandbox, tmp_path: Path, body: dict[str, Any], named: str
) -> None:
    """A misspelt fault that is ignored makes a test pass for nothing: in the body and in the file alike."""
    planned = {"rules": [{"api": READ, "do": "503"}], "smtp": [{"answer": "550 no"}]}
    kept = sandbox.control("PUT", "/faults", planned)
    status, answer = sandbox.call("PUT", "/_sandbox/faults", body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert named in answer["error"]["message"]
    assert sandbox.control("GET", "/faults") == kept
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(GoogleError) as refused:
        server.start(tmp_path / "data", faults=file)
    assert named in str(refused.value)


def test_what_is_not_named_stays_planned(sandbox: Sandbox) -> None:
    """Mail and calls may be planned apart; an empty body ends both."""
    sandbox.control("PUT", "/faults", {"smtp": [{"to": "doni@*", "answer": "550 no", "times": 2}]})
    told = sandbox.control("PUT", "/faults", {"rules": [{"api": READ, "do": "503"}]})
    assert told == {
        "rules": [{"api": READ, "do": "503", "seen": 0, "done": 0}],
        "smtp": [{"to": "doni@*", "answer": "550 no", "times": 2}],
    }
    assert sandbox.control("PUT", "/faults", {}) == {"rules": [], "smtp": []}


def test_the_page_says_all_that_a_rule_may_say() -> None:
    """docs/sandbox.md is the reference of the faults' JSON."""
    page = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([\w-]+)`", page.partition("## Faults")[2].partition("\n## ")[0]))
    missing = {*faults.ACTIONS, *faults.KEYS} - told
    assert missing == set(), f"add {missing} to the tables of Faults in docs/sandbox.md"


def test_a_reset_is_as_good_as_a_new_start(tmp_path: Path) -> None:
    """Clock, limits and the faults of the file: a test must not inherit the one before it."""
    file = tmp_path / "faults.json"
    file.write_text(
        '{"rules": [{"api": "oauth.token", "do": "503", "times": 1}]}', encoding="utf-8"
    )
    running = server.start(tmp_path / "data", faults=file, quotas=True)
    sandbox = Sandbox(running.url, running.credentials, running.officer)
    try:
        sandbox.control("PUT", "/clock", {"speed": 0, "ahead_s": 1000})
        sandbox.control("PUT", "/mailbox/limit", {"per_day": 1})
        sandbox.control("PUT", "/faults", {"rules": [{"do": "404"}], "smtp": [{"drop": "after"}]})
        sandbox.control("POST", "/reset", {})
        assert sandbox.call("POST", "/token", {})[0] == 503
        assert sandbox.call("POST", "/token", {})[0] == 400
        planned = sandbox.control("GET", "/faults")
        assert (planned["rules"][0]["done"], planned["smtp"]) == (1, [])
        assert sandbox.control("GET", "/clock")["speed"] == 1
        raw = {"raw": "VG86IGNpdHJhQGV4YW1wbGUuY29tDQoNCkhhbG8NCg"}
        send = "/gmail/v1/users/me/messages/send"
        token = sandbox.token()
        assert [sandbox.call("POST", send, raw, token=token)[0] for _ in range(2)] == [200, 200]
        sandbox.control("POST", "/reset", {"only": ["faults", "limits", "requests"]})
        assert sandbox.control("GET", "/faults")["rules"][0]["done"] == 0
        for body in ({"only": ["data"]}, {"hanya": []}):
            assert sandbox.call("POST", "/_sandbox/reset", body)[0] == 400
    finally:
        running.stop()


def test_minute_quotas_run_by_the_clock_that_can_be_hurried(tmp_path: Path) -> None:
    """60 reads and 60 writes a minute for each account, each for itself; nobody waits for the next minute."""
    running = server.start(tmp_path, quotas=True)
    sandbox = Sandbox(running.url, running.credentials, running.officer)
    try:
        sandbox.control("PUT", "/clock", {"speed": 0})
        form = sandbox.form("Nama")
        officer, worker = sandbox.token("officer"), sandbox.token("worker")
        path = f"/v4/spreadsheets/{form['spreadsheetId']}/values/A1"
        codes = [sandbox.call("GET", path, token=officer)[0] for _ in range(61)]
        refused = sandbox.call("GET", path, token=officer)[1]["error"]
        assert codes == [200] * 60 + [429]
        assert refused["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
        assert sandbox.call("GET", path, token=worker)[0] == 200
        put = path + "?valueInputOption=RAW"
        assert sandbox.call("PUT", put, {"values": [["x"]]}, token=officer)[0] == 200
        sandbox.control("PUT", "/clock", {"ahead_s": 60})
        assert sandbox.call("GET", path, token=officer)[0] == 200
    finally:
        running.stop()


def test_all_accounts_together_have_300_a_minute(tmp_path: Path) -> None:
    """A project with many workers meets this limit before its accounts meet theirs."""
    running = server.start(tmp_path, quotas=True)
    sandbox = Sandbox(running.url, running.credentials, running.officer)
    try:
        sandbox.control("PUT", "/clock", {"speed": 0})
        path, codes = "/v4/spreadsheets/tidak-ada/values/A1", []
        for number in range(6):
            token = sandbox.token(f"petugas{number}@example.com")
            codes += [sandbox.call("GET", path, token=token)[0] for _ in range(51)]
        assert codes == [404] * 300 + [429] * 6
    finally:
        running.stop()
