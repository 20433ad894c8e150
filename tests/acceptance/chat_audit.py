"""What the ledger says of messages by WhatsApp and SMS, compared with what the providers got."""

from collections import Counter
from dataclasses import dataclass, field

from sync.cli.opening import ledger_url
from sync.cli.root import Root
from sync.core.application import Application
from sync.core.delivery import IntentState
from sync.core.states import State
from sync.ledger.intents import IntentRecord, unsettled
from sync.ledger.ledger import Ledger
from tests.acceptance.chat_office import ChatOffice


@dataclass
class ChatFindings:
    """`unknown` are the messages of which nobody knows whether they went; the rows say so. The others are empty where
    all is well: who was told nothing, who twice, and who what belongs to another."""

    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    misdirected: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.missing or self.twice or self.misdirected)


def audit_chat(office: ChatOffice) -> ChatFindings:
    """Of applications that have come to their end: each applicant is told of it once by each channel, and nobody of a
    letter that may not have gone."""
    findings = ChatFindings()
    ledger = Ledger.open(ledger_url(Root.of(office.folder)))
    with ledger.reading() as look:
        for application in look.applications.of_workflow("domisili"):
            records = look.intents.of(application.id)
            for channel, messages in office.told.items():
                got = [number for number, about in messages if about == application.reference]
                planned = [record for record in records if record.intent.channel == channel]
                _compare(findings, application, channel, planned, got)
    ledger.close()
    return findings


def _compare(
    findings: ChatFindings,
    application: Application,
    channel: str,
    planned: list[IntentRecord],
    got: list[str],
) -> None:
    states = Counter(record.intent.state for record in planned)
    went, unsure = states[IntentState.DELIVERED], states[IntentState.UNCERTAIN]
    one = f"{application.name}: {channel}"
    to_tell = application.state is not State.UNCERTAIN
    if len(got) < went or went + unsure < to_tell or unsettled(planned):
        findings.missing.append(f"{one} {len(got)} of {dict(states)}")
    if len(got) > min(went + unsure, to_tell):
        findings.twice.append(f"{one} {len(got)} of {dict(states)}")
    if set(got) - {application.phone}:
        findings.misdirected.append(one)
    if unsure:
        findings.unknown.append(channel)
        if "belum pasti terkirim" not in application.note:
            findings.missing.append(f"{one}: the row does not say that nobody knows")
