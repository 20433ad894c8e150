"""What citizens' pages show, read from the office's files: anew when one of them changes, as it was while one can't be read."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from sync.cli.root import Root
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.web.citizens.app import Showing

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0


class Shown:
    """Called for every page; looks at the files' times at most every few seconds. The first call raises Mendable."""

    def __init__(self, office: Root, ticks: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._ticks = office.folder, ticks
        self._lock = Lock()
        self._next = 0.0
        self._times: object = None
        self._showing: Showing | None = None

    def __call__(self) -> "Showing":
        with self._lock:
            if self._showing is None or self._ticks() >= self._next:
                self._next = self._ticks() + _LOOK_EVERY_S
                self._look()
            assert self._showing is not None  # noqa: S101 - else _look raised
            return self._showing

    def _look(self) -> None:
        office = Root(self._folder)
        times = _times(office)
        if times == self._times:
            return
        try:
            self._showing = showing(office, self._showing)
        except Mendable as error:
            if self._showing is None:
                raise
            log.warning("the pages stay as they were: %s", error.problems[0])
        self._times = times


def showing(office: Root, before: "Showing | None" = None) -> "Showing":
    """Raises Mendable when settings.yaml can't be read. A workflow that can't be read is not shown; who applied finds the
    application as it was told of `before`."""
    from sync.web.citizens.app import Showing
    from sync.web.citizens.place import Place
    from sync.web.citizens.services import nik_questions, services_of
    from sync.web.citizens.shelf import Pages

    settings = office.settings
    workflows, problems = office.workflows()
    for problem in problems:
        log.warning("not shown: %s", problem)
    pages = Pages(settings, services_of(workflows), Place(verifies=bool(settings.verification.url)))
    made = Showing(
        pages,
        pages.shelf(),
        nik_questions(workflows),
        {workflow.name: workflow.title for workflow in workflows},
        {workflow.name: workflow.promised_days or 0 for workflow in workflows},
    )
    if before is None:
        return made
    unread = {file.stem for file in office.workflow_files()} - made.titles.keys()
    known: dict[str, Any] = {
        name: {one: told for one, told in getattr(before, name).items() if one in unread}
        | getattr(made, name)
        for name in ("questions", "titles", "days")
    }
    return replace(made, **known)


def _times(office: Root) -> object:
    """Another value after every change on disk that the pages could show."""
    from sync.web.preview.files import stamps

    return list(stamps([office.folder / "settings.yaml", *office.workflow_files()]))
