"""The sandbox as a program: its one line, its control routes, faults on purpose, and what survives a kill."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
import yaml

from sync.sandbox import server
from sync.sandbox.frame import GoogleError
from tests.contract.sandbox.conftest import Sandbox

ROOT = Path(__file__).parents[3]
START = "import typer; from sync.cli.sandbox import sandbox; typer.run(sandbox)"


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The verb itself, in its own process; killed at the end if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, *options], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate(timeout=10)


def of(told: dict[str, str]) -> Sandbox:
    return Sandbox(told["url"], Path(told["credentials"]), Path(told["officer"]))


def values(sandbox: Sandbox, book_id: str, text: str = "A1:Z9") -> Any:
    token = sandbox.token("officer")
    status, answer = sandbox.call("GET", f"/v4/spreadsheets/{book_id}/values/{text}", token=token)
    return answer.get("values", []) if status == 200 else (status, answer["error"]["status"])


def write(
    sandbox: Sandbox, book_id: str, value: str, token: str = ""
) -> tuple[int, dict[str, Any]]:
    return sandbox.call(
        "PUT",
        f"/v4/spreadsheets/{book_id}/values/B2?valueInputOption=RAW",
        {"values": [[value]]},
        token=token or sandbox.token(),
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_it_says_one_line_when_ready_and_ends_with_0(tmp_path: Path) -> None:
    """A script reads the line, works, and sends SIGTERM."""
    with started("--data", str(tmp_path)) as (process, told):
        assert set(told) == {"url", "credentials", "officer", "smtp", "smtp_tls"}
        assert told["url"].startswith("http://127.0.0.1:")
        assert of(told).control("GET", "/forms") == {"forms": []}
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)
        assert (process.returncode, rest) == (0, "")


def test_everything_is_there_again_after_a_kill(tmp_path: Path) -> None:
    """kill -9 and a start on the same folder, at another port: rows, tokens' keys, the form's memory of its rows."""
    with started("--data", str(tmp_path)) as (process, told):
        sandbox = of(told)
        form = sandbox.form("Nama")
        first = sandbox.answer(form, {"Nama": "Citra"})
        old_key = json.loads(sandbox.credentials.read_text(encoding="utf-8"))
        process.kill()
        process.wait(timeout=10)
    with started("--data", str(tmp_path)) as (_, told):
        sandbox = of(told)
        key = json.loads(sandbox.credentials.read_text(encoding="utf-8"))
        assert key["private_key"] == old_key["private_key"]
        assert key["token_uri"] == told["url"] + "/token"
        sheet = sandbox.gspread(sandbox.credentials).open_by_key(form["spreadsheetId"]).sheet1
        assert sheet.get("B1:B9") == [["Nama"], ["Citra"]]
        assert sandbox.answer(form, {"Nama": "Dewi"})["row"] == 3
        path = f"/forms/{form['formId']}/responses/{first['responseId']}"
        assert sandbox.control("PUT", path, {"answers": {"Nama": "Citra N."}})["row"] == 2
        sandbox.close_clients()


def test_empty_begins_anew_with_the_same_accounts(tmp_path: Path) -> None:
    """--empty forgets forms, not keys."""
    running = server.start(tmp_path)
    of(json.loads(running.announcement())).form("Nama")
    key = running.credentials.read_text(encoding="utf-8")
    running.stop()
    running = server.start(tmp_path, empty=True)
    assert of(json.loads(running.announcement())).control("GET", "/forms") == {"forms": []}
    again = running.credentials.read_text(encoding="utf-8")
    running.stop()
    assert json.loads(again)["private_key"] == json.loads(key)["private_key"]


def test_root_is_ready_for_loket_and_loses_no_file(tmp_path: Path) -> None:
    """settings.yaml and credentials.json of a real office are kept beside; ours are written anew at each start."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "settings.yaml").write_text("office: {name: Asli}\n", encoding="utf-8")
    (root / "loket.txt").write_text("tetap", encoding="utf-8")
    for _ in range(2):
        running = server.start(tmp_path / "data", root=root)
        running.stop()
    settings = yaml.safe_load((root / "settings.yaml").read_text(encoding="utf-8"))
    assert settings["google"]["endpoint"] == running.url
    assert f"{settings['mail']['host']}:{settings['mail']['port']}" == running.smtp
    key = json.loads((root / "credentials.json").read_text(encoding="utf-8"))
    assert key["token_uri"] == running.url + "/token"
    assert (root / "settings.yaml.asli").read_text(encoding="utf-8") == "office: {name: Asli}\n"
    assert (root / "loket.txt").read_text(encoding="utf-8") == "tetap"


