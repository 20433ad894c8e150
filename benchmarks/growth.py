"""What grows with a sheet, and what does not: the same work in a short sheet and in a long one.

    python -m benchmarks.growth --rows 1000 --rows 500000 [--new 100] [--json]
    python -m benchmarks.growth --services 200
    python -m benchmarks.growth --receipt

Each sheet is full of applications that came to rest long ago, in the ledger as in the sheet; one row in its middle waits for
the officer. Then, through the real worker and the real clients, against the local Google: an idle cycle; 100 new
responses; a decision in that row; and what the survey of the other rows costs beside them.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from sqlalchemy import Connection

from benchmarks.backlog_world import ROOT, ROWS_A_CALL, Applicant, Sheet, World, _post, a_world
from sync.cli.root import Root
from sync.cli.wiring import Wiring, assembled
from sync.core.desk import Cell
from sync.core.fingerprint import fingerprint
from sync.core.projection import label_of, updated_text
from sync.core.references import make_reference
from sync.core.states import State
from sync.core.survey import Survey
from sync.core.workflow.model import Workflow
from sync.ledger import schema
from sync.ledger.desks import DeskMemory
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport, run_cycle
from sync.worker.loop import run_once

LONG_AGO = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
NOTE = "Surat dikirim melalui email."
READY_S, PATIENCE_S = 5.0, 180.0
FEWEST_ROWS = 20
ASKED = ("Nama Lengkap", "Alamat Email", "NIK", "Alamat sesuai KTP")
QUESTIONS = [{"title": title, "type": "text"} for title in ASKED]
SERVICE = """\
title: Surat Keterangan
prefix: {prefix}
sheet: {sheet}
tab: {tab}
applicant: {{name: Nama Lengkap, email: Alamat Email}}
fields:
  nama: {{question: Nama Lengkap, type: text}}
  nik: {{question: NIK, type: nik}}
  alamat: {{question: Alamat sesuai KTP, type: text}}
receipt: ya
letter: {{template: letters/keterangan.html, number: "{prefix}/{{{{ serial|pad(6) }}}}/{{{{ tahun }}}}"}}
deliver: [email]
"""
SURVEY_LOOKS = 20


@dataclass(frozen=True)
class Cost:
    """`calls` and `bytes` to and from Google; `cpu_ms` is this process's own."""

    cycles: int
    calls: int
    bytes: int
    cpu_ms: float


