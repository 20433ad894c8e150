"""Every method that Google describes for Drive, Gmail and Forms: answered by its schema, or refused by name."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httplib2
import pytest

from sync.sandbox.application import ROUTES
from tests.contract.sandbox.rooms import CITRA, DONI, RATNA, Google, document, google_at, service

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"
APIS = ("drive.v3", "gmail.v1", "forms.v1")
THERE = {route.api for route in ROUTES}
ITEM = {"title": "Alamat", "questionItem": {"question": {"textQuestion": {"paragraph": True}}}}
SHEET = "application/vnd.google-apps.spreadsheet"


def methods(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from methods(inner)


ALL = [(api, method) for api in APIS for method in methods(document(api))]
MISSING = [(api, method) for api, method in ALL if method["id"] not in THERE]


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    with google_at(tmp_path_factory.mktemp("sandbox")) as google:
        yield google


@pytest.mark.parametrize(("api", "method"), MISSING, ids=[each["id"] for _, each in MISSING])
def test_a_method_that_is_missing_says_so_and_the_page_lists_it(
    google: Google, api: str, method: dict[str, Any]
) -> None:
    """Never taken for another method's id (`files/trash`), never a half answer."""
    path = document(api)["servicePath"] + re.sub(r"\{\+?\w+\}", "x", method["path"])
    http = httplib2.Http(timeout=5)
    answer, content = http.request(f"{google.url}/{path}", method["httpMethod"])
    http.close()
    assert answer.status == 501
    assert b"The sandbox does not have this method" in content
    page = PAGE.read_text(encoding="utf-8")
    listed = page.partition(f"- {api}:")[2].partition("\n- ")[0].partition("\n\n")[0]
    names = set(re.findall(r"`([\w.]+)`", listed))
    short = method["id"].partition(".")[2]
    above = {short[:at] for at, letter in enumerate(short) if letter == "."}
    assert names & {short, *above}, f"add {short} to the list of {api} in docs/sandbox.md"