def test_a_start_that_fails_leaves_nothing_running(tmp_path: Path) -> None:
    """A taken port, a file of faults that is none, a root whose files cannot be kept: say so, and let go of all."""
    running = server.start(tmp_path / "data")
    port = int(running.url.rpartition(":")[2])
    with pytest.raises(OSError, match=r"\[(Errno|WinError)"):
        server.start(tmp_path / "other", port=port)
    running.stop()
    (tmp_path / "faults.json").write_text('[{"do": "meledak"}]', encoding="utf-8")
    with pytest.raises(GoogleError, match="meledak"):
        server.start(tmp_path / "data", port=port, faults=tmp_path / "faults.json")
    for name in ("settings.yaml", "settings.yaml.asli"):
        (tmp_path / name).write_text("office: {}\n", encoding="utf-8")
    with pytest.raises(FileExistsError, match="sudah ada"):
        server.start(tmp_path / "data", port=port, root=tmp_path)
    server.start(tmp_path / "data", port=port).stop()


def test_the_letters_folder_is_open_to_the_worker(tmp_path: Path) -> None:
    """A service account owns nothing in My Drive; the folder lies in a shared drive."""
    running = server.start(tmp_path / "data", root=tmp_path / "root")
    sandbox = of(json.loads(running.announcement()))
    settings = yaml.safe_load((tmp_path / "root/settings.yaml").read_text(encoding="utf-8"))
    drive = sandbox.google("drive.v3", "worker").files()
    body = {"name": "surat", "parents": [settings["google"]["folder"]], "mimeType": "text/plain"}
    made = drive.create(body=body, supportsAllDrives=True, fields="id,driveId").execute()
    sandbox.close_clients()
    running.stop()
    assert made["driveId"]


@pytest.mark.parametrize(
    ("do", "code", "status"),
    [
        ("429", 429, "RESOURCE_EXHAUSTED"),
        ("500", 500, "INTERNAL"),
        ("503", 503, "UNAVAILABLE"),
        ("403-rate", 403, "PERMISSION_DENIED"),
    ],
)
def test_a_planned_error_is_answered_instead(
    sandbox: Sandbox, book: gspread.Spreadsheet, do: str, code: int, status: str
) -> None:
    """Exactly as often as planned, and the call is not applied."""
    sandbox.fails({"api": "sheets.values.*", "do": do, "times": 2})
    answers = [write(sandbox, book.id, "x") for _ in range(3)]
    assert [answer[0] for answer in answers] == [code, code, 200]
    assert answers[0][1]["error"]["status"] == status


