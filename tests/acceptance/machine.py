"""A machine with a real systemd: process 1 of name spaces of its own, with its own units. It can lose its power."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.test_counter import wait_until
from tests.conftest import missing_service

TARGETS = """basic multi-user network-online paths shutdown slices sockets sysinit timers umount"""
BOOT = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/keep /run/user/0
for name in {targets}; do cp {library}/$name.target /run/keep/; done
mount --bind /run/keep {library}
mount -t tmpfs tmpfs {generators}
mount --bind "$UNITS" /etc/systemd/system
mount -t tmpfs tmpfs /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
export container=loket
exec {systemd} --system --unit=multi-user.target --log-target=null --show-status=no
"""

LINGER = """
[Unit]
Description=The manager of an account that lingers, as user@.service would start it

[Service]
Type=notify
Delegate=yes
Environment=XDG_RUNTIME_DIR=/run/user/0 XDG_CONFIG_HOME={config} HOME={config}
ExecStart={systemd} --user --log-target=null

[Install]
WantedBy=multi-user.target
"""


def _may_make_spaces(groups: Path) -> bool:
    """No package brings this: whoever started the container gives it or not."""
    trial = groups / f"loket-trial-{os.getpid()}"
    try:
        trial.mkdir()
        trial.rmdir()
    except OSError:
        return False
    asked = ["unshare", "--mount", "--pid", "--cgroup", "--fork", "true"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


class Machine:
    """`units` is its disk: what is installed there outlives a power cut."""

    def __init__(self, folder: Path) -> None:
        systemd = Path("/usr/lib/systemd/systemd")
        if sys.platform != "linux" or os.geteuid() != 0 or not systemd.exists():
            missing_service(
                "starting a systemd of one's own needs Linux, root, and the package systemd"
            )
        found = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        groups = next((line.split()[1] for line in found if line.split()[2] == "cgroup2"), None)
        if groups is None or not _may_make_spaces(Path(str(groups))):
            pytest.skip("this container may not make control groups and name spaces of its own")
        self.group = Path(str(groups)) / f"loket-test-{os.getpid()}"
        self.units = folder / "units"
        self.config = folder / "config"
        for one in (self.units, self.config):
            one.mkdir(parents=True)
        self.environment = {"XDG_RUNTIME_DIR": "/run/user/0", "XDG_CONFIG_HOME": str(self.config)}
        linger = self.units / "linger.service"
        linger.write_text(LINGER.format(config=self.config, systemd=systemd), encoding="utf-8")
        wants = self.units / "multi-user.target.wants"
        wants.mkdir()
        (wants / linger.name).symlink_to(linger)
        self.boot_script = BOOT.format(
            targets=TARGETS,
            systemd=systemd,
            library=systemd.parent / "system",
            generators=systemd.parent / "system-generators",
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.init = 0

    def boot(self) -> None:
        self.group.mkdir(exist_ok=True)
        enter = f'echo $$ > "{self.group}/cgroup.procs"; exec "$@"'
        spaces = ("--mount", "--mount-proc", "--pid", "--uts", "--ipc", "--cgroup")
        inside = ("unshare", *spaces, "--fork", "--kill-child", "bash", "-c", self.boot_script)
        self.process = subprocess.Popen(
            ["bash", "-c", enter, "bash", *inside],
            env={**os.environ, "UNITS": str(self.units)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        wait_until(self._is_up)

    def _is_up(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            assert self.process.stderr is not None
            missing_service(
                f"no systemd can be started here: {self.process.stderr.read().decode()}"
            )
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        if not children or Path(f"/proc/{children[0]}/comm").read_text() != "systemd\n":
            return False
        self.init = int(children[0])
        return self.run("systemctl", "is-active", "linger.service").returncode == 0

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """As root on this machine."""
        return subprocess.run(
            ["nsenter", "-t", str(self.init), "--all", *command],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )

    def power_cut(self) -> None:
        """Everything on it ends at once."""
        assert self.process is not None
        os.kill(self.init, 9)
        self.process.wait(timeout=20)
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.process = None

    def scrap(self) -> None:
        if self.process is not None:
            self.power_cut()
        for folder, _, _ in os.walk(self.group, topdown=False):
            Path(folder).rmdir()
        shutil.rmtree(self.units)
