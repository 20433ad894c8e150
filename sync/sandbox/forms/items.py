"""A question as clients of the Forms API give it: an item, turned into the sandbox's own. Raises Google's 400.

What Google has and the sandbox does not (scales, grids, sections, pictures, quizzes) is refused by name with 501.
"""

from collections.abc import Callable
from typing import Any

from sync.sandbox.forms.questions import KINDS
from sync.sandbox.frame import GoogleError, Json, invalid

_NOT_HERE = {
    "scaleQuestion": "scales",
    "ratingQuestion": "ratings",
    "rowQuestion": "grids",
    "questionGroupItem": "grids",
    "pageBreakItem": "sections",
    "textItem": "texts between questions",
    "imageItem": "pictures",
    "videoItem": "videos",
    "image": "pictures",
    "grading": "quizzes",
}
_CHOICES = {"RADIO": "choice", "DROP_DOWN": "dropdown", "CHECKBOX": "checkbox"}


def lacking(what: str) -> GoogleError:
    return GoogleError(501, "UNIMPLEMENTED", f"The sandbox does not have {what} in forms.")


def _object(body: Json, name: str, where: str) -> Json:
    given = body.get(name, {})
    if not isinstance(given, dict):
        raise invalid(f"Invalid value at '{where}.{name}'")
    return given


def _known(body: Json, *names: str, where: str) -> None:
    """Refuses what stands there beside these names."""
    for name in body:
        if name in _NOT_HERE:
            raise lacking(_NOT_HERE[name])
        if name not in names:
            raise invalid(
                f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
            )


def _text(body: Json, name: str, where: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise invalid(f"Invalid value at '{where}.{name}' (TYPE_STRING)")
    if "\n" in value:
        raise invalid("Displayed text cannot contain newlines")
    return value


def _no_option(given: Json, name: str, without: bool, what: str) -> None:
    if given.get(name, without) != without:
        raise lacking(what)


def _written(given: Json, where: str) -> tuple[str, list[str]]:
    _known(given, "paragraph", where=where)
    return ("paragraph" if given.get("paragraph") else "text"), []


def _choice(given: Json, where: str) -> tuple[str, list[str]]:
    _known(given, "type", "options", "shuffle", where=where)
    kind, options = given.get("type"), given.get("options")
    if kind not in _CHOICES:
        raise invalid(f"Invalid value at '{where}.type' (ChoiceType)")
    if not isinstance(options, list) or not options:
        raise invalid(f"{where}: a choice needs options")
    values = []
    for option in options:
        if not isinstance(option, dict):
            raise invalid(f"Invalid value at '{where}.options'")
        if len(option) > 1 or "value" not in option:  # goToAction, image, isOther
            raise lacking("options with an action, a picture or an own answer")
        values.append(_text(option, "value", f"{where}.options"))
    if len(set(values)) < len(values):
        raise invalid("Cannot have duplicate options.")
    return _CHOICES[kind], values


def _date(given: Json, where: str) -> tuple[str, list[str]]:
    _known(given, "includeTime", "includeYear", where=where)
    _no_option(given, "includeTime", False, "dates with a time")
    if not given.get("includeYear"):
        raise lacking("dates without a year")
    return "date", []


def _time(given: Json, where: str) -> tuple[str, list[str]]:
    _known(given, "duration", where=where)
    _no_option(given, "duration", False, "durations")
    return "time", []


_READERS: dict[str, Callable[[Json, str], tuple[str, list[str]]]] = {
    "textQuestion": _written,
    "choiceQuestion": _choice,
    "dateQuestion": _date,
    "timeQuestion": _time,
}


def read(given: Any, where: str, before: Json | None = None) -> Json:
    """The item's question without ids, or with those of the question that it takes the place of."""
    if not isinstance(given, dict):
        raise invalid(f"Invalid value at '{where}'")
    _known(given, "itemId", "title", "description", "questionItem", where=where)
    asked = _object(_object(given, "questionItem", where), "question", f"{where}.questionItem")
    where = f"{where}.questionItem.question"
    _known(asked, "questionId", "required", *_READERS, "fileUploadQuestion", where=where)
    kinds = [name for name in asked if name in _READERS or name == "fileUploadQuestion"]
    if len(kinds) != 1:
        raise invalid(f"{where}: exactly one kind of question is needed")
    (name,) = kinds
    question = dict(before or {})
    if name != "fileUploadQuestion":
        question["type"], question["options"] = _READERS[name](_object(asked, name, where), where)
    elif before is None or asked[name] != KINDS["file"].shape(before).get(name):
        raise invalid("Creating file upload questions is not supported by the API.")
    question["title"] = _text(given, "title", where)
    question["description"] = _text(given, "description", where)
    question["required"] = asked.get("required") is True
    return question
