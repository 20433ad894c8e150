"""Forms: a form's questions, and links that open it with answers filled in.

The Forms API gives a question's id in hexadecimal, and a prefilled link names it `entry.<the same in decimal>`.
Google does not document that; it is what the community found, not verified by us. A wrong guess leaves the
question empty in the form, nothing worse.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sync.core.headers import normal
from sync.core.workflow.draft import FormSeen
from sync.core.workflow.guess import Kind, Question
from sync.google.services import build_service
from sync.google.transport import Transport


class Forms:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._known: dict[str, tuple[str, dict[str, str]]] = {}

    @cached_property
    def _forms(self) -> Any:
        return build_service(self._transport, "forms.v1").forms()

    def questions(self, form_id: str) -> dict[str, str]:
        """Titles → question ids, in the form's order. Asked once a form and process."""
        return self._form(form_id)[1]

    def seen(self, form_id: str) -> FormSeen:
        """The form as it is now. Raises Refused where it is not shared, and TryAgain."""
        form = self._forms.get(formId=form_id).execute()
        info, settings = form.get("info", {}), form.get("settings", {})
        published = form.get("publishSettings", {}).get("publishState", {})
        return FormSeen(
            id=form_id,
            title=str(info.get("title") or info.get("documentTitle") or ""),
            questions=tuple(_asked(form)),
            collects_email=settings.get("emailCollectionType") in ("VERIFIED", "RESPONDER_INPUT"),
            # Forms from before publishing could be switched say nothing: those are open.
            accepting=bool(published.get("isAcceptingResponses", True)) if published else True,
            sheet=str(form.get("linkedSheetId", "")),
        )

    def prefilled_link(self, form_id: str, answers: Mapping[str, str]) -> str:
        """The form's address with these answers filled in; titles that the form does not have are left out."""
        address, questions = self._form(form_id)
        by_title = {normal(title): question_id for title, question_id in questions.items()}
        entries = {
            f"entry.{int(by_title[normal(title)], 16)}": answer
            for title, answer in answers.items()
            if normal(title) in by_title
        }
        return f"{address}?{urlencode({'usp': 'pp_url', **entries})}"

    def _form(self, form_id: str) -> tuple[str, dict[str, str]]:
        if form_id not in self._known:
            form = self._forms.get(formId=form_id).execute()
            self._known[form_id] = (str(form["responderUri"]), _questions(form))
        return self._known[form_id]


def _questions(form: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in form.get("items", ()):
        question = item.get("questionItem", {}).get("question", {})
        if question.get("questionId") and item.get("title"):
            found.setdefault(item["title"], question["questionId"])
    return found


def _asked(form: Mapping[str, Any]) -> Iterator[Question]:
    """Every question with a title; of a grid each row, called as the sheet calls it."""
    for item in form.get("items", ()):
        title = str(item.get("title", ""))
        if title and "question" in item.get("questionItem", {}):
            yield _question(title, item["questionItem"]["question"])
        for row in item.get("questionGroupItem", {}).get("questions", ()):
            name = f"{title} [{row.get('rowQuestion', {}).get('title', '')}]"
            yield Question(name, Kind.OTHER, bool(row.get("required", False)))


def _question(title: str, asked: Mapping[str, Any]) -> Question:
    required = bool(asked.get("required", False))
    match asked:
        case {"textQuestion": text}:
            kind = Kind.PARAGRAPH if text.get("paragraph") else Kind.TEXT
            return Question(title, kind, required)
        case {"choiceQuestion": choice}:
            kind = Kind.CHECKBOXES if choice.get("type") == "CHECKBOX" else Kind.CHOICE
            options = tuple(
                str(option["value"]) for option in choice.get("options", ()) if "value" in option
            )
            other = any(option.get("isOther") for option in choice.get("options", ()))
            return Question(title, kind, required, options, other=other)
        case {"dateQuestion": date}:
            plain = date.get("includeYear", False) and not date.get("includeTime", False)
            return Question(title, Kind.DATE if plain else Kind.OTHER, required)
        case {"timeQuestion": time}:
            return Question(title, Kind.OTHER if time.get("duration") else Kind.TIME, required)
        case {"fileUploadQuestion": upload}:
            return Question(title, Kind.FILE, required, files=int(upload.get("maxFiles", 0)))
        case {"scaleQuestion": scale}:
            low, high = int(scale.get("low", 0)), int(scale.get("high", 0))
            return Question(title, Kind.SCALE, required, low=low, high=high)
        case {"ratingQuestion": rating}:
            high = int(rating.get("ratingScaleLevel", 0))
            return Question(title, Kind.SCALE, required, low=1, high=high)
    return Question(title, Kind.OTHER, required)
