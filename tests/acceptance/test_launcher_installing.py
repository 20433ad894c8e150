"""The launcher installs what Loket needs, once: what was broken off the next start mends, what people can mend is told."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.launcher.environment import place_at, wanted, write_stamp
from tests.acceptance.launcher_office import (
    PREPARING,
    Office,
    Started,
    build,
    new_office,  # noqa: F401 - the fixture `office`
    only_sentence,
    posix_only,
    wheel,
)

WAITING = "menunggu"


def prepare_quickly(office: Office) -> None:
    """As uv leaves it, an environment without pip; for tests of what comes after a first start."""
    place = place_at(str(office.root))
    venv.EnvBuilder(symlinks=os.name != "nt").create(place.venv)
    write_stamp(place, wanted(place, ""))
    assert office.start("demo").stderr == ""


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
