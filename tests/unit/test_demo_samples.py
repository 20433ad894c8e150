"""The demonstration's sample data: ordinary people are in order, and each planted trouble is really there."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sync.cli.demo_samples import (
    BORN,
    EDITS,
    EMAIL,
    FAMILY_CARD,
    FORMS,
    HOME,
    NAME,
    NIK,
    PHONE,
    PLAN,
    PURPOSE,
    SEX,
    SampleForm,
    SampleResponse,
    responses,
)
from sync.core.answers import check_answers
from sync.core.dates import read_date
from sync.core.emails import read_email
from sync.core.family_card import read_family_card
from sync.core.nik import read_nik
from sync.core.phones import read_phone
from sync.core.refused import Refused
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow

TODAY = date(2026, 11, 24)
WRONG_NIKS = {"nik_15_digits", "nik_impossible_date", "nik_unknown_province"}
ROOT = Path(__file__).resolve().parents[2]


def _all() -> dict[str, SampleResponse]:
    return {response.key: response for response in responses(TODAY)}


def _planted(name: str) -> SampleResponse:
    (found,) = (response for response in responses(TODAY) if response.planted == name)
    return found


def test_there_are_at_least_44_responses_in_the_order_of_their_minutes() -> None:
    """The demonstration promises a working day's load, and every response is told from the others."""
    made = responses(TODAY)

    assert len(made) >= 44
    assert len(_all()) == len(made)
    assert [response.minute for response in made] == sorted({r.minute for r in made})
    assert {response.workflow for response in made} == {form.workflow for form in FORMS}


def test_the_same_day_gives_the_same_responses() -> None:
    """The demonstration must not differ from run to run."""
    assert responses(TODAY) == responses(TODAY)


def test_every_nik_is_possible_except_the_three_planted_ones() -> None:
    """A slip in the invented numbers would show up as a fourth wrong NIK in front of visitors."""
    for response in responses(TODAY):
        if response.planted in WRONG_NIKS:
            with pytest.raises(Refused):
                read_nik(response.answers[NIK])
            continue
        nik = read_nik(response.answers[NIK])
        assert nik.regency == "6402"
        assert nik.fits_birth(read_date(response.answers[BORN])), response.key
        assert nik.female == (response.answers[SEX] == "Perempuan"), response.key


def test_phones_dates_family_cards_and_addresses_are_readable_in_every_spelling() -> None:
    """Several spellings are there on purpose; none of them may be a trouble that was not planted."""
    spellings = set()
    for response in responses(TODAY):
        read_phone(response.answers[PHONE])
        if FAMILY_CARD in response.answers:
            read_family_card(response.answers[FAMILY_CARD])
        if response.planted != "no_email":
            read_email(response.answers[EMAIL])
        spellings.add("".join("9" if sign.isdigit() else sign for sign in response.answers[PHONE]))
    assert len(spellings) >= 8
    typed = {r.answers[BORN] for r in responses(TODAY) if r.workflow == "belum-menikah"}
    assert {next((s for s in text if not s.isdigit()), "") for text in typed} >= {
        "/",
        "-",
        " ",
        ".",
    }


def test_mail_goes_to_reserved_domains_only() -> None:
    """Nobody real may get a letter, even when someone points the demonstration at a real mail server."""
    for response in responses(TODAY):
        if response.email:
            assert response.email.rpartition("@")[2] in {
                "example.com",
                "example.org",
                "example.net",
            }
            assert response.answers[EMAIL] == response.email


@pytest.mark.parametrize(
    ("planted", "question", "text"),
    [
        ("formula", PURPOSE, '=IMPORTXML("http://'),
        ("script", HOME, "<script>"),
        ("local_file", PURPOSE, "<img src=file:///etc/passwd>"),
        ("template", PURPOSE, "{{ 7*7 }}"),
        ("header_injection", NAME, "\r\nBcc: "),
        ("bidi_and_zero_width", NAME, "\u202e"),
        ("bidi_and_zero_width", HOME, "\u200b"),
        ("emoji", PURPOSE, "🙏"),
        ("quotes", NAME, "O'Brien"),
        ("quotes", PURPOSE, '"'),
    ],
)
def test_each_hostile_text_is_there(planted: str, question: str, text: str) -> None:
    """What the demonstration claims to withstand must really be in it."""
    assert text in _planted(planted).answers[question]


