"""How the sandbox's Sheets hold up: a sheet of N rows, one client, then fifty at once.

    python benchmarks/sandbox_scale.py --rows 1000000 [--json]

Milliseconds as a client on this machine sees them, over loopback. On shared cores trust the ratios, not the figures.
Nothing here fails for being slow; what must be right is held by the tests.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
BATCH, COLUMNS, CLIENTS, CALLS_EACH = 20_000, 8, 50, 10


class Client:
    """One kept connection."""

    def __init__(self, url: str, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self._headers)
        answer = self._connection.getresponse()
        found: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {found}")
        return found


class Sheet:
    """The sheet behind a form, through one client's connection."""

    def __init__(self, client: Client, form: dict[str, Any]) -> None:
        self.client, self.form = client, form
        self.path = f"/v4/spreadsheets/{form['spreadsheetId']}"
        self.sheet_id = 0
        self.tab = quote(f"'{form['tab']}'", safe="")

    def append(self, lines: list[list[Any]]) -> str:
        path = f"{self.path}/values/{self.tab}!A1:append?valueInputOption=RAW"
        return str(self.client.call("POST", path, {"values": lines})["updates"]["updatedRange"])

    def read(self, start: int, count: int = 100) -> list[list[Any]]:
        span = f"A{start}:{chr(64 + COLUMNS)}{start + count - 1}"
        found = self.client.call("GET", f"{self.path}/values/{self.tab}!{span}")
        return list(found.get("values", []))

    def update(self, row: int, line: list[Any]) -> None:
        path = f"{self.path}/values/{self.tab}!A{row}?valueInputOption=RAW"
        self.client.call("PUT", path, {"values": [line]})

    def move_row(self, row: int, to: int) -> None:
        span = {
            "sheetId": self.sheet_id,
            "dimension": "ROWS",
            "startIndex": row - 1,
            "endIndex": row,
        }
        request = {"moveDimension": {"source": span, "destinationIndex": to}}
        self.client.call("POST", self.path + ":batchUpdate", {"requests": [request]})

    def respond(self, name: str) -> None:
        path = f"/_sandbox/forms/{self.form['formId']}/responses"
        self.client.call("POST", path, {"answers": {"Nama": name}})


def line(number: int) -> list[Any]:
    return [
        number,
        f"Citra {number}",
        "7401234567890123",
        "Kendari",
        "",
        "Diterima",
        number % 7,
        "x",
    ]


def timed(work: Callable[[int], Any], times: int) -> dict[str, float]:
    taken = []
    for i in range(times):
        start = time.perf_counter()
        work(i)
        taken.append((time.perf_counter() - start) * 1000)
    return {"median_ms": round(statistics.median(taken), 1), "max_ms": round(max(taken), 1)}


def measure(url: str, rows: int) -> dict[str, Any]:
    control = Client(url)
    questions = [{"title": "Nama", "type": "text"}]
    form = control.call("POST", "/_sandbox/forms", {"title": "Antrean", "questions": questions})
    token = control.call("GET", "/_sandbox/token?account=officer")["access_token"]
    sheet = Sheet(Client(url, token), form)
    found = sheet.client.call("GET", sheet.path)["sheets"][0]["properties"]
    sheet.sheet_id = found["sheetId"]
    size = {"sheetId": sheet.sheet_id, "gridProperties": {"columnCount": COLUMNS}}
    request = {
        "updateSheetProperties": {"properties": size, "fields": "gridProperties.columnCount"}
    }
    sheet.client.call("POST", sheet.path + ":batchUpdate", {"requests": [request]})

    dice, start = random.Random(1), time.perf_counter()
    for first in range(0, rows, BATCH):
        sheet.append([line(n) for n in range(first, min(first + BATCH, rows))])
    told: dict[str, Any] = {"rows": rows, "fill_s": round(time.perf_counter() - start, 1)}
    told["append"] = timed(lambda i: sheet.append([line(rows + i)]), 50)
    told["get_100_rows"] = timed(lambda _: sheet.read(dice.randrange(2, rows - 100)), 50)
    told["update_a_row"] = timed(lambda i: sheet.update(rows // 2 + i, line(i)), 50)
    # The first lands above all rows that were added by hand; moved below them, it draws the next ones after it.
    told["form_response_above_the_others"] = timed(lambda i: sheet.respond(f"Doni {i}"), 3)
    sheet.move_row(2, rows + 52)
    told["form_response"] = timed(lambda i: sheet.respond(f"Doni {i}"), 20)

    def client(number: int) -> tuple[int, list[float]]:
        """Reads back what it appended, in the midst of the others."""
        own, wrong, taken = Sheet(Client(url, token), form), 0, []
        for i in range(CALLS_EACH):
            mark = line(number * 1000 + i)
            begun = time.perf_counter()
            row = int(own.append([mark]).rpartition("A")[2].partition(":")[0])
            seen = own.read(row, 1)
            taken.append((time.perf_counter() - begun) * 500)
            wrong += seen != [[str(cell) for cell in mark]]
        return wrong, taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        done = list(pool.map(client, range(CLIENTS)))
    every = [ms for _, taken in done for ms in taken]
    told["clients"] = {
        "count": CLIENTS,
        "wrong": sum(wrong for wrong, _ in done),
        "median_ms": round(statistics.median(every), 1),
        "max_ms": round(max(every), 1),
    }
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sync", "sandbox", "--port", "0", "--data", folder]
        sandbox = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert sandbox.stdout is not None
            url = json.loads(sandbox.stdout.readline())["url"]
            told = measure(url, asked.rows)
        finally:
            sandbox.terminate()
            sandbox.wait(30)
    if sys.platform != "win32":
        import resource

        kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        told["memory_mb"] = kilobytes // (1_048_576 if sys.platform == "darwin" else 1024)
    if asked.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(f"{name:>31}  {value}")


if __name__ == "__main__":
    main()
