"""What the launcher decides from given facts: also what this machine is not, such as Windows."""

import ast
from pathlib import Path

import pytest

from sync.launcher.environment import Place, Stamp, holds, home_on_windows, is_sound
from sync.launcher.handover import exit_code_of, main, program_environment, verb_of
from sync.launcher.installers import (
    cause_of,
    clean_environment,
    failure,
    install_command,
    installer_environment,
    no_installer,
    second_command,
    ways_to_install,
)

HOUSE = Path(__file__).parents[2]
PLACE = Place(Path("/kantor/loket"), Path("/kantor/loket"))
NOW = Stamp("/kantor/loket", "linux", "/usr/bin/python3.13", "3.13", {"run": "a"})


def test_loket_py_parses_on_an_old_python() -> None:
    """A syntax error would come before the sentence about the version."""
    source = (HOUSE / "loket.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert "async" not in source
    assert ":=" not in source


@pytest.mark.parametrize(
    "path", sorted((HOUSE / "sync" / "launcher").glob("*.py")), ids=lambda p: p.name
)
def test_the_launcher_needs_the_standard_library_only(path: Path) -> None:
    """It runs before anything is installed."""
    import sys

    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    ]
    foreign = [
        name
        for name in imported
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("sync.launcher")
    ]
    assert not foreign, f"{path} imports {foreign}"


@pytest.mark.parametrize(
    ("arguments", "verb"),
    [
        ([], ""),
        (["--help"], ""),
        (["test", "run"], "test"),
        (["--root", "test", "run"], "run"),
        (["--root=/a", "test"], "test"),
        (["--root"], ""),
    ],
)
def test_the_verb_is_found_behind_the_program_s_options(arguments: list[str], verb: str) -> None:
    """A folder that is called `test` is not the verb."""
    assert verb_of(arguments) == verb


LOCAL = {"LOCALAPPDATA": r"C:\Users\Ratna\AppData\Local"}


@pytest.mark.parametrize(
    ("root", "environment"),
    [
        ("\\\\server\\berbagi\\loket", {}),
        ("C:\\Users\\Ratna\\OneDrive - Dukcapil\\loket", {}),
        ("D:\\Awan\\loket", {"OneDriveCommercial": "d:\\awan\\"}),
        ("D:\\awan", {"OneDrive": "D:\\Awan"}),
        ("C:\\" + "n" * 118, {}),
    ],
)
def test_on_windows_an_unsuited_folder_gets_its_environment_elsewhere(
    root: str, environment: dict[str, str]
) -> None:
    """A share, OneDrive or a very long path: its own folder under LOCALAPPDATA, the same at each start."""
    home = home_on_windows(root, {**LOCAL, **environment})

    assert home.startswith(LOCAL["LOCALAPPDATA"] + "\\Loket\\")
    assert home == home_on_windows(root, {**LOCAL, **environment})
    assert home != home_on_windows(root + "2", {**LOCAL, **environment})


@pytest.mark.parametrize(
    ("root", "environment"),
    [
        ("C:\\Loket", {"OneDrive": "C:\\Users\\Ratna\\OneDrive"}),
        ("C:\\" + "n" * 117, {}),
        ("D:\\Awan2\\loket", {"OneDrive": "D:\\Awan"}),
        ("C:\\Loket", {"OneDrive": ""}),
    ],
)
def test_on_windows_a_suited_folder_keeps_its_environment(
    root: str, environment: dict[str, str]
) -> None:
    """One folder that can be copied and thrown away whole is what people expect."""
    assert home_on_windows(root, {**LOCAL, **environment}) == root


@pytest.mark.parametrize(
    ("code", "passed_on"), [(0, 0), (3, 3), (0xC000013A, 130), (0xC000013A - 2**32, 130)]
)
def test_ctrl_c_on_windows_ends_with_130(code: int, passed_on: int) -> None:
    """Windows reports it as a status that doesn't fit into an exit code."""
    assert exit_code_of(code) == passed_on


def test_another_python_does_not_unmake_the_environment() -> None:
    """A PC with two Pythons: starting with the other one must not clear the folder of a running worker."""
    made_by_other = NOW._replace(base="/usr/bin/python3.11", version="3.11")
    assert holds(made_by_other, now=NOW, base_of_venv="/usr/bin/python3.11")


@pytest.mark.parametrize(
    ("stamp", "base_of_venv"),
    [
        (None, ""),
        (NOW._replace(root="/kantor/lama"), NOW.base),
        (NOW._replace(platform="win32"), NOW.base),
        (NOW._replace(version="3.11"), NOW.base),
        (NOW, ""),
        (NOW, "/usr/bin/python3.14"),
    ],
    ids=[
        "half-made",
        "moved",
        "other system",
        "Python replaced in place",
        "Python gone",
        "link moved on",
    ],
)
def test_an_environment_that_no_longer_fits_is_not_sound(
    stamp: Stamp | None, base_of_venv: str
) -> None:
    """Each of these would fail later, far from its cause."""
    assert not is_sound(stamp, now=NOW, base_of_venv=base_of_venv)
    assert not holds(stamp, now=NOW, base_of_venv=base_of_venv)


def test_changed_requirements_are_installed_into_a_sound_environment() -> None:
    """Sound is not yet complete."""
    changed = NOW._replace(sets={"run": "b"})
    assert is_sound(NOW, now=changed, base_of_venv=NOW.base)
    assert not holds(NOW, now=changed, base_of_venv=NOW.base)
    assert holds(NOW._replace(sets={"run": "a", "test": "t"}), now=NOW, base_of_venv=NOW.base)


