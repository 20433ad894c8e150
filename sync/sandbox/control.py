"""The control room, without tokens: people and tests make forms, answer them, read the mailbox, and break things.

Desk holds what a running sandbox has in hand; the routes below are design's `/_sandbox/…`. Everything an officer does
goes through the real APIs, never through here.
"""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from sync.sandbox import accounts, mailbox, oauth, smtp_sink
from sync.sandbox.drive import registry
from sync.sandbox.faults import Faults
from sync.sandbox.forms import book as forms_book
from sync.sandbox.forms import linked_sheet
from sync.sandbox.forms.book import Form, Response
from sync.sandbox.frame import Answer, Call, GoogleError, Json, Route, Store, invalid, route
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.routes import apply

_KEPT_ON_RESET = ("oauth_accounts", "oauth_places", "oauth_tokens")


class Tally:
    """Counts of calls and bytes by API method."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._methods: dict[str, list[int]] = {}

    def count(self, api: str, bytes_in: int, bytes_out: int) -> None:
        if api.startswith("control."):
            return
        with self._lock:
            numbers = self._methods.setdefault(api, [0, 0, 0])
            for at, more in enumerate((1, bytes_in, bytes_out)):
                numbers[at] += more

    def told(self) -> Json:
        names = ("calls", "bytes_in", "bytes_out")
        with self._lock:
            methods = {
                api: dict(zip(names, numbers, strict=True))
                for api, numbers in sorted(self._methods.items())
            }
        totals = {name: sum(each[name] for each in methods.values()) for name in names}
        return {**totals, "methods": methods}

    def clear(self) -> None:
        with self._lock:
            self._methods.clear()


class Desk:
    def __init__(self, store: Store, url: str, log: logging.Logger) -> None:
        self.store = store
        self.url = url
        self.log = log
        self.faults = Faults()
        self.tally = Tally()

    def edit(self, body: Json, spreadsheet_id: str) -> None:
        """An officer's edit at this very moment: a body of spreadsheets.batchUpdate."""
        book_id = body.get("spreadsheetId") or spreadsheet_id
        try:
            with self.store.write() as db:
                book = Book.open(db, book_id, body.get("account") or accounts.OFFICER, "writer")
                apply(book, body)
                registry.touch(db, book.id, book.account)
        except GoogleError as error:
            # Not the caller's mistake: a test whose planned edit fails must not look like a refused call.
            raise RuntimeError(f"the planned edit of {book_id} failed: {error}") from error

    def break_things(self, given: Any) -> None:
        """Replaces all planned faults: `{"rules": […], "smtp": […]}`, or the rules alone. Raises 400."""
        rules, smtp = (
            (given.get("rules", []), given.get("smtp"))
            if isinstance(given, dict)
            else (given, None)
        )
        self.faults.replace(rules)
        if smtp is not None:
            try:
                smtp_sink.plan(self.store, smtp)
            except (ValueError, TypeError, AttributeError) as error:
                raise invalid(f"smtp: {error}") from None

    def reset(self) -> None:
        """An emptied data folder; accounts, their keys and the shared folder's id stay as they were."""
        with self.store.write() as db:
            tables = [
                row["name"]
                for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if not row["name"].startswith("sqlite_") and row["name"] not in _KEPT_ON_RESET
            ]
            for table in tables:
                db.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names out of the database itself
            accounts.seed(db)
        mailbox.forget(self.store)
        self.faults.replace([])
        self.tally.clear()

    def close(self) -> None:
        self.store.close()
        for handler in self.log.handlers:
            handler.close()


# Forms


def create_form(call: Call) -> Json:
    body = call.json()
    with call.store.write() as db:
        form = forms_book.create(db, body)
        linked_sheet.link(db, form, body)
        forms_book.save(db, form)
    return _told(form, linked_sheet.TAB)


def _told(form: Form, tab: str) -> Json:
    return {
        "formId": form.id,
        "spreadsheetId": form.spreadsheet_id,
        "tab": tab,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{form.spreadsheet_id}/edit",
    }


