"""Forms and their responses in the store. What a response does to the sheet is linked_sheet.py's affair."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.accounts import OFFICER, WORKER
from sync.sandbox.drive import registry
from sync.sandbox.forms.questions import read_answer, read_question
from sync.sandbox.frame import Json, invalid, not_found

SCHEMA = """
CREATE TABLE IF NOT EXISTS forms_forms (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    spreadsheet_id TEXT NOT NULL,
    sheet_key INTEGER NOT NULL,
    collect_email INTEGER NOT NULL,
    questions TEXT NOT NULL,
    slots TEXT NOT NULL               -- the form's own memory of its columns: what → column slot
);
CREATE TABLE IF NOT EXISTS forms_responses (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    form_id TEXT NOT NULL,
    row_key INTEGER,
    created_at TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    email TEXT NOT NULL,
    answers TEXT NOT NULL             -- questionId → list of texts
);
CREATE INDEX IF NOT EXISTS forms_responses_by_form ON forms_responses (form_id, submitted_at);
CREATE INDEX IF NOT EXISTS forms_responses_by_row ON forms_responses (row_key);
"""


@dataclass(slots=True)
class Form:
    id: str
    title: str
    spreadsheet_id: str
    sheet_key: int
    collect_email: bool
    questions: list[Json]
    slots: dict[str, int]


@dataclass(slots=True)
class Response:
    id: str
    form_id: str
    row_key: int | None
    created_at: str
    submitted_at: str
    email: str
    answers: dict[str, list[str]]


def find(db: sqlite3.Connection, form_id: str) -> Form:
    """Raises Google's 404."""
    row = db.execute("SELECT * FROM forms_forms WHERE id = ?", (form_id,)).fetchone()
    if row is None:
        raise not_found()
    return _form(row)


def every(db: sqlite3.Connection) -> list[Form]:
    return [_form(row) for row in db.execute("SELECT * FROM forms_forms ORDER BY rowid")]


def _form(row: sqlite3.Row) -> Form:
    return Form(
        row["id"],
        row["title"],
        row["spreadsheet_id"],
        row["sheet_key"],
        bool(row["collect_email"]),
        json.loads(row["questions"]),
        json.loads(row["slots"]),
    )


def create(db: sqlite3.Connection, body: Json) -> Form:
    """A form of the officer's, without its sheet yet. Raises 400."""
    title, asked = body.get("title"), body.get("questions")
    if not isinstance(title, str) or not title.strip():
        raise invalid("title is required")
    if not isinstance(asked, list) or not asked:
        raise invalid("questions must be a list with at least one question")
    questions = [named(read_question(number, each)) for number, each in enumerate(asked)]
    for question in questions:
        if question["type"] == "file":
            question["folderId"] = _upload_folder(db, title)
    form_id = registry.new_id(44)
    registry.new_file(db, id=form_id, name=title, mime=registry.FORM, owner=OFFICER)
    for email in shared_with(body):
        registry.grant(db, form_id, email, "writer")
    return Form(form_id, title, "", 0, bool(body.get("collect_email", False)), questions, {})


def named(question: Json) -> Json:
    """With the ids that Google gives to items and questions: eight hexadecimal digits."""
    return {**question, "itemId": secrets.token_hex(4), "questionId": secrets.token_hex(4)}


def shared_with(body: Json) -> list[str]:
    """Who gets write access beside the owner: those named, or the worker when nobody is named."""
    emails = body.get("share_with")
    if emails is None:
        return [WORKER]
    if not isinstance(emails, list) or not all(isinstance(e, str) and "@" in e for e in emails):
        raise invalid("share_with must be a list of email addresses")
    return [email for email in emails if email.lower() != OFFICER]


def _upload_folder(db: sqlite3.Connection, title: str) -> str:
    folder_id = registry.new_id(33)
    name = f"{title} (File responses)"
    registry.new_file(db, id=folder_id, name=name, mime=registry.FOLDER, owner=OFFICER)
    return folder_id


def save(db: sqlite3.Connection, form: Form) -> None:
    db.execute(
        "INSERT OR REPLACE INTO forms_forms VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            form.id,
            form.title,
            form.spreadsheet_id,
            form.sheet_key,
            form.collect_email,
            json.dumps(form.questions),
            json.dumps(form.slots),
        ),
    )


