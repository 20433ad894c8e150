"""One look at a letter: made by the real press, or what is wrong and where, as the page shows it."""

import logging
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from sync.core.expressions import BUILT_IN_FILTERS
from sync.core.fieldtypes import show
from sync.core.filters import FILTERS
from sync.core.masking import mask_numbers
from sync.core.mendable import Mendable, Problem
from sync.core.samples import Extent
from sync.letter.check import template_problems
from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed, Letterpress
from sync.web.preview.files import lines_around
from sync.web.preview.pictures import texts_of

log = logging.getLogger(__name__)

_KEPT = 12
"""So many letters are kept for pages that still load their pictures."""
_PLACE = re.compile(r"([^\s():]+\.html) baris (\d+)")
_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers fill the letter: a real application's by its reference, else samples."""

    extent: Extent = Extent.USUAL
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at. `sample` is what a template may use, with values of nobody; `note` is told beside the letter."""

    order: LetterOrder
    press: Letterpress
    template_dirs: tuple[Path, ...]
    sample: Mapping[str, object]
    note: str = ""


class Proofs:
    """`load` reads everything anew and raises Mendable; `folders` are those that lines of a mistake are shown from."""

    def __init__(
        self, load: Callable[[Choice], Subject], folders: Mapping[str, tuple[Path, ...]]
    ) -> None:
        self._load = load
        self._folders = folders
        self._letters: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def look(self, choice: Choice) -> dict[str, Any]:
        """`letter` (None when there is none), `problems`, `note`, and the `names` and `filters` that exist."""
        subject, letter = None, None
        problems: list[Problem] = []
        try:
            subject = self._load(choice)
            problems = template_problems(
                subject.template_dirs, subject.order.template, subject.sample
            )
            letter = None if problems else self._make(subject)
        except Mendable as error:
            problems = list(error.problems)
        except LetterFailed as failed:
            assert subject is not None  # noqa: S101 - the press is its own
            problems = [_problem(failed, subject.order.template)]
        except Exception:
            log.exception("the preview could not be made")
            problems = [_MISTAKE]
        return {
            "letter": letter,
            "problems": [self._shown(problem) for problem in problems],
            "note": subject.note if subject else "",
            "names": list(_named(subject.sample)) if subject else [],
            "filters": [
                (filter.example, filter.gives, filter.description) for filter in FILTERS.values()
            ],
            "built_in": ", ".join(BUILT_IN_FILTERS),
        }

    def pdf(self, name: str) -> bytes | None:
        """A letter that was made a short while ago."""
        return self._letters.get(name)

    def _make(self, subject: Subject) -> dict[str, Any]:
        started = time.perf_counter()
        pdf = subject.press.make(subject.order)
        took_s = time.perf_counter() - started
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._letters[name] = pdf
            while len(self._letters) > _KEPT:
                self._letters.popitem(last=False)
        return {
            "name": name,
            "pages": texts_of(pdf),
            "bytes": len(pdf),
            "engine": subject.press.engine,
            "ms": round(took_s * 1000),
        }

    def _shown(self, problem: Problem) -> dict[str, Any]:
        return {
            "where": problem.where,
            "found": mask_numbers(problem.found),
            "allowed": problem.allowed,
            "lines": lines_around(problem.where, self._folders),
        }


_MISTAKE = Problem(
    "kesalahan-program",
    where="pratinjau",
    found="surat tidak dapat dibuat karena kesalahan program",
    allowed="rinciannya ada di data/log/loket.log; mohon dilaporkan",
)


def _problem(failed: LetterFailed, template: str) -> Problem:
    """The press tells where in words; the page shows the line itself."""
    place = _PLACE.search(failed.reason)
    return Problem(
        "surat-tidak-jadi",
        where=f"templates/{place[1]}:{place[2]}" if place else f"templates/{template}",
        found=failed.reason,
    )


def _named(values: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    """Each name as a template writes it, with its value as a person reads it."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _named(value, f"{before}{name}.")
        else:
            yield before + name, show(value)[:_LONGEST_VALUE]
