"""The sandbox's Gmail, through Google's own client."""

import base64
import email
import email.policy
import hashlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload

from sync.sandbox import mailbox
from tests.contract.sandbox.rooms import (
    CITRA,
    DONI,
    LETTER,
    RATNA,
    WORKER,
    Google,
    errors,
    service,
)

GONE = (404, "notFound", "Requested entity was not found.")


@pytest.fixture
def users_of(google: Google) -> Iterator[Callable[[str], Any]]:
    opened = []

    def open_gmail(email: str) -> Any:
        opened.append(service("gmail.v1", google.url, google.token(email)))
        return opened[-1].users()

    yield open_gmail
    for each in opened:
        each.close()


@pytest.fixture
def ratna(users_of: Callable[[str], Any]) -> Any:
    return users_of(RATNA)


def message(**headers: str) -> EmailMessage:
    made = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"To": CITRA, "Subject": "Surat Domisili – Citra", **headers}.items():
        made[name.replace("_", "-")] = value
    made.set_content("Yth. Citra,\nsurat Anda terlampir.\n")
    made.add_attachment(LETTER, maintype="application", subtype="pdf", filename="SKD Citra.pdf")
    return made


def raw(made: EmailMessage) -> dict[str, str]:
    return {"raw": base64.urlsafe_b64encode(made.as_bytes()).decode()}


def refusal(request: Any) -> tuple[int, str, str]:
    with pytest.raises(HttpError) as refused:
        request.execute()
    return errors(refused.value)


def test_a_draft_is_sent_once(google: Google, ratna: Any) -> None:
    """A lost answer to drafts.send: the retry hears 404 and Citra has one email. Guarantee 1 stands on this."""
    draft = ratna.drafts().create(userId="me", body={"message": raw(message())}).execute()
    assert mailbox.messages(google.store) == []
    sent = ratna.drafts().send(userId="me", body={"id": draft["id"]}).execute()
    assert sent["labelIds"] == ["SENT"]
    assert refusal(ratna.drafts().send(userId="me", body={"id": draft["id"]})) == GONE
    assert refusal(ratna.drafts().get(userId="me", id=draft["id"])) == GONE
    assert len(mailbox.messages(google.store)) == 1


def test_a_lost_answer_to_send_is_found_out(google: Google, ratna: Any) -> None:
    """The same with a real cut: the connection ends after Gmail has sent."""
    draft = ratna.drafts().create(userId="me", body={"message": raw(message())}).execute()
    google.fails({"api": "gmail.users.drafts.send", "do": "drop-after", "times": 1})
    # httplib2 repeats on its own; either way the next thing heard is "it went"
    with pytest.raises((OSError, HttpError)):
        ratna.drafts().send(userId="me", body={"id": draft["id"]}).execute()
    google.fails()
    assert refusal(ratna.drafts().send(userId="me", body={"id": draft["id"]})) == GONE
    assert len(mailbox.messages(google.store)) == 1


def test_the_attachment_arrives_unchanged(google: Google, ratna: Any) -> None:
    """The PDF that Citra gets is the PDF that was made, to the byte."""
    made = message()
    ratna.messages().send(userId="me", body=raw(made)).execute()
    (received,) = mailbox.messages(google.store)
    assert received["attachments"] == [
        {
            "file_name": "SKD Citra.pdf",
            "content_type": "application/pdf",
            "size_bytes": len(LETTER),
            "sha256": hashlib.sha256(LETTER).hexdigest(),
        }
    ]
    assert received["text"] == "Yth. Citra,\nsurat Anda terlampir.\n"
    assert (received["to"], received["subject"]) == (CITRA, "Surat Domisili – Citra")
    assert received["via"] == "gmail"
    assert Path(received["path"]).read_bytes().endswith(made.as_bytes())


def test_gmail_fills_in_what_is_absent(google: Google, ratna: Any) -> None:
    """From, Date and Message-ID are Gmail's to set; a sender that is not the account is replaced."""
    ratna.messages().send(userId="me", body=raw(message())).execute()
    ratna.messages().send(userId="me", body=raw(message(From=f"Dukcapil <{DONI}>"))).execute()
    first, second = mailbox.messages(google.store)
    assert first["from"] == RATNA
    assert second["from"] == f"Dukcapil <{RATNA}>"
    assert first["message_id"].endswith("@mail.gmail.com>")
    assert first["date"]


