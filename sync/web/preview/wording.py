"""One look at a message: composed as it would be sent, or what is wrong with it and where, as the page shows it."""

import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from sync.core.delivery import Kind
from sync.core.fieldtypes import show
from sync.core.mendable import Mendable, Problem
from sync.delivery.message_check import message_problems, sample_context
from sync.delivery.messages import FRAME, Messages
from sync.web.preview.files import lines_around

log = logging.getLogger(__name__)

_KEPT = 12
"""So many messages are kept for pages that still load them."""
_TITLES = {
    Kind.RECEIVED: "Tanda terima",
    Kind.MEND: "Perlu diperbaiki",
    Kind.DELAYED: "Masih diperiksa",
    Kind.LETTER: "Surat selesai",
    Kind.REJECTED: "Ditolak",
    Kind.CANCELLED: "Dibatalkan",
    Kind.LINK: "Tautan surat",
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose messages are looked at; `own`: a service's own templates by kind."""

    template_dirs: tuple[Path, ...]
    title: str
    office: Mapping[str, Any]
    own: Mapping[str, str]

    def template(self, kind: Kind) -> str:
        return self.own.get(kind.value) or f"messages/{kind.value}.txt"

    def problems(self, kind: Kind) -> list[Problem]:
        """Of this message, and of the frame that all have."""
        found = message_problems(
            self.template_dirs, title=self.title, office=self.office, own=self.own
        )
        files = {f"templates/{name}" for name in (self.template(kind), FRAME)}
        return [problem for problem in found if problem.where.partition(":")[0] in files]


class Wordings:
    """`load` reads everything anew and raises Mendable; `folders` are those that lines of a mistake are shown from."""

    def __init__(
        self, load: Callable[[], Speaker], folders: Mapping[str, tuple[Path, ...]]
    ) -> None:
        self._load = load
        self._folders = folders
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def kinds() -> list[tuple[str, str]]:
        """Those that go by email, with their titles."""
        return [(kind.value, title) for kind, title in _TITLES.items()]

    def look(self, kind: str, *, bare: bool) -> dict[str, Any]:
        """`message` (None when there is none), `problems`, and the `names` that exist. `bare`: with what must be there alone."""
        message, names = None, []
        problems: list[Problem] = []
        try:
            speaker, asked = self._load(), Kind(kind)
            problems = speaker.problems(asked)
            context = sample_context(speaker.title, speaker.office, bare=bare)
            names = _named(sample_context(speaker.title, speaker.office, bare=False))
            if not problems:
                template = speaker.template(asked)
                composed = Messages(speaker.template_dirs).compose(
                    asked, context, template=template
                )
                message = self._kept(*composed) | {"template": f"templates/{template}"}
        except Mendable as error:
            problems = list(error.problems)
        except Exception:
            log.exception("the message could not be composed")
            problems = [_MISTAKE]
        shown = [
            {
                "where": problem.where,
                "found": problem.found,
                "allowed": problem.allowed,
                "lines": lines_around(problem.where, self._folders),
            }
            for problem in problems
        ]
        return {"message": message, "problems": shown, "names": names}

    def page(self, name: str) -> bytes | None:
        """The HTML of a message that was composed a short while ago."""
        page = self._pages.get(name)
        return None if page is None else page.encode()

    def _kept(self, subject: str, text: str, html: str) -> dict[str, str]:
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._pages[name] = html
            while len(self._pages) > _KEPT:
                self._pages.popitem(last=False)
        return {"name": name, "subject": subject, "text": text}


_MISTAKE = Problem(
    "kesalahan-program",
    where="pratinjau",
    found="pesan tidak dapat disusun karena kesalahan program",
    allowed="rinciannya ada di data/log/loket.log; mohon dilaporkan",
)


def _named(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each name as a template writes it, with its value as a person reads it."""
    office = {f"kantor.{name}": text for name, text in context["kantor"].items()}
    values = {**context, **office}
    return [(name, show(value)) for name, value in values.items() if not isinstance(value, Mapping)]
