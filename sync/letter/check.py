"""What is wrong with a letter's template, told before the first letter: every problem at once, with file and line.

Reads the template and its parents without rendering them. What only the answers can bring to light (a name that no
font can print) is found when the letter is made.
"""

import difflib
import re
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from sync.core.mendable import Problem
from sync.core.settings import Head, Office
from sync.letter.failed import LetterFailed
from sync.letter.render import letter_environment, render
from sync.letter.resources import SUFFIXES, NotAllowed, css_references, find

_RUN = "python loket.py check"
_LONGEST_TRIAL_S = 10.0
_REFERENCE = re.compile(
    r"""<(\w+)\b[^<>]*?\b(src|href|data|srcset|poster)\s*=\s*["']([^"']*)["']""", re.IGNORECASE
)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.IGNORECASE | re.DOTALL)
_JINJA = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_COMMENT = re.compile(r"{#.*?#}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
_BY_JINJA = "\x01"
# What `kantor` holds, checked as well: a slip in the letterhead would stop every letter.
_OFFICE = {"kantor": frozenset(Office.model_fields), "kantor.head": frozenset(Head.model_fields)}


def trial_problem(
    template_dirs: Sequence[Path], template: str, context: Mapping[str, object]
) -> Problem | None:
    """Fills the template in with sample values: finds what reading alone does not, such as a filter on a wrong type.

    One that does not come to its end is left behind in a thread of its own, which ends with the program.
    """
    failures: list[LetterFailed] = []

    def fill_in() -> None:
        try:
            render(letter_environment(template_dirs), template, context)
        except LetterFailed as failed:
            failures.append(failed)

    trial = threading.Thread(target=fill_in, daemon=True)
    trial.start()
    trial.join(_LONGEST_TRIAL_S)
    if trial.is_alive():
        return Problem(
            "template-tanpa-akhir",
            where=f"templates/{_underway(trial) or template}",
            found=f"belum selesai diisi setelah {_LONGEST_TRIAL_S:g} detik",
            allowed="{% for … %} yang berulang secukupnya",
            run=_RUN,
        )
    if failures:
        return Problem(
            "template-tidak-dapat-diisi",
            where=f"templates/{template}",
            found=failures[0].reason,
            allowed="nama dan filter yang sesuai dengan jenis isiannya; lihat docs/workflow.md",
            run=_RUN,
        )
    return None


def _underway(trial: threading.Thread) -> str:
    """`letters/domisili.html:12`: the line of a template that the thread is in."""
    frame = sys._current_frames().get(trial.ident or 0)
    while frame:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template):
            return f"{template.name}:{template.get_corresponding_lineno(frame.f_lineno)}"
        frame = frame.f_back
    return ""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    source: str
    tree: nodes.Template
    environment: jinja2.Environment

    def at(self, line: int) -> str:
        return f"templates/{self.name}:{line}"

    def line_of(self, offset: int) -> int:
        return self.source.count("\n", 0, offset) + 1


def template_problems(
    template_dirs: Sequence[Path], template: str, known: Collection[str]
) -> list[Problem]:
    """`known` are the names that the letter will be given: the workflow's fields and the application's facts."""
    environment = letter_environment(template_dirs)
    problems: list[Problem] = []
    files = list(_family(environment, template, problems))
    filters, tests = frozenset(environment.filters), frozenset(environment.tests)
    for file in files:
        problems.extend(_unknown_words(file, filters, tests))
        problems.extend(_unknown_names(file, known))
        problems.extend(_unknown_office(file))
        problems.extend(_references(file, template_dirs))
    return sorted(problems, key=lambda problem: _order(problem, [file.name for file in files]))


def _order(problem: Problem, names: list[str]) -> tuple[int, int]:
    file, _, line = problem.where.removeprefix("templates/").rpartition(":")
    return (names.index(file) if file in names else -1, int(line) if line.isdigit() else 0)


def _family(
    environment: jinja2.Environment, template: str, problems: list[Problem]
) -> Iterator[_File]:
    """The template, then what it extends, includes and imports; what can't be read becomes a problem."""
    waiting = [(template, f"templates/{template}")]
    seen: set[str] = set()
    while waiting:
        name, asked_at = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        try:
            assert environment.loader is not None  # noqa: S101 - letter_environment sets it
            source, _, _ = environment.loader.get_source(environment, name)
            tree = environment.parse(source, name)
        except jinja2.TemplateNotFound:
            problems.append(
                Problem(
                    "template-tidak-ditemukan",
                    where=asked_at,
                    found=f"berkas templates/{name} tidak ada{_nearest(name, environment.list_templates(['html']))}",
                    allowed="berkas .html di folder templates/letters/",
                    run=_RUN,
                )
            )
            continue
        except jinja2.TemplateSyntaxError as error:
            problems.append(
                Problem(
                    "template-salah-tulis",
                    where=f"templates/{name}:{error.lineno}",
                    found=f"perintah templat tidak dapat dibaca: {error.message}",
                    allowed="{{ nama }}, {% if … %} … {% endif %}, {% block … %} … {% endblock %}",
                    run=_RUN,
                )
            )
            continue
        except UnicodeDecodeError:
            problems.append(
                Problem(
                    "bukan-utf-8",
                    where=f"templates/{name}",
                    found="huruf yang tidak terbaca",
                    allowed="berkas teks UTF-8 (di Notepad: Simpan sebagai, Pengodean UTF-8)",
                    run=_RUN,
                )
            )
            continue
        file = _File(name, source, tree, environment)
        yield file
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            target = getattr(node, "template", None)
            if isinstance(target, nodes.Const) and isinstance(target.value, str):
                waiting.append((target.value, file.at(node.lineno)))


