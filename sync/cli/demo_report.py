"""What `demo --once` tells: every application, its letter, and where each PDF and each email lies."""

from pathlib import Path
from typing import Any

from sync.cli import screen
from sync.core.delivery import Kind
from sync.core.projection import status_label
from sync.ledger.intents import latest
from sync.ledger.ledger import Ledger


def list_applications(ledger: Ledger, data: Path) -> list[dict[str, Any]]:
    """The `applications` of the JSON object, the oldest of each workflow first."""
    with ledger.reading() as look:
        return [
            {
                "reference": application.reference,
                "workflow": application.workflow,
                "state": application.state.value,
                "status": status_label(application),
                "note": application.note,
                "email": application.email,
                "letter": document
                and {
                    "number": document.number,
                    "path": str(data / document.path),
                    "sha256": document.sha256,
                },
                "deliveries": [
                    {
                        "channel": channel,
                        "state": record.intent.state.value,
                        "id": record.receipt or record.intent.key,
                    }
                    for channel, record in latest(
                        look.intents.of(application.id), Kind.LETTER
                    ).items()
                ],
            }
            for application in list(look.applications.of_workflow())
            for document in (look.documents.of(application.id),)
        ]


def show_applications(
    applications: list[dict[str, Any]],
    messages: list[dict[str, Any]],
    mailbox: Path,
    seconds: float,
) -> None:
    """The table, then the two folders that its file names lie in."""
    files = {message["message_id"]: Path(message["path"]).name for message in messages}
    columns = ("No. Permohonan", "Status", "Keterangan", "Nomor surat", "PDF dan email")
    rows = [
        (
            one["reference"],
            one["status"],
            one["note"],
            one["letter"]["number"] if one["letter"] else "",
            "\n".join(_where(one, files)),
        )
        for one in applications
    ]
    screen.table("Loket — peragaan", columns, rows, status_column=1)
    letters = [one["letter"] for one in applications if one["letter"]]
    for folder in {Path(letter["path"]).parent for letter in letters}:
        screen.say(f"PDF:    {folder}")
    screen.say(f"Email:  {mailbox}")
    screen.say(
        f"{len(rows)} permohonan, {len(letters)} surat, {len(messages)} email, {seconds:.1f} detik.",
        style="bold",
    )


def _where(application: dict[str, Any], files: dict[str, str]) -> list[str]:
    letter = application["letter"]
    sent = [files[one["id"]] for one in application["deliveries"] if one["id"] in files]
    return ([Path(letter["path"]).name] if letter else []) + sent
