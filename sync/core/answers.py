"""The answers of one row against its workflow: values, and everything that is wrong with them at once.

Problems are for the applicant, warnings for the officer alone; both are Indonesian and never repeat an answer
unmasked. What follows from them is core/review.py's affair.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sync.core.cells import cell_text, clean_text, is_empty
from sync.core.desk import Cell
from sync.core.emails import read_email
from sync.core.fieldtypes import TYPES
from sync.core.phones import read_phone
from sync.core.refused import Refused
from sync.core.rules import RuleFailed, compile_rule
from sync.core.workflow.model import Rule, Workflow

NEEDS_EMAIL = frozenset({"email", "drive"})
NEEDS_PHONE = frozenset({"whatsapp", "sms"})
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class ApplicantSeen:
    """Who applies, as far as it could be read: "" where it was empty or wrong. `phone` is E.164."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Checked:
    """`values` by field name; None where an optional answer is empty, and where it has a problem."""

    values: dict[str, object]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    applicant: ApplicantSeen

    @property
    def for_letter(self) -> dict[str, object]:
        """The values, and `nama` from the applicant where no field has that name."""
        return {"nama": self.applicant.name, **self.values}


def check_answers(workflow: Workflow, answers: Mapping[str, Cell], *, today: date) -> Checked:
    """`answers` are keyed by question header; one that is not there counts as empty."""
    problems: dict[str, None] = {}  # in order, each once: two roles may read one question
    values: dict[str, object] = {}
    wrong: set[str] = set()
    for name, field in workflow.fields.items():
        values[name] = None
        cell = answers.get(field.question, "")
        if is_empty(cell):
            if field.required:
                wrong.add(name)
                problems[_say(field.question, "belum diisi.")] = None
            continue
        try:
            values[name] = TYPES[field.type].read(cell, field)
        except Refused as refused:
            wrong.add(name)
            problems |= dict.fromkeys(_say(field.question, why) for why in refused.reasons)
    applicant, of_applicant = _read_applicant(workflow, answers)
    problems |= dict.fromkeys(of_applicant)
    refusals, warnings = _apply_rules(workflow, values, wrong, today)
    problems |= dict.fromkeys(refusals)
    return Checked(values, tuple(problems), warnings, applicant)


def same_key(workflow: Workflow, values: Mapping[str, object]) -> str | None:
    """Equal for applications that `duplicates.same` calls the same; None when that can't be told."""
    if workflow.duplicates is None:
        return None
    same = [values.get(name) for name in workflow.duplicates.same]
    if not same or any(value is None for value in same):
        return None
    texts = [" ".join(str(value).casefold().split()) for value in same]
    return hashlib.sha256(json.dumps([workflow.name, *texts]).encode()).hexdigest()[:32]


def _say(question: str, reason: str) -> str:
    return f"{clean_text(question).rstrip(' :')}: {reason}"


def _read_applicant(
    workflow: Workflow, answers: Mapping[str, Cell]
) -> tuple[ApplicantSeen, list[str]]:
    """A question that is a field too is not told twice: the field's reason says more."""
    problems: list[str] = []
    asked = workflow.applicant
    channels = frozenset(workflow.deliver)
    told = {field.question for field in workflow.fields.values() if field.required}

    def read(question: str | None, needed: bool, reader: Callable[[Cell], str]) -> str:
        cell = answers.get(question, "") if question else ""
        if not question or is_empty(cell):
            if question and needed and question not in told:
                problems.append(_say(question, "belum diisi."))
            return ""
        try:
            return reader(cell)
        except Refused as refused:
            if needed:
                problems.extend(_say(question, reason) for reason in refused.reasons)
            return ""

    name = read(asked.name, True, _read_name)
    email = read(asked.email, bool(channels & NEEDS_EMAIL), read_email)
    phone = read(asked.phone, bool(channels & NEEDS_PHONE), read_phone)
    return ApplicantSeen(name, email, phone), problems


def _read_name(cell: Cell) -> str:
    name = clean_text(cell_text(cell))
    if len(name) > NAME_MAX:
        raise Refused(f"paling panjang {NAME_MAX} huruf; yang terisi {len(name)}.")
    return name


def _apply_rules(
    workflow: Workflow, values: Mapping[str, object], wrong: set[str], today: date
) -> tuple[list[str], tuple[str, ...]]:
    problems: list[str] = []
    warnings: list[str] = []
    for rule in workflow.rules:
        compiled = compile_rule(rule.unless or rule.warn_if or "", frozenset(workflow.fields))
        if compiled.fields & wrong:
            continue
        try:
            holds = compiled.holds(values, today=today)
        except RuleFailed:
            warnings.append(_not_checked(rule))
            if workflow.review == "otomatis" and rule.unless:
                problems.append(
                    "Permohonan ini perlu diperiksa petugas; mohon hubungi kantor kami."
                )
            continue
        if rule.unless and holds is False:
            problems.append(rule.say)
        elif rule.warn_if and holds is True:
            warnings.append(rule.say)
    return problems, tuple(dict.fromkeys(warnings))


def _not_checked(rule: Rule) -> str:
    return f"Aturan tidak dapat diperiksa: “{rule.say}” Mohon periksa sendiri."