def test_the_nth_call_alone_is_struck(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """And an error after the call leaves its effect."""
    sandbox.fails({"api": "values.update", "do": "503-after", "nth": 2})
    codes = [write(sandbox, book.id, value)[0] for value in "abc"[:2]]
    assert codes == [200, 503]
    assert values(sandbox, book.id) == [[], ["", "b"]]
    assert write(sandbox, book.id, "c")[0] == 200
    (rule,) = sandbox.control("GET", "/faults")["rules"]
    assert (rule["seen"], rule["done"]) == (3, 1)


@pytest.mark.parametrize(("do", "left"), [("drop-before", []), ("drop-after", [[], ["", "x"]])])
def test_a_cut_connection_leaves_the_caller_in_doubt(
    sandbox: Sandbox, book: gspread.Spreadsheet, do: str, left: list[list[str]]
) -> None:
    """The same error for the caller whether the call was applied or not: that is the point."""
    token = sandbox.token()
    sandbox.fails({"api": "sheets.spreadsheets.values.update", "do": do, "times": 1})
    with pytest.raises((ConnectionError, urllib.error.URLError)):
        write(sandbox, book.id, "x", token)
    assert values(sandbox, book.id) == left


def test_probability_is_repeatable_by_its_seed(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """A failed run can be run again."""

    def run() -> list[int]:
        sandbox.fails({"api": "*", "do": "500", "probability": 0.5, "seed": 7})
        token = sandbox.token()
        return [write(sandbox, book.id, "x", token)[0] for _ in range(12)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_a_slow_answer_is_slow(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """And arrives in the end."""
    sandbox.fails({"api": "values.update", "do": "delay", "delay_ms": 300, "times": 1})
    token, begun = sandbox.token(), time.monotonic()
    assert write(sandbox, book.id, "x", token)[0] == 200
    assert time.monotonic() - begun > 0.3


def test_an_officer_edits_at_the_worst_moment(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """A row is inserted between the worker's decision and its write, which lands one row too high."""
    write(sandbox, book.id, "punya Citra")
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    edit = {"requests": [{"insertDimension": {"range": rows}}]}
    sandbox.fails({"api": "values.update", "edit": edit, "times": 1})
    assert write(sandbox, book.id, "punya Ani")[0] == 200
    assert values(sandbox, book.id) == [[], ["", "punya Ani"], ["", "punya Citra"]]


@pytest.mark.parametrize(
    "rules",
    [
        [{"api": "*", "do": "meledak"}],
        [{"api": "*", "do": "500", "times": 0}],
        [{"api": "*", "do": "500", "probability": 2}],
        [{"api": "*", "edit": {"rows": 1}}],
        [{"do": "500", "kapan": 1}],
        [{"do": "500", "times": True}],
        [{"do": "500", "seed": [1]}],
        [{"do": "500", "probability": float("nan")}],
        [{"do": "stale"}],
        [{"do": "503", "stale_s": 5}],
        [{"do": "delay", "delay_ms": 10**9}],
        [{"do": "edit"}],
        [{"edit": {"requests": [], "akun": "doni@example.com"}}],
        [{"api": "sheets.spreadsheets.values.gett", "do": "500"}],
        ["500"],
        "500",
    ],
)
def test_a_fault_that_cannot_be_understood_is_refused(sandbox: Sandbox, rules: Any) -> None:
    """A misspelt fault would make a test pass for nothing."""
    status, answer = sandbox.call("PUT", "/_sandbox/faults", {"rules": rules})
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_file_of_faults_is_read_at_start(tmp_path: Path) -> None:
    """--faults FILE."""
    (tmp_path / "faults.json").write_text(
        '{"rules": [{"api": "oauth.token", "do": "503"}]}', encoding="utf-8"
    )
    running = server.start(tmp_path / "data", faults=tmp_path / "faults.json", latency_ms=50)
    begun = time.monotonic()
    status, _ = of(json.loads(running.announcement())).call("POST", "/token", {})
    running.stop()
    assert status == 503
    assert time.monotonic() - begun > 0.05


def test_calls_and_bytes_are_counted_by_method(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """The cost of an idle poll is read off here; the control room itself does not count."""
    sandbox.control("POST", "/reset", {"only": ["requests"]})
    write(sandbox, book.id, "x")
    values(sandbox, book.id)
    told = sandbox.control("GET", "/requests")
    assert told["calls"] == 2
    update = told["methods"]["sheets.spreadsheets.values.update"]
    assert update["calls"] == 1
    assert update["bytes_in"] == len('{"values": [["x"]]}')
    assert told["bytes_out"] > 100


def test_a_handler_that_breaks_answers_googles_500_and_writes_it_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever develops the sandbox finds the traceback in its folder."""
    running = server.start(tmp_path)
    sandbox = of(json.loads(running.announcement()))
    form = sandbox.form("Nama")
    monkeypatch.setattr("sync.sandbox.sheets.reading.trimmed", lambda lines: 1 / 0)
    answered = values(sandbox, form["spreadsheetId"])
    running.stop()
    assert answered == (500, "INTERNAL")
    assert "ZeroDivisionError" in (tmp_path / "sandbox.log").read_text(encoding="utf-8")


def test_unknown_addresses_are_told_apart(sandbox: Sandbox) -> None:
    """A method of Google's that the sandbox lacks says so; anything else is a page not found."""
    status, answer = sandbox.call("GET", "/v4/spreadsheets/x/charts", token=sandbox.token())
    assert (status, answer["error"]["status"]) == (501, "UNIMPLEMENTED")
    assert requests.get(sandbox.url + "/tidak/ada", timeout=5).status_code == 404


def test_long_answers_are_compressed_for_clients_that_ask(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """As Google does; the count is of what went over the wire."""
    path = f"{sandbox.url}/v4/spreadsheets/{book.id}/values/A1:A9"
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    write(sandbox, book.id, "x" * 5000)
    url = path.replace("A1:A9", "B2")
    packed = requests.get(url, headers=headers, timeout=5)
    plain = requests.get(url, headers={**headers, "Accept-Encoding": "identity"}, timeout=5)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_a_get_sent_as_a_post_is_still_a_get(sandbox: Sandbox, book: gspread.Spreadsheet) -> None:
    """googleapiclient does this when the address grows too long."""
    api = sandbox.google("sheets.v4").spreadsheets().values()
    many = [f"Sheet1!A{number}:Z{number}" for number in range(1, 300)]
    answer = api.batchGet(spreadsheetId=book.id, ranges=many).execute()
    assert len(answer["valueRanges"]) == 299


def test_the_data_folder_holds_keys_for_its_owner_only(sandbox: Sandbox) -> None:
    """They open nothing but the sandbox; a habit is a habit."""
    if os.name == "posix":
        assert sandbox.credentials.stat().st_mode & 0o077 == 0
    else:
        pytest.skip("file modes say little on this system")


def test_the_token_of_the_page_is_the_officers(sandbox: Sandbox) -> None:
    """Without a key, for whoever is on this machine."""
    told = sandbox.control("GET", "/token?account=officer")
    assert told["account"] == "bu.ratna@dukcapil.example.com"
    assert sandbox.call("GET", "/_sandbox/token?account=siapa")[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x"},
        {"questions": [{"title": "a"}]},
        {"title": "x", "questions": [{"title": "a", "type": "skala"}]},
        {"title": "x", "questions": [{"title": "a", "type": "choice"}]},
        {"title": "x", "questions": ["a"]},
        {"title": "x", "questions": [{"title": "a"}], "share_with": "doni"},
    ],
)
def test_a_form_that_cannot_be_made_is_refused(sandbox: Sandbox, body: dict[str, Any]) -> None:
    """A clear 400, and no half-made form."""
    status, answer = sandbox.call("POST", "/_sandbox/forms", body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert sandbox.control("GET", "/forms") == {"forms": []}
