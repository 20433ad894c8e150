"""`setup`: each service's sheet is made ready, or what would be changed is shown."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.cli.wiring import Wiring
    from sync.core.workflow.model import Workflow
    from sync.google.sheet_setup import Setup

NOTHING = "tidak ada yang perlu diubah"


def setup(
    context: typer.Context,
    workflows: Annotated[
        list[str] | None,
        typer.Argument(metavar="LAYANAN", help="Bawaan: semua layanan.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tunjukkan yang akan diubah, tanpa mengubah apa pun.")
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Siapkan sheet setiap layanan: kolom, pilihan keputusan, warna, baris judul, dan tab Loket.

    Boleh diulang: yang sudah ada tidak diubah, dan jawaban pemohon tidak pernah disentuh. Yang perlu diperhatikan di sheet
    (akses umum, zona waktu, judul pertanyaan) disebut juga.
    """
    from sync.cli.report_wiring import stock_tab_of
    from sync.cli.wiring import assembled, now

    office = root_of(context, root)
    by_sheet, problems = _chosen(office, workflows or [])
    with assembled(office) as wiring:
        account = wiring.account or "akun Google kantor"
        sheets = [_Sheet(sheet, tuple(own)) for sheet, own in by_sheet.items()]
        if office.settings.verification.url and not dry_run:
            from sync.worker.office_keys import signing_key

            signing_key(
                wiring.ledger, office.data, now()
            )  # the page of verification wants it first
        for sheet in sheets:
            sheet.prepare(wiring, dry_run=dry_run)
            problems += sheet.problems
            if not as_json:
                _show(sheet, account, dry_run=dry_run)
        stock, of_stock = stock_tab_of(wiring, dry_run=dry_run)
        problems += [one for one in of_stock if one not in problems]
    if as_json:
        told = [sheet.told() for sheet in sheets]
        found = [asdict(problem) for problem in problems]
        screen.as_json(
            {
                "dry_run": dry_run,
                "account": account,
                "sheets": told,
                "stock": stock,
                "problems": found,
            }
        )
        return 1 if problems else 0
    if stock is not None:
        _list("Laporan harian", stock, dry_run=dry_run)
    screen.problems(problems)
    if dry_run and (stock or any(one.board or any(one.changes.values()) for one in sheets)):
        screen.say("Belum ada yang diubah. Untuk mengubahnya, jalankan lagi tanpa --dry-run.")
    return 1 if problems else 0


@dataclass
class _Sheet:
    """One spreadsheet, its services, and what became of it. `changes` holds the lines of each service that could be
    prepared, by its name; `board` those of the tab "Loket"."""

    id: str
    workflows: "tuple[Workflow, ...]"
    title: str = ""
    changes: dict[str, list[str]] = field(default_factory=dict)
    board: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://docs.google.com/spreadsheets/d/{self.id}"

    def prepare(self, wiring: "Wiring", *, dry_run: bool) -> None:
        """Never raises for what is the matter with the sheet; one service's trouble does not stop the next."""
        from sync.google import sheet_check
        from sync.google.sheet_setup import BoardSetup

        with self._telling():
            facts = sheet_check.look_at(wiring.transport, self.id)
            self.title = facts.title
            timezone = wiring.root.settings.office.timezone
            found = (
                sheet_check.public_problem(facts),
                sheet_check.timezone_problem(facts, timezone),
            )
            self.warnings = [problem for problem in found if problem]
            stops = sheet_check.access_problems(facts, wiring.account)
            if stops:
                raise Mendable.of(stops)
            for workflow in self.workflows:
                with self._telling():
                    tab = wiring.tab_setup(workflow)
                    locks = facts.locks.get(workflow.tab, ())
                    lock = tab.lock_problem(locks) if locks else None
                    if lock:
                        raise Mendable(lock)
                    self.changes[workflow.name] = _done(tab, dry_run=dry_run)
            if self.changes:
                self.board = _done(BoardSetup(wiring.transport, self.id), dry_run=dry_run)

    def told(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "url": self.url,
            "tabs": [
                {
                    "workflow": workflow.name,
                    "title": workflow.title,
                    "tab": workflow.tab,
                    "changes": self.changes.get(workflow.name),
                }
                for workflow in self.workflows
            ],
            "changes": self.board,
            "warnings": [asdict(warning) for warning in self.warnings],
        }

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except Mendable as error:
            self.problems.extend(error.problems)
        except Failure as failure:
            self.problems.append(
                Problem(
                    "sheet-tidak-disiapkan",
                    self.url,
                    failure.reason,
                    "yang sudah disiapkan tetap ada; perbaiki yang disebut, lalu ulangi",
                    "python loket.py setup",
                )
            )


def _done(setup: "Setup", *, dry_run: bool) -> list[str]:
    """What was changed, or would be."""
    return [step.tells for step in setup.plan()] if dry_run else setup.carry_out()


def _chosen(
    office: "Root", names: Sequence[str]
) -> "tuple[dict[str, list[Workflow]], list[Problem]]":
    """The services by their spreadsheets, and what is wrong with the files of those that were asked for."""
    workflows, problems = office.workflows()
    known = [file.stem for file in office.workflow_files()]
    for name in names:
        if name not in known:
            raise _unknown(name, known)
    if names:
        files = [f"workflows/{name}.y" for name in names]
        places = [problem.where.replace("\\", "/") for problem in problems]
        problems = [
            problem
            for problem, place in zip(problems, places, strict=True)
            if any(file in place for file in files)
        ]
    by_sheet: dict[str, list[Workflow]] = {}
    for workflow in workflows:
        if not names or workflow.name in names:
            by_sheet.setdefault(workflow.sheet, []).append(workflow)
    return by_sheet, problems


def _unknown(name: str, known: Sequence[str]) -> Mendable:
    from sync.core.headers import nearest

    near = nearest(name, known, 1)
    return Mendable.one(
        "layanan-tidak-dikenal",
        where=f"setup {name[:60]}",
        found="layanan itu tidak ada" + (f"; yang mirip: {near[0]}" if near else ""),
        allowed=", ".join(known) or "satu berkas .yaml di folder workflows/",
        run="python loket.py setup",
    )


def _show(sheet: _Sheet, account: str, *, dry_run: bool) -> None:
    screen.say(f'Google Sheet "{sheet.title}"' if sheet.title else "Google Sheet", style="bold")
    screen.say(f"  {sheet.url}")
    screen.say(f"  akun Loket, harus Editor di sheet ini: {account}")
    for workflow in sheet.workflows:
        place = f'{workflow.title} ({workflow.name}), tab "{workflow.tab}"'
        _list(place, sheet.changes.get(workflow.name), dry_run=dry_run)
    if sheet.board:
        _list("Tab Loket", sheet.board, dry_run=dry_run)
    for warning in sheet.warnings:
        screen.say(f"  PERHATIAN: {warning.found}", style="bold yellow")
        screen.say(f"    {warning.allowed}")


def _list(place: str, changes: list[str] | None, *, dry_run: bool) -> None:
    if changes is None:
        screen.say(f"  {place}: belum dapat disiapkan", style="red")
        return
    what = ("akan diubah:" if dry_run else "diubah:") if changes else NOTHING
    screen.say(f"  {place}: {what}", style="" if changes else "green")
    for change in changes:
        screen.say(f"    {change}")
