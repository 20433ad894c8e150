"""Linux: a unit of systemd, the account's own or, with `--system`, the machine's."""

import os
from pathlib import Path

from sync.cli.service_job import Job, Run, ask, put

UNDER_TMP = ("/tmp", "/var/tmp")  # noqa: S108 - names of folders that a private one would hide

HARDENED = """\
PrivateDevices=yes
ProtectSystem=full
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
"""


class Systemd:
    """`environment_file`: where secrets may lie that are not in files of their own; mode 600, read before the start."""

    title = "systemd"

    def __init__(self, run: Run, *, user_units: Path, system_units: Path) -> None:
        self._run = run
        self._units = {False: user_units, True: system_units}

    @classmethod
    def here(cls, run: Run) -> "Systemd":
        config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return cls(
            run,
            user_units=Path(config) / "systemd" / "user",
            system_units=Path("/etc/systemd/system"),
        )

    def file(self, job: Job) -> Path:
        return self._units[job.system] / unit_name(job)

    def is_installed(self, job: Job) -> bool:
        return self.file(job).is_file()

    def install(self, job: Job) -> list[str]:
        put(self.file(job), unit(job).encode())
        self._ask(job, "daemon-reload")
        self._ask(job, "enable", unit_name(job))
        self._ask(job, "restart", unit_name(job))
        return [] if job.system else self._linger(job)

    def start(self, job: Job) -> None:
        self._ask(job, "start", unit_name(job))

    def stop(self, job: Job) -> None:
        self._ask(job, "stop", unit_name(job))

    def remove(self, job: Job) -> None:
        self._ask(job, "disable", "--now", unit_name(job))
        self.file(job).unlink()
        self._ask(job, "daemon-reload")
        self._run((*self._systemctl(job), "reset-failed", unit_name(job)))

    def _linger(self, job: Job) -> list[str]:
        """Without it the account's units end when it logs off, and wait for it after a start of the machine."""
        if self._run(("loginctl", "enable-linger", job.account)).code == 0:
            return []
        return [
            "Loket berjalan hanya selama akun ini masuk. Agar selalu berjalan: "
            f"sudo loginctl enable-linger {job.account}"
        ]

    def _systemctl(self, job: Job) -> tuple[str, ...]:
        return ("systemctl",) if job.system else ("systemctl", "--user")

    def _ask(self, job: Job, *words: str) -> None:
        remedy = "sudo python3 loket.py service install --system"
        ask(self._run, *self._systemctl(job), *words, run_instead=remedy)


def unit_name(job: Job) -> str:
    return f"{job.name}.service"


def environment_file(job: Job) -> Path:
    return job.root / "data" / "service.env"


def unit(job: Job) -> str:
    """SIGTERM goes to the worker alone, which finishes the step in hand; the letters' processes end with it."""
    command = " ".join(quoted(word) for word in (job.python, *job.arguments))
    network = "Wants=network-online.target\nAfter=network-online.target\n" if job.system else ""
    return f"""\
[Unit]
Description={escaped(job.title)}
{network}StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=:{command}
WorkingDirectory={escaped(str(job.program))}
Environment=PYTHONUTF8=1
EnvironmentFile=-{escaped(str(environment_file(job)))}
Restart=always
RestartSec=15
KillMode=mixed
TimeoutStopSec=120
UMask=0077
NoNewPrivileges=yes
{_as_system(job) if job.system else ""}
[Install]
WantedBy={"multi-user.target" if job.system else "default.target"}
"""


def _as_system(job: Job) -> str:
    folders = [str(folder) for folder in dict.fromkeys((job.root, job.program))]
    hidden = any(Path(folder).is_relative_to(tmp) for folder in folders for tmp in UNDER_TMP)
    return (
        f"User={escaped(job.account)}\n{HARDENED}"
        f"PrivateTmp={'no' if hidden else 'yes'}\n"
        f"ReadWritePaths={' '.join(quoted(folder) for folder in folders)}\n"
    )


def escaped(text: str) -> str:
    """In a unit `%` begins a specifier."""
    return text.replace("%", "%%")


def quoted(word: str) -> str:
    """One word of a command. The `:` before the command keeps `$` as it is."""
    return '"' + escaped(word).replace("\\", "\\\\").replace('"', '\\"') + '"'
