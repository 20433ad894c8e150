"""The same application again within some days: the officer is warned, or the applicant told, as the workflow says."""

from dataclasses import replace
from datetime import datetime, timedelta

from sync.core.answers import Checked, same_key
from sync.core.application import Application
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter


def with_duplicates(
    counter: Counter, tx: Transaction, application: Application, checked: Checked, at: datetime
) -> Checked:
    rule = counter.workflow.duplicates
    key = same_key(counter.workflow, checked.values)
    if rule is None or key is None:
        return checked
    since = at - timedelta(days=rule.within_days)
    other = tx.applications.same(counter.workflow.name, key, since=since, excluding=application.id)
    if other is None:
        return checked
    received = other.received_at.astimezone(counter.timezone).strftime("%d/%m/%Y")
    said = f"Permohonan yang sama sudah diterima pada {received} dengan nomor {other.reference}."
    if rule.then == "refuse":
        return replace(checked, problems=(*checked.problems, said))
    return replace(checked, warnings=(*checked.warnings, said))