def calls(google: Google) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each method with arguments that lead to an answer, in an order that makes sense."""
    drive = service("drive.v3", google.url, google.token(RATNA))
    files = drive.files()
    book = files.create(body={"name": "Daftar", "mimeType": SHEET}).execute()["id"]
    note = files.create(body={"name": "Catatan"}).execute()["id"]
    everything = {"fileId": note, "fields": "*"}
    share = {"body": {"type": "user", "role": "reader", "emailAddress": CITRA}}
    comment = drive.comments().create(body={"content": "Periksa"}, **everything).execute()["id"]
    grant = drive.permissions().create(**share, fileId=note).execute()["id"]
    shared = drive.drives().create(requestId="1", body={"name": "Arsip"}).execute()["id"]
    drive.close()
    yield from [
        ("drive.about.get", {"fields": "*"}),
        ("drive.files.generateIds", {}),
        ("drive.files.create", {"body": {"name": "Lain"}, "fields": "*"}),
        ("drive.files.get", everything),
        ("drive.files.get", {"fileId": book, "fields": "*"}),
        ("drive.files.list", {"fields": "*"}),
        ("drive.files.update", {"body": {"name": "Baru"}, **everything}),
        ("drive.files.copy", {"body": {}, **everything}),
        ("drive.files.export", {"fileId": book, "mimeType": "text/csv"}),
        ("drive.permissions.create", {**share, **everything}),
        ("drive.permissions.list", everything),
        ("drive.permissions.get", {"permissionId": grant, **everything}),
        (
            "drive.permissions.update",
            {"permissionId": grant, "body": {"role": "writer"}, **everything},
        ),
        ("drive.permissions.delete", {"permissionId": grant, "fileId": note}),
        ("drive.comments.create", {"body": {"content": "Sudah"}, **everything}),
        ("drive.comments.list", everything),
        ("drive.comments.get", {"commentId": comment, **everything}),
        ("drive.comments.update", {"commentId": comment, "body": {"content": "Ya"}, **everything}),
        ("drive.comments.delete", {"commentId": comment, "fileId": note}),
        ("drive.revisions.list", everything),
        ("drive.revisions.get", {"revisionId": "head", **everything}),
        ("drive.drives.create", {"requestId": "2", "body": {"name": "Arsip"}, "fields": "*"}),
        ("drive.drives.list", {"fields": "*"}),
        ("drive.drives.get", {"driveId": shared, "fields": "*"}),
        ("drive.drives.delete", {"driveId": shared}),
        ("drive.files.delete", {"fileId": note}),
    ]
    raw = base64.urlsafe_b64encode(f"To: {DONI}\r\nSubject: Surat\r\n\r\nIsi\r\n".encode()).decode()
    gmail = service("gmail.v1", google.url, google.token(RATNA))
    users, me = gmail.users(), {"userId": "me"}
    first, second = (
        users.drafts().create(body={"message": {"raw": raw}}, **me).execute()["id"]
        for _ in range(2)
    )
    sent = users.messages().send(body={"raw": _with_file()}, **me).execute()
    part = users.messages().get(id=sent["id"], **me).execute()["payload"]["parts"][1]
    gmail.close()
    yield from [
        ("gmail.users.getProfile", me),
        ("gmail.users.labels.list", me),
        ("gmail.users.labels.get", {"id": "SENT", **me}),
        ("gmail.users.drafts.create", {"body": {"message": {"raw": raw}}, **me}),
        ("gmail.users.drafts.list", me),
        ("gmail.users.drafts.get", {"id": first, **me}),
        ("gmail.users.drafts.update", {"id": first, "body": {"message": {"raw": raw}}, **me}),
        ("gmail.users.drafts.send", {"body": {"id": first}, **me}),
        ("gmail.users.drafts.delete", {"id": second, **me}),
        ("gmail.users.messages.send", {"body": {"raw": raw}, **me}),
        ("gmail.users.messages.list", me),
        *(
            ("gmail.users.messages.get", {"id": sent["id"], "format": form, **me})
            for form in ("full", "metadata", "minimal", "raw")
        ),
        (
            "gmail.users.messages.attachments.get",
            {"messageId": sent["id"], "id": part["body"]["attachmentId"], **me},
        ),
        ("gmail.users.threads.get", {"id": sent["threadId"], **me}),
    ]
    form, response = _form(google)
    yield from [
        ("forms.forms.get", {"formId": form}),
        (
            "forms.forms.batchUpdate",
            {
                "formId": form,
                "body": {
                    "includeFormInResponse": True,
                    "requests": [{"createItem": {"item": ITEM, "location": {"index": 0}}}],
                },
            },
        ),
        ("forms.forms.responses.list", {"formId": form}),
        ("forms.forms.responses.get", {"formId": form, "responseId": response}),
    ]


def _with_file() -> str:
    message = (
        f"To: {DONI}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nIsi\r\n"
        "--x\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nberkas\r\n--x--\r\n"
    )
    return base64.urlsafe_b64encode(message.encode()).decode()


def _form(google: Google) -> tuple[str, str]:
    from tests.contract.sandbox.conftest import Sandbox

    running = google.running
    sandbox = Sandbox(running.url, running.credentials, running.officer)
    form = sandbox.form("Nama", readers=[RATNA])
    return form["formId"], sandbox.answer(form, {"Nama": "Citra"})["responseId"]


def test_every_answer_is_what_google_describes(google: Google) -> None:
    """A client that others wrote reads by Google's schema: an unknown field or another type breaks it."""
    services = {
        api.partition(".")[0]: service(api, google.url, google.token(RATNA)) for api in APIS
    }
    called = set()
    for name, arguments in calls(google):
        room, *resources, verb = name.split(".")
        target = services[room]
        for each in resources:
            target = getattr(target, each)()
        getattr(target, verb)(**arguments).execute()  # checks itself
        called.add(name)
    for each in services.values():
        each.close()
    assert called == {method["id"] for _, method in ALL} & THERE, "add the method to calls()"
