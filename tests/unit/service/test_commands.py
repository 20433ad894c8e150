"""Which commands each system is asked with, what is told when it refuses, and what the verb says of it all."""

import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sync.cli import screen, service_state
from sync.cli import service as verb
from sync.cli.app import main
from sync.cli.one_worker import one_of_several, only_worker
from sync.cli.service_job import Done, Job, Manager, put
from sync.cli.service_launchd import Launchd
from sync.cli.service_secrets import secrets_of, secrets_unseen
from sync.cli.service_state import ensure_ended, running_worker
from sync.cli.service_systemd import Systemd, environment_file, unit_name
from sync.cli.service_windows import TaskScheduler
from sync.core.mendable import Mendable
from sync.core.settings import Settings
from tests.acceptance.conftest import WORKFLOW


class Recorder:
    """Runs nothing; `refusals` answers a command that holds that word with a failure."""

    def __init__(self, **refusals: str) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.refusals = refusals
        self.xml = b""
        self.answer = ""

    def __call__(self, command: Sequence[str]) -> Done:
        self.commands.append(tuple(command))
        for word in command:
            if word.endswith(".xml"):
                self.xml = Path(word).read_bytes()
        refused = next(
            (v for k, v in self.refusals.items() if f"/{k}" in command or k in command), ""
        )
        return Done(1, refused) if refused else Done(0, self.answer)

    @property
    def told(self) -> list[str]:
        """Without the temporary file's name."""
        return [" ".join("FILE" if w.endswith(".xml") else w for w in c) for c in self.commands]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    root = tmp_path / "kantor kami"
    root.mkdir()
    return Job(root, root, sys.executable, "ratna", system=False)


def of_system(job: Job) -> Job:
    return Job(job.root, job.program, job.python, job.account, system=True)


def systemd(run: Recorder, job: Job) -> Systemd:
    return Systemd(run, user_units=job.root / "user", system_units=job.root / "system")


def launchd(run: Recorder, job: Job, pause_s: float = 0) -> Launchd:
    folders = {"agents": job.root / "agents", "daemons": job.root / "daemons"}
    return Launchd(run, uid=501, pause_s=pause_s, **folders)


def test_windows_is_asked_by_the_file_alone(job: Job) -> None:
    """/F: again is allowed. Nothing of it, and no password, stands in a command that others see in the process list."""
    run = Recorder()
    TaskScheduler(run).install(job)
    assert run.told == [
        f"schtasks /End /TN {job.name}",
        f"schtasks /Create /TN {job.name} /XML FILE /F",
        f"schtasks /Run /TN {job.name}",
    ]
    assert str(job.root) in run.xml.decode("utf-16")
    run.commands.clear()
    TaskScheduler(run).remove(job)
    assert run.told == [
        f"schtasks /End /TN {job.name}",
        f"schtasks /Delete /TN {job.name} /F",
    ]


def test_windows_is_asked_for_xml_because_its_other_words_are_translated(job: Job) -> None:
    run = Recorder()
    run.answer = "<Task><Triggers><LogonTrigger/></Triggers></Task>"
    scheduler = TaskScheduler(run)
    assert (scheduler.is_installed(job), scheduler.is_installed(of_system(job))) == (True, False)
    assert run.told[0] == f"schtasks /Query /TN {job.name} /XML ONE"
    assert TaskScheduler(Recorder(Query="ERROR")).is_installed(job) is False


@pytest.mark.parametrize("name", ["100%APPDATA%", "$(Arg0)"])
def test_a_folder_that_windows_would_read_otherwise_is_refused(name: str) -> None:
    run = Recorder()
    folder = Path("C:/") / name
    with pytest.raises(Mendable, match="variabel"):
        TaskScheduler(run).install(Job(folder, folder, "pythonw.exe", "ratna", system=False))
    assert run.commands == []


def test_systemd_of_the_account_lingers(job: Job) -> None:
    """Else the unit would end with the session, and wait for it after a start of the machine."""
    run = Recorder()
    manager = systemd(run, job)
    assert manager.install(job) == []
    name = unit_name(job)
    assert run.told == [
        "systemctl --user daemon-reload",
        f"systemctl --user enable {name}",
        f"systemctl --user restart {name}",
        "loginctl enable-linger ratna",
    ]
    assert manager.is_installed(job)
    assert not manager.is_installed(of_system(job))
    run.commands.clear()
    manager.remove(job)
    assert run.told[:2] == [
        f"systemctl --user disable --now {name}",
        "systemctl --user daemon-reload",
    ]
    assert not manager.is_installed(job)


