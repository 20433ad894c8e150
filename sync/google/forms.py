"""Forms: a form's questions, and links that open it with answers filled in.

The Forms API gives a question's id in hexadecimal, and a prefilled link names it `entry.<the same in decimal>`.
Google does not document that; it is what the community found, not verified by us. A wrong guess leaves the
question empty in the form, nothing worse.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sync.core.headers import normal
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