def measure(folder: Path, *, rows: int, new: int) -> dict[str, Any]:
    """Raises RuntimeError where the work was not done."""
    with a_world(folder, letters=0) as world, opened(world) as (sheet, counter, wiring):
        fill(sheet, counter, wiring, rows)

        def cost(work: Callable[[], None], over: Callable[[CycleReport], bool]) -> Cost:
            work()
            counter.surveyed_at = counter.clock()  # the survey is told apart
            transport, cycles = wiring.transport, 0
            before, cpu_s = (transport.calls, transport.bytes), time.process_time()
            is_over = False
            while not is_over:
                report = run_cycle(counter)
                ensure(not report.trouble, report.trouble)
                is_over, cycles = over(report), cycles + 1
            cpu_ms = round((time.process_time() - cpu_s) * 1000, 1)
            return Cost(cycles, transport.calls - before[0], transport.bytes - before[1], cpu_ms)

        def applied() -> None:
            append(sheet, [Applicant(rows + n).answers() for n in range(new)])

        def decided() -> None:
            type_decision(sheet, rows // 2 + 1)

        found: list[CycleReport] = []

        def done(report: CycleReport) -> bool:
            found.append(report)
            return report.active

        told = {"rows": rows, "idle": asdict(cost(lambda: None, lambda report: report.idle))}
        told |= {"new": asdict(cost(applied, done))}
        taken = found[-1].taken
        ensure((taken.new, taken.edited) == (new, 0), f"new responses: {taken}")
        ensure(found[-1].sent.done == new, f"receipts: {found[-1].sent}")
        told |= {"decision": asdict(cost(decided, done))}
        ensure(found[-1].taken.decided == 1, f"a decision: {found[-1].taken}")
        looks = iter(range(SURVEY_LOOKS, 0, -1))
        told |= {"survey": asdict(cost(lambda: None, lambda r: r.idle or next(looks) == 1))}
        with wiring.ledger.reading() as look:
            states = look.applications.counts()
        at_rest = states[counter.workflow.name, State.DELIVERED]
        ensure(at_rest == rows - 1, "a row that was at rest was taken for changed")
        return told


def ensure(right: bool, what: str) -> None:
    if not right:
        raise RuntimeError(what)


@contextmanager
def opened(world: World) -> Iterator[tuple[Sheet, Counter, Wiring]]:
    """A service with few questions, for a spreadsheet holds ten million cells, and its counter in this process; who applies
    is told that it came in."""
    for shipped in (world.folder / "workflows").glob("*.yaml"):
        shipped.unlink()
    sheet = add_service(world, "keterangan", prefix="SKU")
    with assembled(Root(world.folder)) as wiring:
        counters, problems = wiring.counters()
        ensure(not problems, str(problems))
        run_cycle(counters[0])  # makes the columns
        trim(sheet)
        yield sheet, counters[0], wiring


def add_service(world: World, name: str, *, prefix: str) -> Sheet:
    form = _post(world.url, "forms", {"title": name, "questions": QUESTIONS})
    text = SERVICE.format(sheet=form["spreadsheetId"], tab=form["tab"], prefix=prefix)
    (world.folder / "workflows" / f"{name}.yaml").write_text(text, encoding="utf-8")
    letters = world.folder / "templates" / "letters"
    letters.mkdir(parents=True, exist_ok=True)
    (letters / "keterangan.html").write_text("<p>{{ nomor }} {{ nama }}</p>", encoding="utf-8")
    return Sheet(world.sheets[0].client, form["spreadsheetId"], form["tab"], name, [])


def trim(sheet: Sheet) -> None:
    """Takes away the empty columns at the right."""
    about = sheet.client.fetch_sheet_metadata(sheet.spreadsheet_id)
    [tab] = [
        one["properties"] for one in about["sheets"] if one["properties"]["title"] == sheet.tab
    ]
    across = {
        "sheetId": tab["sheetId"],
        "dimension": "COLUMNS",
        "startIndex": len(sheet._get("1:1")[0]),
        "endIndex": tab["gridProperties"]["columnCount"],
    }
    if across["startIndex"] < across["endIndex"]:
        body = {"requests": [{"deleteDimension": {"range": across}}]}
        sheet.client.batch_update(sheet.spreadsheet_id, body)


def fill(sheet: Sheet, counter: Counter, wiring: Wiring, rows: int) -> None:
    """Applications at rest, in the sheet and in the ledger, as if they had been served one after another."""
    ensure(rows >= FEWEST_ROWS, f"at least {FEWEST_ROWS} rows")
    for first in range(0, rows, ROWS_A_CALL):
        part = [
            at_rest(counter, n, waits=n == rows // 2 - 1)
            for n in range(first, min(first + ROWS_A_CALL, rows))
        ]
        append(sheet, [cells for cells, _ in part])
        with wiring.ledger.begin() as tx:
            connection: Connection = tx._connection
            connection.execute(schema.applications.insert(), [row for _, row in part])
            places = [
                {"application_id": row["id"], "workflow": row["workflow"], "row": row["id"] + 1}
                for _, row in part
            ]
            connection.execute(schema.places.insert(), places)
    with wiring.ledger.begin() as tx:
        counters = {"kind": "reference", "scope": counter.workflow.prefix, "year": 2026}
        tx._connection.execute(schema.counters.insert(), counters | {"last": rows})
        name = counter.workflow.name
        tx.desks.keep_survey(name, asdict(Survey(end=rows + 1)))
        tx.desks.remember(DeskMemory(name, counter.desk.version(), counter.clock(), ""))


def at_rest(counter: Counter, n: int, *, waits: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Row `n` of the sheet by header, and of the ledger."""
    workflow: Workflow = counter.workflow
    columns = counter.settings.columns
    applicant = Applicant(n)
    answers = applicant.answers()
    asked: dict[str, Cell] = {
        question: answers.get(question, "") for question in workflow.questions
    }
    state = State.IN_REVIEW if waits else State.DELIVERED
    decision = "" if waits else "Setujui"
    reference = make_reference(workflow.prefix, 2026, n + 1)
    shown = {
        columns.reference: reference,
        columns.status: label_of(state, queued=False),
        columns.note: NOTE,
        columns.updated: updated_text(LONG_AGO, counter.timezone),
        columns.decision: decision,
    }
    ledger = {
        "id": n + 1,
        "reference": reference,
        "workflow": workflow.name,
        "state": state.value,
        "answers": asked,
        "fingerprint": fingerprint(workflow, asked),
        "submitted": f"{answers['Timestamp']:.9f}".rstrip("0").rstrip("."),
        "name": applicant.name,
        "email": applicant.email,
        "phone": "",
        "note": NOTE,
        "decision_seen": decision,
        "received_at": LONG_AGO - timedelta(days=1),
        "updated_at": LONG_AGO,
        "placed": True,
        "shown": True,
    }
    return answers | shown, ledger


def append(sheet: Sheet, rows: list[dict[str, Any]]) -> None:
    header = sheet._get("1:1")[0]
    sheet.client.values_append(
        sheet.spreadsheet_id,
        f"'{sheet.tab}'!A1",
        params={"valueInputOption": "RAW"},
        body={"values": [[row.get(title, "") for title in header] for row in rows]},
    )


def type_decision(sheet: Sheet, row: int) -> None:
    """Bu Ratna turns the application down, and says why."""
    column = sheet._get("1:1")[0].index("Keputusan") + 1
    sheet.client.values_update(
        sheet.spreadsheet_id,
        f"'{sheet.tab}'!R{row}C{column}:R{row}C{column + 1}",
        params={"valueInputOption": "RAW"},
        body={"values": [["Tolak", "Alamat tidak sesuai."]]},
    )


def many_services(folder: Path, *, services: int) -> dict[str, Any]:
    """An idle round of so many services, each with a spreadsheet of its own: calls by what they ask."""
    with a_world(folder, letters=0) as world:
        for file in (world.folder / "workflows").glob("*.yaml"):
            file.unlink()
        for number in range(services):
            add_service(world, f"layanan-{number}", prefix=f"S{_letters(number)}")
        with assembled(Root(world.folder)) as wiring:
            counters, problems = wiring.counters()
            ensure(not problems, str(problems))
            while not all(report.idle for report in run_once(counters, lambda _report: None)):
                pass
            world.forget_calls()
            began = time.perf_counter()
            reports = run_once(counters, lambda _report: None)
            seconds = time.perf_counter() - began
        ensure(all(report.idle for report in reports), "not idle")
        told = requests.get(f"{world.url}/_sandbox/requests", timeout=30).json()
    return {
        "services": services,
        "calls": told["calls"],
        "of_sheets": sum(
            one["calls"] for api, one in told["methods"].items() if api.startswith("sheets.")
        ),
        "seconds": round(seconds, 2),
    }


def receipt(folder: Path) -> dict[str, float]:
    """From a response to the receipt in the mailbox, while a worker runs."""
    with a_world(folder, letters=0) as world:
        for file in (world.folder / "workflows").glob("*.yaml"):
            file.unlink()
        sheet = add_service(world, "keterangan", prefix="SKU")
        command = [one for one in world.command() if one != "--once"]
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
        try:
            wait_for(lambda: "Keputusan" in sheet._get("1:1")[0])
            time.sleep(READY_S)
            began = time.perf_counter()
            append(sheet, [Applicant(0).answers()])
            wait_for(lambda: any(world.mailbox.glob("*.eml")))
            seconds = time.perf_counter() - began
        finally:
            worker.terminate()
            worker.wait(60)
    interval_s = Root(world.folder).settings.worker.interval_s
    return {"interval_s": interval_s, "seconds": round(seconds, 2)}


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        ensure(time.monotonic() < until, "waited in vain")
        time.sleep(0.05)


def _letters(number: int) -> str:
    return chr(ord("A") + number // 26) + chr(ord("A") + number % 26)


def compare(folder: Path, *, sizes: list[int], new: int) -> dict[str, Any]:
    """The costs in each size of sheet, and of the last one as multiples of the first's."""
    told = []
    for rows in sizes:
        place = folder / str(rows)
        place.mkdir()
        told.append(measure(place, rows=rows, new=new))
    short, long = told[0], told[-1]
    ratios = {
        what: {
            figure: round(long[what][figure] / max(short[what][figure], 1e-9), 3)
            for figure in ("calls", "bytes", "cpu_ms")
        }
        for what in ("idle", "new", "decision")
    }
    return {"sizes": told, "ratios": ratios}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--services", type=int, help="an idle round of so many, instead")
    parser.add_argument("--receipt", action="store_true", help="how soon it arrives, instead")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        if asked.services:
            told = many_services(folder, services=asked.services)
        elif asked.receipt:
            told = receipt(folder)
        else:
            sizes = asked.rows or [1_000, 500_000]
            told = compare(folder, sizes=sizes, new=asked.new)
    if asked.json or "sizes" not in told:
        print(json.dumps(told))
        return
    for size in told["sizes"]:
        for what in ("idle", "new", "decision", "survey"):
            print(f"{size['rows']:>9,}  {what:>9}  {size[what]}")
    print(f"the last as multiples of the first: {told['ratios']}")


if __name__ == "__main__":
    main()
