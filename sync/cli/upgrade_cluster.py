"""What an upgrade of one machine means for the other members of its cluster: docs/scale.md tells the order.

Nothing is damaged where the order is not kept: members of the older version change nothing in a ledger that was brought up
to date (ledger/engine.py), but messages in hand would have to be asked after.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from sync.cli.root import Root
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.worker.cluster.members import Presence


def ensure_others_stopped(root: Root, computer: str, *, migrates: bool) -> None:
    """Raises Mendable while members work that this program's folder does not stop: those on this computer, whose program
    it may be, and where the new version migrates the ledger all of them."""
    running = [
        one
        for office in root.offices() or [root]
        for one in _members(office)
        if one.folder != str(office.folder) or one.computer != computer
        if migrates or one.computer == computer
    ]
    if not running:
        return
    told = ", ".join(sorted({f"{one.computer} ({one.folder})" for one in running}))
    why = "rilis ini memperbarui ledger" if migrates else "program di komputer ini akan diganti"
    raise Mendable.one(
        "anggota-klaster-berjalan",
        where="klaster",
        found=f"{why}, dan anggota lain masih berjalan: {told}; tidak ada yang diubah",
        allowed="semua anggota itu berhenti sampai pembaruan ini selesai; lihat docs/scale.md",
        run="di sana: Ctrl-C, atau python loket.py service remove; dua menit kemudian ulangi di sini",
    )


def _members(office: Root) -> "Iterator[Presence]":
    """Of the office's cluster; none where the ledger is not, or no longer, this version's: then others were first."""
    if not _in_cluster(office):
        return
    from sync.cli.opening import ledger_url, now
    from sync.ledger.probe import open_to_look
    from sync.worker.cluster.members import members

    try:
        ledger = open_to_look(ledger_url(office))
    except Mendable as error:
        if error.problems[0].name in ("ledger-lebih-baru", "ledger-versi-lama"):
            return
        raise
    if ledger is None:
        return
    try:
        with ledger.reading() as look:
            yield from members(look, now())
    finally:
        ledger.close()


def _in_cluster(office: Root) -> bool:
    with suppress(Mendable):  # settings that can't be read hold up no upgrade: it may mend them
        return office.settings.worker.cluster
    return False
