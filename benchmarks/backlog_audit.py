"""What came of the backlog: sheets, ledger, disk, mailbox and Drive compared, letter by letter.

Nothing is held of a letter but its digest, so that a hundred thousand can be gone through.
"""

import email
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.backlog_world import World
from sync.cli.opening import ledger_url
from sync.cli.root import Root
from sync.ledger.ledger import Ledger
from tests.acceptance.audit import letters_in_drive

_EXAMPLES = 5


@dataclass
class Findings:
    """One line for each thing that is not as it should be."""

    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join((self.missing + self.twice + self.wrong)[:_EXAMPLES])


def audit(world: World, deliver: Sequence[str]) -> Findings:
    """Every applicant has one application, one number of their own, one letter by each way, a row that says so."""
    found = Findings()
    letters = _letters(world, found)
    expected = {one.email: one.name for one in world.applicants}
    found.missing += [f"{name}: no letter" for to, name in expected.items() if to not in letters]
    if "email" in deliver:
        _compare(found, letters, Counter(_mailed(world.mailbox)), "email")
    if "drive" in deliver:
        stored = Counter(
            (reader, file["sha256Checksum"])
            for file in letters_in_drive(world.folder, world.url)
            for reader in file["readers"]
            if reader in expected
        )
        _compare(found, letters, stored, "drive")
    _rows(world, found)
    return found


def _letters(world: World, found: Findings) -> dict[str, str]:
    """Applicant's address → the letter's SHA-256, as the ledger and the disk have it."""
    ledger = Ledger.open(ledger_url(Root.of(world.folder)))
    with ledger.reading() as look:
        documents = {document.application_id: document for document in look.documents.all()}
        applications = list(look.applications.of_workflow())
        years = {application.received_at.year for application in applications}
        serials = {
            sheet.workflow: sorted(
                serial for year in years for serial in look.numbers.letters(sheet.workflow, year)
            )
            for sheet in world.sheets
        }
    came = Counter(application.email for application in applications)
    found.twice += [f"{to}: {count} applications" for to, count in came.items() if count > 1]
    numbers = Counter(document.number for document in documents.values())
    found.twice += [f"{number}: {count} letters" for number, count in numbers.items() if count > 1]
    for sheet in world.sheets:
        if serials[sheet.workflow] != list(range(1, len(sheet.applicants) + 1)):
            found.wrong.append(f"{sheet.workflow}: the numbers are not consecutive")
    letters = {}
    for application in applications:
        document = documents.get(application.id)
        if document is None:
            continue
        letters[application.email] = document.sha256
        with ledger.reading() as look:
            try:
                look.documents.bytes_of(document, world.folder / "data")
            except ValueError:
                found.wrong.append(f"{application.reference}: other bytes kept")
    ledger.close()
    return letters


def _compare(
    found: Findings, letters: dict[str, str], arrived: "Counter[tuple[str, str]]", way: str
) -> None:
    """`arrived`: (address, SHA-256) of all that came."""
    for to, digest in letters.items():
        count = arrived.pop((to, digest), 0)
        if count == 0:
            found.missing.append(f"{to}: nothing arrived by {way}")
        elif count > 1:
            found.twice.append(f"{to}: {count} by {way}")
    found.wrong += [f"{to}: a letter that is not theirs by {way}" for to, _ in arrived]


def _mailed(mailbox: Path) -> Iterator[tuple[str, str]]:
    """(address, SHA-256 of the attachment) of every message with one."""
    for file in mailbox.glob("*.eml"):
        message = email.message_from_bytes(file.read_bytes())
        for part in message.walk():
            if part.get_content_type() == "application/pdf":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                yield str(message["To"]), hashlib.sha256(content).hexdigest()


def _rows(world: World, found: Findings) -> None:
    """The officer sees of every application that it is done, under a number of its own."""
    for sheet in world.sheets:
        seen: Counter[str] = Counter()
        names: Counter[str] = Counter()
        for row in sheet.rows():
            names[row.get("Nama Lengkap", "")] += 1
            number = re.search(r"nomor (\S+) sudah dikirim", row.get("Keterangan", ""))
            if row.get("Status") != "Selesai" or number is None:
                found.missing.append(f"{row.get('Nama Lengkap')}: {row.get('Status')}")
            else:
                seen[number[1]] += 1
        found.twice += [f"{number}: in {count} rows" for number, count in seen.items() if count > 1]
        wanted = Counter(one.name for one in sheet.applicants)
        found.missing += [f"{name}: no row" for name in wanted - names]
        found.twice += [f"{name}: another row" for name in names - wanted]
