"""`retry`: try again what failed."""

from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.cli.references import application_of
from sync.core.mendable import Mendable, Problem
from sync.core.states import State

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.core.application import Application


def retry(
    context: typer.Context,
    references: Annotated[
        list[str] | None, typer.Argument(help="Nomor permohonan, mis. SKD-26-0004F7.")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Semua permohonan dengan status Gagal kirim.")
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Coba lagi yang gagal dikirim.

    Batas waktu percobaan dimulai dari awal. Surat yang dikirim adalah surat yang sama; yang sudah sampai tidak
    dikirim lagi. Pekerja yang berjalan mengirimnya pada putaran berikutnya.
    """
    from sync.cli.wiring import assembled
    from sync.worker.retrying import retry as begin_afresh

    office = root_of(context, root)
    again: list[Application] = []
    with assembled(office) as wiring:
        counters, problems = wiring.counters()
        by_name = {counter.workflow.name: counter for counter in counters}
        chosen, unknown = _chosen(wiring, references or [], failed=failed)
        problems += unknown
        for application in chosen:
            counter = by_name.get(application.workflow)
            if counter is None:
                problems.append(_no_workflow(application))
                continue
            try:
                again.append(begin_afresh(counter, application))
            except Mendable as error:
                problems.extend(error.problems)
    if as_json:
        told = [{"reference": one.reference, "state": one.state.value} for one in again]
        screen.as_json({"again": told, "problems": [str(problem) for problem in problems]})
    else:
        for application in again:
            screen.say(f"{application.reference}: dicoba lagi pada putaran berikutnya.")
        if failed and not chosen:
            screen.say("Tidak ada yang gagal dikirim.")
        screen.problems(problems)
    return 1 if problems else 0


def _chosen(
    wiring: "Wiring", references: list[str], *, failed: bool
) -> "tuple[list[Application], list[Problem]]":
    if not references and not failed:
        raise Mendable.one(
            "apa-yang-dicoba-lagi",
            where="python loket.py retry",
            found="tidak ada nomor permohonan",
            allowed="satu nomor atau lebih, atau --failed untuk semua yang gagal dikirim",
            run="python loket.py retry --failed",
        )
    found: list[Application] = []
    problems: list[Problem] = []
    with wiring.ledger.reading() as look:
        for reference in references:
            try:
                found.append(application_of(look, reference))
            except Mendable as error:
                problems.extend(error.problems)
        if failed:
            found += look.applications.in_state(State.FAILED)
    return found, problems


def _no_workflow(application: "Application") -> Problem:
    return Problem(
        "layanan-tidak-ada",
        where=application.reference,
        found=f"layanan {application.workflow} tidak dapat dijalankan",
        allowed="layanan yang berkasnya ada di workflows/ dan benar",
        run="python loket.py check",
    )