def test_a_sent_message_is_found_by_the_thread_of_its_draft(ratna: Any) -> None:
    """The worker asks after a crash whether a draft went or was thrown away: the thread tells."""
    made = ratna.drafts().create(userId="me", body={"message": raw(message())}).execute()
    thread_id = made["message"]["threadId"]
    thread = ratna.threads().get(userId="me", id=thread_id, format="minimal")
    assert [each["labelIds"] for each in thread.execute()["messages"]] == [["DRAFT"]]
    ratna.drafts().send(userId="me", body={"id": made["id"]}).execute()
    assert [each["labelIds"] for each in thread.execute()["messages"]] == [["SENT"]]
    other = ratna.drafts().create(userId="me", body={"message": raw(message())}).execute()
    ratna.drafts().delete(userId="me", id=other["id"]).execute()
    gone = ratna.threads().get(userId="me", id=other["message"]["threadId"])
    assert refusal(gone) == GONE


def test_a_chosen_message_id_does_not_survive(google: Google, ratna: Any) -> None:
    """Unlike SMTP, the API gives an id of its own: whoever relies on theirs must find out here."""
    ratna.messages().send(userId="me", body=raw(message(Message_ID="<skd-1@loket>"))).execute()
    assert (
        "messages" not in ratna.messages().list(userId="me", q="rfc822msgid:skd-1@loket").execute()
    )
    given = mailbox.messages(google.store)[0]["message_id"]
    assert given.endswith("@mail.gmail.com>")
    for q in (f"rfc822msgid:{given}", "in:sent to:citra subject:Domisili"):
        found = ratna.messages().list(userId="me", q=q).execute()
        assert found["resultSizeEstimate"] == 1, q
    for q in ("rfc822msgid:skd-2@loket", "to:doni", "in:drafts", "-subject:Domisili"):
        assert "messages" not in ratna.messages().list(userId="me", q=q).execute(), q


def test_a_search_the_sandbox_does_not_know_is_refused(ratna: Any) -> None:
    """Never an answer that only looks right."""
    assert refusal(ratna.messages().list(userId="me", q="larger:10M"))[0] == 400


def test_a_message_joins_the_thread_it_names_and_no_other(
    ratna: Any, users_of: Callable[[str], Any]
) -> None:
    """An answer belongs to its question; a thread of Doni's is none of hers."""
    first = ratna.messages().send(userId="me", body=raw(message())).execute()
    again = {**raw(message()), "threadId": first["threadId"]}
    assert ratna.messages().send(userId="me", body=again).execute()["threadId"] == first["threadId"]
    draft = ratna.drafts().create(userId="me", body={"message": again}).execute()
    assert draft["message"]["threadId"] == first["threadId"]
    doni = users_of(DONI)
    assert refusal(doni.messages().send(userId="me", body=again)) == GONE


def test_a_label_tells_how_much_lies_under_it(ratna: Any) -> None:
    ratna.messages().send(userId="me", body=raw(message())).execute()
    ratna.drafts().create(userId="me", body={"message": raw(message())}).execute()
    for name, many in (("SENT", 1), ("DRAFT", 1), ("INBOX", 0)):
        label = ratna.labels().get(userId="me", id=name).execute()
        assert (label["id"], label["messagesTotal"], label["type"]) == (name, many, "system")
    assert refusal(ratna.labels().get(userId="me", id="Label_1")) == GONE


def test_pages_lead_through_all_messages_once(ratna: Any) -> None:
    """The newest first."""
    sent = [
        ratna.messages().send(userId="me", body=raw(message())).execute()["id"] for _ in range(5)
    ]
    seen: list[str] = []
    request = ratna.messages().list(userId="me", maxResults=2)
    while request is not None:
        answer = request.execute()
        seen += [each["id"] for each in answer["messages"]]
        request = ratna.messages().list_next(request, answer)
    assert seen == sent[::-1]


def test_a_message_can_be_read_in_parts(ratna: Any) -> None:
    sent = ratna.messages().send(userId="me", body=raw(message())).execute()
    full = ratna.messages().get(userId="me", id=sent["id"]).execute()
    text, pdf = full["payload"]["parts"]
    assert base64.urlsafe_b64decode(text["body"]["data"]).startswith(b"Yth. Citra")
    key = {"userId": "me", "messageId": sent["id"], "id": pdf["body"]["attachmentId"]}
    got = ratna.messages().attachments().get(**key).execute()
    assert base64.urlsafe_b64decode(got["data"]) == LETTER
    whole = ratna.messages().get(userId="me", id=sent["id"], format="raw").execute()
    assert b"SKD Citra.pdf" in base64.urlsafe_b64decode(whole["raw"])


