"""Whether this machine fits into its cluster: what is the matter, in words, for `run`, `check`, `doctor` and `service`."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sync.cli.root import Root
from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from sync.ledger.ledger import Transaction
    from sync.worker.cluster.members import Presence

ROLES = {"sheets": "membaca sheet", "letters": "mencetak surat", "senders": "mengirim"}


def cluster_problems(office: Root, at: datetime) -> list[Problem]:
    """All of them; none where the office is no cluster. Looks into the ledger, and changes nothing there. Raises Mendable
    for settings that can't be read."""
    if not office.settings.worker.cluster:
        return _roles_without_cluster(office)
    problems = machine_problems()
    try:
        return problems + _problems_in_ledger(office, at)
    except Mendable as error:
        # A ledger of an older version is brought up to date at the next start.
        return problems + [one for one in error.problems if one.name != "ledger-versi-lama"]


def machine_problems() -> list[Problem]:
    """Why this computer can be no member of any cluster."""
    if sys.platform == "win32":
        return [
            Problem(
                "klaster-di-windows",
                where="settings.yaml, worker.cluster",
                found="klaster belum dapat dijalankan di Windows",
                allowed="Linux; di Windows: worker.cluster: false",
                run="python loket.py run di server Linux",
            )
        ]
    return []


def key_problem(look: "Transaction", office: Root) -> Problem | None:
    """The office's keys are on another machine: a new one would make letters look forged. Raises Mendable."""
    from sync.worker.office_keys import of_id

    known = [key.id for key in look.verification.public_keys() if not key.revoked_at]
    wanted = bool(office.settings.verification.url)
    if not known or not wanted or any(of_id(office.data, key) for key in known):
        return None
    return Problem(
        "kunci-di-komputer-lain",
        where=str(office.data / "keys"),
        found="kunci verifikasi kantor ini ada di komputer lain",
        allowed="folder data/keys yang sama di semua komputer klaster",
        run="salin folder data/keys dari komputer pertama, lalu python loket.py run",
    )


def role_problem(present: "Sequence[Presence]") -> Problem | None:
    """What nobody does while others work: it would wait for ever, and nothing else would say so."""
    taken = {role for one in present for role in one.roles}
    missing = [role for role in ROLES if role not in taken]
    if not present or not missing:
        return None
    told = ", ".join(f"{role} ({ROLES[role]})" for role in missing)
    return Problem(
        "peran-tidak-diambil",
        where="settings.yaml, worker.roles",
        found=f"tidak ada anggota klaster yang berjalan untuk {told}; pekerjaan itu menunggu",
        allowed="setiap peran diambil sedikitnya satu komputer",
        run="python loket.py run di komputer yang worker.roles-nya memuat peran itu",
    )


def version_problem(present: "Sequence[Presence]") -> Problem | None:
    """Members of several versions work together; two versions at a time are for the day of an upgrade."""
    versions = sorted({one.version for one in present})
    if len(versions) < 2:
        return None
    told = "; ".join(
        f"{version}: {', '.join(sorted({one.computer for one in present if one.version == version}))}"
        for version in versions
    )
    return Problem(
        "versi-klaster-berbeda",
        where="anggota klaster",
        found=f"versi Loket tidak sama ({told})",
        allowed="versi yang sama di semua komputer",
        run="python loket.py upgrade BERKAS.zip di komputer dengan versi lama",
    )


def _problems_in_ledger(office: Root, at: datetime) -> list[Problem]:
    from sync.cli.opening import ledger_url
    from sync.ledger.probe import open_to_look
    from sync.worker.cluster.members import members

    ledger = open_to_look(ledger_url(office))
    if ledger is None:
        return []
    try:
        with ledger.reading() as look:
            present = members(look, at)
            found = (key_problem(look, office), role_problem(present), version_problem(present))
    finally:
        ledger.close()
    return [problem for problem in found if problem is not None]


def _roles_without_cluster(office: Root) -> list[Problem]:
    missing = [role for role in ROLES if role not in office.settings.worker.roles]
    if not missing:
        return []
    return [
        Problem(
            "peran-tanpa-klaster",
            where="settings.yaml, worker.roles",
            found=f"{', '.join(missing)} tidak disebut, tetapi worker.cluster: false; komputer ini tetap mengerjakan semuanya",
            allowed="semua peran; sebagian hanya dengan worker.cluster: true",
            run="python loket.py check",
        )
    ]
