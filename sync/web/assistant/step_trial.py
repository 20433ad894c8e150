"""Step 7: a letter to oneself, marked as an example. It takes no number, and the ledger does not hear of it."""

from collections.abc import Mapping
from typing import Any

from sync.core.emails import read_email
from sync.core.refused import Refused
from sync.web.assistant.step import Desk, Form, Wrong
from sync.web.assistant.step_letter import real_answers


class TrialStep:
    name, title = "uji-coba", "Surat percobaan"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002
        progress = self._desk.progress
        return {
            "service": self._desk.service,
            "sent_to": progress.trial,
            "address": self._desk.place.settings().office.email,
        }

    def take(self, form: Form) -> str:
        if form.get("aksi") == "lewati":
            self._desk.finish(self.name)
            return "/mulai"
        service = self._desk.service
        if not service:
            return "/layanan"
        try:
            address = read_email(form.get("alamat", "").strip())
        except Refused as refused:
            raise Wrong(fields={"alamat": " ".join(refused.reasons)}) from None
        answers = real_answers(self._desk) if form.get("jawaban") == "terbaru" else None
        self._desk.lent.send_trial(service, address, answers)
        self._desk.finish(self.name, trial=address)
        return "/uji-coba"