def test_bcc_reaches_its_people_and_nobody_sees_it(google: Google, ratna: Any) -> None:
    ratna.messages().send(userId="me", body=raw(message(Bcc=DONI))).execute()
    (received,) = mailbox.messages(google.store)
    assert received["recipients"] == [CITRA, DONI]
    assert "Bcc" not in received["headers"]


def test_a_draft_can_be_changed_and_thrown_away(google: Google, ratna: Any) -> None:
    draft = ratna.drafts().create(userId="me", body={"message": raw(message())}).execute()
    changed = {"message": raw(message(Subject="Baru"))}
    ratna.drafts().update(userId="me", id=draft["id"], body=changed).execute()
    assert [each["id"] for each in ratna.drafts().list(userId="me").execute()["drafts"]] == [
        draft["id"]
    ]
    got = ratna.drafts().get(userId="me", id=draft["id"], format="metadata").execute()
    headers = {each["name"]: each["value"] for each in got["message"]["payload"]["headers"]}
    assert headers["Subject"] == "Baru"
    ratna.drafts().delete(userId="me", id=draft["id"]).execute()
    assert refusal(ratna.drafts().send(userId="me", body={"id": draft["id"]})) == GONE
    assert "drafts" not in ratna.drafts().list(userId="me").execute()


@pytest.mark.parametrize(
    ("headers", "said"),
    [({"To": ""}, "Recipient address required"), ({"To": "bukan-email"}, "Invalid To header")],
)
def test_a_message_for_nobody_is_refused(
    headers: dict[str, str], said: str, google: Google, ratna: Any
) -> None:
    """The draft stays, so that the refusal can be asked about again."""
    made = EmailMessage()
    made["Subject"] = "x"
    text = f"To: {headers['To']}\n".encode() + made.as_bytes()
    body = {"message": {"raw": base64.urlsafe_b64encode(text).decode()}}
    draft = ratna.drafts().create(userId="me", body=body).execute()
    for _ in range(2):
        refused = refusal(ratna.drafts().send(userId="me", body={"id": draft["id"]}))
        assert refused == (400, "invalidArgument", said)
    assert mailbox.messages(google.store) == []


def test_a_message_may_come_as_an_upload(google: Google, ratna: Any) -> None:
    """Letters with large attachments go this way, without base64 in JSON."""
    media = MediaInMemoryUpload(message().as_bytes(), "message/rfc822")
    ratna.messages().send(userId="me", body={}, media_body=media).execute()
    draft = ratna.drafts().create(userId="me", body={}, media_body=media).execute()
    ratna.drafts().send(userId="me", body={"id": draft["id"]}).execute()
    for received in mailbox.messages(google.store):
        assert received["attachments"][0]["sha256"] == hashlib.sha256(LETTER).hexdigest()


def test_a_service_account_has_no_gmail(users_of: Callable[[str], Any]) -> None:
    """Without delegation Google only says this; `doctor` must explain it."""
    users = users_of(WORKER)
    for request in (
        users.getProfile(userId="me"),
        users.drafts().create(userId="me", body={"message": raw(message())}),
        users.messages().send(userId="me", body=raw(message())),
    ):
        assert refusal(request) == (400, "failedPrecondition", "Precondition check failed.")


def test_doni_has_no_way_into_ratnas_mailbox(users_of: Callable[[str], Any], ratna: Any) -> None:
    sent = ratna.messages().send(userId="me", body=raw(message())).execute()
    doni = users_of(DONI)
    assert refusal(doni.messages().get(userId="me", id=sent["id"])) == GONE
    assert refusal(doni.messages().list(userId=RATNA))[0] == 403
    assert "messages" not in doni.messages().list(userId="me").execute()


def test_the_profile_names_the_account(ratna: Any) -> None:
    """`doctor` shows from which address letters will come."""
    ratna.messages().send(userId="me", body=raw(message())).execute()
    profile = ratna.getProfile(userId="me").execute()
    assert (profile["emailAddress"], profile["messagesTotal"]) == (RATNA, 1)
    assert "SENT" in {each["id"] for each in ratna.labels().list(userId="me").execute()["labels"]}
