"""The pages of services for a browser on this machine: choose one, change it, see its letter.

Forms work without a script. A file is saved whole or not at all, only as long as nobody else changed it, and never worse
than it was: what `check` would newly find wrong in it or in its letter is told beside the field instead.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure
from sync.core.workflow.edit import edited
from sync.core.workflow.model import Workflow
from sync.google.first_look import tabs_of
from sync.web.assistant.step import Desk
from sync.web.local.door import GUARDS, Door, form_of, local_app, templates
from sync.web.local.files import digest_of, write_whole
from sync.web.preview.pictures import picture_of
from sync.web.service import values as inputs
from sync.web.service.form import Unfit, changes_of
from sync.web.service.page import DEFAULT_WORDINGS, Choices, Read, context, read, read_text

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
SEEN = "dilihat"
_MISTAKE = Problem(
    "kesalahan-program",
    "halaman layanan",
    "halaman ini tidak dapat diselesaikan karena kesalahan program",
    "rinciannya ada di data/log/loket.log; mohon dilaporkan. Berkas layanan tidak diubah",
)

NextSerial = Callable[[Workflow], int]


def service_routes(
    desk: Desk,
    door: Door,
    *,
    clock: Callable[[], datetime],
    next_serial: NextSerial | None = None,
) -> list[BaseRoute]:
    """The pages below `/ubah`, to be mounted behind the door. `next_serial` tells the number that the next letter will bear;
    without it the first of the year is shown."""
    pages = _Pages(desk, door, clock, next_serial)
    return [
        Route("/ubah", pages.front),
        Route("/ubah/layanan.css", _file),
        Route("/ubah/layanan.js", _file),
        Route("/ubah/{name}", pages.show),
        Route("/ubah/{name}", pages.save, methods=["POST"]),
        Route("/ubah/{name}/surat", pages.letter),
        Route("/ubah/{name}/surat/{letter}.pdf", pages.pdf),
        Route("/ubah/{name}/surat/{letter}/{number:int}.png", pages.picture),
    ]


def service_app(
    desk: Desk,
    door: Door,
    *,
    clock: Callable[[], datetime],
    next_serial: NextSerial | None = None,
) -> Starlette:
    """The same pages alone."""
    own = service_routes(desk, door, clock=clock, next_serial=next_serial)
    front = Route("/", lambda _: RedirectResponse("/ubah", 303, headers=GUARDS))
    return local_app([front, *own], door)


class _Pages:
    def __init__(
        self,
        desk: Desk,
        door: Door,
        clock: Callable[[], datetime],
        next_serial: NextSerial | None,
    ) -> None:
        self._desk, self._door, self._clock = desk, door, clock
        self._next_serial = next_serial or self._first_serial
        self._templates = templates(_HERE / "pages")

    # One page each

    def front(self, _: Request) -> Response:
        services = [(seen.name, _title(seen), len(seen.problems)) for seen in self._every()]
        return self._page("daftar.html", services=services)

    def show(self, request: Request) -> Response:
        seen = self._found(request)
        saved = request.query_params.get("tersimpan", "")
        return self._edit(seen, saved=saved)

    async def save(self, request: Request) -> Response:
        form = await form_of(request, self._door)
        return await run_in_threadpool(self._save, request, form)

    def letter(self, request: Request) -> Response:
        seen = self._found(request)
        look = self._desk.lent.look(seen.name, None)
        return self._page("surat.html", service=seen.name, title=_title(seen), look=look)

    def pdf(self, request: Request) -> Response:
        shown = {"Content-Disposition": 'inline; filename="contoh.pdf"'}
        content = self._letter(request)
        return Response(content, media_type="application/pdf", headers=GUARDS | shown)

    def picture(self, request: Request) -> Response:
        drawn = picture_of(self._letter(request), request.path_params["number"])
        if drawn is None:
            raise HTTPException(404)
        return Response(drawn, media_type="image/png", headers=GUARDS)

    # Saving

    def _save(self, request: Request, form: Mapping[str, str]) -> Response:
        with self._desk.lock:
            seen = self._found(request)
            if seen.root is None:
                return self._edit(seen, status=422)
            if form.get(SEEN) != digest_of(seen.text.encode()):
                return self._edit(seen, form=form, theirs=_theirs(seen, form), changed=True)
            try:
                new = edited(
                    seen.text,
                    changes_of(seen.root, form),
                    file=f"workflows/{seen.file.name}",
                )
                tried = read_text(seen.file, new)
                after = self._all_problems(tried)
                if _worse(self._all_problems(seen), after):
                    return self._edit(
                        seen, form=form, refused=True, problems=after, tried=tried.root
                    )
                if new != seen.text:
                    write_whole(seen.file, new.encode())
            except Unfit as unfit:
                return self._edit(seen, form=form, wrong=unfit.wrong, refused=True)
            except Exception as error:
                return self._edit(seen, form=form, problems=_told(error), refused=True)
        return _to(f"/ubah/{seen.name}?tersimpan={'ya' if new != seen.text else 'sama'}")

    def _all_problems(self, seen: Read) -> list[Problem]:
        """Of the file and of the letter that it names."""
        of_letter = self._desk.lent.letter_problems(seen.workflow) if seen.workflow else []
        return [*seen.problems, *of_letter]

    def _edit(
        self,
        seen: Read,
        *,
        saved: str = "",
        changed: bool = False,
        refused: bool = False,
        status: int = 200,
        form: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Response:
        more.setdefault("problems", self._all_problems(seen))
        shown = context(seen, self._choices(seen), form=form, **more)
        status = 409 if changed else 422 if refused else status
        return self._page(
            "ubah.html",
            status=status,
            title=_title(seen),
            saved=saved,
            changed=changed,
            refused=refused,
            seen=digest_of(seen.text.encode()),
            readable=seen.root is not None,
            outdated=self._desk.is_outdated,
            setting_up="mulai" not in self._desk.progress.done,
            **shown,
        )

    def _choices(self, seen: Read) -> Choices:
        settings = self._desk.place.settings()
        today = self._clock().astimezone(ZoneInfo(settings.office.timezone)).date()
        titles, trouble = self._titles(seen)
        serial = self._next_serial(seen.workflow) if seen.workflow else 1
        letters, wordings = (
            self._templates_in("letters", "html"),
            self._templates_in("messages", "txt"),
        )
        own = tuple(name for name in wordings if Path(name).stem not in DEFAULT_WORDINGS)
        return Choices(titles, letters, settings.office.unit, serial, today, trouble, own)

    def _titles(self, seen: Read) -> tuple[tuple[str, ...], str]:
        """Row 1 of the service's tab, or why there is none to choose from."""
        sheet, tab = seen.source
        if not sheet or not tab:
            return (), ""  # told beside the link
        try:
            with self._desk.google() as transport:
                tabs = tabs_of(transport, sheet)
        except Mendable as error:
            return (), error.problems[0].found
        except Failure as failure:
            return (), failure.reason
        found = [one.titles for one in tabs if one.title == tab]
        return (found[0], "") if found else ((), f'tab "{tab}" tidak ada di sheet')

    def _templates_in(self, room: str, ending: str) -> tuple[str, ...]:
        """As a workflow names them."""
        folders = [folder / room for folder in self._desk.place.template_dirs]
        names = {file.name for folder in folders for file in folder.glob(f"[!_]*.{ending}")}
        return tuple(f"{room}/{name}" for name in sorted(names))

    def _first_serial(self, workflow: Workflow) -> int:
        return workflow.letter.first_serial(self._clock().year)

    # Shared

    def _every(self) -> list[Read]:
        found = []
        for file in sorted((self._desk.place.folder / "workflows").glob("*.y*ml")):
            try:
                found.append(read(file))
            except Mendable as error:
                found.append(Read(file.stem, file, "", problems=tuple(error.problems)))
        return found

    def _found(self, request: Request) -> Read:
        """Of the files that there are; a name is no path."""
        for seen in self._every():
            if seen.name == request.path_params["name"]:
                return seen
        raise HTTPException(404)

    def _letter(self, request: Request) -> bytes:
        content = self._desk.lent.pdf(request.path_params["letter"])
        if content is None:
            raise HTTPException(404)
        return content

    def _page(self, name: str, *, status: int = 200, **shown: Any) -> Response:
        page = self._templates.get_template(name).render(token=self._door.token, **shown)
        return HTMLResponse(page, status, headers=GUARDS)


