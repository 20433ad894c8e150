"""The one place where adapters are made from settings: ledger, Google, mail, press, counters."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli.chat_wiring import chat_channel, chat_link, desk_columns
from sync.cli.opening import ledger_url, now, open_ledger, open_transport
from sync.cli.root import Root
from sync.core.decisions import Decision
from sync.core.delivery import CHAT_CHANNELS
from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from sync.core.delivery import Channel
    from sync.core.workflow.model import Workflow
    from sync.delivery.messages import Messages
    from sync.google.backup_folder import BackupFolder
    from sync.google.forms import Forms
    from sync.google.sheet_setup import TabSetup
    from sync.google.transport import Transport
    from sync.ledger.ledger import Ledger
    from sync.letter.press import Letterpress
    from sync.letter.signature import OfficeSignature
    from sync.worker.backing_up import Backups
    from sync.worker.counter import Counter
    from sync.worker.duty import Duty
    from sync.worker.register import Register
    from sync.worker.retention import Leftovers, Retention


__all__ = ["Wiring", "assembled", "ledger_url", "now", "open_ledger", "open_transport"]


@dataclass
class Wiring:
    """The adapters of one root, made when first asked for and closed with `assembled`."""

    root: Root
    stack: ExitStack
    stop: Event
    open_ledger: "Callable[[Root], Ledger]" = open_ledger
    reserve: Callable[[str], float] | None = None  # google.pace.Pace
    sheets: dict[str, str] = field(default_factory=dict)  # by workflow
    _chats: "dict[str, Channel]" = field(default_factory=dict)

    @cached_property
    def ledger(self) -> "Ledger":
        ledger = self.open_ledger(self.root)
        self.stack.callback(ledger.close)
        ledger.ensure_whole()
        return ledger

    @cached_property
    def transport(self) -> "Transport":
        transport = open_transport(self.root, reserve=self.reserve)
        self.stack.callback(transport.close)
        return transport

    @cached_property
    def account(self) -> str:
        """The address that sheets must be shared with; "" where an OAuth file does not name its account."""
        from sync.google.credentials import account_of

        google = self.root.settings.google
        return google.subject or account_of(self.root.folder / google.credentials)

    @cached_property
    def press(self) -> "Letterpress":
        from sync.letter.press import Letterpress

        letters = self.root.settings.letters
        press = Letterpress(
            self.root.template_dirs,
            engine=letters.engine,
            processes=letters.processes,
            timeout_s=letters.timeout_s,
        )
        self.stack.callback(press.close)
        return press

    @cached_property
    def signature(self) -> "OfficeSignature | None":
        """None: letters are not signed."""
        wanted, office = self.root.settings.signature, self.root.settings.office
        if not wanted.file:
            return None
        from sync.letter.signature import OfficeSignature
        from sync.letter.signature_box import SignatureBox

        return OfficeSignature(
            self.root.identity,
            timezone=ZoneInfo(office.timezone),
            reason=wanted.reason,
            location=wanted.location or office.city,
            box=SignatureBox(self.press.make, office.model_dump()) if wanted.visible else None,
        )

    @cached_property
    def email(self) -> "Channel":
        settings = self.root.settings
        mail, office = settings.mail, settings.office
        if mail.via == "gmail":
            from sync.delivery.gmail import GmailChannel
            from sync.google.gmail import Gmail

            return GmailChannel(
                Gmail(self.transport),
                sender=mail.sender or office.email,
                sender_name=mail.sender_name or office.name,
                reply_to=office.email,
            )
        from sync.delivery.smtp import SmtpChannel

        password = self.root.secret(
            mail.password_env, mail.password_file, setting="mail.password_file", private=True
        )
        channel = SmtpChannel(mail, password, office.name, office_email=office.email)
        self.stack.callback(channel.close)
        return channel

    @cached_property
    def forms(self) -> "Forms":
        from sync.google.forms import Forms

        return Forms(self.transport)

    @cached_property
    def drive(self) -> "Channel":
        from sync.delivery.drive import DriveChannel
        from sync.google.drive import Drive

        files = Drive(self.transport)
        known: dict[str, str] = {}

        def folder_of(service: str) -> str:
            """The service's folder: its id is kept before it is made, so that it is made once."""
            if service in known:
                return known[service]
            parent = self.root.settings.google.folder
            name = f"drive folder {service} in {parent}"[:160]
            with self.ledger.reading() as look:
                chosen = look.desks.resource(name)
            if chosen is None:
                new = files.new_ids(1)[0]
                with self.ledger.begin() as tx:
                    chosen = tx.desks.choose_resource(name, new)
            files.ensure_folder(chosen, service, parent)
            known[service] = chosen
            return chosen

        return DriveChannel(files, folder_of, lambda workflow: self.sheets.get(workflow, ""))

    @cached_property
    def backup_folder(self) -> "BackupFolder":
        from sync.google.backup_folder import BackupFolder

        return BackupFolder(self.transport, self.root.settings.google.folder)

    @cached_property
    def passphrase(self) -> str | None:
        """What copies of the ledger are sealed with; None: they are not."""
        backup = self.root.settings.backup
        return self.root.secret(
            backup.passphrase_env,
            backup.passphrase_file,
            setting="backup.passphrase_file",
            private=True,
        )

    @cached_property
    def backups(self) -> "Backups":
        from sync.cli.holder import holder_of
        from sync.worker.backing_up import Backups

        settings = self.root.settings.backup
        return Backups(
            ledger_url=ledger_url(self.root),
            data=self.root.data,
            ledger=self.ledger,
            folder=(lambda: self.backup_folder) if settings.drive else None,
            passphrase=self.passphrase,
            keep=settings.keep,
            holder=holder_of(self.root.data).id,
            clock=now,
        )

    @cached_property
    def leftovers(self) -> "Leftovers":
        """What the ledger no longer has, and disk and Drive still have."""
        from sync.google.shared_letters import SharedLetters
        from sync.worker.retention import Leftovers

        return Leftovers(
            self.ledger,
            self.root.data,
            drive=lambda: SharedLetters(self.transport),
            copies=lambda: self.backup_folder,
        )

    def retention(self, counters: "Sequence[Counter]") -> "Retention":
        from sync.worker.retention import Retention

        workflows = [counter.workflow for counter in counters]
        keep_days = self.root.settings.backup.keep
        return Retention(workflows, self.leftovers, keep_days, now, self.stop)

    @cached_property
    def messages(self) -> "Messages":
        return self._messages(has_status=True)

    def messages_for(self, workflow: "Workflow") -> "Messages":
        """They lead nobody to the status page who would not be found there."""
        from sync.web.citizens.services import nik_questions

        return self.messages if nik_questions([workflow]) else self._messages(has_status=False)

    def _messages(self, *, has_status: bool) -> "Messages":
        """With links into the citizens' pages where those are on the internet."""
        from sync.delivery.messages import Messages
        from sync.web.citizens.messages import SiteMessages

        folders, site = self.root.template_dirs, self.root.settings.site.url
        if not site.startswith("https:"):
            return Messages(folders)
        return SiteMessages(
            folders, site=site, ledger=self.ledger, clock=now, has_status=has_status
        )

    def _chat(self, name: str) -> "Channel":
        """One for all workflows."""
        if name not in self._chats:
            self._chats[name] = chat_channel(self.root, name, self.ledger)
        return self._chats[name]

    def counter(self, workflow: "Workflow") -> "Counter":
        """Raises Mendable when an adapter can't be made from the settings."""
        from sync.core.survey import Reach
        from sync.google.desk import GoogleDesk
        from sync.google.officer_file import OfficerFiles
        from sync.ledger.write_journal import WriteJournal
        from sync.worker.counter import Counter

        self.sheets[workflow.name] = workflow.sheet
        channels = {"email": self.email}
        if "drive" in workflow.deliver:
            channels["drive"] = self.drive
        channels |= {name: self._chat(name) for name in workflow.deliver if name in CHAT_CHANNELS}
        mending_link = self._mending_link(workflow)
        return Counter(
            workflow=workflow,
            settings=self.root.settings,
            ledger=self.ledger,
            desk=GoogleDesk(
                self.transport,
                spreadsheet_id=workflow.sheet,
                tab=workflow.tab,
                questions=workflow.questions,
                columns=desk_columns(self.root, workflow),
                decisions=[decision.value for decision in Decision],
                journal=WriteJournal(self.ledger, workflow.name),
                digits=workflow.digit_questions,
            ),
            press=self.press,
            channels=channels,
            messages=self.messages_for(workflow),
            data=self.root.data,
            clock=now,
            mending_link=mending_link,
            chat_link=chat_link(self.root, workflow, self.messages, mending_link),
            fetch_file=OfficerFiles(self.transport).fetch,
            stop=self.stop,
            signature=self.signature,
            reach=Reach(whole_rows=self.root.settings.worker.whole_rows),
        )

    def tab_setup(self, workflow: "Workflow") -> "TabSetup":
        """What makes the workflow's tab ready; nothing of the ledger is needed."""
        from sync.google.sheet_setup import TabSetup
        from sync.google.tab import Tab

        return TabSetup(
            Tab(self.transport, workflow.sheet, workflow.tab),
            questions=workflow.questions,
            columns=desk_columns(self.root, workflow),
            decisions=[decision.value for decision in Decision],
            where=f'workflows/{workflow.name}.yaml, baris 1 tab "{workflow.tab}"',
            digits=workflow.digit_questions,
        )

    def _mending_link(self, workflow: "Workflow") -> Callable[[str], str]:
        """Where an applicant answers again: the form, with the old reference filled in and nothing else."""
        form, question = workflow.form, workflow.applicant.reference
        if form is None or question is None:
            return lambda _reference: ""
        return lambda reference: self.forms.prefilled_link(form, {question: reference})

    def counters(self) -> "tuple[list[Counter], list[Problem]]":
        """A counter for every workflow that can run, and the problems of the others, and of the office's signature: with
        those, all but letters goes on."""
        workflows, problems = self.root.workflows()
        problems += self.root.signature_problems(now())
        counters = []
        for workflow in workflows:
            try:
                counters.append(self.counter(workflow))
            except Mendable as error:
                problems.extend(error.problems)
        return counters, problems

    def duties(self, counters: "Sequence[Counter]") -> "list[Duty]":
        """One lease for each spreadsheet; its counters act only while it is held."""
        from sync.cli.holder import holder_of
        from sync.google.duty_tab import DutyTab
        from sync.worker.duty import Duty

        sheets: dict[str, list[Counter]] = {}
        for counter in counters:
            sheets.setdefault(counter.workflow.sheet, []).append(counter)
        holder = holder_of(self.root.data)
        duties = []
        for sheet, own in sheets.items():
            duty = Duty(
                DutyTab(self.transport, sheet),
                spreadsheet_id=sheet,
                workflows={counter.workflow.name: counter.workflow.tab for counter in own},
                holder=holder,
                ledger=self.ledger,
                clock=now,
                timezone=ZoneInfo(self.root.settings.office.timezone),
            )
            for counter in own:
                counter.duty = duty
            duties.append(duty)
        return duties

    def registers(
        self, counters: "Sequence[Counter]", duties: "Sequence[Duty]"
    ) -> "list[Register]":
        """The tab "Buku Agenda" of every spreadsheet; none where the office does not want it."""
        from sync.google.register_tab import RegisterTab
        from sync.worker.register import Register

        if not self.root.settings.letters.register_tab:
            return []
        titles = {counter.workflow.name: counter.workflow.title for counter in counters}
        return [
            Register(
                RegisterTab(self.transport, duty.spreadsheet_id), duty, self.ledger, titles, now
            )
            for duty in duties
        ]


@contextmanager
def assembled(root: Root, stop: Event | None = None) -> Iterator[Wiring]:
    """The adapters of a root; everything that was opened is closed at the end of the block."""
    with ExitStack() as stack:
        yield Wiring(root, stack, stop or Event())
