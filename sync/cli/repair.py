"""`repair`: the sheet's cells from the ledger, or the ledger from the sheet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.worker.counter import Counter
    from sync.worker.outside import Outside
    from sync.worker.recovering import Recovered
    from sync.worker.register import Register


def repair(
    context: typer.Context,
    from_sheet: Annotated[
        bool,
        typer.Option(
            "--from-sheet",
            help="Ledger hilang atau tertinggal: pulihkan dari sheet dan Google Drive.",
        ),
    ] = False,
    root: RootFolder = None,
) -> int:
    """Tulis ulang kolom Loket, dan tab Buku Agenda, di sheet menurut ledger.

    Dengan --from-sheet sebaliknya: yang tidak diketahui ledger diambil dari sheet dan Google Drive. Surat yang mungkin
    sudah dikirim menjadi "Perlu dicek" dan tidak dikirim lagi sendiri; nomor yang mungkin sudah terpakai tidak dipakai lagi.
    """
    from sync.cli.one_worker import only_worker
    from sync.cli.wiring import assembled
    from sync.worker.duty import keeping
    from sync.worker.rebuilding import rebuild

    office = root_of(context, root)
    with only_worker(office.data), assembled(office) as wiring:
        if from_sheet:
            return reconcile(wiring)
        counters, problems = wiring.counters()
        duties = wiring.duties(counters)
        with keeping(duties):
            for counter in counters:
                try:
                    counter.duty.ensure()
                    done = rebuild(counter)
                except Mendable as error:
                    problems.extend(error.problems)
                except Failure as failure:
                    problems.append(_failed(counter, failure, "python loket.py repair"))
                else:
                    screen.say(f"{counter.workflow.name}: {done.done} baris ditulis ulang.")
                    if done.trouble:
                        screen.say(done.trouble, style="red")
            problems += _rewrite_registers(wiring.registers(counters, duties))
    screen.problems(problems)
    return 1 if problems else 0


def _rewrite_registers(registers: "Sequence[Register]") -> list[Problem]:
    from sync.worker.register import REMEDY

    problems: list[Problem] = []
    for register in registers:
        if not register.duty.held:  # told already
            continue
        try:
            register.rewrite()
        except Mendable as error:
            problems.extend(error.problems)
        except Failure as failure:
            names = (f"workflows/{name}.yaml" for name in register.duty.workflows)
            problems.append(
                Problem(
                    "buku-agenda-tidak-dapat-ditulis",
                    where=", ".join(names),
                    found=failure.reason,
                    allowed=REMEDY,
                    run="python loket.py repair",
                )
            )
    return problems


def reconcile(wiring: "Wiring") -> int:
    """Asks the sheets and Drive what happened without this ledger, and tells what came of it."""
    from sync.worker.recovering import recover

    counters, problems = wiring.counters()
    for counter in counters:
        try:
            told = _told_by_others(wiring, counter, counters)
            found = recover(counter, _outside(wiring, counter), told)
        except Mendable as error:
            problems.extend(error.problems)
        except Failure as failure:
            again = "python loket.py repair --from-sheet"
            problems.append(_failed(counter, failure, again))
        else:
            _tell(found)
    screen.problems(problems)
    return 1 if problems else 0


def _outside(wiring: "Wiring", counter: "Counter") -> "Outside":
    from sync.worker.outside import Outside

    stored = wiring.backup_folder.letters(counter.workflow.sheet)
    own = f"{counter.workflow.prefix}-"
    letters = {one.reference: one for one in stored if one.reference.startswith(own)}
    return Outside(letters, wiring.backup_folder.download)


def _told_by_others(
    wiring: "Wiring", counter: "Counter", counters: "list[Counter]"
) -> dict[int, int]:
    """The highest letter serial, by year, that other workflows of the same series gave: none of them is given again.
    Raises what their desks raise: a number that can't be known is not guessed."""
    from sync.worker.recovering import numbers_told

    highest: dict[int, int] = {}
    for other in counters:
        if other is not counter and other.workflow.series == counter.workflow.series:
            for year, serial in numbers_told(other, _outside(wiring, other)).items():
                highest[year] = max(highest.get(year, 0), serial)
    return highest


def _tell(found: "Recovered") -> None:
    if not found.behind:
        screen.say(f"{found.workflow}: ledger sudah sesuai dengan sheet.")
        return
    screen.say(
        f"{found.workflow}: {found.registered} permohonan diambil dari sheet, "
        f"{found.brought_up} diperbarui."
    )
    for references, told in (
        (found.uncertain, "tidak diketahui apakah surat sudah sampai (Perlu dicek)"),
        (found.decide_again, "perlu diputuskan lagi oleh petugas"),
    ):
        if references:
            screen.say(f"  {len(references)} {told}: {', '.join(references)}")
    for year, (first, last) in found.passed_over.items():
        screen.say(
            f"  nomor urut surat {first} sampai {last} tahun {year} mungkin sudah terpakai dan dilewati; "
            "catat di buku agenda."
        )


def _failed(counter: "Counter", failure: Failure, run: str) -> Problem:
    return Problem(
        "sheet-tidak-terbaca",
        where=f"workflows/{counter.workflow.name}.yaml",
        found=failure.reason,
        allowed="sambungan internet, dan sheet yang dibagikan kepada akun Loket",
        run=run,
    )
