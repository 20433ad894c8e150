"""The URLs of Forms v1: a form with its questions, what changes them, and its responses."""

import re
import sqlite3
from collections.abc import Callable

from sync.sandbox.drive import masks, registry
from sync.sandbox.forms import book, changes, linked_sheet
from sync.sandbox.forms.book import Form, Response
from sync.sandbox.forms.questions import item
from sync.sandbox.frame import Answer, Call, Json, invalid, route

_PAGE = 5000
_FILTER = re.compile(r"\s*timestamp\s*(>=|>)\s*([0-9T:.+\-]+Z?)\s*")
_FILE_ID = re.compile(r"(?:[?&]id=|/d/)([\w-]+)")


def _open(db: sqlite3.Connection, call: Call, need: str = "reader") -> Form:
    registry.ensure(db, call.path["formId"], call.account, need, words="sheets")
    return book.find(db, call.path["formId"])


def _form(db: sqlite3.Connection, form: Form) -> Json:
    file = registry.find(db, form.id)
    collected = "RESPONDER_INPUT" if form.collect_email else "DO_NOT_COLLECT"
    answer: Json = {
        "formId": form.id,
        "info": {"title": form.title, "documentTitle": file["name"] if file else form.title},
        "settings": {"emailCollectionType": collected},
        "revisionId": changes.revision(db, form),
        "responderUri": f"https://docs.google.com/forms/d/e/{form.id}/viewform",
        "items": [item(question) for question in form.questions],
        "publishSettings": {"publishState": {"isPublished": True, "isAcceptingResponses": True}},
    }
    if linked_sheet.tab(db, form) is not None:
        answer["linkedSheetId"] = form.spreadsheet_id
    return answer


def get(call: Call) -> Json:
    with call.store.read() as db:
        return _form(db, _open(db, call))


def batch_update(call: Call) -> Json:
    body = call.json()
    with call.store.write() as db:
        form = _open(db, call, "writer")
        replies = changes.apply(db, form, body, call.account)
        answer: Json = {
            "replies": replies,
            "writeControl": {"requiredRevisionId": changes.revision(db, form)},
        }
        if body.get("includeFormInResponse") is True:
            answer["form"] = _form(db, form)
        return answer


def _response(db: sqlite3.Connection, form: Form, response: Response) -> Json:
    answers: Json = {}
    for question in form.questions:
        asked = question["questionId"]
        if asked not in response.answers:
            continue
        values = response.answers[asked]
        if question["type"] == "file":
            given = {"fileUploadAnswers": {"answers": [_file(db, link) for link in values]}}
        else:
            given = {"textAnswers": {"answers": [{"value": value} for value in values]}}
        answers[asked] = {"questionId": asked, **given}
    told: Json = {
        "responseId": response.id,
        "createTime": response.created_at,
        "lastSubmittedTime": response.submitted_at,
        "answers": answers,
    }
    if form.collect_email:
        told["respondentEmail"] = response.email
    return told


def _file(db: sqlite3.Connection, link: str) -> Json:
    match = _FILE_ID.search(link)
    file_id = match[1] if match else link
    row = registry.find(db, file_id)
    if row is None:
        return {"fileId": file_id}
    return {"fileId": file_id, "fileName": row["name"], "mimeType": row["mime"]}


def responses_list(call: Call) -> Json:
    text = call.first("filter")
    match = _FILTER.fullmatch(text)
    if text and match is None:
        raise invalid("Invalid filter: only `timestamp > N` and `timestamp >= N` are supported.")
    since = book.moment_of(match[2], "UTC") if match else ""
    size, token = call.first("pageSize", "0"), call.first("pageToken", "0")
    if not all(re.fullmatch(r"[0-9]{1,9}", each or "0") for each in (size, token)):
        raise invalid("Request contains an invalid argument.")
    at_most = min(int(size or 0) or _PAGE, _PAGE)
    with call.store.read() as db:
        form = _open(db, call)
        found = book.responses_after(
            db,
            form.id,
            since=since,
            inclusive=match is None or match[1] == ">=",
            skip=int(token or 0),
            at_most=at_most + 1,
        )
        answer: Json = {}
        if found:
            answer["responses"] = [_response(db, form, each) for each in found[:at_most]]
        if len(found) > at_most:
            answer["nextPageToken"] = str(int(token or 0) + at_most)
        return answer


def responses_get(call: Call) -> Json:
    with call.store.read() as db:
        form = _open(db, call)
        found = book.response_of(db, form.id, call.path["responseId"])
        return {"formId": form.id, **_response(db, form, found)}


def _masked(handler: Callable[[Call], Json]) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        mask = masks.parse(call.first("fields")) if call.first("fields") else {}
        kept: Json = masks.keep(handler(call), mask)
        return kept

    return answer


_FORM = "/v1/forms/{formId}"
ROUTES = [
    route("GET", _FORM, "forms.forms.get", _masked(get)),
    route("POST", _FORM + ":batchUpdate", "forms.forms.batchUpdate", _masked(batch_update)),
    route("GET", _FORM + "/responses", "forms.forms.responses.list", _masked(responses_list)),
    route(
        "GET",
        _FORM + "/responses/{responseId}",
        "forms.forms.responses.get",
        _masked(responses_get),
    ),
]
