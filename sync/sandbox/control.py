"""The control room, without tokens: people and tests make forms, answer them, read the mailbox, and break things.

Desk holds what a running sandbox has in hand; the routes below are design's `/_sandbox/…`. Everything an officer does
goes through the real APIs, never through here.
"""

import json
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from sync.sandbox import accounts, clock, mailbox, oauth, smtp_sink
from sync.sandbox.drive import registry
from sync.sandbox.faults import Faults
from sync.sandbox.forms import book as forms_book
from sync.sandbox.forms import linked_sheet
from sync.sandbox.forms.book import Form, Response
from sync.sandbox.frame import Answer, Call, GoogleError, Json, Route, invalid, route
from sync.sandbox.past import RememberingStore
from sync.sandbox.quotas import Quotas
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.routes import apply

_KEPT_ON_RESET = ("oauth_accounts", "oauth_places", "oauth_tokens")


class Tally:
    """Counts of calls and bytes by API method, and of refusals by status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._methods: dict[str, list[int]] = {}
        self._refused: Counter[str] = Counter()

    def count(self, api: str, status: int, bytes_in: int, bytes_out: int) -> None:
        if api.startswith("control."):
            return
        with self._lock:
            if status >= 400:
                self._refused[str(status)] += 1
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
            refused = dict(sorted(self._refused.items()))
        totals = {name: sum(each[name] for each in methods.values()) for name in names}
        return {**totals, "refused": refused, "methods": methods}

    def clear(self) -> None:
        with self._lock:
            self._methods.clear()
            self._refused.clear()


class Desk:
    """`faults` are planned at the start and after each reset; with `quotas` calls and mail have Google's limits."""

    def __init__(
        self,
        store: RememberingStore,
        url: str,
        log: logging.Logger,
        *,
        faults: Any = None,
        quotas: bool = False,
    ) -> None:
        self.store = store
        self.url = url
        self.log = log
        self.faults = Faults(store.remember)
        self.quotas = Quotas(clock.of(store)) if quotas else None
        self.tally = Tally()
        self._faults_at_start = {} if faults is None else faults

    def edit(self, body: Json, spreadsheet_id: str) -> None:
        """An officer's edit at this very moment: a body of spreadsheets.batchUpdate."""
        book_id = body.get("spreadsheetId") or spreadsheet_id
        try:
            with self.store.write() as db:
                book = Book.open(db, book_id, body.get("account") or accounts.OFFICER, "writer")
                apply(book, {"requests": body["requests"]})
                registry.touch(db, book.id, book.account)
        except GoogleError as error:
            # Not the caller's mistake: a test whose planned edit fails must not look like a refused call.
            raise RuntimeError(f"the planned edit of {book_id} failed: {error}") from error

    def break_things(self, given: Any) -> None:
        """Plans faults: `{"rules": […], "smtp": […]}`, or the rules alone. What is named is replaced; nothing named
        ends all. Raises 400, and then nothing has changed.
        """
        parts = given if isinstance(given, dict) else {"rules": given}
        if unknown := parts.keys() - {"rules", "smtp"}:
            raise invalid(f"unknown {_listed(unknown)}; allowed are rules, smtp")
        parts = parts or {"rules": [], "smtp": []}
        plans = smtp_sink.understood(parts.get("smtp", []))
        if "rules" in parts:
            self.faults.replace(parts["rules"])
        if "smtp" in parts:
            smtp_sink.plan(self.store, plans)

    def planned(self) -> Json:
        return {"rules": self.faults.listed(), "smtp": smtp_sink.planned(self.store)}

    def restore_faults(self) -> None:
        """As at the start."""
        self.break_things({})
        self.break_things(self._faults_at_start)

    def restore_limits(self) -> None:
        """The clock, and what an account may still do, as at the start."""
        clock.of(self.store).restore()
        mailbox.limit(self.store, None if self.quotas is None else mailbox.PER_DAY)
        mailbox.forgive(self.store)
        if self.quotas is not None:
            self.quotas.clear()

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
        self.restore_faults()
        self.restore_limits()
        self.tally.clear()

    def close(self) -> None:
        self.store.close()
        for handler in self.log.handlers:
            handler.close()


def _listed(names: Any) -> str:
    return ", ".join(ascii(name)[1:-1] for name in sorted(names))


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
                {
                    name: question[name]
                    for name in ("questionId", "title", "type", "required", "options")
                }
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
    """A bearer token without a key: `officer`, `worker`, or any email; `scope` and `expires_in` (seconds) if not all
    and an hour. The door opens on the loopback address only.
    """
    if unknown := call.query.keys() - {"account", "scope", "expires_in"}:
        raise invalid(f"unknown {_listed(unknown)}; allowed are account, expires_in, scope")
    name = call.first("account", "officer")
    email = accounts.NAMES.get(name, name)
    if "@" not in email:
        raise invalid(f"account must be an email or one of {sorted(accounts.NAMES)}")
    lifetime = call.first("expires_in", str(oauth.LIFETIME_S))
    if not re.fullmatch(r"[0-9]{1,5}", lifetime):
        raise invalid("expires_in must be a whole number of seconds")
    scopes = call.first("scope") or oauth.ALL_SCOPES
    with call.store.write() as db:
        issued = oauth.issue(db, email, scopes, int(lifetime))
    return {
        "access_token": issued,
        "account": email,
        "expires_in": int(lifetime),
        "scope": scopes,
    }


def show_mailbox(call: Call) -> Json:
    return {"messages": mailbox.messages(call.store)}


def routes(desk: Desk) -> list[Route]:
    """The control routes of this running sandbox."""

    def requests(_call: Call) -> Json:
        return desk.tally.told()

    def faults(_call: Call) -> Json:
        return desk.planned()

    def put_faults(call: Call) -> Json:
        try:
            given = json.loads(call.body or b"{}")
        except (ValueError, RecursionError):
            raise invalid("Invalid JSON payload received.") from None
        desk.break_things(given)
        return desk.planned()

    parts = {
        "requests": desk.tally.clear,
        "faults": desk.restore_faults,
        "limits": desk.restore_limits,
    }

    def reset(call: Call) -> Json:
        """`{"only": ["requests", "faults", "limits"]}` leaves the data alone."""
        body = call.json()
        if unknown := body.keys() - {"only"}:
            raise invalid(f"unknown {_listed(unknown)}; allowed is only")
        only = body.get("only")
        if only is None:
            desk.reset()
            return {}
        if not isinstance(only, list) or any(each not in tuple(parts) for each in only):
            raise invalid(f"only may hold {_listed(parts)}")
        for each in only:
            parts[each]()
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
