"""The assistant's pages for a browser on this machine: one step an address, forms that work without a script.

Whatever goes wrong is told on the step's own page, with what was typed still in it; a mistake of ours is logged and told
as one. Steps are taken one at a time, whoever asks.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sync.core.masking import mask_numbers
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure
from sync.google import probe
from sync.google.refusals import NETWORK, SIGN_IN
from sync.letter.failed import LetterFailed
from sync.web.assistant.step import Desk, Step, Wrong
from sync.web.assistant.step_google import API_OFF_STEPS, GoogleStep
from sync.web.assistant.step_letter import LetterStep
from sync.web.assistant.step_mail import MailStep
from sync.web.assistant.step_office import OfficeStep
from sync.web.assistant.step_service import ServiceStep
from sync.web.assistant.step_sheet import SheetStep
from sync.web.assistant.step_start import StartStep
from sync.web.assistant.step_trial import TrialStep
from sync.web.assistant.step_welcome import WelcomeStep
from sync.web.local.door import GUARDS, Door, form_of, local_app, templates
from sync.web.preview.pictures import picture_of

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_MISTAKE = Problem(
    "kesalahan-program",
    "asisten",
    "langkah ini tidak dapat diselesaikan karena kesalahan program",
    "rinciannya ada di data/log/loket.log; mohon dilaporkan. Langkah lain tetap dapat dibuka",
)


def assistant_app(desk: Desk, door: Door, more: Sequence[BaseRoute] = ()) -> Starlette:
    """`more` are other rooms' pages, behind the same door."""
    google = GoogleStep(desk)
    steps: list[Step] = [
        WelcomeStep(desk),
        OfficeStep(desk),
        google,
        SheetStep(desk),
        ServiceStep(desk),
        MailStep(desk),
        LetterStep(desk),
        TrialStep(desk),
        StartStep(desk),
    ]
    pages = _Pages(desk, door, steps)

    async def front(request: Request) -> Response:
        if "state" in request.query_params:  # from Google's consent page
            query = dict(request.query_params)
            again = {"cara": "oauth", "izin": query["state"]}
            return await pages.answer(google, again, lambda: google.come_back(query))
        return _to(f"/{pages.next_step()}")

    return local_app(
        [
            Route("/", front),
            *(Route(f"/{step.name}", pages.shown(step)) for step in steps),
            *(Route(f"/{step.name}", pages.taken(step), methods=["POST"]) for step in steps),
            Route("/asisten.css", _style),
            Route("/gambar/{name}.svg", _drawing),
            Route("/contoh/{name}.png", pages.sample),
            Route("/cetakan/{name}.pdf", pages.pdf),
            Route("/cetakan/{name}/{number:int}.png", pages.picture),
            *more,
        ],
        door,
    )