def list_forms(call: Call) -> Json:
    shown = []
    with call.store.read() as db:
        for form in forms_book.every(db):
            sheet_id, tab = linked_sheet.tab(db, form) or (None, "")
            questions = [
                {name: question[name] for name in ("title", "type", "required", "options")}
                for question in form.questions
            ]
            shown.append(
                {
                    **_told(form, tab),
                    "title": form.title,
                    "sheetId": sheet_id,
                    "collect_email": form.collect_email,
                    "questions": questions,
                }
            )
    return {"forms": shown}


def add_response(call: Call) -> Json:
    body = call.json()
    with call.store.write() as db:
        form = forms_book.find(db, call.path["formId"])
        response = forms_book.respond(form, body, linked_sheet.time_zone(db, form))
        return _written(db, form, response)


def edit_response(call: Call) -> Json:
    body = call.json()
    with call.store.write() as db:
        form = forms_book.find(db, call.path["formId"])
        response = forms_book.response_of(db, form.id, call.path["responseId"])
        forms_book.edit(form, response, body, linked_sheet.time_zone(db, form))
        return _written(db, form, response)


def _written(db: Any, form: Form, response: Response) -> Json:
    row = linked_sheet.write(db, form, response)
    forms_book.save(db, form)
    forms_book.store_response(db, response)
    return {
        "responseId": response.id,
        "row": row,
        "editUrl": f"https://docs.google.com/forms/d/e/{form.id}/viewform?edit2={response.id}",
    }


# The rest


def token(call: Call) -> Json:
    """A bearer token without a key: `officer`, `worker`, or any email. The door opens on the loopback address only."""
    name = call.first("account", "officer")
    email = accounts.NAMES.get(name, name)
    if "@" not in email:
        raise invalid(f"account must be an email or one of {sorted(accounts.NAMES)}")
    with call.store.write() as db:
        issued = oauth.issue(db, email, oauth.ALL_SCOPES)
    return {"access_token": issued, "account": email, "expires_in": oauth.LIFETIME_S}


def show_mailbox(call: Call) -> Json:
    return {"messages": mailbox.messages(call.store)}


def routes(desk: Desk) -> list[Route]:
    """The control routes of this running sandbox."""

    def requests(_call: Call) -> Json:
        return desk.tally.told()

    def faults(_call: Call) -> Json:
        return {"rules": desk.faults.listed()}

    def put_faults(call: Call) -> Json:
        try:
            given = json.loads(call.body or b"{}")
        except ValueError:
            raise invalid("Invalid JSON payload received.") from None
        desk.break_things(given)
        return {"rules": desk.faults.listed()}

    def reset(call: Call) -> Json:
        """`{"only": ["requests", "faults"]}` leaves the data alone."""
        only = call.json().get("only")
        if only is None:
            desk.reset()
            return {}
        if not isinstance(only, list) or any(each not in ("requests", "faults") for each in only):
            raise invalid('only may hold "requests" and "faults"')
        if "requests" in only:
            desk.tally.clear()
        if "faults" in only:
            desk.faults.replace([])
        return {}

    def control(method: str, path: str, name: str, handler: Callable[[Call], Answer]) -> Route:
        return route(method, "/_sandbox" + path, "control." + name, handler, needs_token=False)

    return [
        control("POST", "/forms", "forms.create", create_form),
        control("GET", "/forms", "forms.list", list_forms),
        control("POST", "/forms/{formId}/responses", "responses.create", add_response),
        control("PUT", "/forms/{formId}/responses/{responseId}", "responses.update", edit_response),
        control("GET", "/mailbox", "mailbox", show_mailbox),
        control("GET", "/requests", "requests", requests),
        control("GET", "/faults", "faults.get", faults),
        control("PUT", "/faults", "faults.put", put_faults),
        control("POST", "/reset", "reset", reset),
        control("GET", "/token", "token", token),
    ]
