"""What each system is given to start Loket with: a task, a unit, a property list, each as its system reads it."""

import configparser
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sync.cli.service_job import Job, python_on_windows
from sync.cli.service_launchd import agent
from sync.cli.service_systemd import unit, unit_name
from sync.cli.service_windows import NAMESPACE, task
from tests.conftest import missing_service

SECRET = "kata-sandi-rahasia"
FOLDERS = [
    "/srv/loket",
    "/home/Bu Ratna/Loket (kantor) & é 100%h $HOME",
    '/srv/tanda "kutip" \\ miring',
]


def job(root: str = FOLDERS[1], *, system: bool = False) -> Job:
    return Job(Path(root), Path(root), "/usr/bin/python3", "ratna", system)


WINDOWS_ROOT = "C:\\Users\\Bu Ratna é\\Loket (kantor) & arsip"


def windows_job(*, system: bool = False) -> Job:
    python = "C:\\Program Files\\Python312\\pythonw.exe"
    folder = Path(WINDOWS_ROOT)
    return Job(folder, folder, python, "KANTOR\\Bu Ratna é", system)


# --- Windows ------------------------------------------------------------------------------------------------

BOOLEAN = r"true|false"
DURATION = r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?"
TEXT = r"[^\s].*"
ONE_OF = {
    # Task Scheduler Schema (Microsoft Learn, "Task Scheduler Schema Complex Types"): what may stand in an element, and
    # whether the order counts. Only what a task of ours may hold.
    "Task": ("all", {"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"}),
    "RegistrationInfo": ("all", {"Description", "Author", "URI"}),
    "Triggers": ("all", {"LogonTrigger", "BootTrigger"}),
    "LogonTrigger": ("sequence", ["Enabled", "Repetition", "ExecutionTimeLimit", "UserId", "Delay"]),
    "BootTrigger": ("sequence", ["Enabled", "Repetition", "ExecutionTimeLimit", "Delay"]),
    "Repetition": ("all", {"Interval", "Duration", "StopAtDurationEnd"}),
    "Principals": ("all", {"Principal"}),
    "Principal": ("all", {"UserId", "LogonType", "RunLevel"}),
    "Settings": (
        "all",
        {
            *("AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy"),
            *("DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "AllowHardTerminate"),
            *("StartWhenAvailable", "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden"),
            *("ExecutionTimeLimit", "Priority", "RunOnlyIfIdle"),
        },
    ),
    "RestartOnFailure": ("all", {"Interval", "Count"}),
    "Actions": ("all", {"Exec"}),
    "Exec": ("all", {"Command", "Arguments", "WorkingDirectory"}),
}  # fmt: skip
VALUES = {
    "Interval": DURATION,
    "ExecutionTimeLimit": DURATION,
    "MultipleInstancesPolicy": r"Parallel|Queue|IgnoreNew|StopExisting",
    "LogonType": r"S4U|Password|InteractiveToken|InteractiveTokenOrPassword",
    "RunLevel": r"LeastPrivilege|HighestAvailable",
    "Count": r"[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]",
    "Priority": r"\d|10",
    **dict.fromkeys(("Command", "Arguments", "WorkingDirectory", "UserId", "Description"), TEXT),
}
REQUIRED = {"Task": {"Actions"}, "Exec": {"Command"}, "RestartOnFailure": {"Interval", "Count"}}


def ensure_of_the_schema(element: ElementTree.Element) -> None:
    namespace, name = element.tag[1:].split("}")
    assert namespace == NAMESPACE
    children = [child.tag.split("}")[1] for child in element]
    assert len(set(children)) == len(children), f"{name} has one of its elements twice"
    if name in ONE_OF:
        kind, allowed = ONE_OF[name]
        assert set(children) <= set(allowed), f"{name} holds {set(children) - set(allowed)}"
        assert REQUIRED.get(name, set()) <= set(children)
        if kind == "sequence":
            assert children == [one for one in allowed if one in children], f"{name}: the order"
    else:
        assert not children
        assert re.fullmatch(VALUES.get(name, BOOLEAN), element.text or ""), (
            f"{name}: {element.text}"
        )
    for child in element:
        ensure_of_the_schema(child)


def text(root: ElementTree.Element, path: str) -> str | None:
    return root.findtext("./" + "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


@pytest.mark.parametrize("system", [False, True])
def test_the_task_is_as_microsoft_s_schema_wants_it(system: bool) -> None:
    """Right names in the right namespace, order and values: schtasks refuses a task for one of them."""
    content = task(windows_job(system=system))
    assert content[:2] in (b"\xff\xfe", b"\xfe\xff"), "UTF-16 with its mark"
    root = ElementTree.fromstring(content)
    assert root.attrib == {"version": "1.2"}
    ensure_of_the_schema(root)
    [principal] = root.iter(f"{{{NAMESPACE}}}Principal")
    [actions] = root.iter(f"{{{NAMESPACE}}}Actions")
    assert principal.attrib["id"] == actions.attrib["Context"]


def test_the_task_lives_on_batteries_and_after_three_days() -> None:
    """The defaults of Windows would stop it; one that runs is left alone, one that ended begins again."""
    root = ElementTree.fromstring(task(windows_job()))
    wanted = {
        "Settings/ExecutionTimeLimit": "PT0S",
        "Settings/DisallowStartIfOnBatteries": "false",
        "Settings/StopIfGoingOnBatteries": "false",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        "Settings/RestartOnFailure/Interval": "PT1M",
        "Triggers/LogonTrigger/Repetition/Interval": "PT5M",
        "Triggers/LogonTrigger/Repetition/Duration": None,  # for ever
        "Triggers/LogonTrigger/UserId": "KANTOR\\Bu Ratna é",
        "Principals/Principal/LogonType": "InteractiveToken",
        "Principals/Principal/RunLevel": "LeastPrivilege",
    }
    assert {path: text(root, path) for path in wanted} == wanted


def test_the_task_with_the_machine_needs_nobody_logged_on_and_no_password() -> None:
    root = ElementTree.fromstring(task(windows_job(system=True)))
    assert text(root, "Principals/Principal/LogonType") == "S4U"
    assert text(root, "Triggers/BootTrigger/Enabled") == "true"
    assert text(root, "Triggers/LogonTrigger/Enabled") is None


def test_the_task_s_command_is_taken_apart_again_as_it_was_meant() -> None:
    """Folders with spaces, brackets, & and letters beyond ASCII."""
    root = ElementTree.fromstring(task(windows_job()))
    assert text(root, "Actions/Exec/Command") == "C:\\Program Files\\Python312\\pythonw.exe"
    assert text(root, "Actions/Exec/WorkingDirectory") == WINDOWS_ROOT
    arguments = str(text(root, "Actions/Exec/Arguments"))
    words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', arguments)]
    loket = str(Path(WINDOWS_ROOT) / "loket.py")
    assert words == ["-X", "utf8", loket, "--root", WINDOWS_ROOT, "run"]


def test_the_store_s_python_is_called_by_its_alias() -> None:
    """Its real folder has another name after every update of the Store; and with the machine it can't be started."""
    store = "C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.12_3.12.2544.0_x64\\python.exe"
    local = "C:\\Users\\ratna\\AppData\\Local"
    found = python_on_windows(store, local, system=False)
    assert found.startswith(local + "\\Microsoft\\WindowsApps\\pythonw3.")
    with pytest.raises(Exception, match=r"Microsoft Store"):
        python_on_windows(store, local, system=True)
    plain = python_on_windows("C:\\Python312\\python.exe", local, system=True)
    assert plain == "C:\\Python312\\pythonw.exe", "no window that somebody could close"


# --- Linux --------------------------------------------------------------------------------------------------


def read(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=True, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {section: dict(parser[section]) for section in parser.sections()}


@pytest.mark.parametrize("system", [False, True])
def test_the_unit_says_what_loket_relies_on(system: bool) -> None:
    """SIGTERM for the worker alone and time for the step in hand, begun again for ever, UTF-8, nothing but its own files."""
    found = read(unit(job(system=system)))
    service = found["Service"]
    wanted = {
        "Type": "exec",
        "Environment": "PYTHONUTF8=1",
        "Restart": "always",
        "KillMode": "mixed",
        "TimeoutStopSec": "120",
        "UMask": "0077",
        "NoNewPrivileges": "yes",
    }
    assert wanted.items() <= service.items()
    assert found["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["EnvironmentFile"].startswith("-/")
    target = "multi-user.target" if system else "default.target"
    assert found["Install"]["WantedBy"] == target
    assert ("User" in service) == ("ProtectSystem" in service) == system
    assert ("After" in found["Unit"]) == system, "an account's manager knows no network target"


@pytest.mark.parametrize("root", FOLDERS)
def test_the_unit_s_command_is_taken_apart_again_as_it_was_meant(root: str) -> None:
    """`%` and quotes are systemd's own signs; `:` keeps it from putting variables in."""
    service = read(unit(job(root, system=True)))["Service"]
    assert not any("%" in value.replace("%%", "") for value in service.values()), "a specifier"
    command = service["ExecStart"]
    assert command.startswith(":")
    words = [word.replace("%%", "%") for word in shlex.split(command[1:])]
    assert words == ["/usr/bin/python3", f"{root}/loket.py", "--root", root, "run"]
    assert service["WorkingDirectory"].replace("%%", "%") == root
    assert [w.replace("%%", "%") for w in shlex.split(service["ReadWritePaths"])] == [root]


def test_a_private_tmp_does_not_hide_an_office_that_lies_there() -> None:
    assert read(unit(job("/tmp/loket", system=True)))["Service"]["PrivateTmp"] == "no"
    assert read(unit(job("/srv/loket", system=True)))["Service"]["PrivateTmp"] == "yes"


@pytest.mark.service("systemd")
@pytest.mark.parametrize("system", [False, True])
@pytest.mark.parametrize("name", ["loket", "Bu Ratna (kantor) & é 100%h $HOME"])
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, system: bool, name: str) -> None:
    """Its own judge: unknown keys, bad values and programs that are not there are all named."""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        missing_service("systemd-analyze is not installed")
        return
    folder = tmp_path / name
    folder.mkdir()
    (folder / "loket.py").touch()
    real = Job(folder, folder, sys.executable, "root", system)
    file = tmp_path / unit_name(real)
    file.write_text(unit(real), encoding="utf-8")
    scope = "--system" if system else "--user"
    done = subprocess.run(
        [analyze, scope, "--man=no", "verify", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    told = [line for line in done.stderr.splitlines() if unit_name(real) in line]
    assert (done.returncode, told) == (0, []), done.stderr


# --- macOS --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", [False, True])
def test_the_property_list_says_what_loket_relies_on(tmp_path: Path, system: bool) -> None:
    content = plistlib.dumps(agent(job(system=system)))
    found = plistlib.loads(content)
    assert found["ProgramArguments"] == [
        "/usr/bin/python3",
        f"{FOLDERS[1]}/loket.py",
        "--root",
        FOLDERS[1],
        "run",
    ]
    wanted = {"RunAtLoad": True, "KeepAlive": True, "WorkingDirectory": FOLDERS[1]}
    assert wanted.items() <= found.items()
    assert found["EnvironmentVariables"] == {"PYTHONUTF8": "1"}
    assert ("UserName" in found) == system
    plutil = shutil.which("plutil")
    if plutil and sys.platform == "darwin":
        file = tmp_path / "loket.plist"
        file.write_bytes(content)
        subprocess.run([plutil, "-lint", str(file)], check=True, capture_output=True)


# --- all ----------------------------------------------------------------------------------------------------


def test_no_definition_holds_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody on the machine may read them."""
    monkeypatch.setenv("LOKET_MAIL_PASSWORD", SECRET)
    told = [task(windows_job()).decode("utf-16"), unit(job()), str(agent(job()))]
    assert not any(SECRET in one for one in told)


def test_two_offices_on_one_machine_have_two_services() -> None:
    """And one has the same name at every installation, so that it is never there twice."""
    assert job("/srv/a").name == job("/srv/a", system=True).name != job("/srv/b").name


def test_the_pages_are_a_service_of_their_own() -> None:
    """Beside the worker's and as lasting, on every system: another name, and `serve` instead of `run`."""
    worker, pages = job("/srv/a"), job("/srv/a").of_pages
    assert pages.name == f"{worker.name}-halaman"
    assert unit_name(pages) != unit_name(worker)
    assert unit(pages).replace(pages.title, worker.title) == unit(worker).replace(
        '"run"\n', '"serve"\n'
    )
    windows = windows_job().of_pages
    root = ElementTree.fromstring(task(windows))
    ensure_of_the_schema(root)
    assert str(text(root, "Actions/Exec/Arguments")).endswith(" serve")
    property_list = agent(pages)
    assert property_list["Label"] == f"id.{pages.name}"
    assert property_list["ProgramArguments"][-1] == "serve"