def _unknown_names(file: _File, known: Collection[str]) -> Iterator[Problem]:
    given = {
        *known,
        *file.environment.globals,
        "self",
        "super",
        "loop",
        "caller",
        "varargs",
        "kwargs",
    }
    # A name set in one branch counts as known: whether that branch was taken shows only with answers.
    given |= {node.name for node in file.tree.find_all(nodes.Name) if node.ctx != "load"}
    # Jinja looks no further than the first unknown filter; those are told by _unknown_words.
    file.environment.filters.update({node.name: _any for node in file.tree.find_all(nodes.Filter)})
    file.environment.tests.update({node.name: _any for node in file.tree.find_all(nodes.Test)})
    unknown = meta.find_undeclared_variables(file.tree) - given
    for name in sorted(unknown):
        lines = [
            node.lineno
            for node in file.tree.find_all(nodes.Name)
            if node.name == name and node.ctx == "load"
        ]
        yield Problem(
            "nama-tidak-dikenal",
            where=file.at(min(lines, default=1)),
            found=f'"{name}" bukan isian layanan ini{_nearest(name, known)}',
            allowed=", ".join(sorted(known)),
            run=_RUN,
        )


def _any(value: object, *_: object) -> str:
    return str(value)


def _unknown_words(
    file: _File, filters: Collection[str], tests: Collection[str]
) -> Iterator[Problem]:
    for node in file.tree.find_all((nodes.Filter, nodes.Test)):
        assert isinstance(node, nodes.Filter | nodes.Test)  # noqa: S101 - as asked for
        is_filter = isinstance(node, nodes.Filter)
        words = filters if is_filter else tests
        if node.name not in words:
            yield Problem(
                "penyaring-tidak-dikenal" if is_filter else "uji-tidak-dikenal",
                where=file.at(node.lineno),
                found=f'"{node.name}" tidak dikenal{_nearest(node.name, words)}',
                allowed="lihat python loket.py check --types",
                run=_RUN,
            )
    for change in file.tree.find_all(nodes.ScopedEvalContextModifier):
        yield Problem(
            "autoescape-dimatikan",
            where=file.at(change.lineno),
            found="jawaban pemohon akan dibaca sebagai HTML",
            allowed="surat tanpa {% autoescape %}",
            run=_RUN,
        )


def _unknown_office(file: _File) -> Iterator[Problem]:
    for node in file.tree.find_all(nodes.Getattr):
        owner = _dotted(node.node)
        if owner in _OFFICE and node.attr not in _OFFICE[owner]:
            yield Problem(
                "nama-tidak-dikenal",
                where=file.at(node.lineno),
                found=f'"{owner}.{node.attr}" tidak ada{_nearest(node.attr, _OFFICE[owner])}',
                allowed=", ".join(f"{owner}.{name}" for name in sorted(_OFFICE[owner])),
                run=_RUN,
            )


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return ""


def _references(file: _File, template_dirs: Sequence[Path]) -> Iterator[Problem]:
    """Files and addresses that the letter would load; those put together by Jinja are seen when it is made."""
    # Blanked, not cut: the lines must stay where they are.
    source = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), file.source)
    source = _JINJA.sub(lambda match: re.sub(r"[^\n]", _BY_JINJA, match[0]), source)
    found: list[tuple[int, str]] = []
    for match in _REFERENCE.finditer(source):
        if match[1].lower() != "a":
            found.append((match.start(3), match[3]))
    for style in _STYLE.finditer(source):
        try:
            for reference in css_references(style[1]):
                found.append((source.find(reference, style.start(1)), reference))
        except NotAllowed as error:
            yield _not_allowed(file, style.start(), error)
    for offset, reference in found:
        if _BY_JINJA in reference or reference.startswith(("#", "data:")):
            continue
        try:
            find(reference, template_dirs)
        except NotAllowed as error:
            yield _not_allowed(file, offset, error)


def _not_allowed(file: _File, offset: int, error: NotAllowed) -> Problem:
    return Problem(
        "berkas-surat",
        where=file.at(file.line_of(offset)),
        found=error.sentence,
        allowed=f"berkas di bawah templates/ ({', '.join(SUFFIXES)}), ditulis seperti letters/img/lambang.svg",
        run=_RUN,
    )


def _nearest(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'; yang mirip: "{close[0]}"' if close else ""
