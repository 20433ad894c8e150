"""The status page under load: N applications in the ledger, `serve` in a process of its own, applicants asking by wrk.

    python benchmarks/citizens.py --applications 100000 [--seconds 10] [--connections 16] [--json]

Every request is a whole one: form token, reference, four digits, another client address and another application each time;
it is answered from the ledger with the page. Needs wrk (Debian: `apt install wrk`) and Linux for the CPU. Exit 1 when an
answer was no status page; never for being slow.
"""

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import requests  # noqa: E402 - found when run as a script too

from benchmarks.backlog_usage import cpu_of  # noqa: E402
from sync.core.references import make_reference  # noqa: E402
from sync.ledger import schema  # noqa: E402
from sync.ledger.engine import sqlite_url  # noqa: E402
from sync.ledger.ledger import Ledger  # noqa: E402

ASKED, AT_ONCE = 10_000, 5_000
AT = datetime(2026, 11, 24, tzinfo=UTC)
SERVICE = """title: Surat Keterangan Domisili
prefix: SKD
sheet: 1x2y3z4a5b6c7d8e9f0g
tab: Form Responses 1
applicant: {name: Nama Lengkap, email: Alamat Email}
fields: {nik: {question: NIK, type: nik}}
letter: {template: letters/domisili.html, number: "470/{{ serial }}"}
public: {show: ya}
"""
ANSWERS = {
    "Nama Lengkap": "Citra Ayu Lestari",
    "Alamat sesuai KTP": "Jalan Mawar nomor 1 RT 2",
    "Agama": "Islam",
    "Pekerjaan": "Wiraswasta",
    "Keperluan surat": "Pembukaan rekening bank",
}
LUA = """
local refs, digits, n = {%s}, {%s}, 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Cookie"] = "%s"
request = function()
  n = n %% #refs + 1
  wrk.headers["X-Forwarded-For"] = string.format("10.%%d.%%d.%%d", n %% 251, math.random(0, 255), math.random(0, 255))
  return wrk.format(nil, "/status", nil, "_token=%s&nomor=" .. refs[n] .. "&angka=" .. digits[n])
end
done = function(summary, latency)
  io.write(string.format('{"requests": %%d, "seconds": %%.3f, "refused": %%d, "p50_ms": %%.2f, "p99_ms": %%.2f}\\n',
    summary.requests, summary.duration / 1e6, summary.errors.status + summary.errors.read + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


def fill(data: Path, applications: int) -> None:
    """Every second one is delivered, the others wait for an officer."""
    data.mkdir(parents=True)
    ledger = Ledger.open(sqlite_url(data / "ledger.sqlite3"))
    for first in range(0, applications, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, applications))
        with ledger.begin() as tx:
            put = tx._connection.execute
            put(schema.applications.insert(), [_application(n) for n in ids])
            put(schema.events.insert(), [one for n in ids for one in _events(n)])
            put(schema.documents.insert(), [_document(n) for n in ids if n % 2])
    ledger.close()


def _application(n: int) -> dict[str, Any]:
    state = "delivered" if n % 2 else "in_review"
    texts = {
        "fingerprint": "f" * 32,
        "submitted": str(n),
        "email": f"a{n}@example.org",
        "phone": "",
    }
    return texts | {
        "id": n + 1,
        "reference": make_reference("SKD", 26, n),
        "workflow": "domisili",
        "state": state,
        "answers": {**ANSWERS, "NIK": f"640201410190{n % 10_000:04d}"},
        "name": ANSWERS["Nama Lengkap"],
        "received_at": AT,
        "updated_at": AT,
    }


def _events(n: int) -> list[dict[str, Any]]:
    kinds = [("received", {}), ("ready_for_review", {"from": "received", "to": "in_review"})]
    if n % 2:
        kinds.append(("approved", {"from": "in_review", "to": "approved"}))
        kinds.append(("delivered", {"from": "delivering", "to": "delivered"}))
    return [{"application_id": n + 1, "at": AT, "kind": kind, "detail": d} for kind, d in kinds]


def _document(n: int) -> dict[str, Any]:
    facts = {"number": "470/1", "path": "x.pdf", "file_name": "x.pdf", "sha256": "0" * 64}
    return {**facts, "application_id": n + 1, "size_bytes": 1, "made_at": AT}


def measure(folder: Path, *, applications: int, seconds: int, connections: int) -> dict[str, Any]:
    (folder / "workflows").mkdir()
    (folder / "workflows" / "domisili.yaml").write_text(SERVICE, encoding="utf-8")
    (folder / "settings.yaml").write_text("site: {proxies: [127.0.0.1]}\n", encoding="utf-8")
    fill(folder / "data", applications)
    command = [sys.executable, "-m", "sync", "--root", str(folder), "serve", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
        assert found
        form = requests.get(f"{found[0]}/status", timeout=20)
        before = cpu_of(server.pid)
        figures = _load(folder, found[0], form, applications, seconds, connections)
        cpu = cpu_of(server.pid) - before
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        server.stderr.close()
    figures["requests_per_second"] = round(figures["requests"] / figures["seconds"])
    figures["cpu_ms_per_request"] = round(1000 * cpu / max(1, figures["requests"]), 3)
    return {"applications": applications, "connections": connections, **figures}


def _load(
    folder: Path,
    url: str,
    form: requests.Response,
    applications: int,
    seconds: int,
    connections: int,
) -> dict[str, Any]:
    token = form.text.partition('name="_token" value="')[2].partition('"')[0]
    step = max(1, applications // ASKED)
    asked = [n * step % applications for n in range(min(ASKED, applications))]
    refs = ",".join(f'"{make_reference("SKD", 26, n)}"' for n in asked)
    digits = ",".join(f'"{n % 10_000:04d}"' for n in asked)
    cookie = "; ".join(f"{name}={value}" for name, value in form.cookies.items())
    one = {"_token": token, "nomor": make_reference("SKD", 26, 1), "angka": "0001"}
    answer = requests.post(f"{url}/status", data=one, cookies=form.cookies, timeout=20)
    if "Status ini sejak" not in answer.text:
        raise RuntimeError("what is measured would be no status page")
    script = folder / "load.lua"
    script.write_text(LUA % (refs, digits, cookie, token), encoding="utf-8")
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), url]
    said = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="loket-citizens-") as folder:
        figures = measure(
            Path(folder),
            applications=given.applications,
            seconds=given.seconds,
            connections=given.connections,
        )
    if given.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:22}{value}" for name, value in figures.items()))
    return 1 if figures["refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
