"""The kinds of questions, one row each: how the Forms API shows them, and what an answer becomes in the sheet."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import render, serials
from sync.sandbox.sheets.cells import Value

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_DIGITS_AT_MOST = 15


@dataclass(frozen=True, slots=True)
class Kind:
    shape: Callable[[Json], Json]
    cell: Callable[[str], tuple[Value, Json]]
    many: bool = False
    has_options: bool = False


def _text(answer: str) -> tuple[Value, Json]:
    """As Google Forms does: what looks like a plain number becomes one, anything else stays text."""
    digits = sum(c.isdigit() for c in answer)
    if digits <= _DIGITS_AT_MOST and _PLAIN_NUMBER.fullmatch(answer):
        number = float(answer)
        if math.isfinite(number):
            return serials.plain(number), {}
    return answer, {}


def _kept(answer: str) -> tuple[Value, Json]:
    return answer, {}


def _date(answer: str) -> tuple[Value, Json]:
    try:
        return serials.of_date(date.fromisoformat(answer)), render.DATE
    except ValueError:
        raise invalid(f"{answer!r} is not a date (YYYY-MM-DD).") from None


def _time(answer: str) -> tuple[Value, Json]:
    try:
        return serials.of_time(time.fromisoformat(answer)), render.TIME
    except ValueError:
        raise invalid(f"{answer!r} is not a time (HH:MM).") from None


def _choice(kind: str) -> Callable[[Json], Json]:
    def shape(question: Json) -> Json:
        options = [{"value": option} for option in question["options"]]
        return {"choiceQuestion": {"type": kind, "options": options}}

    return shape


KINDS: dict[str, Kind] = {
    "text": Kind(lambda _: {"textQuestion": {}}, _text),
    "paragraph": Kind(lambda _: {"textQuestion": {"paragraph": True}}, _text),
    "choice": Kind(_choice("RADIO"), _text, has_options=True),
    "dropdown": Kind(_choice("DROP_DOWN"), _text, has_options=True),
    "checkbox": Kind(_choice("CHECKBOX"), _kept, many=True, has_options=True),
    "date": Kind(lambda _: {"dateQuestion": {"includeYear": True}}, _date),
    "time": Kind(lambda _: {"timeQuestion": {}}, _time),
    "file": Kind(
        lambda question: {
            "fileUploadQuestion": {
                "folderId": question["folderId"],
                "maxFiles": 10,
                "maxFileSize": "10485760",
            }
        },
        _kept,
        many=True,
    ),
}


def read_question(number: int, given: Any) -> Json:
    """A question as the control route takes it. Raises 400."""
    where = f"questions[{number}]"
    if not isinstance(given, dict) or not isinstance(given.get("title"), str):
        raise invalid(f"{where}: must be an object with a title")
    kind = given.get("type", "text")
    if kind not in KINDS:
        raise invalid(f"{where}: type {kind!r} is not one of {sorted(KINDS)}")
    options = given.get("options") or []
    if KINDS[kind].has_options and not (
        isinstance(options, list) and options and all(isinstance(o, str) for o in options)
    ):
        raise invalid(f"{where}: a {kind} needs options, a list of texts")
    return {
        "title": given["title"],
        "type": kind,
        "required": bool(given.get("required", False)),
        "options": list(options) if KINDS[kind].has_options else [],
    }


def read_answer(question: Json, given: Any) -> list[str]:
    """The answer's values; [] when there is none. Raises 400 for what the form would not let through."""
    title, kind = question["title"], KINDS[question["type"]]
    values = given if isinstance(given, list) else [given]
    if given is None or given == "":
        values = []
    if len(values) > 1 and not kind.many:
        raise invalid(f"{title!r} takes one answer")
    if not all(isinstance(v, str | int | float) and not isinstance(v, bool) for v in values):
        raise invalid(f"{title!r}: an answer is a text or a list of texts")
    texts = [str(value) for value in values]
    if question["options"]:
        for text in texts:
            if text not in question["options"]:
                raise invalid(f"{title!r}: {text!r} is not one of the options")
    if question["required"] and not texts:
        raise invalid(f"{title!r} is required")
    return texts


def cell_of(question: Json, answer: list[str]) -> tuple[Value, Json]:
    """The cell's value and the number format it brings."""
    if not answer:
        return None, {}
    return KINDS[question["type"]].cell(", ".join(answer))


def item(question: Json) -> Json:
    """The question as the Forms API shows it."""
    asked: Json = {"questionId": question["questionId"]}
    if question["required"]:
        asked["required"] = True
    asked |= KINDS[question["type"]].shape(question)
    shown: Json = {"itemId": question["itemId"], "title": question["title"]}
    if question.get("description"):
        shown["description"] = question["description"]
    return {**shown, "questionItem": {"question": asked}}