def _theirs(seen: Read, form: Mapping[str, str]) -> dict[str, str]:
    """What stands in the file now, where the form says something else."""
    assert seen.root is not None  # noqa: S101 - its caller looked
    now = inputs.stored(seen.root)
    mine = inputs.given(now, form)
    return {name: value for name, value in now.items() if mine[name] != value}


def _worse(before: Sequence[Problem], after: Sequence[Problem]) -> bool:
    """A file with mistakes may be mended bit by bit, but gets no new ones."""
    known = {(problem.name, problem.found) for problem in before}
    return any((problem.name, problem.found) not in known for problem in after)


def _title(seen: Read) -> str:
    title = seen.root.get("title") if seen.root else None
    return title.text if title and title.text else seen.name


def _told(error: Exception) -> Sequence[Problem]:
    match error:
        case Mendable():
            return error.problems
        case Failure():
            return [
                Problem("layanan-lain", "Google", error.reason, "coba lagi; belum ada yang diubah")
            ]
    log.exception("a service's page failed")
    return [_MISTAKE]


def _to(address: str) -> Response:
    return RedirectResponse(quote(address, safe="/?=&"), 303, headers=GUARDS)


def _file(request: Request) -> Response:
    name = Path(request.url.path).name
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return Response((_HERE / "pages" / name).read_bytes(), media_type=kind, headers=GUARDS)
