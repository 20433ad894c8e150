"""Windows: a task of the Task Scheduler, made from XML. The defaults would stop it after 72 hours and on battery."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from subprocess import list2cmdline
from xml.etree import ElementTree

from sync.cli.service_job import Job, Run, ask, put
from sync.core.mendable import Mendable

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
AGAIN_EVERY = "PT5M"
"""RestartOnFailure is for tasks that can't be started; one that has ended is begun by the trigger's repetition, and
IgnoreNew lets one that runs alone."""

SETTINGS = {
    "AllowStartOnDemand": "true",
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "Enabled": "true",
    "Hidden": "false",
    "RunOnlyIfIdle": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT0S",
    "Priority": "5",
}


class TaskScheduler:
    title = "Penjadwal Tugas Windows"

    def __init__(self, run: Run) -> None:
        self._run = run

    def is_installed(self, job: Job) -> bool:
        """Which of the two kinds it is, its XML says: its other words are in the language of that Windows."""
        done = self._run(("schtasks", "/Query", "/TN", job.name, "/XML", "ONE"))
        return done.code == 0 and ("BootTrigger" in done.output) == job.system

    def install(self, job: Job) -> list[str]:
        _ensure_plain(job)
        self._run(("schtasks", "/End", "/TN", job.name))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "loket.xml"
            put(file, task(job))
            self._ask(job, "/Create", "/XML", str(file), "/F")
        self.start(job)
        return []

    def start(self, job: Job) -> None:
        self._ask(job, "/Run")

    def stop(self, job: Job) -> None:
        self._run(("schtasks", "/End", "/TN", job.name))  # refuses where it does not run

    def remove(self, job: Job) -> None:
        self.stop(job)
        self._ask(job, "/Delete", "/F")

    def _ask(self, job: Job, verb: str, *more: str) -> None:
        command = ("schtasks", verb, "/TN", job.name, *more)
        ask(self._run, *command, run_instead=_remedy(job))


def _remedy(job: Job) -> str:
    if job.system:
        return "buka Command Prompt dengan Run as administrator, lalu py loket.py service install --system"
    return "py loket.py service install"


def task(job: Job) -> bytes:
    """The task as XML, UTF-16 as schtasks wants it. It holds no secret."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}Task", version="1.2")
    _add(root, "RegistrationInfo", Description=job.title)
    trigger = _add(_add(root, "Triggers"), "BootTrigger" if job.system else "LogonTrigger")
    _text(trigger, "Enabled", "true")
    _add(trigger, "Repetition", Interval=AGAIN_EVERY)
    if not job.system:
        _text(trigger, "UserId", job.account)
    principal = _add(
        _add(root, "Principals"),
        "Principal",
        UserId=job.account,
        LogonType="S4U" if job.system else "InteractiveToken",
        RunLevel="LeastPrivilege",
    )
    principal.set("id", "Author")
    settings = _add(root, "Settings", **SETTINGS)
    _add(settings, "RestartOnFailure", Interval="PT1M", Count="255")
    actions = _add(root, "Actions")
    actions.set("Context", "Author")
    _add(
        actions,
        "Exec",
        Command=job.python,
        Arguments=command_line(("-X", "utf8", *job.arguments)),
        WorkingDirectory=str(job.program),
    )
    xml: bytes = ElementTree.tostring(root, encoding="utf-16", xml_declaration=True)
    return xml


def command_line(arguments: Sequence[str]) -> str:
    """As the C runtime takes it apart again."""
    return list2cmdline(arguments)


def _ensure_plain(job: Job) -> None:
    """Task Scheduler puts variables in for %NAME% and $(Arg0), and knows no way to write them as they are."""
    for folder in (job.root, job.program):
        if "%" in str(folder) or "$(" in str(folder):
            raise Mendable.one(
                "nama-folder-tidak-dapat-dipakai",
                where=str(folder),
                found="Windows membaca tanda % dan $( dalam nama folder sebagai variabel",
                allowed="nama folder tanpa kedua tanda itu",
                run="ganti nama foldernya, lalu py loket.py service install",
            )


def _add(parent: ElementTree.Element, name: str, **texts: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in texts.items():
        _text(child, key, value)
    return child


def _text(parent: ElementTree.Element, name: str, value: str) -> None:
    ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = value