def test_an_account_that_may_not_linger_is_told_what_an_administrator_types(job: Job) -> None:
    [told] = systemd(Recorder(**{"enable-linger": "Access denied"}), job).install(job)
    assert "sudo loginctl enable-linger ratna" in told


def test_systemd_of_the_machine_is_asked_without_an_account(job: Job) -> None:
    run = Recorder()
    systemd(run, job).install(of_system(job))
    assert run.told[0] == "systemctl daemon-reload"
    assert not any("--user" in told or "linger" in told for told in run.told)


def test_launchd_takes_the_old_one_out_first_and_waits_for_it(job: Job) -> None:
    """It refuses a second of the same name, also while the first is still on its way out."""
    run = Recorder()
    manager = launchd(run, job)
    manager.install(job)
    target, file = f"gui/501/id.{job.name}", manager.file(job)
    assert run.told == [
        f"launchctl bootout {target}",
        f"launchctl enable {target}",
        f"launchctl bootstrap gui/501 {file}",
    ]
    busy = Recorder(bootstrap="Operation already in progress")
    with pytest.raises(Mendable, match="already in progress"):
        launchd(busy, job).start(job)
    assert len(busy.commands) == 10
    manager.remove(job)
    assert not manager.is_installed(job)


@pytest.mark.parametrize("make", [systemd, launchd, lambda run, _job: TaskScheduler(run)])
def test_a_refusal_is_told_in_the_system_s_own_words(make: object, job: Job) -> None:
    run = Recorder(
        enable="Access is denied.", bootstrap="Access is denied.", Create="Access is denied."
    )
    with pytest.raises(Mendable, match=r"Access is denied\.") as raised:
        make(run, job).install(job)  # type: ignore[operator]
    assert raised.value.problems[0].name == "layanan-ditolak"


def test_a_definition_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "units").write_text("a file, no folder")
    with pytest.raises(Mendable) as raised:
        put(tmp_path / "units" / "loket.service", b"")
    assert raised.value.problems[0].where.endswith("loket.service")


# --- what a worker is doing ---------------------------------------------------------------------------------


def test_a_worker_is_seen_by_its_lock_and_not_by_the_file_it_left(tmp_path: Path) -> None:
    """A process number may be another's by now."""
    assert running_worker(tmp_path) is None
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"
    with only_worker(tmp_path):
        worker = running_worker(tmp_path)
        assert worker is not None
        assert worker.process == str(os.getpid())
    assert running_worker(tmp_path) is None


def test_a_worker_that_does_not_end_is_named(tmp_path: Path) -> None:
    """Removing the service does not stop one that somebody started in a window."""
    with only_worker(tmp_path), pytest.raises(Mendable, match=f"proses {os.getpid()}"):
        ensure_ended(tmp_path, within_s=0)
    ensure_ended(tmp_path, within_s=0)


@pytest.mark.skipif(sys.platform == "win32", reason="a cluster is not for Windows")
def test_members_of_a_cluster_share_a_folder_with_nobody_else(tmp_path: Path) -> None:
    """Two of them on a machine with more cores: `service`, `upgrade` and a worker that is alone see them, until both have
    ended."""
    with one_of_several(tmp_path):
        with one_of_several(tmp_path):
            pass
        assert running_worker(tmp_path) is not None
        with pytest.raises(Mendable), only_worker(tmp_path):
            pytest.fail("it is not alone")
    with only_worker(tmp_path), pytest.raises(Mendable), one_of_several(tmp_path):
        pytest.fail("somebody else is alone there")
    assert running_worker(tmp_path) is None


# --- secrets ------------------------------------------------------------------------------------------------


def test_a_password_that_stands_in_this_window_alone_is_told(job: Job) -> None:
    """The service would start without it; where it belongs is said, and it itself is not."""
    settings = Settings()
    found = secrets_unseen(settings, job, ["LOKET_MAIL_PASSWORD", "PATH"])
    assert [problem.where for problem in found] == ["settings.yaml, mail.password_file"]
    mail = settings.mail.model_copy(update={"password_file": "sandi.txt"})
    in_a_file = settings.model_copy(update={"mail": mail})
    assert secrets_unseen(in_a_file, job, ["LOKET_MAIL_PASSWORD"]) == []


