"""`status`: what is where."""

from zoneinfo import ZoneInfo

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of


def status(context: typer.Context, as_json: AsJson = False, root: RootFolder = None) -> int:
    """Tampilkan keadaan setiap layanan.

    Berapa permohonan pada setiap status, kapan putaran terakhir, dan apa masalahnya.
    """
    from sync.cli.wiring import open_ledger
    from sync.core.projection import moment_text
    from sync.core.states import LABELS, State

    office = root_of(context, root)
    workflows, problems = office.workflows()
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            counts = look.applications.counts()
            names = sorted({w.name for w in workflows} | {name for name, _ in counts})
            memories = {name: look.desks.of(name) for name in names}
    finally:
        ledger.close()
    facts = [
        {
            "workflow": name,
            "states": {
                state.value: counts[name, state] for state in State if (name, state) in counts
            },
            "last_cycle": memory.cycle_at.isoformat() if (memory := memories[name]) else None,
            "trouble": memory.trouble if memory else "",
        }
        for name in names
    ]
    if as_json:
        screen.as_json({"workflows": facts, "problems": [str(problem) for problem in problems]})
        return 0
    timezone = ZoneInfo(office.settings.office.timezone)
    rows = []
    for name in names:
        memory = memories[name]
        of_states = ", ".join(
            f"{counts[name, state]} {LABELS[state]}" for state in State if (name, state) in counts
        )
        last = moment_text(memory.cycle_at, timezone) if memory else "belum pernah"
        rows.append(
            (name, of_states or "belum ada permohonan", last, memory.trouble if memory else "")
        )
    screen.table("Loket", ("Layanan", "Permohonan", "Putaran terakhir", "Masalah"), rows)
    screen.problems(problems)
    return 0
