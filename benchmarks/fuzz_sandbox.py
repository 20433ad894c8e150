"""Calls every method of Google's discovery documents with sense and nonsense, and fails on any 500.

    python benchmarks/fuzz_sandbox.py --minutes 10 [--seed N] [--json]

Paths, queries and bodies are drawn by Hypothesis from Google's own documents, half of them of the right shape with
ids that exist, half not. An answer is wrong when it is a 500, when it shows a Python error, when it is no JSON where
an error is told, or when it takes longer than ANSWER_WITHIN_S. Each wrong answer is told once, as small as Hypothesis
can make it. Exits 1 if there was one.
"""

import argparse
import functools
import http.client
import json
import logging
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from benchmarks.nonsense import Asked, Method, Things, asked, methods  # noqa: E402
from sync.sandbox import server  # noqa: E402

ANSWER_WITHIN_S = 20
A_ROUND = 400
OFTEN = ("spreadsheets.batchUpdate", "spreadsheets.batchUpdate", "values", "files")
"""Methods that have more to get wrong than others are asked more often."""
PYTHON_ERROR = re.compile(r"\b(\w+Error: |Traceback \(most|object has no attribute)|NoneType")


class Last(logging.Handler):
    """The sandbox's own record of the last exception, which is not told to clients."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage().strip().splitlines()[-1]


class Fuzz:
    """A running sandbox and what it answered wrongly so far."""

    def __init__(self, running: server.Running, chosen: list[Method]) -> None:
        self.running, self.chosen = running, chosen
        self.statuses: Counter[int] = Counter()
        self.called: set[str] = set()
        self.absent: set[str] = set()
        self.wrong: dict[str, str] = {}
        self.last = Last()
        running.desk.log.addHandler(self.last)
        self.things = Things()
        self.token = ""

    @functools.cached_property
    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            urlsplit(self.running.url).netloc, timeout=ANSWER_WITHIN_S
        )

    def ask(self, request: Asked) -> tuple[int, str, bytes]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if request.body is not None:
            headers["Content-Type"] = request.kind
        try:
            self.connection.request(request.verb, request.path, request.body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            del self.connection
            return 0, "", f"no answer: {type(error).__name__}".encode()

    def json(self, verb: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        status, _, answer = self.ask(Asked(verb, path, data))
        if status != 200:
            raise RuntimeError(f"the sandbox refuses {verb} {path}: {answer[:300]!r}")
        return json.loads(answer)

    def begin_round(self) -> None:
        """Everything anew: a form with an answer, a filled spreadsheet, a file, a draft, and their ids."""
        self.json("POST", "/_sandbox/reset", {})
        self.token = self.json("GET", "/_sandbox/token?account=officer")["access_token"]
        questions = [{"title": "Nama", "type": "text"}, {"title": "Lahir", "type": "date"}]
        form = self.json("POST", "/_sandbox/forms", {"title": "Permohonan", "questions": questions})
        answers = {"answers": {"Nama": "Citra", "Lahir": "1994-05-17"}}
        response = self.json("POST", f"/_sandbox/forms/{form['formId']}/responses", answers)
        book = self.json("POST", "/v4/spreadsheets", {"properties": {"title": "Buku"}})[
            "spreadsheetId"
        ]
        cells = {
            "values": [["a", 1, "=A1"], ["=SUM(B1:B9)", "2026-11-24", "'x"], [True, "50%", "=1/0"]]
        }
        self.json("PUT", f"/v4/spreadsheets/{book}/values/A1?valueInputOption=USER_ENTERED", cells)
        requests = [
            {
                "addNamedRange": {
                    "namedRange": {"name": "Nama", "range": {"sheetId": 0, "endRowIndex": 2}}
                }
            },
            {
                "addProtectedRange": {
                    "protectedRange": {"range": {"sheetId": 0, "startRowIndex": 5}}
                }
            },
            {"setBasicFilter": {"filter": {"range": {"sheetId": 0, "endRowIndex": 3}}}},
            {
                "mergeCells": {
                    "range": {
                        "sheetId": 0,
                        "startRowIndex": 6,
                        "endRowIndex": 8,
                        "startColumnIndex": 0,
                        "endColumnIndex": 2,
                    },
                    "mergeType": "MERGE_ALL",
                }
            },
            {
                "createDeveloperMetadata": {
                    "developerMetadata": {
                        "metadataId": 7,
                        "metadataKey": "k",
                        "visibility": "DOCUMENT",
                        "location": {"spreadsheet": True},
                    }
                }
            },
        ]
        self.json("POST", f"/v4/spreadsheets/{book}:batchUpdate", {"requests": requests})
        file = self.json(
            "POST", "/drive/v3/files", {"name": "surat.txt", "mimeType": "text/plain"}
        )["id"]
        folder = {"name": "Map", "mimeType": "application/vnd.google-apps.folder"}
        folder_id = self.json("POST", "/drive/v3/files", folder)["id"]
        fresh = self.json("GET", "/drive/v3/files/generateIds?count=2")["ids"]
        raw = "VG86IGNpdHJhQGV4YW1wbGUuY29tDQpTdWJqZWN0OiB4DQoNCmlzaQ=="
        files = [book, file, folder_id, form["spreadsheetId"], form["formId"]]
        self.things = Things(
            {
                "spreadsheetId": [book, form["spreadsheetId"]],
                "fileId": files,
                "folderId": [folder_id],
                "childId": files,
                "parents": [folder_id, "root"],
                "addParents": [folder_id],
                "permissionId": ["anyoneWithLink"],
                "formId": [form["formId"]],
                "responseId": [response["responseId"]],
                "userId": ["me"],
                "sheetId": [0, 0, 1],  # type: ignore[list-item]
                "range": ["A1:C3", "Sheet1", "Nama", "Sheet1!B:B", "R1C1"],
                "ranges": ["A1:C3", "Sheet1", "Nama"],
                "metadataId": ["7"],
                "raw": [raw],
                "id": [*fresh, file],
                "driveId": [each["id"] for each in self.json("GET", "/drive/v3/drives")["drives"]],
            }
        )
        status, _, made = self.ask(
            Asked(
                "POST", "/gmail/v1/users/me/drafts", json.dumps({"message": {"raw": raw}}).encode()
            )
        )
        if status == 200:
            draft = json.loads(made)
            self.things.ids["draftId"] = [draft["id"]]
            self.things.ids["threadId"] = [draft["message"]["threadId"]]
            self.things.ids["messageId"] = [draft["message"]["id"]]

    def judge(self, method: Method, request: Asked) -> str:
        """What is wrong with the answer, or nothing."""
        status, kind, body = self.ask(request)
        self.statuses[status] += 1
        self.called.add(method.id)
        if status == 0:
            return body.decode()
        if status == 500:
            return f"500: {self.last.text}"
        if b"does not have this method" in body:
            self.absent.add(method.id)
            return ""
        if status >= 400:
            text = body.decode("utf-8", "replace")
            if found := PYTHON_ERROR.search(text):
                return (
                    f"{status} shows a Python error: {text[found.start() :].splitlines()[0][:60]}"
                )
            if kind.startswith("application/json"):
                try:
                    json.loads(text)
                except ValueError:
                    return f"{status} is no JSON"
            elif status not in (404, 416):
                return f"{status} is told as {kind or 'nothing'}"
        return ""

    def round(self, number: int) -> None:
        """A_ROUND requests; the first answer that is wrong in a new way is made small and kept."""

        @seed(number)
        @settings(
            max_examples=A_ROUND,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        @given(st.data())
        def every_answer_is_googles(data: st.DataObject) -> None:
            method = data.draw(st.sampled_from(there))
            request = asked(data.draw, method, self.things)
            wrong = self.judge(method, request)
            key = f"{method.id}: {wrong}"
            if wrong and key not in self.wrong:
                self._now = (key, f"{request.verb} {request.path} {(request.body or b'')[:600]!r}")
                raise AssertionError(key)

        self.begin_round()
        there = [each for each in self.chosen if each.id not in self.absent]
        there += [each for each in there for word in OFTEN if word in each.id]
        try:
            every_answer_is_googles()
        except Exception as error:
            # Hypothesis tells the smallest request last; a flaky one (the state moved on) counts as well.
            if not hasattr(self, "_now"):
                raise
            key, smallest = self._now
            self.wrong[key] = smallest
            print(f"WRONG {key}\n      {smallest}\n      ({type(error).__name__})", file=sys.stderr)
            del self._now


def rounds(minutes: float, first: int) -> Iterator[int]:
    until = time.monotonic() + minutes * 60
    number = first
    while time.monotonic() < until:
        yield number
        number += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the methods' names, e.g. sheets")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chosen = [each for each in methods() if options.only in each.id]
    with tempfile.TemporaryDirectory(prefix="loket-fuzz-", ignore_cleanup_errors=True) as folder:
        running = server.start(Path(folder))
        try:
            fuzz = Fuzz(running, chosen)
            for number in rounds(options.minutes, options.seed):
                fuzz.round(number)
        finally:
            running.stop()
    told = {
        "requests": fuzz.statuses.total(),
        "methods": len(fuzz.called - fuzz.absent),
        "absent": len(fuzz.absent),
        "statuses": dict(sorted(fuzz.statuses.items())),
        "wrong": len(fuzz.wrong),
        "seed": options.seed,
    }
    if options.json:
        print(json.dumps(told))
    else:
        print(
            f"{told['requests']} requests to {told['methods']} methods ({told['absent']} more are not there), statuses {told['statuses']}, "
            f"{told['wrong']} answered wrongly (seed {told['seed']})"
        )
    return 1 if fuzz.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