def test_every_secret_that_the_settings_can_name_is_told(job: Job) -> None:
    """Each variable has its file; a new one is known without being listed anywhere."""
    secrets = list(secrets_of(Settings()))
    found = secrets_unseen(Settings(), job, [variable for _, _, variable, _ in secrets])
    told = [problem.where.removeprefix("settings.yaml, ") for problem in found]
    assert told == [f"{section}.{key}_file" for section, key, _, _ in secrets]
    assert {"mail.password_file", "signature.password_file", "backup.passphrase_file"} <= set(told)


@pytest.mark.skipif(sys.platform != "linux", reason="systemd's environment file")
def test_the_unit_s_environment_file_counts_when_nobody_else_can_read_it(job: Job) -> None:
    kept = environment_file(job)
    kept.parent.mkdir()
    kept.write_text("LOKET_MAIL_PASSWORD=rahasia\n")
    kept.chmod(0o640)
    [problem] = secrets_unseen(Settings(), job, ["LOKET_MAIL_PASSWORD"])
    assert problem.name == "berkas-rahasia-terbuka"
    assert "rahasia" not in str(problem).replace("berkas-rahasia", "")
    kept.chmod(0o600)
    assert secrets_unseen(Settings(), job, ["LOKET_MAIL_PASSWORD"]) == []


# --- the verb -----------------------------------------------------------------------------------------------


@pytest.fixture
def manager(job: Job, monkeypatch: pytest.MonkeyPatch) -> Manager:
    """This machine's systemd, as far as the verb can tell."""
    manager = systemd(Recorder(), job)
    monkeypatch.setattr(verb, "manager_here", lambda _run: manager)
    monkeypatch.delenv("SUDO_USER", raising=False)
    return manager


