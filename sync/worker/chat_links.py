"""The column "Kirim WA": a link that opens the applicant's chat, with what the officer would write standing ready."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sync.core.application import Application
from sync.core.chat import before_news
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.core.review import TOLD, UNTOLD, UNTOLD_EMAIL
from sync.core.states import State
from sync.core.whatsapp_link import chat_link
from sync.delivery.chat_check import LINK_FOLDER
from sync.delivery.messages import Messages
from sync.worker.recovering import TELL_AGAIN

log = logging.getLogger(__name__)

TEMPLATES: Mapping[State, str] = {
    State.NEEDS_FIXING: "mend",
    State.DELIVERED: "ready",
    State.REJECTED: "rejected",
    State.CANCELLED: "cancelled",
    State.UNCERTAIN: "uncertain",
    State.FAILED: "uncertain",
}
"""By state; any other one is told as being worked on."""
IN_WORK = "received"
_KEPT = 20_000


class ChatLinks:
    """`mending_link` as in worker.counter.Counter. A link that can't be written is none: the row stays right."""

    def __init__(
        self,
        messages: Messages,
        title: str,
        office: Mapping[str, Any],
        mending_link: Callable[[str], str],
    ) -> None:
        self._messages, self._title, self._office = messages, title, office
        self._mending_link = mending_link
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, application: Application) -> str:
        if not application.phone or application.erased_at is not None:
            return ""
        said = _said(application)
        key = (application.reference, application.phone, application.name, application.state, said)
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = self._link(application, said)
        return self._known[key]

    def _link(self, application: Application, said: str) -> str:
        kind = TEMPLATES.get(application.state, IN_WORK)
        try:
            mending = self._mending_link(application.reference) if kind == "mend" else ""
        except Failure:
            mending = ""  # asked again when the row changes
        context = {
            "nama": application.name,
            "referensi": application.reference,
            "judul_layanan": self._title,
            "kantor": self._office,
            "catatan": said,
            "tautan_perbaikan": mending,
        }
        try:
            return chat_link(
                application.phone, self._messages.compose_chat(LINK_FOLDER, kind, context)
            )
        except Mendable as error:
            log.warning("%s: no link: %s", application.reference, error.problems[0].where)
            return ""


def _said(application: Application) -> str:
    """What is wrong, in the words of the officer, or of the check that found it."""
    if application.state not in (State.NEEDS_FIXING, State.REJECTED):
        return ""
    if application.officer_note:
        return application.officer_note
    note = before_news(application.note)
    for sentence in (TOLD, UNTOLD, UNTOLD_EMAIL, TELL_AGAIN):
        note = note.replace(sentence, "")
    return note.strip() if application.state is State.NEEDS_FIXING else ""
