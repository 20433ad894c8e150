"""`run` where worker.cluster is true: this machine as one member of several, on one PostgreSQL ledger."""

import platform
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from os import getpid
from secrets import token_hex
from threading import Event
from typing import TYPE_CHECKING

from sync.cli import screen
from sync.cli.one_office import label, take, teller
from sync.cli.root import Root
from sync.cli.wiring import Wiring, assembled, ledger_url, now
from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.ledger.fence import FencedLedger
    from sync.ledger.ledger import Ledger
    from sync.worker.cluster.duty import SharedDuty
    from sync.worker.cluster.member import Member, Todo
    from sync.worker.counter import Counter


_PATIENCE_S = 2.0


def serve_cluster(office: Root, stop: Event, *, once: bool, take_over: bool = False) -> bool:
    """This machine's roles, once or until `stop`; returns whether something was the matter. Raises Mendable."""
    from sync.ledger.trouble import LedgerTrouble

    _ensure_able(office)
    told = ""
    while True:
        try:
            return _serve(office, stop, once=once, take_over=take_over)
        except LedgerTrouble as trouble:  # the server may be up a little later than this machine
            if once:
                raise
            if told != str(trouble):
                told = str(trouble)
                screen.problems(trouble.problems)
        if stop.wait(_PATIENCE_S):
            return True


def _serve(office: Root, stop: Event, *, once: bool, take_over: bool) -> bool:
    with _joined(office, stop, take_over=take_over) as (member, problems):
        screen.problems(problems)
        if not member.todo.workflows:
            return True
        if once:
            return member.work_once() or bool(problems)
        roles = ", ".join(member.does)
        screen.say(
            f"{label(office)}Loket berjalan sebagai anggota klaster ({roles}): "
            f"{len(member.todo.workflows)} layanan. Ctrl-C untuk berhenti."
        )
        member.work(lambda text: screen.say(label(office) + text))
        return False


def _ensure_able(office: Root) -> None:
    """Raises Mendable where this machine can be no member."""
    if not office.settings.ledger.url.startswith("postgresql"):
        raise Mendable.one(
            "klaster-tanpa-postgresql",
            where="settings.yaml, ledger.url",
            found="worker.cluster: true, tetapi ledger bukan di PostgreSQL",
            allowed="postgresql://pengguna:sandi@server/loket, sama di semua komputer",
            run="python loket.py check",
        )
    if sys.platform == "win32":
        raise Mendable.one(
            "klaster-di-windows",
            where="settings.yaml, worker.cluster",
            found="klaster belum dapat dijalankan di Windows",
            allowed="Linux; di Windows: worker.cluster: false",
            run="python loket.py run di server Linux",
        )


@contextmanager
def _joined(
    office: Root, stop: Event, *, take_over: bool
) -> "Iterator[tuple[Member, list[Problem]]]":
    """This member, ready to work, and the problems of what it can't serve."""
    from sync.ledger.engine import server_of
    from sync.ledger.fence import FencedLedger
    from sync.ledger.ledger import Ledger
    from sync.worker.cluster.jobs import Queue, Role
    from sync.worker.cluster.member import Member, Todo
    from sync.worker.cluster.turns import Mailing, Printing

    url, queue, by = ledger_url(office), Queue.new(), token_hex(8)

    def opened(ledger: "Ledger") -> "Ledger":
        ledger.outbox = queue.outbox
        stack.callback(ledger.close)
        return ledger

    with ExitStack() as stack:
        own = opened(Ledger.open(url))
        _ensure_keys(own, office)
        reserve = partial(_reserve, own, office.settings.google.calls_per_minute)

        def wired(ledger: "Ledger") -> "tuple[Wiring, list[Counter], list[Problem]]":
            wiring = stack.enter_context(assembled(office, stop))
            wiring.open_ledger = lambda _root: ledger
            wiring.reserve = reserve
            return (wiring, *wiring.counters())

        opened(fenced := FencedLedger.open(url))
        wiring, counters, problems = wired(fenced)
        sheets = list(dict.fromkeys(one.workflow.sheet for one in counters))
        names = [one.workflow.name for one in counters]
        todo = Todo(own, queue, names, sheets, now)
        todo.prepare()
        does: dict[Role, Callable[[str], None]] = {}
        for role in map(Role, office.settings.worker.roles):
            if role is Role.SHEETS:
                sheets_too = _AtTheSheets.of(wiring, fenced, counters, problems, todo)
                problems = problems + sheets_too.take(by_force=take_over)
                does[role] = sheets_too
                continue
            kind = Printing if role is Role.LETTERS else Mailing
            _, theirs, _ = wired(opened(Ledger.open(url)))
            does[role] = kind({one.workflow.name: one for one in theirs}, by)
        yield Member(todo, does, server_of(url), stop), problems


def _reserve(ledger: "Ledger", calls_a_minute: int, quota: str) -> float:
    with ledger.begin() as tx:
        return tx.calls.next(f"google {quota}", calls_a_minute)


def _ensure_keys(ledger: "Ledger", office: Root) -> None:
    """Raises Mendable where the office's keys are on another machine: a new one would make letters look forged."""
    from sync.worker.office_keys import of_id

    with ledger.reading() as look:
        known = [key.id for key in look.verification.public_keys() if not key.revoked_at]
    if (
        known
        and office.settings.verification.url
        and not any(of_id(office.data, key) for key in known)
    ):
        raise Mendable.one(
            "kunci-di-komputer-lain",
            where=str(office.data / "keys"),
            found="kunci verifikasi kantor ini ada di komputer lain",
            allowed="folder data/keys yang sama di semua komputer klaster",
            run="salin folder data/keys dari komputer pertama, lalu python loket.py run",
        )


@dataclass(frozen=True)
class _AtTheSheets:
    """What a member does with the jobs of the sheets: visits, and now and then a round."""

    duties: "list[SharedDuty]"
    visit: "Callable[[str], None]"
    round: "Callable[[], None]"

    @classmethod
    def of(
        cls,
        wiring: "Wiring",
        ledger: "FencedLedger",
        counters: "list[Counter]",
        problems: list[Problem],
        todo: "Todo",
    ) -> "_AtTheSheets":
        from sync.worker.cluster.duty import SharedDuty, cluster_holder
        from sync.worker.cluster.member import ROUND, ROUND_EVERY_S
        from sync.worker.cluster.share import AtTheSheet
        from sync.worker.cluster.turns import Rounds, Visiting

        holder = cluster_holder(ledger, platform.node() or "tanpa nama", getpid())
        duties = [SharedDuty.of(one, holder) for one in wiring.duties(counters)]
        for duty in duties:
            for one in counters:
                if one.workflow.name in duty.workflows:
                    one.duty, one.share = duty, AtTheSheet()
        office = wiring.root
        visit = Visiting(
            ledger,
            {duty.spreadsheet_id: duty for duty in duties},
            {one.workflow.name: one for one in counters},
            teller(label(office)),
            partial(todo.next_visit, after_s=office.settings.worker.interval_s),
        )
        rounds = Rounds(
            ledger,
            duties,
            counters,
            wiring.watch(counters, duties, problems),
            partial(todo.next_visit, ROUND, after_s=ROUND_EVERY_S),
        )
        return cls(duties, visit, rounds)

    def take(self, *, by_force: bool) -> list[Problem]:
        """The sheets' leases for the cluster; returns the problems of those that another worker has."""
        for duty in self.duties:
            duty.adopt()
        return take(self.duties, by_force=by_force)

    def __call__(self, subject: str) -> None:
        from sync.worker.cluster.member import ROUND

        if subject == ROUND:
            self.round()
        else:
            self.visit(subject)
