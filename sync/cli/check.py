"""`check`: everything an office wrote, all problems at once, each with file:line."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.core.workflow.model import Workflow


def check(
    context: typer.Context,
    types: Annotated[
        bool, typer.Option("--types", help="Daftar jenis isian, fungsi aturan, dan filter.")
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Periksa pengaturan, layanan, dan templat surat dan pesan.

    Semua masalah disebut sekaligus: di berkas dan baris mana, apa yang ditemukan, dan apa yang boleh diisi.
    """
    if types:
        _types(as_json=as_json)
        return 0
    office = root_of(context, root)
    problems = _settings_problems(office)
    workflows, of_workflows = office.workflows()
    problems += of_workflows + twins(workflows)
    problems += template_problems_of(office, {workflow.name: workflow for workflow in workflows})
    if as_json:
        screen.as_json(
            {
                "workflows": [workflow.name for workflow in workflows],
                "problems": [
                    {name: getattr(p, name) for name in Problem.__slots__} for p in problems
                ],
            }
        )
    elif problems:
        screen.problems(problems)
    else:
        names = ", ".join(workflow.name for workflow in workflows)
        there = f"Layanan: {names}" if names else "Tanpa layanan: hanya dasbor untuk petugas"
        screen.say(f"Tidak ada masalah. {there}.", style="green")
    return 1 if problems else 0


def _settings_problems(office: "Root") -> list[Problem]:
    from sync.cli.cluster_check import cluster_problems
    from sync.cli.wiring import now
    from sync.letter.engines.here import choose_engine

    try:
        problems = office.signature_problems(now()) + cluster_problems(office, now())
        choose_engine(office.settings.letters.engine)
    except Mendable as error:
        return list(error.problems)
    return problems


def template_problems_of(office: "Root", good: "dict[str, Workflow]") -> list[Problem]:
    """Every file's letter, also of workflows that can't be read whole, and every message: all problems are told at once."""
    from sync.core.workflow.letter_facts import LETTER_FACTS
    from sync.core.workflow.read import read_letter
    from sync.letter.check import template_problems

    found: list[Problem] = []
    try:
        _ = office.settings
    except Mendable:  # told as such; without them no paper can be tried out
        good = {}
    for name, text in office.workflow_texts().items():
        if name in good:
            problems = problems_of_papers(office, good[name])
        elif letter := read_letter(text, file=name):
            template, fields = letter
            problems = template_problems(office.template_dirs, template, {*LETTER_FACTS, *fields})
        else:
            continue
        found += [problem for problem in problems if problem not in found]
    return found


def problems_of_papers(office: "Root", workflow: "Workflow") -> list[Problem]:
    """Of a service's letter, of those that go with its notices, and of its messages."""
    from sync.core.workflow.letter_facts import LETTER_FACTS
    from sync.delivery.chat_check import chat_problems
    from sync.delivery.message_check import message_problems
    from sync.letter.check import template_problems, trial_problem
    from sync.worker.letters import sample_context

    dirs, template, settings = office.template_dirs, workflow.letter.template, office.settings
    problems = template_problems(dirs, template, {*LETTER_FACTS, *workflow.fields})
    if not problems:
        trial = trial_problem(dirs, template, sample_context(workflow, settings.office))
        problems = [trial] if trial else []
    problems += _notice_problems(office, workflow)
    kantor = settings.office.model_dump()
    problems += message_problems(dirs, title=workflow.title, office=kantor, own=workflow.messages)
    return problems + chat_problems(dirs, settings, [workflow])


def _notice_problems(office: "Root", workflow: "Workflow") -> list[Problem]:
    from sync.letter.check import template_problems, trial_problem
    from sync.worker.notices import sample_notice

    context = sample_notice(workflow, office.settings.office)
    found = []
    for template in workflow.attach.values():
        problems = template_problems(office.template_dirs, template, context.keys())
        trial = None if problems else trial_problem(office.template_dirs, template, context)
        found += [*problems, *([trial] if trial else [])]
    return found


def twins(workflows: "Sequence[Workflow]") -> list[Problem]:
    """Two workflows must share neither their references' prefix, nor their tab, nor a letter's number."""
    found = _number_twins(workflows)
    by_prefix: dict[str, list[str]] = defaultdict(list)
    by_tab: dict[tuple[str, str], list[str]] = defaultdict(list)
    for workflow in workflows:
        by_prefix[workflow.prefix].append(workflow.name)
        by_tab[workflow.sheet, workflow.tab].append(workflow.name)
    for prefix, names in by_prefix.items():
        if len(names) > 1:
            found.append(
                _twin("awalan-kembar", names, f"prefix {prefix} dipakai lebih dari satu layanan")
            )
    for (_, tab), names in by_tab.items():
        if len(names) > 1:
            found.append(
                _twin(
                    "tab-kembar",
                    names,
                    f'tab "{tab}" dari sheet yang sama dipakai lebih dari satu layanan',
                )
            )
    return found


def _number_twins(workflows: "Sequence[Workflow]") -> list[Problem]:
    from sync.core.numbering import clash

    found = []
    for first, second in combinations(workflows, 2):
        where = f"workflows/{first.name}.yaml, workflows/{second.name}.yaml"
        number = clash(first, second)
        if number:
            found.append(
                Problem(
                    "nomor-kembar",
                    where,
                    f"letter.number keduanya dapat menjadi {number}",
                    "pola yang berbeda, atau letter.series yang sama agar nomor urutnya dihitung bersama",
                    "python loket.py check",
                )
            )
        if first.series == second.series and first.letter.start != second.letter.start:
            found.append(
                Problem(
                    "awal-nomor-berbeda",
                    where,
                    f"letter.start berbeda dalam satu deret nomor ({first.series})",
                    "letter.start yang sama di semua layanan dengan letter.series yang sama",
                    "python loket.py check",
                )
            )
    return found


def _twin(name: str, workflows: list[str], found: str) -> Problem:
    where = ", ".join(f"workflows/{workflow}.yaml" for workflow in workflows)
    return Problem(name, where, found, "satu untuk setiap layanan", "python loket.py check")


def _types(*, as_json: bool) -> None:
    from sync.core.catalogue import catalogue

    sections = catalogue()
    if as_json:
        screen.as_json(
            [
                {
                    "section": section.title,
                    "name": name,
                    "description": indonesian,
                    "english": english,
                }
                for section in sections
                for name, indonesian, english in section.rows
            ]
        )
        return
    for section in sections:
        rows = [(name, indonesian) for name, indonesian, _ in section.rows]
        screen.table(section.title, ("Nama", "Arti"), rows, masked=False)  # examples, not people