@pytest.mark.parametrize(
    ("facts", "ways"),
    [
        (
            {"uv": "/bin/uv", "has_ensurepip": True, "outer_pip": (26, 1)},
            ["uv", "pip", "outer pip"],
        ),
        ({"uv": None, "has_ensurepip": True, "outer_pip": ()}, ["pip"]),
        ({"uv": None, "has_ensurepip": False, "outer_pip": (22, 3)}, ["outer pip"]),
        ({"uv": None, "has_ensurepip": False, "outer_pip": (22, 2)}, []),
    ],
)
def test_each_machine_has_its_installers(facts: dict[str, object], ways: list[str]) -> None:
    """uv when it's there, never required; a pip before 22.3 cannot install elsewhere."""
    assert ways_to_install(**facts, environment={}) == ways  # type: ignore[arg-type]


def test_an_office_with_an_index_of_its_own_is_not_served_by_uv() -> None:
    """uv does not read pip's settings and would go to the public index."""
    ways = ways_to_install(
        uv="/bin/uv",
        has_ensurepip=True,
        outer_pip=(),
        environment={"PIP_INDEX_URL": "https://kantor/"},
    )
    assert ways == ["pip"]


@pytest.mark.parametrize("way", ["uv", "pip", "outer pip"])
def test_every_installer_takes_wheels_only_and_the_folder_beside(way: str) -> None:
    """Nothing is ever built on an office's PC, and a `wheels` folder is enough."""
    command = install_command(
        way, uv="uv", python=Path("py"), requirements=Path("r.txt"), wheels=Path("w")
    )
    assert "--only-binary=:all:" in command
    assert command[-3:] == ["--no-index", "--find-links", "w"]


def test_a_refused_certificate_is_tried_once_more_on_windows_alone() -> None:
    """An inspecting proxy whose certificate Windows knows but pip does not."""
    assert second_command("pip", ["pip"], cause="tls", windows=True) == [
        "pip",
        "--use-deprecated=legacy-certs",
    ]
    assert second_command("pip", ["pip"], cause="tls", windows=False) is None
    assert second_command("pip", ["pip"], cause="network", windows=True) is None
    assert second_command("uv", ["uv"], cause="tls", windows=True) is None


NO_MATCH = (
    "ERROR: No matching distribution found for plutoprint<0.24,>=0.23 (from -r requirements.txt)"
)


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(…: Failed to"
            " establish a new connection: [Errno 111] Connection refused')'\n" + NO_MATCH,
            "network",
        ),
        (
            "error: Failed to fetch: `https://…`\n  Caused by: dns error: failed to lookup",
            "network",
        ),
        ("HTTPSConnectionPool(host=…): Read timed out.", "network"),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
            " self-signed certificate in certificate chain')) Max retries exceeded",
            "tls",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk",
        ),
        ("ERROR: [WinError 32] The process cannot access the file", "busy"),
        (NO_MATCH, "wheel"),
        ("Segmentation fault", ""),
    ],
)
def test_the_cause_is_read_from_the_installer_s_output(output: str, cause: str) -> None:
    """Without a network pip ends with "no matching distribution": that is not what the user must mend."""
    assert cause_of(output) == cause


@pytest.mark.parametrize("cause", ["disk", "busy", "tls", "network", "wheel", ""])
def test_every_failure_is_one_sentence_that_names_the_log(cause: str) -> None:
    """Plain Indonesian: what was found, what to do, where the rest can be read."""
    said = str(failure(cause, place=PLACE, output=NO_MATCH))
    assert "\n" not in said
    assert said.endswith(f"Rincian: {PLACE.log}")
    assert ("plutoprint" in said) == (cause == "wheel")


def test_the_remedy_for_a_missing_installer_fits_the_system() -> None:
    """apt is of no use on Windows."""
    assert "sudo apt install python3-venv" in str(no_installer("linux"))
    assert "apt" not in str(no_installer("win32"))


def test_the_program_sees_the_user_s_environment_without_foreign_python_settings() -> None:
    """Proxy and language stay; what points at other modules goes."""
    found = program_environment(
        {"PYTHONPATH": "/lain", "PYTHONHOME": "/lain", "HTTPS_PROXY": "p", "PIP_INDEX_URL": "i"},
        Path("/kantor"),
    )
    assert found == {
        "PYTHONPATH": "/kantor",
        "PYTHONUTF8": "1",
        "HTTPS_PROXY": "p",
        "PIP_INDEX_URL": "i",
    }


def test_the_installer_keeps_where_to_fetch_from_and_nothing_else_of_pip() -> None:
    """PIP_TARGET and its like would install elsewhere."""
    given = {
        "PIP_INDEX_URL": "i",
        "PIP_TARGET": "/lain",
        "PIP_USER": "1",
        "__PYVENV_LAUNCHER__": "x",
    }
    found = installer_environment(given)
    assert {name for name in found if name.startswith("PIP_")} == {"PIP_INDEX_URL"}
    assert clean_environment(given).keys() == given.keys() - {"__PYVENV_LAUNCHER__"}


def test_a_bug_is_one_line_with_code_3_and_its_traceback_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The user cannot mend it; whoever can needs the traceback."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("sync.launcher.handover.prepare", broken)

    assert main(str(tmp_path), ["demo"]) == 3

    log = tmp_path / "data" / "log" / "install.log"
    assert capsys.readouterr().err.strip().endswith(f"Rincian: {log}")
    assert "ZeroDivisionError: a bug" in log.read_text(encoding="utf-8")
