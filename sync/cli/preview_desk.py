"""What `preview` shows: a service's letter with sample answers, or with those of an application in the ledger."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.cli.references import application_of
from sync.cli.root import Root
from sync.cli.wiring import assembled, now, open_ledger
from sync.core.application import Application
from sync.core.mendable import Mendable, Problem
from sync.core.numbering import number_of
from sync.core.settings import Letters, Settings
from sync.core.verification import site_of
from sync.core.workflow.links import PLACEHOLDER
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow
from sync.letter.order import LetterOrder
from sync.letter.press import Letterpress
from sync.web.preview.proof import Choice, Subject
from sync.web.preview.wording import Speaker
from sync.worker.letters import application_context, letter_date, sample_context


@dataclass
class PreviewDesk:
    """What the preview shows, read anew each time: nothing is kept of files that may have been changed."""

    folder: Path
    name: str
    stack: ExitStack
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: tuple[Letters, ExitStack, Letterpress] | None = None

    @property
    def root(self) -> Root:
        return Root(self.folder)

    @property
    def folders(self) -> dict[str, tuple[Path, ...]]:
        return {
            "templates": self.root.template_dirs,
            "workflows": (self.folder / "workflows",),
        }

    def files(self) -> Iterator[Path]:
        """Everything that the letter is made from."""
        root = self.root
        yield self.folder / "settings.yaml"
        yield from (file for file in root.workflow_files() if file.stem == self.name)
        for folder in root.template_dirs:
            yield from folder.rglob("*")

    def subject(self, choice: Choice) -> Subject:
        """Raises Mendable."""
        root = self.root
        workflow, settings = _read(root, self.name)
        sample = sample_context(workflow, settings.office)
        note = ""
        if choice.reference:
            context, note = _real_context(self.application(choice.reference), workflow, settings)
        else:
            context = sample_context(workflow, settings.office, choice.extent)
        context["verifikasi"] = sample["verifikasi"] = _sample_code(settings)
        order = LetterOrder(
            template=workflow.letter.template,
            context=context,
            title=f"Pratinjau {workflow.title}",
            must_contain=(str(context["nama"]), str(context["nomor"])),
        )
        return Subject(order, self._press(root), root.template_dirs, sample, note)

    def speaker(self) -> Speaker:
        """Who the messages come from. Raises Mendable."""
        root = self.root
        workflow, settings = _read(root, self.name)
        office = settings.office.model_dump()
        return Speaker(root.template_dirs, workflow.title, office, workflow.messages)

    def application(self, reference: str) -> Application:
        """From the ledger, which is only read. Raises Mendable."""
        root = self.root
        if not root.has_ledger:
            raise Mendable.one(
                "belum-ada-permohonan",
                where=str(root.data),
                found="belum ada permohonan di folder ini",
                allowed="jawaban contoh",
            )
        ledger = open_ledger(root)
        try:
            with ledger.reading() as look:
                application = application_of(look, reference)
        finally:
            ledger.close()
        if application.workflow != self.name:
            raise Mendable.one(
                "permohonan-layanan-lain",
                where=application.reference,
                found=f"permohonan itu untuk layanan {application.workflow}",
                allowed=f"permohonan untuk layanan {self.name}",
                run=f"python loket.py preview {application.workflow}",
            )
        return application

    def drop_letters(self) -> None:
        """Those in hand: an endless template would hold up the end for as long as its time limit."""
        for pid in self.kept[2].pids() if self.kept else ():
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def _press(self, root: Root) -> Letterpress:
        """The worker's own press; another one once its settings are changed."""
        with self.lock:
            if self.kept is None or self.kept[0] != root.settings.letters:
                if self.kept is not None:
                    self.kept[1].close()
                own = self.stack.enter_context(ExitStack())
                press = own.enter_context(assembled(root)).press
                self.kept = (root.settings.letters, own, press)
            return self.kept[2]


def _read(root: Root, name: str) -> tuple[Workflow, Settings]:
    """The service and the settings. Raises Mendable with the problems of both."""
    problems: list[Problem] = []
    workflow = None
    try:
        workflow = read_service(root, name)
    except Mendable as error:
        problems += error.problems
    try:
        _ = root.settings
    except Mendable as error:
        problems += error.problems
    if workflow is None or problems:
        raise Mendable.of(problems)
    return workflow, root.settings


def read_service(root: Root, name: str) -> Workflow:
    """A letter can be looked at before its sheet and its form are filled in. Raises Mendable."""
    text = root.workflow_texts().get(name)
    if text is None:
        raise Mendable.one(
            "layanan-tidak-terbaca",
            where=f"workflows/{name}.yaml",
            found="berkas itu tidak ada lagi, atau bukan teks UTF-8",
        )
    return read_workflow(text.replace(PLACEHOLDER, "belum-diisi"), file=f"workflows/{name}.yaml")


def _real_context(
    application: Application, workflow: Workflow, settings: Settings
) -> tuple[dict[str, object], str]:
    """The letter's context, and what the reader must know of it. Raises Mendable."""
    on = letter_date(application, now(), ZoneInfo(settings.office.timezone))
    note = ""
    if not application.letter_number:
        shape = number_of(workflow, serial=0, on=on, unit=settings.office.unit)
        application = replace(application, letter_number=shape)
        note = "Surat ini belum bernomor: yang tampak hanya bentuk nomornya."
    return application_context(workflow, settings.office, application, on=on), note


def _sample_code(settings: Settings) -> dict[str, str] | None:
    """A code as large as a real one that no page takes for genuine: a preview is no letter."""
    address = settings.verification.url
    return {"tautan": f"{address}#{'CONTOH' * 45}", "alamat": site_of(address)} if address else None