def loket(job: Job, *words: str) -> int:
    return main(["--root", str(job.root), "service", *words])


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_status_says_what_is_missing_and_tells_scripts_by_its_code(
    job: Job, manager: Manager, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 only where it is installed and runs."""
    assert loket(job, "status") == 1
    assert "service install" in capsys.readouterr().err
    assert loket(job, "install") == 0
    capsys.readouterr()
    assert loket(job, "status") == 1
    said = capsys.readouterr()
    assert "tidak berjalan" in said.out
    assert screen.as_typed("python loket.py run") in said.err
    with only_worker(job.root / "data"):
        assert loket(job, "status") == 0
        assert f"proses {os.getpid()}" in capsys.readouterr().out
    assert not (job.root / "data" / "ledger.sqlite3").exists(), "looking makes no ledger"


def test_status_says_whether_loket_runs_also_where_nothing_can_start_it(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a container, or an old Linux."""

    def none(_run: object) -> Manager:
        raise Mendable.one(
            "tidak-ada", where="komputer ini", found="systemd tidak berjalan di sini"
        )

    monkeypatch.setattr(verb, "manager_here", none)
    with only_worker(job.root / "data"):
        assert loket(job, "status") == 1
    said = capsys.readouterr()
    assert "tidak terpasang (systemd tidak berjalan di sini)" in " ".join(said.out.split())
    assert f"proses {os.getpid()}" in said.out
    assert loket(job, "install") == 1


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_removing_what_is_not_there_is_no_mistake(job: Job, manager: Manager) -> None:
    assert loket(job, "remove") == 0
    assert loket(job, "install") == 0
    assert loket(job, "remove") == 0
    assert loket(job, "remove") == 0


@pytest.fixture
def pages_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where the pages would answer; nobody listens there yet."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        monkeypatch.setattr(service_state, "PAGES", port.getsockname())
        yield port


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_the_pages_start_with_the_machine_where_that_is_asked_for(
    job: Job, manager: Systemd, pages_port: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a power cut too: a job beside the worker's, installed anew and removed with it, and told where it does not
    answer."""
    (job.root / "settings.yaml").write_text("site: {url: 'https://layanan.contoh.go.id/'}\n")
    assert loket(job, "install") == 0
    assert "service install --pages" in capsys.readouterr().err
    assert not manager.is_installed(job.of_pages)
    assert loket(job, "install", "--pages") == 0
    assert "Halaman warga terpasang" in capsys.readouterr().err
    assert '"serve"' in manager.file(job.of_pages).read_text(encoding="utf-8")
    assert '"run"' in manager.file(job).read_text(encoding="utf-8")
    manager.file(job.of_pages).write_text("of an older version")
    assert loket(job, "install") == 0
    assert '"serve"' in manager.file(job.of_pages).read_text(encoding="utf-8")
    with only_worker(job.root / "data"):
        capsys.readouterr()
        assert loket(job, "status") == 1
        assert "tidak menjawab" in " ".join(capsys.readouterr().out.split())
        pages_port.listen()
        assert loket(job, "status", "--json") == 0
        told = json.loads(capsys.readouterr().out)["pages"]
        assert told == {"name": job.of_pages.name, "running": True}
    assert loket(job, "remove") == 0
    assert not manager.is_installed(job.of_pages)
    assert not manager.is_installed(job)


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_pages_that_run_in_a_window_are_told_to_be_closed(
    job: Job, manager: Systemd, pages_port: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only at the first installation: later it is the job's own that answers."""
    pages_port.listen()
    assert loket(job, "install", "--pages") == 0
    assert "Tutup jendela itu" in capsys.readouterr().err
    assert loket(job, "install") == 0
    assert "Tutup jendela itu" not in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_pages_of_several_offices_are_not_one_job(
    job: Job, manager: Systemd, capsys: pytest.CaptureFixture[str]
) -> None:
    """`serve` would end at once, again and again."""
    (job.root / "offices" / "berau").mkdir(parents=True)
    assert loket(job, "install", "--pages") == 1
    assert "halaman-beberapa-kantor" in capsys.readouterr().err
    assert not manager.is_installed(job)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="installs both kinds")
def test_one_folder_has_one_service(
    job: Job, manager: Manager, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two would wait for each other's lock for ever; what to type is told."""
    assert loket(job, "install", "--system") == 0
    capsys.readouterr()
    assert loket(job, "install") == 1
    assert "service remove --system" in capsys.readouterr().err
    assert loket(job, "remove") == 1
    assert "service remove --system" in capsys.readouterr().err
    assert loket(job, "remove", "--system") == 0


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_a_member_of_a_cluster_is_told_what_it_does_and_what_keeps_it_from_it(
    job: Job, manager: Manager, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody reads the log of a service that waits for its server."""
    settings = "ledger: {url: 'postgresql://loket:rahasia@127.0.0.1:9/loket'}\n"
    settings += "worker: {cluster: true, roles: [letters, senders]}\n"
    (job.root / "settings.yaml").write_text(settings, encoding="utf-8")
    assert loket(job, "install") == 0
    told = capsys.readouterr().err
    assert "Komputer ini anggota klaster (letters, senders)." in told
    assert "ledger-tidak-terhubung" in told
    assert "rahasia" not in told
    capsys.readouterr()
    with one_of_several(job.root / "data"):
        assert loket(job, "status") == 0
    told = capsys.readouterr().out
    assert "anggota klaster (letters, senders)" in told
    assert "sambungan ke server basis data terputus" in told


@pytest.mark.skipif(os.name == "nt", reason="a systemd")
def test_several_offices_are_all_told_of(
    job: Job, manager: Manager, capsys: pytest.CaptureFixture[str]
) -> None:
    """One job serves them; one whose settings are wrong hides no other."""
    for name, text in (("berau", "worker: ["), ("kutai", "")):
        folder = job.root / "offices" / name
        (folder / "workflows").mkdir(parents=True)
        (folder / "settings.yaml").write_text(text, encoding="utf-8")
        workflow = WORKFLOW.format(sheet="1" * 44, tab="Form Responses 1")
        (folder / "workflows" / "domisili.yaml").write_text(workflow, encoding="utf-8")
    assert loket(job, "install") == 0
    told = capsys.readouterr().err
    assert "Komputer ini melayani 1 kantor: kutai." in told
    assert "Kantor berau:" in told
    assert loket(job, "status") == 1
    told = capsys.readouterr().out
    assert "kutai: domisili" in told
    assert "berau" in told
    assert "settings.yaml" in told
