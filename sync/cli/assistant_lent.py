"""What the command line lends the assistant's pages: the press, a trial letter, other verbs, the worker in the background."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from sync.cli.check import problems_of_papers
from sync.cli.preview_desk import PreviewDesk, read_service
from sync.cli.root import PROGRAM, Root, unwritable
from sync.cli.service_state import Worker, running_worker
from sync.cli.wiring import assembled, now, open_ledger
from sync.core.answers import check_answers
from sync.core.delivery import Intent, Kind, LetterFile, Message
from sync.core.desk import Cell
from sync.core.file_names import file_name
from sync.core.mendable import Mendable, Problem
from sync.core.numbering import number_of
from sync.core.settings import Settings
from sync.core.workflow.model import Workflow
from sync.letter.order import LetterOrder
from sync.web.assistant.example_mark import marked
from sync.web.assistant.lent import Running, Said
from sync.web.preview.proof import Choice, Proofs, Subject

MARK = "CONTOH"
VERB_WITHIN_S = 120
_BEGINS_WITHIN_S = 8.0
_LONGEST_WORDS = 4_000


class LentByVerbs:
    """Closed at the end of the block; the worker that was started goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._desks: dict[str, PreviewDesk] = {}
        self._answers: dict[str, tuple[str, Mapping[str, Cell] | None]] = {}
        self._proofs = Proofs(self._subject, self._folders)
        self._started: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def _root(self) -> Root:
        """Read anew each time: the pages change its files."""
        return Root(self._folder)

    # The letter

    @property
    def _folders(self) -> dict[str, tuple[Path, ...]]:
        return {"templates": self._root.template_dirs, "workflows": (self._folder / "workflows",)}

    def look(self, workflow: str, answers: Mapping[str, Cell] | None) -> dict[str, Any]:
        ticket = token_hex(8)
        self._answers[ticket] = (workflow, answers)
        try:
            return self._proofs.look(Choice(reference=ticket))
        finally:
            del self._answers[ticket]

    def pdf(self, name: str) -> bytes | None:
        return self._proofs.pdf(name)

    def letter_problems(self, workflow: Workflow) -> list[Problem]:
        return problems_of_papers(self._root, workflow)

    def next_serial(self, workflow: Workflow) -> int:
        """The number that its next letter will bear; a ledger that is not there is not made."""
        root, year = self._root, _today(self._root.settings).year
        first = workflow.letter.first_serial(year)
        if not root.has_ledger:
            return first
        ledger = open_ledger(root)
        try:
            with ledger.reading() as look:
                return max([first - 1, *look.numbers.letters(workflow.series, year)]) + 1
        finally:
            ledger.close()

    def _desk(self, name: str) -> PreviewDesk:
        """Its press is kept for the next look."""
        return self._desks.setdefault(name, PreviewDesk(self._folder, name, self._stack))

    def _subject(self, choice: Choice) -> Subject:
        name, answers = self._answers[choice.reference]
        subject = self._desk(name).subject(Choice())
        if answers is None:
            return subject
        workflow, settings = read_service(self._root, name), self._root.settings
        context, note = _with_answers(dict(subject.order.context), workflow, settings, answers)
        order = LetterOrder(
            subject.order.template,
            context,
            subject.order.title,
            must_contain=(str(context["nama"]), str(context["nomor"])),
        )
        return Subject(order, subject.press, subject.template_dirs, subject.sample, note)

    # The trial letter

    def send_trial(self, workflow: str, address: str, answers: Mapping[str, Cell] | None) -> str:
        root = self._root
        service, settings = read_service(root, workflow), root.settings
        subject = self._subject_of(workflow, answers)
        context = dict(subject.order.context)
        shape = number_of(service, serial=0, on=_today(settings), unit=settings.office.unit)
        context |= {"nomor": f"{MARK} {shape}", "referensi": MARK}
        order = LetterOrder(
            subject.order.template,
            context,
            f"{MARK} {service.title}",
            must_contain=(str(context["nama"]), str(context["nomor"])),
        )
        pdf = marked(subject.press.make(order), MARK)
        title = f"[{MARK}] {service.title}"
        message = _trial_message(title, service, settings, pdf, context)
        self._hand_over(root, address, message)
        return title

    def _subject_of(self, workflow: str, answers: Mapping[str, Cell] | None) -> Subject:
        ticket = token_hex(8)
        self._answers[ticket] = (workflow, answers)
        try:
            return self._subject(Choice(reference=ticket))
        finally:
            del self._answers[ticket]

    def _hand_over(self, root: Root, address: str, message: Message) -> None:
        """By the counter's own channel; the ledger is not opened, and no intent is kept."""
        with assembled(root) as wiring:
            channel = wiring.email
            name = f"{MARK}-{token_hex(4)}"
            key = channel.plan(reference=name, kind=Kind.LETTER, attempt=1)
            channel.send(Intent(0, 0, name, "", Kind.LETTER, "email", key, address), message)

    # Other verbs

    def has_verb(self, name: str) -> bool:
        from sync.cli.app import VERBS

        return name in VERBS

    def verb(self, *arguments: str) -> Said:
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                self._command(*arguments),
                cwd=PROGRAM,
                capture_output=True,
                timeout=VERB_WITHIN_S,
                check=False,
                stdin=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except subprocess.TimeoutExpired:
            return Said(1, f"{arguments[0]}: belum selesai setelah {VERB_WITHIN_S} detik")
        words = done.stdout if done.stdout.strip() else done.stderr
        return Said(done.returncode, words.decode("utf-8", "replace"))

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "sync", "--root", str(self._folder), *arguments]

    # The worker

    @property
    def _words(self) -> Path:
        return self._root.data / "log" / "worker.txt"

    def worker(self) -> Running:
        words = ""
        with suppress(OSError):
            words = self._words.read_bytes()[-_LONGEST_WORDS:].decode("utf-8", "replace")
        found = running_worker(self._root.data)
        process = self._own() or _process_of(found)
        return Running(process, words, found.since if found else None)

    def _process(self) -> int:
        return self._own() or _process_of(running_worker(self._root.data))

    def _own(self) -> int:
        """The process that was started here; 0 when it does not run."""
        started = self._started
        return started.pid if started is not None and started.poll() is None else 0

    def start_worker(self) -> None:
        if self._process():
            return
        away: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            # With a hidden window of its own: closing the assistant's does not end it.
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
            away = {"creationflags": flags}
        try:
            self._words.parent.mkdir(parents=True, exist_ok=True)
            with self._words.open("wb") as words:
                self._started = subprocess.Popen(  # noqa: S603 - our own program
                    self._command("run"),
                    cwd=PROGRAM,
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=words,
                    **away,
                )
        except OSError as error:
            raise unwritable(self._words.parent, error) from error
        self._ensure_begun()

    def _ensure_begun(self) -> None:
        """Raises Mendable with its own words where it ends at once."""
        until = time.monotonic() + _BEGINS_WITHIN_S
        while time.monotonic() < until:
            if self._started is not None and self._started.poll() is not None:
                raise Mendable.one(
                    "loket-tidak-mulai",
                    where="python loket.py run",
                    found=self.worker().words.strip()[-600:] or "Loket berhenti sendiri",
                    allowed="perbaiki yang disebut di atas, lalu tekan Mulai sekali lagi",
                )
            if b"Loket berjalan" in self._words.read_bytes():
                return
            time.sleep(0.1)

    def stop_worker(self) -> None:
        """At once on Windows, which knows no polite way; nothing is lost or sent twice by that."""
        process = self._process()
        if not process:
            return
        with suppress(OSError):
            os.kill(process, signal.SIGTERM)
        until = time.monotonic() + VERB_WITHIN_S
        while self._process() and time.monotonic() < until:
            time.sleep(0.1)


