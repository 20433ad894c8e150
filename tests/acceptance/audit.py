"""The whole world compared: ledger, sheet, Drive and mailbox. Finds what is missing, twice, misdirected or skipped."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.cli.opening import ledger_url
from sync.cli.root import Root
from sync.core.delivery import IntentState, Kind
from sync.core.states import LABELS, State
from sync.google.credentials import load_credentials
from sync.google.transport import Transport
from sync.ledger.intents import latest
from sync.ledger.ledger import Ledger
from tests.acceptance.conftest import Office

DRIVE = "https://www.googleapis.com/drive/v3/files"


@dataclass(frozen=True)
class Findings:
    """Empty lists where all is well. `uncertain` counts the applications that an officer must look after."""

    missing: list[str]
    twice: list[str]
    wrong_cell: list[str]
    number_gaps: list[int]
    uncertain: int

    @property
    def clean(self) -> bool:
        return not (self.missing or self.twice or self.wrong_cell or self.number_gaps)


def audit(office: Office, applicants: list[str]) -> Findings:
    """`applicants` are the names of everybody who sent a response, each once."""
    missing: list[str] = []
    twice: list[str] = []
    wrong: list[str] = []
    ledger = Ledger.open(ledger_url(Root.of(office.folder)))
    with ledger.reading() as look:
        applications = list(look.applications.of_workflow("domisili"))
        documents = {one.id: look.documents.of(one.id) for one in applications}
        letters = {
            document.application_id: hashlib.sha256(
                look.documents.bytes_of(document, office.folder / "data")
            ).hexdigest()
            for document in documents.values()
            if document is not None
        }
        intents = {one.id: latest(look.intents.of(one.id), Kind.LETTER) for one in applications}
        numbers = look.numbers.letters("domisili", applications[0].received_at.year)
    ledger.close()
    names = Counter(application.name for application in applications)
    missing += [f"{name}: no application" for name in applicants if not names[name]]
    twice += [f"{name}: {count} applications" for name, count in names.items() if count > 1]
    rows, mails, files = office.rows(), office.mailbox(), drive_files(office)
    for application in applications:
        row = rows.get(application.name)
        expected = (
            application.reference,
            LABELS[application.state],
            application.note,
            application.link,
        )
        found = row and (row["No. Permohonan"], row["Status"], row["Keterangan"], row["Dokumen"])
        if found != expected:
            wrong.append(f"{application.name}: {found} instead of {expected}")
        document = documents[application.id]
        if document is None:
            continue
        if letters[application.id] != document.sha256:
            wrong.append(f"{application.name}: other bytes kept")
        sent = [mail["to"] for mail in mails if document.sha256 in hashes(mail)]
        stored = [file for file in files if file["sha256Checksum"] == document.sha256]
        twice += [f"{application.name}: {len(sent)} emails"] if len(sent) > 1 else []
        twice += [f"{application.name}: {len(stored)} files"] if len(stored) > 1 else []
        settled = {name: record.intent.state for name, record in intents[application.id].items()}
        for channel, there in (("email", sent), ("drive", stored)):
            if settled.get(channel) is IntentState.DELIVERED and not there:
                missing.append(f"{application.name}: nothing arrived by {channel}")
        if any(address != application.email for address in sent):
            wrong.append(f"{application.name}: a letter to somebody else")
        for file in stored:
            if application.email not in file["readers"] or "anyone" in file["readers"]:
                wrong.append(f"{application.name}: readable by {file['readers']}")
    known = {document.sha256 for document in documents.values() if document}
    wrong += ["a file of nobody's" for file in files if file["sha256Checksum"] not in known]
    gaps = sorted(set(range(1, len(numbers) + 1)) ^ set(numbers))
    uncertain = sum(application.state is State.UNCERTAIN for application in applications)
    return Findings(missing, twice, wrong, gaps, uncertain)


def hashes(mail: dict[str, Any]) -> list[str]:
    return [attachment["sha256"] for attachment in mail["attachments"]]


def drive_files(office: Office) -> list[dict[str, Any]]:
    """Every PDF that the worker's account can see, with who may read it."""
    return letters_in_drive(office.folder, office.url)


def letters_in_drive(folder: Path, url: str) -> list[dict[str, Any]]:
    transport = Transport(
        load_credentials(folder / "credentials.json", endpoint=url),
        endpoint=url,
    )
    parameters = {
        "q": "mimeType = 'application/pdf' and trashed = false",
        "fields": "nextPageToken,files(id,sha256Checksum)",
        "includeItemsFromAllDrives": "true",
        "supportsAllDrives": "true",
        "pageSize": "1000",
    }
    found: list[dict[str, Any]] = []
    while True:
        page = json.loads(transport.request("GET", DRIVE, params=parameters).text)
        found += page["files"]
        if not page.get("nextPageToken"):
            break
        parameters["pageToken"] = page["nextPageToken"]
    for file in found:
        answer = transport.request(
            "GET",
            f"{DRIVE}/{file['id']}/permissions",
            params={"supportsAllDrives": "true", "fields": "permissions(type,emailAddress)"},
        )
        readers = json.loads(answer.text)["permissions"]
        file["readers"] = [reader.get("emailAddress") or reader["type"] for reader in readers]
    transport.close()
    return found
