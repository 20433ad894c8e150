"""The torture's processes where several machines serve one ledger: members that are killed, a PostgreSQL that crashes."""

import subprocess
import time
from dataclasses import dataclass, field

import yaml

from tests.acceptance.own_postgresql import OwnPostgresql
from tests.acceptance.torture_world import World


@dataclass
class Cluster(World):
    """`worker` is the member that the next deed is done to; the others are in `members`."""

    workers: int = 2
    members: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.postgresql = OwnPostgresql()

    def open(self) -> None:
        super().open()
        file = self.office / "settings.yaml"
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        settings["ledger"] = {"url": self.postgresql.url}
        settings["worker"] |= {"cluster": True}
        file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")

    def start_worker(self, *options: str) -> None:
        """As many as there should be; with options, one alone."""
        wanted = 1 if options else self.workers
        self.members = [one for one in self.members if one.poll() is None]
        while len(self.members) < wanted:
            super().start_worker(*options)
            assert self.worker is not None
            self.members.append(self.worker)

    def kill_worker(self) -> None:
        """The one that has lived longest."""
        if self.members:
            self.worker = self.members.pop(0)
            super().kill_worker()

    def revive_workers(self) -> list[int]:
        ended = [one.returncode for one in self.members if one.poll() is not None]
        if ended:
            self.start_worker()
        return ended

    def stop_worker(self) -> int:
        """All of them; the worst exit code."""
        time.sleep(6)  # one that has hardly begun is given time to
        for member in self.members:
            member.terminate()
        codes = [member.wait(timeout=300) for member in self.members]
        self.members = []
        return max(codes, default=0)

    def crash_the_database(self, *, for_s: float) -> None:
        self._count("database")
        self.postgresql.crash()
        time.sleep(for_s)
        self.postgresql.start()

    def close(self) -> None:
        for member in self.members:
            member.kill()
            member.wait(timeout=20)
        super().close()
        self.postgresql.close()