# Responses


def respond(form: Form, body: Json, time_zone: str) -> Response:
    """A new response, not stored yet. Raises 400 for answers the form would not let through."""
    moment = moment_of(body.get("timestamp"), time_zone)
    answers = _answers(form, body.get("answers"), {})
    response_id = "ACYDBN" + secrets.token_urlsafe(48)
    return Response(
        response_id, form.id, None, moment, moment, _email(form, body.get("email")), answers
    )


def edit(form: Form, response: Response, body: Json, time_zone: str) -> None:
    """What the applicant left as it was stays: the form shows the old answers to begin with."""
    response.answers = _answers(form, body.get("answers", {}), response.answers)
    response.submitted_at = moment_of(body.get("timestamp"), time_zone)
    if body.get("email"):
        response.email = _email(form, body["email"])


def _answers(form: Form, given: Any, before: Mapping[str, list[str]]) -> dict[str, list[str]]:
    if not isinstance(given, dict):
        raise invalid("answers must be an object: question title or questionId → answer")
    meant = {_asked(form, name): answer for name, answer in given.items()}
    answers = {}
    for question in form.questions:
        asked = question["questionId"]
        if asked in meant or asked not in before:
            values = read_answer(question, meant.get(asked))
        else:
            values = before[asked]
        if values:
            answers[asked] = values
    return answers


def _asked(form: Form, name: str) -> str:
    """The id of the question that is called so. Raises 400."""
    found = [q["questionId"] for q in form.questions if name in (q["title"], q["questionId"])]
    if not found:
        titles = [question["title"] for question in form.questions]
        raise invalid(f"no question is called {name!r}; there are {titles}")
    if len(found) > 1:
        raise invalid(f"{len(found)} questions are called {name!r}; name it by one of {found}")
    return str(found[0])


def _email(form: Form, given: Any) -> str:
    if given is not None and not (isinstance(given, str) and "@" in given):
        raise invalid("email must be an email address")
    if form.collect_email and not given:
        raise invalid("email is required: the form collects email addresses")
    return given or ""


def moment_of(given: Any, time_zone: str) -> str:
    """RFC 3339 in UTC, as the Forms API tells it. A moment without a zone is the spreadsheet's."""
    from zoneinfo import ZoneInfo

    if given is None:
        moment = datetime.now(UTC)
    else:
        try:
            moment = datetime.fromisoformat(given)
        except (TypeError, ValueError):
            raise invalid(f"timestamp {json.dumps(given)} is not a moment (ISO 8601)") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def store_response(db: sqlite3.Connection, response: Response) -> None:
    db.execute(
        "INSERT INTO forms_responses (id, form_id, row_key, created_at, submitted_at, email, answers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET row_key = excluded.row_key,"
        " submitted_at = excluded.submitted_at, email = excluded.email, answers = excluded.answers",
        (
            response.id,
            response.form_id,
            response.row_key,
            response.created_at,
            response.submitted_at,
            response.email,
            json.dumps(response.answers),
        ),
    )


def response_of(db: sqlite3.Connection, form_id: str, response_id: str) -> Response:
    """Raises Google's 404."""
    row = db.execute(
        "SELECT * FROM forms_responses WHERE form_id = ? AND id = ?", (form_id, response_id)
    ).fetchone()
    if row is None:
        raise not_found()
    return _response(row)


def responses_after(
    db: sqlite3.Connection, form_id: str, *, since: str, inclusive: bool, skip: int, at_most: int
) -> list[Response]:
    """In the order submitted."""
    sign = ">=" if inclusive else ">"
    rows = db.execute(
        f"SELECT * FROM forms_responses WHERE form_id = ? AND submitted_at {sign} ?"  # noqa: S608 - one of two signs
        " ORDER BY submitted_at, number LIMIT ? OFFSET ?",
        (form_id, since, at_most, skip),
    )
    return [_response(row) for row in rows]


def _response(row: sqlite3.Row) -> Response:
    return Response(
        row["id"],
        row["form_id"],
        row["row_key"],
        row["created_at"],
        row["submitted_at"],
        row["email"],
        json.loads(row["answers"]),
    )
