"""An upgrade that can't stop everything leaves the service as it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.cli import service, service_state, upgrade
from sync.cli.one_worker import only_worker
from sync.cli.root import Root
from sync.cli.service_job import Job
from sync.core.mendable import Mendable


class Manager:
    title = "systemd"

    def __init__(self) -> None:
        self.did: list[str] = []

    def is_installed(self, job: Job) -> bool:
        return job.pages

    def start(self, job: Job) -> None:
        self.did.append(f"start {job.arguments[-1]}")

    def stop(self, job: Job) -> None:
        self.did.append(f"stop {job.arguments[-1]}")


def test_a_service_is_started_again_where_another_worker_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second member of the cluster, or a worker, that somebody runs in a window. The pages too: they would go on with the
    program that was there before."""
    manager = Manager()
    job = Job(tmp_path, tmp_path, "python3", "ratna", system=False)
    ended: Callable[..., None] = service_state.ensure_ended
    monkeypatch.setattr(service, "manager_here", lambda _run: manager)
    monkeypatch.setattr(service, "installed", lambda _manager, _root: job)
    monkeypatch.setattr(
        service_state, "ensure_ended", lambda data, within_s: ended(data, within_s=0)
    )
    with only_worker(tmp_path / "data"), pytest.raises(Mendable) as refused:
        upgrade._stop_service(Root(tmp_path))
    assert refused.value.problems[0].name == "loket-masih-berjalan"
    assert manager.did == ["stop serve", "stop run", "start serve", "start run"]
