"""What `worker.cluster` and `worker.roles` of settings.yaml ask of the rest, each mistake with its line."""

from sync.core.settings import Settings
from sync.core.workflow.check import Report
from sync.core.yaml_text import Node


def check_cluster(root: Node, settings: Settings | None, report: Report) -> None:
    """`settings` None: what was written can't be read, and is told elsewhere."""
    worker = root.get("worker")
    if settings is None or worker is None or not settings.worker.cluster:
        return
    line = (worker.get("cluster") or worker).line
    if not settings.ledger.url.startswith("postgresql"):
        report.add(
            "klaster-tanpa-postgresql",
            line,
            "worker.cluster: true, tetapi ledger bukan di PostgreSQL",
            "ledger.url: postgresql://pengguna:sandi@server/loket, sama di semua komputer",
        )
    if not settings.worker.roles:
        report.add(
            "klaster-tanpa-peran",
            (worker.get("roles") or worker).line,
            "worker.roles kosong: komputer ini tidak akan mengerjakan apa pun",
            "satu atau lebih dari: sheets, letters, senders",
        )
