"""Several machines on one ledger: killed at random, database restarted, nothing is lost and nothing goes twice."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
import yaml
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from sync.cli.opening import ledger_url
from sync.cli.root import Root
from sync.core.states import State
from sync.ledger.ledger import Ledger
from tests.acceptance.audit import audit
from tests.acceptance.conftest import ROOT, WORKFLOW, Office, loket
from tests.acceptance.own_postgresql import OwnPostgresql
from tests.acceptance.test_counter import CITRA, DONI, EKA, end, wait_until


@pytest.fixture
def cluster(office: Office, new_postgresql_database: str) -> Office:
    return in_cluster(office, new_postgresql_database)


@pytest.fixture
def own_postgresql() -> Iterator[OwnPostgresql]:
    postgresql = OwnPostgresql()
    yield postgresql
    postgresql.close()


def in_cluster(office: Office, url: str) -> Office:
    """Its settings make every worker a member."""
    settings = office.folder / "settings.yaml"
    told = yaml.safe_load(settings.read_text(encoding="utf-8"))
    told["google"]["calls_per_minute"] = 0
    told |= {"ledger": {"url": url}}
    told |= {"worker": {"cluster": True, "interval_s": 1}}
    settings.write_text(yaml.safe_dump(told), encoding="utf-8")
    return office


def test_one_whole_cycle_of_a_cluster(cluster: Office) -> None:
    """`run --once` of a single member does all there is; the letter lies in the ledger, and in no data folder."""
    for person in (CITRA, DONI, EKA):
        cluster.applies(*person)
    cluster.run_once()
    for person in (CITRA, EKA):
        cluster.types(person[0], "Keputusan", "Setujui")
    cluster.run_once()
    rows = cluster.rows()
    assert rows[CITRA[0]]["Status"] == rows[EKA[0]]["Status"] == "Selesai"
    assert not list((cluster.folder / "data").rglob("*.pdf"))
    found = audit(cluster, [CITRA[0], DONI[0], EKA[0]])
    assert found.clean, found
    assert len(cluster.mailbox()) == 2


def start(
    office: Office, log: Path, *, ahead_s: float = 0, once: bool = False
) -> "subprocess.Popen[bytes]":
    clock = [str(Path(__file__).with_name("fast_clock.py")), "1", "0", str(ahead_s), "--"]
    command = [sys.executable, *clock, "--root", str(office.folder), "run"]
    with log.open("ab") as told:
        return subprocess.Popen(
            [*command, *(["--once"] if once else [])],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=told,
            stderr=told,
        )


@pytest.mark.timeout(600)
def test_members_are_killed_and_the_database_crashes(
    office: Office, own_postgresql: OwnPostgresql, tmp_path: Path
) -> None:
    """Two members under a storm of kills, the database twice: missing 0, twice 0, gaps 0. What was in hand is taken over."""
    cluster = in_cluster(office, own_postgresql.url)
    log, rng = tmp_path / "members.txt", random.Random(8)
    people = [(f"Citra {chr(65 + n)}", f"64020141019000{n + 1:02d}") for n in range(24)]
    cluster.run_once()
    members = [start(cluster, log) for _ in range(2)]
    try:
        for number, person in enumerate(people):
            cluster.applies(*person)
            if number % 4 == 3:
                time.sleep(2)
                _approve(cluster)
                members[number % 2].kill()
                members[number % 2].wait(20)
                members[number % 2] = start(cluster, log)
            if number in (9, 19):
                own_postgresql.crash()
                time.sleep(rng.uniform(0.2, 2))
                own_postgresql.start()
        time.sleep(5)
        _approve(cluster)
        time.sleep(5)
        for member in members:
            assert member.poll() is None, log.read_text()
            member.terminate()
        assert [member.wait(60) for member in members] == [0, 0], log.read_text()
        for hour in range(1, 6):
            calm = start(cluster, log, ahead_s=3600 * hour, once=True)
            assert calm.wait(120) in (0, 1), log.read_text()
            _approve(cluster)
    finally:
        for member in members:
            end(member)
    found = audit(cluster, [name for name, _ in people])
    assert found.clean, f"{found}\n{log.read_text()}"
    states = {row["Status"] for row in cluster.rows().values()}
    assert states <= {"Selesai", "Perlu dicek"}
    assert found.uncertain <= 8


def _approve(office: Office) -> None:
    """Everything that waits for the officer, in one write."""
    tab = office.tab
    header, *rows = tab.get_all_values()
    status, decision = header.index("Status"), header.index("Keputusan")
    cells = [
        {"range": gspread.utils.rowcol_to_a1(number, decision + 1), "values": [["Setujui"]]}
        for number, row in enumerate(rows, 2)
        if row[status] == "Menunggu petugas" and not row[decision]
    ]
    if cells:
        tab.batch_update(cells)


@pytest.mark.timeout(400)
def test_a_backlog_does_not_hold_up_anothers_single_letter(cluster: Office) -> None:
    """One member, a hundred letters of one service, then one of another: it is delivered while most of the others still wait."""
    backlog = [(f"Citra {n:03d}", f"64020141019{n:05d}") for n in range(1, 101)]
    for person in backlog:
        cluster.applies(*person)
    single = another_service(cluster)
    single.applies(*DONI)
    cluster.run_once()
    _approve(cluster)
    single.types(DONI[0], "Keputusan", "Setujui")
    members = [start(cluster, cluster.folder / "member.txt")]
    try:
        ledger = Ledger.open(ledger_url(Root.of(cluster.folder)))
        while True:
            assert members[0].poll() is None
            with ledger.reading() as look:
                counts = look.applications.counts()
            if counts.get(("usaha", State.DELIVERED)):
                break
            time.sleep(0.2)
        ledger.close()
    finally:
        end(members[0])
    assert counts.get(("domisili", State.DELIVERED), 0) < 70, counts


@pytest.mark.timeout(600)
def test_members_are_shown_and_wait_while_the_ledger_is_newer(
    cluster: Office, tmp_path: Path
) -> None:
    """Another machine was upgraded and migrated: this one changes nothing, says so once, and goes on by itself where the
    version is its own again. One that starts meanwhile waits too."""
    log = tmp_path / "members.txt"
    root = ("--root", str(cluster.folder))
    members = [start(cluster, log)]
    try:
        wait_until(lambda: len(_shown(cluster)) == 1, within_s=60)
        [one] = _shown(cluster)
        assert one["roles"] == ["sheets", "letters", "senders"]
        assert loket(*root, "service", "status", "--json").stdout.count('"running": true') == 1
        assert "pekerja-lain-berjalan" in loket(*root, "repair").stderr
        own = _stands_at(cluster, "9999")
        wait_until(lambda: "lebih baru" in log.read_text("utf-8"), within_s=60)
        members.append(start(cluster, log))
        wait_until(lambda: "ledger-lebih-baru" in log.read_text("utf-8"), within_s=60)
        cluster.applies(*CITRA)
        time.sleep(6)
        assert not cluster.rows()[CITRA[0]].get("Status")
        _stands_at(cluster, own)
        wait_until(lambda: cluster.rows()[CITRA[0]].get("Status") == "Menunggu petugas", 60)
        wait_until(lambda: len(_shown(cluster)) == 2, within_s=60)
        cluster.types(CITRA[0], "Keputusan", "Setujui")
        wait_until(lambda: cluster.rows()[CITRA[0]].get("Status") == "Selesai", 60)
        for member in members:
            assert member.poll() is None, log.read_text("utf-8")
            member.terminate()
        assert [member.wait(60) for member in members] == [0, 0], log.read_text("utf-8")
    finally:
        for member in members:
            end(member)
    assert _shown(cluster) == []
    assert log.read_text("utf-8").count("Komputer ini menunggu") == 1
    assert "Traceback" not in (cluster.folder / "data" / "log" / "loket.log").read_text("utf-8")


def _shown(office: Office) -> list[dict[str, Any]]:
    """The members, as `status` shows them."""
    told = loket("--root", str(office.folder), "status", "--json")
    assert told.returncode == 0, told.stderr
    members: list[dict[str, Any]] = json.loads(told.stdout)["members"]
    return members


def _stands_at(office: Office, version: str) -> str:
    """Returns the version that the ledger stood at."""
    url = make_url(Root.of(office.folder).settings.ledger.url)
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        was = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()
    return str(was)


def another_service(office: Office) -> Office:
    """A second form, sheet and workflow of the same office."""
    questions = [
        {"title": title, "type": "text"}
        for title in ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")
    ]
    asked = {"title": "Surat Usaha", "questions": questions}
    form = requests.post(f"{office.url}/_sandbox/forms", json=asked, timeout=30).json()
    workflow = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
    workflow = workflow.replace("prefix: SKD", "prefix: SKU").replace("470/", "503/")
    (office.folder / "workflows" / "usaha.yaml").write_text(workflow, encoding="utf-8")
    return replace(office, form=form)


def test_offices_of_one_server_are_clusters_of_their_own(
    office: Office, new_postgresql_database: str, tmp_path: Path
) -> None:
    """The same URL in both settings: each has its schema, its queue and its numbers, and one `run` joins both."""
    in_cluster(office, new_postgresql_database)
    kutai, berau = (tmp_path / "loket" / "offices" / name for name in ("kutai", "berau"))
    for folder in (kutai, berau):
        shutil.copytree(office.folder, folder)
    other = another_service(replace(office, folder=berau))
    (berau / "workflows" / "domisili.yaml").unlink()
    office.applies(*CITRA)
    other.applies(*DONI)
    for typed in (False, True):
        if typed:
            office.types(CITRA[0], "Keputusan", "Setujui")
            other.types(DONI[0], "Keputusan", "Setujui")
        done = loket("--root", str(tmp_path / "loket"), "run", "--once")
        assert done.returncode == 0, done.stderr
    assert office.rows()[CITRA[0]]["Status"] == other.rows()[DONI[0]]["Status"] == "Selesai"
    for folder, service in ((kutai, "domisili"), (berau, "usaha")):
        ledger = Ledger.open(ledger_url(Root.of(folder)))
        with ledger.reading() as look:
            assert {one.workflow for one in look.applications.of_workflow()} == {service}
            [application] = look.applications.of_workflow()
            assert look.numbers.letters(service, application.received_at.year) == [1]
        ledger.close()
