"""Step 6: the letter as it will be printed, with the newest answers in the sheet or with sample ones."""

from collections.abc import Mapping
from typing import Any

from sync.core.desk import Cell
from sync.core.outcomes import Failure
from sync.google.first_look import answers_of, newest_answers
from sync.web.assistant.step import Desk, Form

REAL = "terbaru"


class LetterStep:
    name, title = "surat", "Lihat surat"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        service = self._desk.service
        if not service:
            return {"service": "", "look": None, "real": False, "empty": False}
        answers = real_answers(self._desk) if query.get("jawaban", REAL) == REAL else None
        look = self._desk.lent.look(service, answers)
        return {
            "service": service,
            "title": self._desk.place.workflow(service).title,
            "look": look,
            "real": answers is not None,
            "empty": query.get("jawaban", REAL) == REAL and answers is None,
        }

    def take(self, form: Form) -> str:  # noqa: ARG002
        self._desk.finish(self.name)
        return "/uji-coba"


def real_answers(desk: Desk) -> dict[str, Cell] | None:
    """The newest application in the service's sheet; None where there is none yet, or it can't be read now."""
    workflow = desk.place.workflow(desk.service)
    try:
        with desk.google() as transport:
            row = newest_answers(transport, workflow.sheet, workflow.tab)
    except Failure:
        return None
    return None if row is None else answers_of(workflow.questions, row)
