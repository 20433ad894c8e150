"""What those who look after a cluster are told: by `check`, `doctor`, `status`, `service` and `upgrade`."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.cli import cluster_check, service
from sync.cli.app import main
from sync.cli.cluster_check import cluster_problems
from sync.cli.doctor.finding import Level
from sync.cli.opening import ledger_url, now
from sync.cli.root import Root
from sync.cli.upgrade_cluster import ensure_others_stopped
from sync.core.mendable import Mendable
from sync.ledger.ledger import Ledger
from sync.worker.cluster.members import ALIVE_FOR, Presence, be_there, leave, members
from sync.worker.office_keys import signing_key
from tests.acceptance.conftest import LETTER, WORKFLOW
from tests.unit.cli.conftest import diagnosis
from tests.unit.cli.remedies import judged, shown

SETTINGS = """
office: {{email: loket@dukcapil.example}}
ledger: {{url: '{url}'}}
worker: {{cluster: true, roles: [{roles}]}}
verification: {{url: 'https://periksa.example.go.id/'}}
"""


@pytest.fixture
def folder(tmp_path: Path, new_postgresql_database: str) -> Path:
    """A member's, with one service; its ledger is there."""
    for name in ("workflows", "templates/letters"):
        (tmp_path / name).mkdir(parents=True)
    workflow = WORKFLOW.format(sheet="1" * 44, tab="Form Responses 1")
    (tmp_path / "workflows" / "domisili.yaml").write_text(workflow, encoding="utf-8")
    (tmp_path / "templates" / "letters" / "uji.html").write_text(LETTER, encoding="utf-8")
    takes(tmp_path, new_postgresql_database, "sheets, letters, senders")
    Ledger.open(new_postgresql_database).close()
    return tmp_path


def takes(folder: Path, url: str, roles: str) -> None:
    (folder / "settings.yaml").write_text(SETTINGS.format(url=url, roles=roles), "utf-8")


def somebody(name: str, *roles: str, folder: str = "/srv/loket", version: str = "1.0") -> Presence:
    """Who is there now."""
    roles, at = roles or ("sheets", "letters", "senders"), now()
    return Presence(f"id {name} {folder}", name, folder, 7, roles, version, at, at)


@pytest.fixture
def there(folder: Path) -> Callable[..., None]:
    """So many are there."""

    def be(*present: Presence) -> None:
        with closing(Ledger.open(ledger_url(Root(folder)))) as ledger, ledger.begin() as tx:
            for one in present:
                be_there(tx, one, one.seen_at)

    return be


def names(folder: Path) -> list[str]:
    return [problem.name for problem in cluster_problems(Root(folder), now())]


# --- who is there -------------------------------------------------------------------------------------------


def test_members_are_there_while_they_say_so(folder: Path) -> None:
    """One that left is gone at once; one that was killed after two minutes; a clock that is ahead is no matter."""
    at = now()
    first, second, ahead = somebody("a"), somebody("b"), somebody("c")
    ahead = replace(ahead, seen_at=at + timedelta(minutes=1))

    def present(at: datetime) -> list[str]:
        with ledger.reading() as look:
            return [one.computer for one in members(look, at)]

    with closing(Ledger.open(ledger_url(Root(folder)))) as ledger:
        with ledger.begin() as tx:
            for one in (first, second, ahead):
                be_there(tx, one, one.seen_at)
        assert present(at) == ["a", "b", "c"]
        with ledger.begin() as tx:
            leave(tx, first, at)
        assert present(at) == ["b", "c"]
        with ledger.begin() as tx:
            be_there(tx, second, at + ALIVE_FOR)
        assert present(at + ALIVE_FOR) == ["b", "c"]
        assert present(at + ALIVE_FOR * 2) == []


