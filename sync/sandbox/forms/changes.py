"""Forms v1 batchUpdate: questions are added, changed, moved and taken away, all of it or nothing.

The linked sheet follows in the same transaction: linked_sheet.py says how.
"""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from sync.sandbox.drive import registry
from sync.sandbox.forms import book, items, linked_sheet
from sync.sandbox.forms.book import Form
from sync.sandbox.forms.questions import item
from sync.sandbox.frame import Json, invalid


def apply(db: sqlite3.Connection, form: Form, body: Json, account: str) -> list[Json]:
    """The replies, in order. Raises 400 with the request's number."""
    requests = body.get("requests")
    if not isinstance(requests, list) or not requests:
        raise invalid("Must specify at least one request.")
    _unchanged(db, form, body.get("writeControl") or {})
    titles = {question["questionId"]: question["title"] for question in form.questions}
    replies = []
    for number, request in enumerate(requests):
        where = f"requests[{number}]"
        if not isinstance(request, dict) or len(request) != 1:
            raise invalid(f"{where}: must specify exactly one request type.")
        ((name, given),) = request.items()
        if name not in _REQUESTS:
            raise invalid(
                f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
            )
        if not isinstance(given, dict):
            raise invalid(f"Invalid value at '{where}.{name}'")
        reply = _REQUESTS[name](form, given, f"{where}.{name}")
        replies.append({name: reply} if reply else {})
    linked_sheet.follow(db, form, titles)
    book.save(db, form)
    registry.touch(db, form.id, account)
    return replies


def revision(db: sqlite3.Connection, form: Form) -> str:
    row = registry.find(db, form.id)
    return f"{row['version'] if row else 0:08x}"


def _unchanged(db: sqlite3.Connection, form: Form, control: Any) -> None:
    """Raises 400 when the caller saw another form than this."""
    if not isinstance(control, dict):
        raise invalid("Invalid value at 'write_control'")
    now = revision(db, form)
    if control.get("requiredRevisionId", now) != now:
        raise invalid(
            "The required revision ID does not match the latest revision: the form was changed."
        )
    if control.get("targetRevisionId", now) != now:
        raise items.lacking("changes on top of an older revision")


def _index(given: Json, name: str, end: int, where: str) -> int:
    location = given.get(name)
    index = location.get("index") if isinstance(location, dict) else None
    if not isinstance(index, int) or isinstance(index, bool):
        raise invalid(f"{where}.{name}.index is required.")
    if not 0 <= index < end:
        raise invalid(f"{where}.{name}.index must be in the range [0,{end}).")
    return index


def _create_item(form: Form, given: Json, where: str) -> Json:
    at = _index(given, "location", len(form.questions) + 1, where)
    question = book.named(items.read(given.get("item"), f"{where}.item"))
    form.questions.insert(at, question)
    return {"itemId": question["itemId"], "questionId": [question["questionId"]]}


def _update_item(form: Form, given: Json, where: str) -> Json:
    at = _index(given, "location", len(form.questions), where)
    old = form.questions[at]
    wanted = given.get("item")
    if not isinstance(wanted, dict):
        raise invalid(f"Invalid value at '{where}.item'")
    if wanted.get("itemId", old["itemId"]) != old["itemId"]:
        raise invalid(f"{where}: the item at index {at} has another itemId.")
    merged = _merged(item(old), wanted, _mask(given, where), where)
    form.questions[at] = items.read(merged, f"{where}.item", old)
    return {}


def _mask(given: Json, where: str) -> list[str]:
    mask = given.get("updateMask")
    if not isinstance(mask, str) or not re.fullmatch(r"\*|\w+(\.\w+)*(,\w+(\.\w+)*)*", mask):
        raise invalid(f"{where}.updateMask is required.")
    return mask.split(",")


def _merged(now: Json, wanted: Json, mask: list[str], where: str) -> Json:
    """What the mask names is taken from `wanted`, also when it is not there."""
    if mask == ["*"]:
        return wanted
    for path in mask:
        *above, last = path.split(".")
        into: Any = now
        source: Any = wanted
        for name in above:
            into = into.get(name) if isinstance(into, dict) else None
            source = source.get(name, {}) if isinstance(source, dict) else {}
        if not isinstance(into, dict) or not isinstance(source, dict):
            raise invalid(f"Invalid field mask at '{where}.updateMask': {path}")
        into.pop(last, None)
        if last in source:
            into[last] = source[last]
    return now


def _move_item(form: Form, given: Json, where: str) -> Json:
    count = len(form.questions)
    old = _index(given, "originalLocation", count, where)
    new = _index(given, "newLocation", count, where)
    form.questions.insert(new, form.questions.pop(old))
    return {}


def _delete_item(form: Form, given: Json, where: str) -> Json:
    del form.questions[_index(given, "location", len(form.questions), where)]
    return {}


def _update_info(form: Form, given: Json, where: str) -> Json:
    info = given.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    for path in _mask(given, where):
        if path == "description":
            raise items.lacking("descriptions")
        if path not in ("title", "*") or not isinstance(title, str) or not title:
            raise invalid(f"Invalid value at '{where}.info.{path}'")
        form.title = title
    return {}


def _update_settings(form: Form, given: Json, where: str) -> Json:
    settings = given.get("settings")
    if not isinstance(settings, dict):
        raise invalid(f"Invalid value at '{where}.settings'")
    for path in _mask(given, where):
        if path.startswith("quizSettings") or settings.get("quizSettings"):
            raise items.lacking("quizzes")
        kind = settings.get("emailCollectionType", "DO_NOT_COLLECT")
        if path not in ("emailCollectionType", "*"):
            raise invalid(f"Invalid field mask at '{where}.updateMask': {path}")
        if kind == "VERIFIED":
            raise items.lacking("verified email addresses")
        if kind not in ("DO_NOT_COLLECT", "RESPONDER_INPUT"):
            raise invalid(f"Invalid value at '{where}.settings.email_collection_type'")
        form.collect_email = kind == "RESPONDER_INPUT"
    return {}


_REQUESTS: dict[str, Callable[[Form, Json, str], Json]] = {
    "createItem": _create_item,
    "updateItem": _update_item,
    "moveItem": _move_item,
    "deleteItem": _delete_item,
    "updateFormInfo": _update_info,
    "updateSettings": _update_settings,
}