def test_each_unusual_applicant_is_there() -> None:
    """The lengths, the missing email, the pupil and the double application that the demonstration shows."""
    assert len(_planted("address_300").answers[HOME]) == 300
    assert 90 <= len(_planted("long_name").answers[NAME]) <= 100
    assert " " not in _planted("one_word_name").answers[NAME]
    assert EMAIL not in _planted("no_email").answers
    assert _planted("no_email").email is None
    repeated = Counter(response.answers[NIK] for response in responses(TODAY))
    assert [nik for nik, times in repeated.items() if times > 1] == [
        _planted("duplicate").answers[NIK]
    ]


@pytest.mark.parametrize("today", [TODAY, date(2031, 3, 1), date(2040, 12, 31)])
def test_the_pupil_is_16_whenever_the_demonstration_runs(today: date) -> None:
    """A fixed birth date would make her an adult one day, and the demonstration wrong."""
    (pupil,) = (r for r in responses(today) if r.planted == "under_17")

    born = date.fromisoformat(pupil.answers[BORN])
    assert born.replace(year=born.year + 17) > today
    assert read_nik(pupil.answers[NIK]).fits_birth(born)


def test_answers_and_plan_name_only_what_the_forms_ask() -> None:
    """A question misspelt here would be a column of its own in the sheet."""
    asked = {form.workflow: {q.title: q for q in form.questions} for form in FORMS}
    for response in responses(TODAY):
        questions = asked[response.workflow]
        assert set(response.answers) <= set(questions)
        missing = {q.title for q in questions.values() if q.required} - set(response.answers)
        assert not missing, response.key
        for title, answer in response.answers.items():
            assert not questions[title].options or answer in questions[title].options
    known = _all()
    for step in PLAN:
        assert set(step.corrections) <= set(asked[known[step.key].workflow])
        if step.decision in ("Tolak", "Minta perbaikan"):
            assert step.note, step.key
    for edit in EDITS:
        assert set(edit.answers) <= set(known[edit.key].answers)
        assert all(known[edit.key].answers[title] != new for title, new in edit.answers.items())


def test_the_plan_shows_every_kind_of_decision_once_at_least() -> None:
    """Visitors see approval, refusal, mending, withdrawal, a correction, and an answer mended in time."""
    decided = Counter(step.decision for step in PLAN)

    assert set(decided) == {"Setujui", "Tolak", "Minta perbaikan", "Batalkan"}
    assert any(step.corrections and step.decision == "Setujui" for step in PLAN)
    asked = {step.key for step in PLAN if step.decision == "Minta perbaikan"}
    assert asked & {edit.key for edit in EDITS} & {step.key for step in PLAN if step.round == 2}


def _workflow(name: str) -> Workflow:
    text = (ROOT / "workflows" / f"{name}.yaml").read_text(encoding="utf-8")
    return read_workflow(text.replace("ISI-DENGAN-TAUTAN-SHEET", "1" * 44), file=f"{name}.yaml")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.workflow)
def test_each_form_asks_what_its_workflow_reads(form: SampleForm) -> None:
    """The workflow's file and the sample form are two files that must name the same questions."""
    workflow = _workflow(form.workflow)

    assert form.title == workflow.title
    assert {question.title for question in form.questions} == set(workflow.questions)


def test_only_what_was_planted_is_found_wrong_by_the_workflows() -> None:
    """Whoever must mend is planned; nobody else is stopped, and nobody with a problem is approved."""
    mended = {edit.key: dict(edit.answers) for edit in EDITS}
    corrected = {step.key: dict(step.corrections) for step in PLAN}
    approved = {step.key for step in PLAN if step.decision == "Setujui"}
    stopped = set()
    for response in responses(TODAY):
        workflow, answers = _workflow(response.workflow), dict(response.answers)
        if check_answers(workflow, answers, today=TODAY).problems:
            stopped.add(response.planted)
        answers |= mended.get(response.key, {}) | corrected.get(response.key, {})
        if response.key in approved:
            assert not check_answers(workflow, answers, today=TODAY).problems, response.key

    assert stopped == {*WRONG_NIKS, "no_email", "under_17", "emoji"}