def test_status_shows_them(
    folder: Path, there: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """And that nobody sends: else letters would wait and nothing would say why."""
    there(somebody("server-1", "sheets", "letters"))
    assert main(["--root", str(folder), "status", "--json"]) == 0
    [told] = json.loads(capsys.readouterr().out)["members"]
    assert (told["computer"], told["roles"]) == ("server-1", ["sheets", "letters"])
    assert main(["--root", str(folder), "status"]) == 0
    shown_too = capsys.readouterr()
    assert "server-1" in shown_too.out
    assert "peran-tidak-diambil" in shown_too.err
    assert "senders" in shown_too.err


# --- what does not fit --------------------------------------------------------------------------------------


def test_a_cluster_that_fits_is_no_matter(folder: Path, there: Callable[..., None]) -> None:
    """Roles may lie on several machines; before the first start there is nobody yet."""
    assert names(folder) == []
    there(somebody("a", "sheets"), somebody("b", "letters", "senders"))
    assert names(folder) == []
    assert not diagnosis(folder, "klaster", at=now())
    assert main(["--root", str(folder), "check"]) == 0


def test_a_role_that_nobody_takes(folder: Path, there: Callable[..., None]) -> None:
    there(somebody("a", "sheets"), somebody("b", "letters"))
    assert names(folder) == ["peran-tidak-diambil"]
    found = diagnosis(folder, "klaster", at=now())["peran-tidak-diambil"]
    assert "senders (mengirim)" in found.found
    assert "worker.roles" in judged(found, Level.WARNING, "peran-tidak-diambil")


def test_two_versions_at_a_time(folder: Path, there: Callable[..., None]) -> None:
    """Each with its computers."""
    there(somebody("a"), somebody("b", version="1.1"))
    assert names(folder) == ["versi-klaster-berbeda"]
    found = diagnosis(folder, "klaster", at=now())["versi-klaster-berbeda"]
    assert "1.0: a; 1.1: b" in found.found
    assert "upgrade" in judged(found, Level.WARNING, "versi-klaster-berbeda")


def test_keys_that_are_on_another_machine(folder: Path, tmp_path: Path) -> None:
    """Told before `run` refuses; where one of them is here, nothing is the matter."""
    with closing(Ledger.open(ledger_url(Root(folder)))) as ledger:
        signing_key(ledger, tmp_path / "the first machine", now())
        assert names(folder) == ["kunci-di-komputer-lain"]
        found = diagnosis(folder, "klaster", at=now())["kunci-di-komputer-lain"]
        assert str(folder / "data" / "keys") in judged(
            found, Level.PROBLEM, "kunci-di-komputer-lain"
        )
        assert main(["--root", str(folder), "check"]) == 1
        signing_key(ledger, folder / "data", now())
    assert names(folder) == []


def test_nobody_is_there(folder: Path) -> None:
    steps = shown(diagnosis(folder, "klaster", at=now())["klaster-tanpa-anggota"])
    assert "service install" in steps


def test_windows_is_no_member(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert [one.name for one in cluster_check.machine_problems()] == ["klaster-di-windows"]
    shown(diagnosis(folder, "klaster", at=now())["klaster-di-windows"])


def test_roles_without_a_cluster_are_told_by_check(folder: Path) -> None:
    """The machine does all the same: nobody should think that another one sends."""
    (folder / "settings.yaml").write_text("worker: {roles: [sheets]}\n", encoding="utf-8")
    assert names(folder) == ["peran-tanpa-klaster"]
    assert main(["--root", str(folder), "check"]) == 1


def test_a_server_that_is_away(folder: Path) -> None:
    """Without its password."""
    takes(folder, "postgresql://loket:rahasia@127.0.0.1:9/loket", "letters")
    [problem] = cluster_problems(Root(folder), now())
    assert problem.name == "ledger-tidak-terhubung"
    assert "rahasia" not in str(problem)


def test_copies_of_a_servers_ledger_are_the_servers(folder: Path) -> None:
    """`backup` can't make them, so `doctor` asks for none."""
    assert not diagnosis(folder, "cadangan", at=now())


# --- service ------------------------------------------------------------------------------------------------


def test_the_service_says_what_it_does(folder: Path, tmp_path: Path) -> None:
    """One member, or several offices of which one is in a cluster."""
    assert service.work_of(Root(folder)) == "anggota klaster (sheets, letters, senders)"
    root = tmp_path / "beberapa"
    for name in ("berau", "kutai"):
        (root / "offices" / name).mkdir(parents=True)
    settings = "ledger: {url: 'postgresql://s/l'}\nworker: {cluster: true, roles: [letters]}\n"
    (root / "offices" / "kutai" / "settings.yaml").write_text(settings, encoding="utf-8")
    assert service.work_of(Root(root)) == (
        "melayani 2 kantor: berau, kutai anggota klaster (letters)"
    )
    assert service.work_of(Root(tmp_path / "satu")) == ""


# --- upgrade ------------------------------------------------------------------------------------------------


def test_an_upgrade_that_migrates_waits_until_the_others_have_stopped(
    folder: Path, there: Callable[..., None]
) -> None:
    """Named, with their folders; this folder's own members the upgrade stops itself."""
    here = str(folder)
    there(somebody("pc", folder=here))
    ensure_others_stopped(Root(folder), "pc", migrates=True)
    there(somebody("server-2"))
    ensure_others_stopped(Root(folder), "pc", migrates=False)
    with pytest.raises(Mendable) as refused:
        ensure_others_stopped(Root(folder), "pc", migrates=True)
    [problem] = refused.value.problems
    assert problem.name == "anggota-klaster-berjalan"
    assert "server-2 (/srv/loket)" in problem.found
    assert here not in problem.found


def test_a_second_folder_on_this_computer_is_stopped_for_every_upgrade(
    folder: Path, there: Callable[..., None]
) -> None:
    """Its program may be the one that is replaced under it."""
    there(somebody("pc", folder="/srv/loket-2"))
    with pytest.raises(Mendable, match="/srv/loket-2"):
        ensure_others_stopped(Root(folder), "pc", migrates=False)


def test_an_upgrade_goes_on_where_another_machine_was_first(
    folder: Path, there: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is newer than this program: members that work are newer too."""
    there(somebody("server-2"))
    monkeypatch.setattr("sync.ledger.schema.HEAD", "0001")
    ensure_others_stopped(Root(folder), "pc", migrates=True)


def test_settings_that_cannot_be_read_hold_up_no_upgrade(folder: Path) -> None:
    (folder / "settings.yaml").write_text("worker: [", encoding="utf-8")
    ensure_others_stopped(Root(folder), "pc", migrates=True)
