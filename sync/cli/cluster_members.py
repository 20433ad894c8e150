"""The cluster's members as `status` shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sync.cli import screen
from sync.cli.cluster_check import role_problem, version_problem

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.ledger.ledger import Transaction
    from sync.worker.cluster.members import Presence


def members_of(look: "Transaction", office: "Root", at: datetime) -> "list[Presence]":
    """Those that work now; none where the office is no cluster."""
    from sync.worker.cluster.members import members

    return members(look, at) if office.settings.worker.cluster else []


def told(present: "Sequence[Presence]") -> list[dict[str, Any]]:
    """For `--json`."""
    return [
        {
            "computer": one.computer,
            "folder": one.folder,
            "process": one.process,
            "roles": list(one.roles),
            "version": one.version,
            "since": one.since.isoformat(),
            "seen_at": one.seen_at.isoformat(),
        }
        for one in present
    ]


def show(present: "Sequence[Presence]", timezone: ZoneInfo) -> None:
    """Nothing where there are none."""
    from sync.core.projection import moment_text

    if not present:
        return
    columns = ("Komputer", "Folder", "Proses", "Peran", "Versi", "Sejak")
    rows = [
        (
            one.computer,
            one.folder,
            str(one.process),
            ", ".join(one.roles),
            one.version,
            moment_text(one.since, timezone),
        )
        for one in present
    ]
    screen.table("Anggota klaster", columns, rows)
    screen.problems([one for one in (role_problem(present), version_problem(present)) if one])
