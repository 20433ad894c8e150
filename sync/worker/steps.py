"""Recording what core/review.py decided, whole: states, the letter's number, the notice, what is to be sent again.

Everything here happens inside the caller's transaction and asks nobody outside.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sync.core.answers import Checked
from sync.core.application import Application
from sync.core.delivery import CHAT_CHANNELS, IntentState, Kind
from sync.core.numbering import number_of
from sync.core.outcomes import Receipt
from sync.core.review import Step, resend_hint, untold
from sync.core.states import State
from sync.ledger.claims import Work
from sync.ledger.intents import IntentRecord, Plan, latest, unsettled
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.flood import told_enough
from sync.worker.ways import plan_notice


def apply_step(
    counter: Counter,
    tx: Transaction,
    application: Application,
    step: Step,
    at: datetime,
    *,
    checked: Checked | None = None,
    detail: dict[str, Any] | None = None,
    **columns: Any,
) -> Application:
    """Records a step with all that belongs to it: the letter's number, the notice, the intents to send again.

    `detail` is the event's. `letter_number` "" among the columns: what is sent is no letter of the office's.
    """
    if step.notice and told_enough(counter, tx, columns.get("email", application.email), at):
        step = untold(step)
    if step.note is not None:
        columns["note"] = step.note
    if State.APPROVED in step.states:
        local = at.astimezone(counter.timezone).date()
        columns["approved_at"] = at
        columns["approved_on"] = local
        if "letter_number" not in columns:
            columns["letter_number"] = _number(counter, tx, application, local)
        if step.note is not None:  # where the ledger is lost, the row still knows the number
            columns["note"] = step.note.replace("{nomor}", columns["letter_number"])
    if step.event == "delivery_confirmed":
        step = _confirm(tx, application, step, at)
        columns["note"] = step.note
    if step.states:
        _drop_notices(tx, application, at)
    if State.APPROVED in step.states:
        tx.want(Work.LETTER, application.workflow)
    changed = tx.applications.change(
        application, at=at, event=step.event, detail=detail, states=step.states, **columns
    )
    if step.notice:
        problems = list(checked.problems) if checked else []
        facts = {"problems": problems, "officer_note": changed.officer_note}
        plan_notice(counter, tx, changed, step.notice, at, facts)
    if step.resend:
        _send_again(counter, tx, changed, was=application.state, at=at)
    return changed


def take_serial(counter: Counter, tx: Transaction, application: Application, on: date) -> int:
    """The serial of the application's letter in its series of that year: a new one, or the one it has."""
    workflow = counter.workflow
    return tx.numbers.take_letter(
        workflow.name,
        on.year,
        application.id,
        series=workflow.series,
        first=workflow.letter.first_serial(on.year),
    )


def _number(counter: Counter, tx: Transaction, application: Application, on: date) -> str:
    workflow = counter.workflow
    serial = take_serial(counter, tx, application, on)
    return application.letter_number or number_of(
        workflow, serial=serial, on=on, unit=counter.settings.office.unit
    )


def _confirm(tx: Transaction, application: Application, step: Step, at: datetime) -> Step:
    """The officer says that it arrived: that settles what could not be known, and nothing else."""
    letters = latest(tx.intents.of(application.id), Kind.LETTER).values()
    for record in letters:
        if record.intent.state is IntentState.UNCERTAIN:
            tx.intents.settle(record, Receipt("petugas"), at)
    failed = [record.reason for record in letters if record.intent.state is IntentState.FAILED]
    if not failed:
        return step
    note = f"{failed[0]} {resend_hint(application)}"
    return replace(step, states=(State.DELIVERING, State.FAILED), note=note)


def plan_letter(counter: Counter, tx: Transaction, application: Application, at: datetime) -> None:
    """Plans the letter over every way of `deliver` that it was not planned for before, or that was dropped since."""
    tx.want(Work.SENDING, application.workflow)
    planned = latest(tx.intents.of(application.id), Kind.LETTER)
    for channel in counter.workflow.deliver:
        before = planned.get(channel)
        if before is None and channel not in CHAT_CHANNELS:
            _plan(tx, application, channel, at)
        elif before is not None and before.intent.state is IntentState.DROPPED:
            _plan_again(counter, tx, application, before, at)


def _drop_notices(tx: Transaction, application: Application, at: datetime) -> None:
    """What was still to be told about an earlier state is told no more."""
    for record in unsettled(tx.intents.of(application.id)):
        if record.intent.kind is not Kind.LETTER and record.intent.state is IntentState.PLANNED:
            tx.intents.give_up(record, IntentState.DROPPED, "keadaan permohonan sudah berubah", at)


def _send_again(
    counter: Counter, tx: Transaction, application: Application, *, was: State, at: datetime
) -> None:
    """Plans what "Kirim ulang" means: after a failure only what did not arrive, else the letter over every channel.

    A way that the office no longer uses is planned too where it failed: it is dropped when its turn comes, and what the
    ways of today came to is concluded then, though nothing else may be left to send.
    """
    tx.want(Work.SENDING, application.workflow)
    for name, record in latest(tx.intents.of(application.id), Kind.LETTER).items():
        state = record.intent.state
        if state in (IntentState.PLANNED, IntentState.SENDING, IntentState.DROPPED):
            continue
        again = was is State.DELIVERED and name in counter.workflow.deliver
        if state is IntentState.DELIVERED and not again:
            continue
        _plan_again(counter, tx, application, record, at)
    if tx.documents.of(application.id) is not None:  # else when it is made
        plan_letter(counter, tx, application, at)


def _plan_again(
    counter: Counter, tx: Transaction, application: Application, record: IntentRecord, at: datetime
) -> None:
    """A channel where the same key can't make a second copy keeps its key, and one that is to be dropped; the others get
    a new one."""
    channel = counter.channels.get(record.intent.channel)
    same_address = record.intent.address == application.email
    failed = record.intent.state is IntentState.FAILED
    if channel is None or channel.repeatable or (failed and same_address):
        tx.intents.begin_afresh(record, address=application.email)
    else:
        _plan(tx, application, record.intent.channel, at, series=record.series + 1)


def _plan(
    tx: Transaction, application: Application, channel: str, at: datetime, *, series: int = 1
) -> None:
    plan = Plan(application.id, Kind.LETTER, channel, application.email, at, series)
    tx.intents.plan(plan)