def _process_of(found: Worker | None) -> int:
    return int(found.process) if found and found.process.isdecimal() else 0


def _today(settings: Settings) -> date:
    return now().astimezone(ZoneInfo(settings.office.timezone)).date()


def _with_answers(
    sample: dict[str, object],
    workflow: Workflow,
    settings: Settings,
    answers: Mapping[str, Cell],
) -> tuple[dict[str, object], str]:
    """The letter's context with a row's answers, and what the reader must know of them. What can't be read stays a sample."""
    on = _today(settings)
    checked = check_answers(workflow, answers, today=on)
    read = {name: value for name, value in checked.values.items() if value is not None}
    optional = {
        name: None
        for name, field in workflow.fields.items()
        if not field.required and checked.values[name] is None
    }
    name = {"nama": checked.applicant.name} if checked.applicant.name and "nama" not in read else {}
    note = "Jawaban terbaru di sheet. Surat ini belum bernomor: yang tampak hanya bentuk nomornya."
    if checked.problems:
        note = (
            "Jawaban terbaru di sheet belum lengkap; yang kurang diganti contoh, dan pemohon akan diminta memperbaiki: "
            + " ".join(checked.problems)
        )
    shape = number_of(workflow, serial=0, on=on, unit=settings.office.unit)
    return {**sample, **optional, **name, **read, "tanggal_surat": on, "nomor": shape}, note


def _trial_message(
    title: str,
    service: Workflow,
    settings: Settings,
    pdf: bytes,
    context: Mapping[str, object],
) -> Message:
    text = (
        f"Ini surat percobaan dari Loket {settings.office.name} untuk layanan {service.title}.\n\n"
        f"Suratnya terlampir dan bertanda {MARK}: tidak bernomor, tidak tercatat di buku agenda, dan tidak berlaku.\n"
        "Bila email ini sampai dan suratnya tampak benar, loket siap dijalankan.\n"
    )
    name = f"{MARK} {file_name(service.letter.file, context)}"
    digest = hashlib.sha256(pdf).hexdigest()
    return Message(title, text, "", service.title, LetterFile("", name, pdf, digest))
