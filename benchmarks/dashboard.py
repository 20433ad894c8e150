"""The dashboard's pages beside a large ledger: how long the office waits for each, the threshold and the door included.

    python benchmarks/dashboard.py --applications 100000 [--days 180] [--times 20] [--json]

Of the applications some 3 % wait, the rest ended. The first look at the first page counts thirty days, every other look
one. Exit 1 when an answer was no page; never for being slow.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sync.core.references import make_reference  # noqa: E402 - found when run as a script too
from sync.ledger import schema  # noqa: E402
from sync.ledger.engine import sqlite_url  # noqa: E402
from sync.ledger.ledger import Ledger  # noqa: E402
from tests.fakes.dashboard_site import AFTERNOON, SERVICES, Dashboard  # noqa: E402

AT_ONCE = 5_000
WAITING = 0.03
STATES = ("in_review", "received", "delivering", "uncertain", "failed", "needs_fixing")
MONTH = "dari=2026-10-26&sampai=2026-11-24"
PAGES = (
    "/petugas",
    "/petugas/daftar",
    "/petugas/daftar?keadaan=lewat-janji",
    "/petugas/daftar?keadaan=menunggu&halaman=20",
    "/petugas/daftar?keadaan=selesai",
    f"/petugas/daftar?keadaan=selesai&layanan=domisili&{MONTH}",
    "/petugas/daftar?keadaan=email",
    "/petugas/grafik/harian.svg",
    "/petugas/grafik/umur.svg",
)
ANSWERS = {"NIK": "6402014101900001", "Alamat": "Jalan Mawar nomor 1 RT 2", "Keperluan": "x" * 200}


def fill(ledger: Ledger, applications: int, days: int) -> None:
    """Spread evenly over the days until AFTERNOON."""
    chance = random.Random(4)
    for first in range(0, applications, AT_ONCE):
        rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("applications", "events", "intents", "places")
        }
        for n in range(first, min(first + AT_ONCE, applications)):
            at = AFTERNOON - timedelta(days=days) * (1 - n / applications)
            _one(rows, n, at, chance)
        rows["events"].sort(key=lambda event: event["at"])
        with ledger.begin() as tx:
            for name, values in rows.items():
                tx._connection.execute(getattr(schema, name).insert(), values)


def _one(
    rows: dict[str, list[dict[str, Any]]], n: int, at: datetime, chance: random.Random
) -> None:
    service, _, prefix, _ = chance.choice(SERVICES)
    then = at + timedelta(hours=chance.expovariate(1 / 20))
    waits = chance.random() < WAITING or then > AFTERNOON
    state = chance.choice(STATES) if waits else "delivered"
    rows["applications"].append(
        {
            "id": n + 1,
            "reference": make_reference(prefix, 26, n),
            "workflow": service,
            "state": state,
            "answers": ANSWERS,
            "fingerprint": "f" * 32,
            "submitted": str(n),
            "name": "Citra Ayu Lestari",
            "email": f"a{n}@example.org",
            "phone": "",
            "received_at": at,
            "updated_at": at if waits else then,
        }
    )
    rows["places"].append({"application_id": n + 1, "workflow": service, "row": n + 2})
    kinds: list[tuple[str, datetime, dict[str, str]]] = [
        ("received", at, {}),
        ("ready_for_review", at, {"from": "received", "to": "in_review"}),
    ]
    if not waits:
        kinds += [
            ("approved", then, {"from": "in_review", "to": "approved"}),
            ("letter_made", then, {"from": "approved", "to": "delivering"}),
            ("delivery_sent", then, {}),
            ("delivered", then, {"from": "delivering", "to": "delivered"}),
        ]
        rows["intents"].append(_letter(n, then))
    rows["events"] += [
        {"application_id": n + 1, "at": moment, "kind": kind, "detail": detail}
        for kind, moment, detail in kinds
    ]


def _letter(n: int, at: datetime) -> dict[str, Any]:
    texts = {"kind": "letter", "channel": "email", "key": str(n), "address": "x", "reason": ""}
    told = {"facts": {}, "state": "delivered", "receipt": "250", "link": ""}
    numbers = {"application_id": n + 1, "series": 1, "attempts": 1}
    return {**texts, **told, **numbers, "planned_at": at, "settled_at": at}


def measure(folder: Path, *, applications: int, days: int, times: int) -> dict[str, Any]:
    """Milliseconds: the first look, then (median, slowest) of each page."""
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    try:
        fill(ledger, applications, days)
        visitor = Dashboard(ledger, folder).visitor()

        def look(path: str) -> float:
            began = time.perf_counter()
            status = visitor.reads(path).status
            if status != 200:
                raise RuntimeError(f"{path}: {status}")
            return round(1000 * (time.perf_counter() - began), 1)

        figures: dict[str, Any] = {"applications": applications, "first look": look(PAGES[0])}
        for path in PAGES:
            took = [look(path) for _ in range(times)]
            figures[path] = (round(statistics.median(took), 1), max(took))
        return figures
    finally:
        ledger.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="loket-dashboard-") as folder:
        figures = measure(
            Path(folder), applications=given.applications, days=given.days, times=given.times
        )
    if given.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{value!s:20} {name}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
