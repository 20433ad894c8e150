"""`repair`: the sheet's cells from the ledger, or the ledger from the sheet."""

from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.worker.counter import Counter
    from sync.worker.recovering import Recovered


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
    """Tulis ulang kolom Loket di sheet menurut ledger.

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
                    problems.append(_failed(counter, failure))
                else:
                    screen.say(f"{counter.workflow.name}: {done.done} baris ditulis ulang.")
                    if done.trouble:
                        screen.say(done.trouble, style="red")
    screen.problems(problems)
    return 1 if problems else 0


def reconcile(wiring: "Wiring") -> int:
    """Asks the sheets and Drive what happened without this ledger, and tells what came of it."""
    from sync.worker.outside import Outside
    from sync.worker.recovering import recover

    counters, problems = wiring.counters()
    for counter in counters:
        try:
            stored = wiring.backup_folder.letters(counter.workflow.sheet)
            letters = {
                one.reference: one
                for one in stored
                if one.reference.startswith(f"{counter.workflow.prefix}-")
            }
            found = recover(counter, Outside(letters, wiring.backup_folder.download))
        except Mendable as error:
            problems.extend(error.problems)
        except Failure as failure:
            problems.append(_failed(counter, failure))
        else:
            _tell(found)
    screen.problems(problems)
    return 1 if problems else 0


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


def _failed(counter: "Counter", failure: Failure) -> Problem:
    return Problem(
        "sheet-tidak-terbaca",
        where=f"workflows/{counter.workflow.name}.yaml",
        found=failure.reason,
        allowed="sambungan internet, dan sheet yang dibagikan kepada akun Loket",
        run="python loket.py repair --from-sheet",
    )
