"""`run` where worker.cluster is true: this machine as one member of several, on one PostgreSQL ledger."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from os import getpid
from secrets import token_hex
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync import __version__
from sync.cli import screen
from sync.cli.cluster_check import key_problem, machine_problems
from sync.cli.holder import computer_name
from sync.cli.one_office import label, take, teller
from sync.cli.root import Root
from sync.cli.wiring import Wiring, assembled, ledger_url, now
from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.ledger.fence import FencedLedger
    from sync.ledger.ledger import Ledger
    from sync.worker.cluster.duty import SharedDuty
    from sync.worker.cluster.jobs import Queue
    from sync.worker.cluster.member import Member, Todo
    from sync.worker.cluster.pace import Visits
    from sync.worker.counter import Counter


_PATIENCE_S = 2.0


def serve_cluster(office: Root, stop: Event, *, once: bool, take_over: bool = False) -> bool:
    """This machine's roles, once or until `stop`; returns whether something was the matter. Raises Mendable."""
    from sync.ledger.trouble import LedgerTrouble

    if problems := machine_problems():
        raise Mendable(*problems)
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
    from sync.worker.cluster.members import Presence
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
        visits = _visits(office, own, queue)
        does: dict[Role, Callable[[str], None]] = {}
        for role in map(Role, office.settings.worker.roles):
            if role is Role.SHEETS:
                sheets_too = _AtTheSheets.of(wiring, fenced, counters, problems, todo, visits)
                problems = problems + sheets_too.take(by_force=take_over)
                does[role] = sheets_too
                continue
            kind = Printing if role is Role.LETTERS else Mailing
            _, theirs, _ = wired(opened(Ledger.open(url)))
            does[role] = kind({one.workflow.name: one for one in theirs}, by, visits.sooner)
        at = now()
        me = Presence(
            by, computer_name(), str(office.folder), getpid(), tuple(does), __version__, at, at
        )
        yield Member(todo, does, server_of(url), stop, me), problems


def _visits(office: Root, ledger: "Ledger", queue: "Queue") -> "Visits":
    from sync.worker.cluster.pace import Visits

    settings = office.settings
    return Visits(
        ledger,
        queue,
        ZoneInfo(settings.office.timezone),
        day_s=settings.worker.interval_s,
        calls_per_minute=settings.google.calls_per_minute,
    )


def _reserve(ledger: "Ledger", calls_a_minute: int, quota: str) -> float:
    with ledger.begin() as tx:
        return tx.calls.next(f"google {quota}", calls_a_minute)


def _ensure_keys(ledger: "Ledger", office: Root) -> None:
    """Raises Mendable."""
    with ledger.reading() as look:
        problem = key_problem(look, office)
    if problem:
        raise Mendable(problem)


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
        visits: "Visits",
    ) -> "_AtTheSheets":
        from sync.cli.watch_wiring import watch_of
        from sync.worker.cluster.duty import SharedDuty, cluster_holder
        from sync.worker.cluster.share import AtTheSheet
        from sync.worker.cluster.turns import Rounds, Visiting

        holder = cluster_holder(ledger, computer_name(), getpid())
        duties = [SharedDuty.of(one, holder) for one in wiring.duties(counters)]
        for duty in duties:
            for one in counters:
                if one.workflow.name in duty.workflows:
                    one.duty, one.share = duty, AtTheSheet()
        visit = Visiting(
            ledger,
            {duty.spreadsheet_id: duty for duty in duties},
            {one.workflow.name: one for one in counters},
            teller(label(wiring.root)),
            visits,
        )
        rounds = Rounds(
            ledger,
            duties,
            counters,
            watch_of(wiring, counters, duties, problems),
            todo.next_round,
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
