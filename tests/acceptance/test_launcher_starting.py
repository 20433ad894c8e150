"""A start by the launcher, on real folders and real processes: at once and in silence, from wherever it is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
