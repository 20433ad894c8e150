"""The launcher on real folders and real processes: first start, second start, and all that goes wrong between.

Every office here is a small tree with the real loket.py and sync/launcher, a program that reports what it
was given, and libraries from a `wheels/` folder or from none: no test needs a network.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync.launcher.environment import place_at, wanted, write_stamp

HOUSE = Path(__file__).parents[2]
PREPARING = "Menyiapkan Loket"
WAITING = "menunggu"
NOWHERE = "http://127.0.0.1:9/simple"

PROGRAM = """
import json, os, sys
try:
    import kop
except ImportError:
    kop = None
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "python": sys.executable,
                  "utf8": sys.flags.utf8_mode, "kop": kop and kop.VERSION, "pid": os.getpid(),
                  "modules": sorted(m for m in sys.modules if m == "menyusup")}))
sys.exit(int(os.environ.get("EXIT_WITH", "0")))
"""

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and permissions as POSIX has them")


def wheel(folder: Path, name: str, version: str) -> None:
    """A library of one module that knows its version."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)


@dataclass
class Office:
    """A folder with Loket in it, on a machine whose pip has no index but what the test gives."""

    root: Path
    python: str = sys.executable

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "PYTHON"))}
        # A PIP_ source of the office keeps uv out, where the machine has one.
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOWHERE}
        return {**kept, **settings, **more}

    def launch(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        loket: Path | None = None,
        **environment: str,
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*prefix, self.python, str(loket or self.root / "loket.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=self.root.parent,
            env=self.environment(PYTHONUTF8="1", **environment),
            start_new_session=True,
        )

    def start(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        loket: Path | None = None,
        **environment: str,
    ) -> "Started":
        with self.launch(*arguments, prefix=prefix, loket=loket, **environment) as process:
            return Started.ended(process)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def log(self) -> str:
        return (self.root / "data" / "log" / "install.log").read_text(encoding="utf-8")


@dataclass
class Started:
    code: int
    stdout: str
    stderr: str

    @classmethod
    def ended(cls, process: "subprocess.Popen[str]", timeout_s: float = 90) -> "Started":
        try:
            stdout, stderr = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return cls(process.returncode, stdout, stderr)

    @property
    def program(self) -> dict[str, object]:
        """What the program reports; it fails unless that is all there is on stdout."""
        report = json.loads(self.stdout)
        assert isinstance(report, dict)
        return report


def build(root: Path, requirements: str = "") -> Office:
    (root / "sync").mkdir(parents=True)
    (root / "tests").mkdir()
    shutil.copy(HOUSE / "loket.py", root)
    shutil.copytree(
        HOUSE / "sync" / "launcher",
        root / "sync" / "launcher",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (root / "sync" / "__init__.py").touch()
    (root / "sync" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (root / "requirements.txt").write_text(requirements, encoding="utf-8")
    (root / "tests" / "requirements.txt").write_text("-r ../requirements.txt\n", encoding="utf-8")
    return Office(root)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return build(tmp_path / "loket")


def prepare_quickly(office: Office) -> None:
    """As uv leaves it, an environment without pip; for tests of what comes after a first start."""
    place = place_at(str(office.root))
    venv.EnvBuilder(symlinks=os.name != "nt").create(place.venv)
    write_stamp(place, wanted(place, ""))
    assert office.start("demo").stderr == ""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that was prepared once, with one library, in a folder such as people have. Not to be changed."""
    office = build(
        tmp_path_factory.mktemp("kantor") / "Berkas Bu Ratna — é" / "loket", "kop==1.0\n"
    )
    wheel(office.root / "wheels", "kop", "1.0")
    first = office.start("demo", "--once")
    assert first.code == 0, first.stderr
    assert PREPARING in first.stderr
    assert first.program["kop"] == "1.0"
    return office


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """A package index that takes connections and never answers: an installation that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/simple"


def is_installing(server: socket.socket) -> None:
    """Returns when the installer has connected, and keeps the connection open without a word."""
    server.settimeout(60)
    connection, _ = server.accept()
    connection.detach()


# --- a start ------------------------------------------------------------------------------------------------


def test_the_second_start_hands_over_at_once_and_in_silence(ready: Office) -> None:
    """Officers start Loket daily: nothing is installed or said twice, and the program gets what was typed."""
    again = ready.start("show", "SKP-26-0004F7", "--root", "/kantor lain", "", "--json")

    assert (again.code, again.stderr) == (0, "")
    assert again.program["arguments"] == [
        "show",
        "SKP-26-0004F7",
        "--root",
        "/kantor lain",
        "",
        "--json",
    ]
    assert again.program["folder"] == str(ready.root.parent), "the user's own folder is kept"
    assert Path(str(again.program["python"])).is_relative_to(ready.venv)
    assert again.program["utf8"] == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell what a child's work took")
def test_the_launcher_adds_less_than_a_tenth_of_a_second(ready: Office) -> None:
    """Verbs that only look something up must answer at once. The processor's time: machines have neighbours."""

    def best_s(command: list[str]) -> float:
        def once_s() -> float:
            begun = os.times()
            subprocess.run(
                command,
                env=ready.environment(PYTHONPATH=str(ready.root)),
                check=True,
                capture_output=True,
            )
            ended = os.times()
            return sum(ended[2:4]) - sum(begun[2:4])

        return min(once_s() for _ in range(7))

    program = str(ready.start().program["python"])
    launched_s = best_s([ready.python, str(ready.root / "loket.py")])
    assert launched_s - best_s([program, "-P", "-m", "sync"]) < 0.1


def test_the_program_s_exit_code_is_passed_on(ready: Office) -> None:
    """Scripts rely on the exit codes; 3 must not become 1 on its way out."""
    assert ready.start("check", EXIT_WITH="3").code == 3


@posix_only
def test_the_program_takes_the_launcher_s_place(ready: Office) -> None:
    """A signal for the process that was started (systemd, kill) must reach the worker itself."""
    with ready.launch("run") as process:
        assert Started.ended(process).program["pid"] == process.pid


@posix_only
def test_it_starts_through_a_link_and_in_a_disturbed_environment(
    ready: Office, tmp_path: Path
) -> None:
    """Other programs leave their Python settings behind; none of them may lead Loket to other modules."""
    link = tmp_path / "loket"
    link.symlink_to(ready.root / "loket.py")
    foreign = tmp_path / "foreign"
    (foreign / "sync").mkdir(parents=True)
    (foreign / "sync" / "__main__.py").write_text("raise SystemExit('the wrong program')")
    disturbed: dict[str, str] = {
        "PYTHONPATH": str(foreign),
        "PYTHONHOME": sys.base_prefix,
        "PYTHONSAFEPATH": "1",
        "PYTHONIOENCODING": "ascii",
        "VIRTUAL_ENV": str(foreign),
        "__PYVENV_LAUNCHER__": "/nowhere/python",
        "HOME": "",
    }

    started = ready.start("status", prefix=(), loket=link, **disturbed)

    assert (started.code, started.stderr) == (0, "")
    assert started.program["kop"] == "1.0"


@posix_only
@pytest.mark.parametrize("closing", ["<&-", "2>&-", "<&- 2>&-"])
def test_it_starts_with_closed_streams(ready: Office, closing: str) -> None:
    """A service manager may give no stdin and no stderr."""
    shell = ("/bin/sh", "-c", f'exec "$@" {closing}', "sh")
    assert ready.start("run", prefix=shell).program["arguments"] == ["run"]


def test_modules_in_the_user_s_folder_are_not_taken_for_python_s(office: Office) -> None:
    """The user may stand in a folder with a json.py or a sync/ of its own, at the first start too."""
    for name in ("logging.py", "json.py", "kop.py"):
        (office.root.parent / name).write_text("raise SystemExit('taken from the folder')")

    first = office.start("status")

    assert first.code == 0, first.stderr
    assert "taken from the folder" not in office.log
    assert office.start("status").code == 0


# --- the first start ----------------------------------------------------------------------------------------


@posix_only
def test_the_first_start_survives_the_user_s_pip_settings_and_a_missing_home(
    office: Office,
) -> None:
    """PIP_USER or PIP_TARGET in the environment would put the libraries elsewhere."""
    wheel(office.root / "wheels", "kop", "1.0")
    (office.root / "requirements.txt").write_text("kop\n")
    elsewhere = office.root.parent / "elsewhere"
    first = office.start(
        "demo",
        prefix=("env", "-u", "HOME"),
        PIP_USER="1",
        PIP_TARGET=str(elsewhere),
        PIP_REQUIRE_HASHES="1",
        PYTHONHOME=sys.base_prefix,
    )

    assert first.code == 0, first.stderr
    assert first.program["kop"] == "1.0"
    assert not elsewhere.exists()


def test_new_requirements_are_installed_once(office: Office) -> None:
    """After an update of Loket the office just starts it; what is installed already stays."""
    wheel(office.root / "wheels", "kop", "1.0")
    prepare_quickly(office)
    kept = office.venv / "kept"
    kept.touch()

    (office.root / "requirements.txt").write_text("kop\n")

    updated = office.start()
    assert PREPARING in updated.stderr
    assert updated.program["kop"] == "1.0"
    assert kept.exists()
    assert office.start().stderr == ""


def test_the_tests_libraries_are_installed_for_test_alone(office: Office) -> None:
    """An office's PC does not fetch what only the tests need; the tests' set holds the program's own."""
    wheel(office.root / "wheels", "kop", "1.0")
    (office.root / "tests" / "requirements.txt").write_text("-r ../requirements.txt\nkop\n")

    assert office.start("run").program["kop"] is None
    for_tests = office.start("--root", "/kantor", "test", "-k", "run")
    assert for_tests.program["kop"] == "1.0"
    assert for_tests.program["arguments"] == ["--root", "/kantor", "test", "-k", "run"]
    assert [office.start(verb).stderr for verb in ("test", "run")] == ["", ""]


def test_a_half_made_environment_is_made_anew(office: Office) -> None:
    """The power went while Loket was being prepared: the next start mends it by itself."""
    (office.venv / "lib").mkdir(parents=True)
    rest = office.venv / "lib" / "half"
    rest.touch()

    assert office.start("demo").code == 0
    assert not rest.exists()


def test_a_moved_folder_is_made_ready_again(office: Office) -> None:
    """Scripts in an environment hold its path; people move folders."""
    prepare_quickly(office)
    moved = Office(office.root.rename(office.root.parent / "Loket baru"))

    started = moved.start("demo")

    assert PREPARING in started.stderr
    assert Path(str(started.program["python"])).is_relative_to(moved.venv)


@posix_only
def test_an_environment_whose_python_is_gone_is_made_anew(office: Office) -> None:
    """An upgrade of the system takes the old Python away."""
    prepare_quickly(office)
    interpreter = office.venv / "bin" / "python"
    interpreter.unlink()
    interpreter.symlink_to("/nowhere/python3")

    started = office.start("demo")

    assert PREPARING in started.stderr
    assert started.code == 0


@posix_only
def test_an_environment_that_cannot_be_started_is_named(office: Office) -> None:
    """It was copied from another kind of machine: say which folder to delete."""
    prepare_quickly(office)
    interpreter = office.venv / "bin" / "python"
    broken = office.root / "broken"
    broken.write_bytes(b"\0")
    interpreter.unlink()
    interpreter.symlink_to(broken)
    stamp = office.venv / "loket.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "base": str(broken)}))

    assert f"hapus folder {office.venv}" in only_sentence(office.start("demo"))


def test_two_starts_at_once_prepare_once(office: Office) -> None:
    """An impatient double click: one window prepares, the others wait for it and go on."""
    processes = [office.launch("demo") for _ in range(3)]
    started = [Started.ended(process) for process in processes]

    assert [one.code for one in started] == [0, 0, 0], started
    assert sum(PREPARING in one.stderr for one in started) == 1
    assert all(one.program["arguments"] == ["demo"] for one in started)


# --- what the user can mend ---------------------------------------------------------------------------------


def only_sentence(started: Started) -> str:
    """What is said when it stops: one line, nothing on stdout, exit code 1."""
    said = [line for line in started.stderr.splitlines() if PREPARING not in line]
    assert (started.code, started.stdout, len(said)) == (1, "", 1), started
    return said[0]


def test_without_a_network_it_says_what_to_check(office: Office) -> None:
    """A sentence, not pip's pages; those are kept for whoever helps. Offline installation is named."""
    (office.root / "requirements.txt").write_text("kop\n")

    said = only_sentence(office.start("demo"))

    assert "tidak dapat dihubungi: periksa internet" in said
    assert str(office.root / "wheels") in said
    assert str(office.root / "data" / "log" / "install.log") in said
    assert "127.0.0.1" in office.log


def test_an_update_without_a_network_leaves_the_installed_program_whole(office: Office) -> None:
    """The old version, put back, must start without fetching anything."""
    prepare_quickly(office)
    before = (office.root / "requirements.txt").read_bytes()
    (office.root / "requirements.txt").write_text("kop\n")
    only_sentence(office.start("demo"))

    (office.root / "requirements.txt").write_bytes(before)

    again = office.start("demo")
    assert (again.code, again.stderr) == (0, "")


def test_an_incomplete_wheels_folder_is_named_with_what_it_lacks(office: Office) -> None:
    """The folder was filled on another PC: say which library is missing."""
    wheel(office.root / "wheels", "kop", "1.0")
    (office.root / "requirements.txt").write_text("kop\ntandatangan\n")

    said = only_sentence(office.start("demo"))

    assert f"Folder {office.root / 'wheels'} tidak memuat pustaka tandatangan" in said


def test_a_download_without_its_requirements_says_so(office: Office) -> None:
    """Someone copied loket.py and sync/ alone."""
    (office.root / "requirements.txt").unlink()
    assert "requirements.txt tidak ada: unduh Loket sekali lagi" in only_sentence(office.start())


def read_only(root: Path) -> tuple[str, ...]:
    """Takes the right to write away; gives the command that keeps even root from writing all the same."""
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if not setpriv:
        pytest.skip("root writes everywhere, and there is no setpriv to stop it")
    return (setpriv, "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all")


@pytest.fixture
def writable_again(office: Office) -> Iterator[Office]:
    yield office
    for folder in (office.root, *(path for path in office.root.rglob("*") if path.is_dir())):
        folder.chmod(0o755)


@posix_only
def test_a_folder_that_cannot_be_written_is_named(writable_again: Office) -> None:
    """Unpacked where only an administrator writes."""
    office = writable_again
    prefix = read_only(office.root)

    said = only_sentence(office.start("demo", prefix=prefix))

    assert said.startswith(f"Folder {office.root} tidak dapat ditulisi")
    assert "pindahkan Loket" in said


@posix_only
def test_a_prepared_folder_starts_without_the_right_to_write(writable_again: Office) -> None:
    """Prepared by an administrator, started by officers."""
    office = writable_again
    prepare_quickly(office)
    prefix = read_only(office.root)

    started = office.start("status", prefix=prefix)

    assert (started.code, started.stderr) == (0, "")


@posix_only
def test_a_folder_name_that_python_cannot_use_is_named(tmp_path: Path) -> None:
    """A path list is split at the colon, so no environment can be made there."""
    office = build(tmp_path / "loket 24:11")
    assert "ganti nama folder" in only_sentence(office.start("demo"))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_an_old_python_gets_one_sentence(office: Office, version: tuple[int, ...]) -> None:
    """Nothing below the check may run: it speaks a newer Python."""
    pretend = f"import runpy, sys; sys.version_info = {version}; runpy.run_path(sys.argv[1], run_name='__main__')"
    ended = subprocess.run(
        [office.python, "-c", pretend, str(office.root / "loket.py"), "demo"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = Started(ended.returncode, ended.stdout, ended.stderr)

    said = only_sentence(found)
    assert "memerlukan Python 3.11" in said
    assert "ini Python {}.{}:".format(*version) in said


def debian_like(folder: Path, *, pip: bool) -> str:
    """A Python without ensurepip, as Debian ships it; it may have a pip of its own."""
    pytest.importorskip("ensurepip")
    venv.EnvBuilder(with_pip=pip, symlinks=True).create(folder)
    [library] = folder.glob("lib/python3*/site-packages")
    (library / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")
    (library / "hide.pth").write_text("import sitecustomize\n")  # a system's own may come first
    return str(folder / "bin" / "python")


@posix_only
def test_without_ensurepip_the_machine_s_own_pip_installs(office: Office, tmp_path: Path) -> None:
    """Debian without python3-venv: its pip can install into an environment that has none."""
    office.python = debian_like(tmp_path / "debian", pip=True)
    wheel(office.root / "wheels", "kop", "1.0")
    (office.root / "requirements.txt").write_text("kop\n")

    first = office.start("demo")

    assert first.code == 0, first.stderr
    assert first.program["kop"] == "1.0"
    assert "-m ensurepip" not in office.log
    assert "pip --python" in office.log


@posix_only
def test_without_any_installer_the_command_to_type_is_told(office: Office, tmp_path: Path) -> None:
    """One line that can be copied."""
    office.python = debian_like(tmp_path / "debian", pip=False)

    said = only_sentence(office.start("demo"))

    if sys.platform == "linux":
        assert "`sudo apt install python3-venv`" in said


# --- broken off ---------------------------------------------------------------------------------------------


@posix_only
@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_installation_that_is_broken_off_is_mended_by_the_next_start(
    office: Office, silent_index: socket.socket, stop: signal.Signals, code: int
) -> None:
    """Ctrl-C, or the machine shutting down, while libraries are fetched; no installer is left behind."""
    (office.root / "requirements.txt").write_text("kop\n")
    process = office.launch("demo", PIP_INDEX_URL=address(silent_index))
    is_installing(silent_index)

    process.send_signal(stop)
    ended = Started.ended(process, timeout_s=5)  # the silent index would be waited for much longer

    assert (ended.code, ended.stdout) == (code, "")
    assert "Traceback" not in ended.stderr
    wheel(office.root / "wheels", "kop", "1.0")
    mended = office.start("demo")
    assert mended.program["kop"] == "1.0"
    assert WAITING not in mended.stderr


@posix_only
def test_the_start_after_a_killed_one_waits_for_its_installer_then_takes_over(
    office: Office, silent_index: socket.socket
) -> None:
    """kill -9 leaves the installer at work: its folder is not cleared under it, and no lock stays for ever."""
    (office.root / "requirements.txt").write_text("kop\n")
    process = office.launch("demo", PIP_INDEX_URL=address(silent_index))
    is_installing(silent_index)
    process.kill()
    process.wait()
    wheel(office.root / "wheels", "kop", "1.0")

    with office.launch("demo") as following:
        assert following.stderr is not None
        assert WAITING in following.stderr.readline()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the session of the start that was killed
        assert Started.ended(following).program["kop"] == "1.0"
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
