"""`demo --once`: the main job, whole, without a Google account."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.acceptance.conftest import loket

AT_REST = {"delivered", "needs_fixing", "rejected", "cancelled"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The played day and its data folder."""
    data = tmp_path_factory.mktemp("peragaan")
    return data, play(data)


def play(data: Path) -> dict[str, Any]:
    done = loket("demo", "--once", "--json", "--data", str(data))
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_every_application_comes_to_rest(played: tuple[Path, dict[str, Any]]) -> None:
    """At least 40, and each kind of end is there."""
    _, report = played
    states = Counter(one["state"] for one in report["applications"])
    assert len(report["applications"]) >= 40
    assert set(states) == AT_REST
    assert states["delivered"] >= 30


def test_the_report_has_the_promised_shape(played: tuple[Path, dict[str, Any]]) -> None:
    """Scripts rely on these names."""
    _, report = played
    assert set(report) == {"applications", "mailbox", "seconds"}
    assert set(report["mailbox"]) == {"dir", "messages"}
    keys = {"reference", "workflow", "state", "status", "note", "email", "letter", "deliveries"}
    for one in report["applications"]:
        assert set(one) == keys
        assert one["letter"] is None or set(one["letter"]) == {"number", "path", "sha256"}
        assert all(set(delivery) == {"channel", "state", "id"} for delivery in one["deliveries"])


def test_every_delivered_letter_names_its_applicant_and_number(
    played: tuple[Path, dict[str, Any]],
) -> None:
    """The PDF on disk can be read, and is the one that was sent."""
    data, report = played
    messages = mailbox(data)
    for one in report["applications"]:
        if one["state"] != "delivered":
            continue
        read = " ".join(text_of(Path(one["letter"]["path"])).split())
        assert one["letter"]["number"] in read
        [message] = [m for m in messages if one["letter"]["sha256"] in m["sha256"]]
        name = message["text"].split("Yth. Bapak/Ibu ")[1].split(",", 1)[0]
        assert " ".join(name.split()).casefold() in read.casefold()
        assert message["to"] == one["email"]


def mailbox(data: Path) -> list[dict[str, Any]]:
    """What lies in the mailbox folder, read with nothing of ours."""
    import email
    import hashlib
    from email import policy

    found = []
    for file in sorted((data / "sandbox" / "mailbox").glob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        parts = [part.get_payload(decode=True) for part in message.iter_attachments()]
        found.append(
            {
                "to": str(message["To"]),
                "text": body.get_content(),
                "sha256": [hashlib.sha256(part).hexdigest() for part in parts],
            }
        )
    return found


def test_numbers_are_consecutive_in_every_service(played: tuple[Path, dict[str, Any]]) -> None:
    """No gap and no repeat."""
    _, report = played
    by_workflow: dict[str, list[int]] = {}
    for one in report["applications"]:
        if one["letter"]:
            by_workflow.setdefault(one["workflow"], []).append(
                int(one["letter"]["number"].split("/")[1])
            )
    for numbers in by_workflow.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_same_day_played_again_sends_nothing_again(played: tuple[Path, dict[str, Any]]) -> None:
    """A second run on the same data finds everything done."""
    data, report = played
    again = play(data)
    assert again["applications"] == report["applications"]
    assert again["mailbox"] == report["mailbox"]
    assert len(mailbox(data)) == report["mailbox"]["messages"]


def test_no_unmasked_nik_reaches_the_log(played: tuple[Path, dict[str, Any]]) -> None:
    """NIKs are in the sheet and in the letters, nowhere else."""
    from sync.core.masking import mask_numbers

    data, _ = played
    logs = list((data / "loket" / "data" / "log").glob("*"))
    assert logs
    for log in logs:
        text = log.read_text(encoding="utf-8")
        assert mask_numbers(text) == text
