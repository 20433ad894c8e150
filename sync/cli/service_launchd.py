"""macOS: an agent of launchd, or, with `--system`, a daemon."""

import os
import plistlib
import time
from pathlib import Path
from typing import Any

from sync.cli.service_job import Job, Run, ask, put


class Launchd:
    title = "launchd"

    def __init__(
        self, run: Run, *, agents: Path, daemons: Path, uid: int, pause_s: float = 1
    ) -> None:
        self._run = run
        self._pause_s = pause_s
        self._folders = {False: agents, True: daemons}
        self._domains = {False: f"gui/{uid}", True: "system"}

    @classmethod
    def here(cls, run: Run) -> "Launchd":
        library = Path("Library")
        return cls(
            run,
            agents=Path.home() / library / "LaunchAgents",
            daemons=Path("/") / library / "LaunchDaemons",
            uid=os.getuid(),
        )

    def file(self, job: Job) -> Path:
        return self._folders[job.system] / f"{label(job)}.plist"

    def is_installed(self, job: Job) -> bool:
        return self.file(job).is_file()

    def install(self, job: Job) -> list[str]:
        (job.program / "data" / "log").mkdir(parents=True, exist_ok=True)
        put(self.file(job), plistlib.dumps(agent(job)))
        self.stop(job)
        self._run(("launchctl", "enable", self._target(job)))
        self.start(job)
        return []

    def start(self, job: Job) -> None:
        """Its definition says RunAtLoad. The one before it may still be on its way out: launchd refuses meanwhile."""
        command = ("launchctl", "bootstrap", self._domains[job.system], str(self.file(job)))
        for _ in range(9):
            if self._run(command).code == 0:
                return
            time.sleep(self._pause_s)
        ask(self._run, *command)

    def stop(self, job: Job) -> None:
        self._run(("launchctl", "bootout", self._target(job)))  # refuses where it is not loaded

    def remove(self, job: Job) -> None:
        self.stop(job)
        self.file(job).unlink()

    def _target(self, job: Job) -> str:
        return f"{self._domains[job.system]}/{label(job)}"


def label(job: Job) -> str:
    return f"id.{job.name}"


def agent(job: Job) -> dict[str, Any]:
    told = str(job.program / "data" / "log" / "service.log")
    definition: dict[str, Any] = {
        "Label": label(job),
        "ProgramArguments": [job.python, *job.arguments],
        "WorkingDirectory": str(job.program),
        "EnvironmentVariables": {"PYTHONUTF8": "1"},
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": 15,
        "ExitTimeOut": 120,
        "Umask": 0o077,
        "StandardOutPath": told,
        "StandardErrorPath": told,
    }
    return {**definition, "UserName": job.account} if job.system else definition