class _Pages:
    def __init__(self, desk: Desk, door: Door, steps: Sequence[Step]) -> None:
        self._desk, self._door, self._steps = desk, door, steps
        self._templates = templates(_HERE / "pages")

    def next_step(self) -> str:
        """The first that is not done; the last when all are."""
        done = self._desk.progress.done
        return next((step.name for step in self._steps if step.name not in done), "mulai")

    def shown(self, step: Step) -> Any:
        async def show(request: Request) -> Response:
            query = dict(request.query_params)
            return await run_in_threadpool(self._page, step, query, ())

        return show

    def taken(self, step: Step) -> Any:
        async def take(request: Request) -> Response:
            form = await form_of(request, self._door)
            return await self.answer(step, form, lambda: step.take(form))

        return take

    async def answer(self, step: Step, given: Mapping[str, str], act: Any) -> Response:
        """On to where `act` says, or the same page with what is wrong."""

        def one_at_a_time() -> Response:
            with self._desk.lock:
                try:
                    return _to(act())
                except Exception as error:
                    return self._page(step, given, _told(error), error)

        return await run_in_threadpool(one_at_a_time)

    def _page(
        self,
        step: Step,
        given: Mapping[str, str],
        problems: Sequence[Problem],
        error: Exception | None = None,
    ) -> Response:
        name, shown = f"{step.name}.html", {}
        try:
            shown = step.show(given)
        except Exception as trouble:
            name = "trouble.html"
            problems = [*problems, *(one for one in _told(trouble) if one not in problems)]
        done = self._desk.progress.done
        place = self._steps.index(step)
        page = self._templates.get_template(name).render(
            {
                "steps": [(one.name, one.title, one.name in done) for one in self._steps],
                "step": step,
                "number": place,
                "before": self._steps[place - 1].name if place else "",
                "outdated": step.name != "mulai" and self._desk.is_outdated,
                "token": self._door.token,
                "given": given if error is not None else {},
                "problems": [_masked(problem) for problem in problems],
                "wrong": getattr(error, "fields", {}),
                "theirs": getattr(error, "theirs", {}),
                **shown,
            }
        )
        return HTMLResponse(page, 200 if error is None else 422, headers=GUARDS)

    def sample(self, request: Request) -> Response:
        """The picture of a letter that Loket comes with."""
        return _file(
            self._desk.place.program / "docs/pictures/letters", request, "png", "image/png"
        )

    def pdf(self, request: Request) -> Response:
        content = self._letter(request)
        shown = {"Content-Disposition": 'inline; filename="contoh.pdf"'}
        return Response(content, media_type="application/pdf", headers=GUARDS | shown)

    def picture(self, request: Request) -> Response:
        drawn = picture_of(self._letter(request), request.path_params["number"])
        if drawn is None:
            raise HTTPException(404)
        return Response(drawn, media_type="image/png", headers=GUARDS)

    def _letter(self, request: Request) -> bytes:
        content = self._desk.lent.pdf(request.path_params["name"])
        if content is None:
            raise HTTPException(404)
        return content


def _style(_: Request) -> Response:
    return Response((_HERE / "asisten.css").read_bytes(), media_type="text/css", headers=GUARDS)


def _drawing(request: Request) -> Response:
    return _file(_HERE / "pictures", request, "svg", "image/svg+xml")


def _file(folder: Path, request: Request, ending: str, kind: str) -> Response:
    name = f"{request.path_params['name']}.{ending}"
    found = next((file for file in folder.glob(f"*.{ending}") if file.name == name), None)
    if found is None:
        raise HTTPException(404)
    return Response(found.read_bytes(), media_type=kind, headers=GUARDS)


def _to(address: str) -> Response:
    return RedirectResponse(quote(address, safe="/?=&#%"), 303, headers=GUARDS)


def _told(error: Exception) -> Sequence[Problem]:
    match error:
        case Wrong() | Mendable():
            return error.problems
        case LetterFailed():
            return [Problem("surat-tidak-jadi", "surat", error.reason)]
        case Failure():
            return [_failure(error)]
    log.exception("the step could not be taken")
    return [_MISTAKE]


def _failure(error: Failure) -> Problem:
    what = error.reason.replace(" Dicoba lagi sendiri.", "").replace(
        "; yang tertunda dilanjutkan sendiri", ""
    )
    how = "periksa yang disebut di atas, lalu coba sekali lagi; belum ada yang diubah"
    trouble = probe.trouble_of(error)
    if error.reason == NETWORK:
        how = (
            "periksa sambungan internet komputer ini, lalu coba sekali lagi; belum ada yang diubah"
        )
    elif error.reason == SIGN_IN:
        how = "buka langkah Akses Google dan berikan izin sekali lagi, lalu kembali ke halaman ini"
    elif trouble in probe.API_OFF:
        how = API_OFF_STEPS
    elif trouble in probe.SCOPE_MISSING:
        how = "buka langkah Akses Google dan berikan izin sekali lagi, dengan semua kotak dicentang"
    return Problem("layanan-lain", "Google" if "Google" in what else "sambungan", what, how)


def _masked(problem: Problem) -> Problem:
    return Problem(
        problem.name, problem.where, mask_numbers(problem.found), problem.allowed, problem.run
    )
