"""After the torture: ledger, sheets, Drive, mailbox and logs against what citizens and officers remember having typed."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sync.cli.opening import ledger_url
from sync.cli.root import Root
from sync.core.application import Application
from sync.core.delivery import IntentState, Kind
from sync.core.projection import LABEL_COPY, LABEL_REPLACED, project
from sync.core.states import State
from sync.ledger.documents import Document
from sync.ledger.intents import IntentRecord, latest
from sync.ledger.ledger import Ledger, Transaction
from tests.acceptance.audit import hashes, letters_in_drive
from tests.acceptance.officers_bot import OfficersBot
from tests.acceptance.people import CODE, TOKEN, Person
from tests.acceptance.sheets_by_hand import BY_HAND, Seen

TIMEZONE = ZoneInfo("Asia/Makassar")
OFFICE = "loket@dukcapil.example.com"
UNMASKED = re.compile(r"(?<!\d)\d{16}(?!\d)")
NEEDS = {State.REJECTED: "Tolak", State.CANCELLED: "Batalkan"}
OF_WORD = {
    "Setujui": State.DELIVERED,
    "Tolak": State.REJECTED,
    "Minta perbaikan": State.NEEDS_FIXING,
    "Batalkan": State.CANCELLED,
}


@dataclass
class Findings:
    """Empty lists where all is well."""

    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    applications: int = 0
    letters: int = 0

    @property
    def clean(self) -> bool:
        return not (self.missing or self.twice or self.wrong or self.gaps)


@dataclass
class Held:
    """What the ledger holds of one application."""

    application: Application
    document: Document | None
    pdf: bytes  # empty where they are not those that were approved
    intents: list[IntentRecord]
    resends: int  # orders of "Kirim ulang" that were carried out

    @property
    def name(self) -> str:
        return f"{self.application.reference} ({token_of(self.application)})"


def token_of(application: Application) -> str:
    found = TOKEN.search(application.name)
    return found[0] if found else "?"


def read_ledger(office: Path, service: str) -> list[Held]:
    ledger = Ledger.open(ledger_url(Root.of(office)))
    try:
        with ledger.reading() as look:
            return [
                Held(
                    one,
                    document := look.documents.of(one.id),
                    _bytes(look, office / "data", document),
                    look.intents.of(one.id),
                    sum(event.kind == "resend_asked" for event in look.applications.events(one.id)),
                )
                for one in look.applications.of_workflow(service)
            ]
    finally:
        ledger.close()


def _bytes(look: Transaction, data: Path, document: Document | None) -> bytes:
    try:
        return look.documents.bytes_of(document, data) if document else b""
    except ValueError:
        return b""


class Audit:
    def __init__(self, bot: OfficersBot) -> None:
        self.bot, self.world = bot, bot.world
        self.found = Findings()
        self.mails: list[dict[str, Any]] = bot.world.call("GET", "/_sandbox/mailbox")["messages"]
        self.files = letters_in_drive(self.world.office, self.world.url)

    def whole(self) -> Findings:
        known: dict[str, str] = {}
        for service in self.world.forms:
            held = read_ledger(self.world.office, service)
            self.found.applications += len(held)
            self._one_application_each(service, held)
            self._numbers(service, held)
            for one in held:
                person = self.bot.people.get(token_of(one.application))
                if person is None:
                    self.found.wrong.append(f"{one.name}: nobody's")
                    continue
                self._end(one, person)
                self._letter(one, person)
                if one.document:
                    self.found.letters += 1
                    known[one.document.sha256] = person.email
            self._sheet(service, held)
        self._mailbox(known)
        for file in self.files:
            if file["sha256Checksum"] not in known:
                self.found.wrong.append(f"Drive holds a file of nobody's: {file['id']}")
        self._logs()
        return self.found

    def _one_application_each(self, service: str, held: list[Held]) -> None:
        count = Counter(token_of(one.application) for one in held)
        for person in self.bot.people.values():
            if person.service != service:
                continue
            if not count[person.token]:
                self.found.missing.append(f"{person.token}: no application")
            if count[person.token] > 1:
                references = [
                    one.application.reference
                    for one in held
                    if token_of(one.application) == person.token
                ]
                self.found.twice.append(f"{person.token}: applications {references}")

    def _numbers(self, service: str, held: list[Held]) -> None:
        ledger = Ledger.open(ledger_url(Root.of(self.world.office)))
        with ledger.reading() as look:
            serials = {
                year: look.numbers.letters(service, year)
                for year in {
                    (one.application.approved_at or one.application.received_at)
                    .astimezone(TIMEZONE)
                    .year
                    for one in held
                }
            }
        ledger.close()
        for year, taken in serials.items():
            if gaps := sorted(set(range(1, len(taken) + 1)) ^ set(taken)):
                self.found.gaps.append(f"{service} {year}: {gaps}")
        printed = Counter(
            one.application.letter_number for one in held if one.application.letter_number
        )
        self.found.twice += [f"{number}: {n} letters" for number, n in printed.items() if n > 1]
        if sum(map(len, serials.values())) != len(printed):
            self.found.gaps.append(f"{service}: {len(printed)} numbers printed, {serials} taken")

    def _end(self, one: Held, person: Person) -> None:
        state, wrong = one.application.state, self.found.wrong
        at_rest = {
            State.NEEDS_FIXING,
            State.DELIVERED,
            State.REJECTED,
            State.CANCELLED,
        }
        if state not in at_rest and not person.deleted:
            self.found.missing.append(f"{one.name}: still {state}: {one.application.note}")
        if person.final and OF_WORD[person.final] is not state:
            wrong.append(f"{one.name}: {state}, but an officer decided {person.final}")
        by_officer = self.bot.workflows[person.service].review == "petugas"
        word = NEEDS.get(state)
        if word and word not in person.words:
            wrong.append(f"{one.name}: {state}, and no officer decided so")
        if state is State.NEEDS_FIXING and not (person.bad or "Minta perbaikan" in person.words):
            wrong.append(f"{one.name}: {state} for no reason")
        if one.document is not None:
            code = CODE.search(str(one.application.answers.get("Alamat", "")))
            allowed = person.approved if by_officer else person.good
            if code is None or code[1] not in allowed:
                wrong.append(
                    f"{one.name}: a letter with {code and code[1]}; officers approved {sorted(allowed)}"
                )

    def _letter(self, one: Held, person: Person) -> None:
        letters = [record for record in one.intents if record.intent.kind is Kind.LETTER]
        if one.document is None:
            if letters:
                self.found.wrong.append(f"{one.name}: intents without a letter")
            return
        sha256 = one.document.sha256
        if not one.pdf:
            self.found.wrong.append(f"{one.name}: other bytes kept")
            return
        self._text(one, person)
        mails = [mail for mail in self.mails if sha256 in hashes(mail)]
        files = [file for file in self.files if file["sha256Checksum"] == sha256]
        for mail in mails:
            if mail["recipients"] != [person.email]:
                self.found.wrong.append(f"{one.name}: a letter to {mail['recipients']}")
        if len(mails) > 1 + one.resends or one.resends > person.resend_orders:
            self.found.twice.append(
                f"{one.name}: {len(mails)} emails, {one.resends} of {person.resend_orders} orders carried out"
            )
        if person.exact_mails is not None and len(mails) != person.exact_mails:
            side = self.found.missing if len(mails) < person.exact_mails else self.found.twice
            side.append(f"{one.name}: {len(mails)} emails instead of {person.exact_mails}")
        self._series(one, letters, Counter(own_id(mail) for mail in mails))
        if len(files) > 1:
            self.found.twice.append(f"{one.name}: {len(files)} files in Drive")
        for file in files:
            readers = set(file["readers"])
            if person.email not in readers or "anyone" in readers or strangers(readers, person):
                self.found.wrong.append(f"{one.name}: Drive file readable by {file['readers']}")
        if one.application.state is State.DELIVERED:
            for channel, there in (("email", mails), ("drive", files)):
                if channel in self.bot.workflows[person.service].deliver and not there:
                    self.found.missing.append(f"{one.name}: nothing by {channel}")

    def _series(self, one: Held, letters: list[IntentRecord], ids: Counter[str]) -> None:
        """Each series at most once; once for certain where the ledger says so of its own knowledge."""
        for record in letters:
            if record.intent.channel != "email":
                continue
            key = record.intent.key.strip("<>").casefold()
            times = sum(n for own, n in ids.items() if key and key in own.casefold())
            if times > 1:
                self.found.twice.append(f"{one.name}: series {record.series} came {times} times")
            sure = record.intent.state is IntentState.DELIVERED and record.receipt != "petugas"
            if sure and not times:
                self.found.missing.append(f"{one.name}: series {record.series} never came")
            if record.intent.state in (IntentState.FAILED, IntentState.DROPPED) and times:
                self.found.wrong.append(f"{one.name}: {record.intent.state}, but it came")
        settled = latest(one.intents, Kind.LETTER)
        if one.application.state is State.DELIVERED and any(
            record.intent.state is not IntentState.DELIVERED for record in settled.values()
        ):
            self.found.wrong.append(f"{one.name}: delivered, but not by every channel")

    def _text(self, one: Held, person: Person) -> None:
        import pypdfium2

        document = pypdfium2.PdfDocument(one.pdf)
        try:
            text = "".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()
        text = re.sub(r"[\s\ufffe\u00ad]+", "", text)
        answers = one.application.answers
        for question in ("Nama Lengkap", "NIK"):
            if re.sub(r"\s+", "", str(answers[question])) not in text:
                self.found.wrong.append(f"{one.name}: {question} is not in the letter")
        code = CODE.search(str(answers["Alamat"]))
        if code is None or CODE.findall(text) != [code[1]]:
            self.found.wrong.append(f"{one.name}: the letter holds {CODE.findall(text)}")
        if set(TOKEN.findall(text)) != {person.token}:
            self.found.wrong.append(f"{one.name}: the letter names {TOKEN.findall(text)}")
        if one.application.letter_number not in text:
            self.found.wrong.append(f"{one.name}: its number is not in the letter")

    def _sheet(self, service: str, held: list[Held]) -> None:
        _, rows = self.bot.look(service)
        by_mark: dict[str, Seen] = {}
        own: dict[str, list[Seen]] = defaultdict(list)
        for row in rows:
            found = TOKEN.search(row.cells.get("nama lengkap", ""))
            if found is None or row.mark not in self.bot.rows[service]:
                self.found.wrong.append(f"{service} row {row.index + 1}: nobody's: {row.cells}")
                continue
            if row.mark in by_mark:
                self.found.twice.append(f"{service} row {row.index + 1}: {row.mark} again")
            by_mark[row.mark] = row
            own[found[0]].append(row)
        for mark, kept in self.bot.rows[service].items():
            if mark not in by_mark:
                self.found.missing.append(f"{kept.person.token}: the row {mark} is gone")
                continue
            for name in BY_HAND:
                there = by_mark[mark].cells[name]
                if there != kept.cells[name]:
                    self.found.wrong.append(
                        f"{kept.person.token} {mark} {name}: {there!r}, typed was {kept.cells[name]!r}"
                    )
        for one in held:
            person = self.bot.people.get(token_of(one.application))
            if person is None or person.deleted:
                continue
            should = project(one.application, TIMEZONE)
            header = {
                "reference": "no. permohonan",
                "status": "status",
                "note": "keterangan",
                "document": "dokumen",
                "updated": "diperbarui",
            }
            expected = {header[name]: text for name, text in should.items()}
            its = [
                row for row in own[person.token] if row.status not in (LABEL_COPY, LABEL_REPLACED)
            ]
            if len(its) != 1:
                self.found.wrong.append(f"{one.name}: {len(its)} rows of {len(own[person.token])}")
                continue
            cells = its[0].cells
            different = {n: (cells[n], text) for n, text in expected.items() if cells[n] != text}
            if different:
                self.found.wrong.append(f"{one.name}: the row says {different}")

    def _mailbox(self, known: dict[str, str]) -> None:
        emails = {person.email: person for person in self.bot.people.values()}
        # An alarm is told again rather than not at all: only what applicants receive must come once.
        to_people = [mail for mail in self.mails if mail["recipients"] != [OFFICE]]
        for own, count in Counter(own_id(mail) for mail in to_people).items():
            if count > 1:
                self.found.twice.append(f"{own}: {count} messages")
        for mail in self.mails:
            person = emails.get(mail["recipients"][0]) if len(mail["recipients"]) == 1 else None
            if person is None:
                if mail["recipients"] != [OFFICE] or mail["attachments"]:
                    self.found.wrong.append(f"a message to {mail['recipients']}")
                continue
            named = set(TOKEN.findall(mail["text"] + mail["subject"]))
            if named - {person.token}:
                self.found.wrong.append(f"a message to {person.token} names {sorted(named)}")
            for sha256 in hashes(mail):
                if known.get(sha256) != person.email:
                    self.found.wrong.append(f"a letter that is not {person.token}'s went there")

    def _logs(self) -> None:
        texts = [*(self.world.office / "data" / "log").glob("*"), self.world.folder / "worker.txt"]
        for file in texts:
            if found := UNMASKED.search(file.read_text(encoding="utf-8", errors="replace")):
                self.found.wrong.append(f"{file.name} holds {found[0][:4]}…, unmasked")


def own_id(mail: dict[str, Any]) -> str:
    return str(mail["headers"].get("X-Loket-Id") or mail["message_id"])


def strangers(readers: set[str], person: Person) -> set[str]:
    return {reader for reader in readers if reader.endswith(".example") and reader != person.email}
