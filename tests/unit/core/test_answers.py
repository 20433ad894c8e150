"""Answers against their workflow: values, and all that is wrong at once."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.answers import ApplicantSeen, check_answers, same_key
from sync.core.workflow.model import Applicant, Duplicates, Field, Rule

TODAY = date(2026, 11, 24)
OF_AGE = Rule(unless="umur(lahir) >= 17", say="Pemohon harus berusia 17 tahun atau lebih.")
FITS = Rule(warn_if="not cocok_tanggal(nik, lahir)", say="NIK tidak cocok dengan tanggal lahir.")


def test_good_answers_become_values(workflow, citras_answers):
    """By field name, each in the type that rules and letters expect."""
    checked = check_answers(workflow(), citras_answers, today=TODAY)
    assert checked.problems == ()
    assert checked.warnings == ()
    assert checked.values == {
        "nik": "6472014101900001",
        "lahir": date(1990, 1, 1),
        "alamat": "Jl. Mawar 1",
    }
    assert checked.applicant == ApplicantSeen("Citra Dewi", "citra@example.com", "+6281234567890")
    assert checked.for_letter["nama"] == "Citra Dewi"


def test_all_problems_are_told_at_once_by_question(workflow):
    """Citra mends her answers once, not four times."""
    wrong = {
        "NIK": "123",
        "Tanggal Lahir": "kemarin",
        "Alamat Email": "citra@",
        "Nomor WhatsApp": "",
    }
    checked = check_answers(workflow(rules=(OF_AGE,)), wrong, today=TODAY)
    assert [problem.split(":")[0] for problem in checked.problems] == [
        *("NIK", "Tanggal Lahir", "Nama Lengkap", "Alamat Email"),
    ]
    assert "Nama Lengkap: belum diisi." in checked.problems


def test_an_empty_optional_answer_is_none(workflow, citras_answers):
    """And no problem."""
    checked = check_answers(workflow(), citras_answers | {"Alamat": " "}, today=TODAY)
    assert checked.values["alamat"] is None
    assert checked.problems == ()


def test_a_broken_rule_is_for_the_applicant_and_a_doubt_for_the_officer(workflow, citras_answers):
    """A NIK that differs from the birth date may be right: the officer looks, Citra is not bothered."""
    service = workflow(rules=(OF_AGE, FITS))
    young = citras_answers | {"Tanggal Lahir": "24-11-2010"}
    checked = check_answers(service, young, today=TODAY)
    assert checked.problems == (OF_AGE.say,)
    assert checked.warnings == (FITS.say,)


def test_the_day_decides_and_not_the_clock(workflow, citras_answers):
    """`today` is handed in: on the 17th birthday the rule is fulfilled."""
    service = workflow(rules=(OF_AGE,))
    answers = citras_answers | {"Tanggal Lahir": "24-11-2009"}
    assert check_answers(service, answers, today=date(2026, 11, 23)).problems
    assert not check_answers(service, answers, today=TODAY).problems


def test_rules_over_unreadable_answers_wait(workflow, citras_answers):
    """One mistake makes one sentence, not three."""
    checked = check_answers(
        workflow(rules=(OF_AGE, FITS)), citras_answers | {"Tanggal Lahir": "?"}, today=TODAY
    )
    assert len(checked.problems) == 1
    assert checked.warnings == ()


def test_a_rule_that_fails_asks_the_officer(workflow, citras_answers):
    """It neither passes nor refuses anybody by accident."""
    rule = Rule(unless="lahir > nik", say="Tanggal lahir salah.")
    checked = check_answers(workflow(rules=(rule,)), citras_answers, today=TODAY)
    assert checked.problems == ()
    assert "Mohon periksa sendiri" in checked.warnings[0]


def test_without_an_officer_a_rule_that_fails_stops_the_letter(workflow, citras_answers):
    """`review: otomatis` must not approve what could not be checked."""
    rule = Rule(unless="lahir > nik", say="Tanggal lahir salah.")
    checked = check_answers(workflow(rules=(rule,), review="otomatis"), citras_answers, today=TODAY)
    assert "hubungi kantor" in checked.problems[0]


@pytest.mark.parametrize(
    ("deliver", "missing", "problem"),
    [
        (("email",), "Alamat Email", True),
        (("drive",), "Alamat Email", True),
        (("email",), "Nomor WhatsApp", False),
        (("email", "whatsapp"), "Nomor WhatsApp", True),
        (("sms",), "Nomor WhatsApp", True),
        (("sms",), "Alamat Email", False),
    ],
)
def test_each_channel_needs_its_address(workflow, citras_answers, deliver, missing, problem):
    """A letter that can't be sent is told before it is approved."""
    service = workflow(deliver=deliver)
    checked = check_answers(service, citras_answers | {missing: ""}, today=TODAY)
    assert (f"{missing}: belum diisi." in checked.problems) == problem
    wrong = check_answers(service, citras_answers | {missing: "salah"}, today=TODAY)
    assert any(text.startswith(missing) for text in wrong.problems) == problem


def test_one_question_with_two_roles_is_told_once(workflow, citras_answers):
    """The name is the applicant's and a field of the letter too."""
    fields = {"nama": Field(question="Nama Lengkap", max="100")}
    for name in ("", "x" * 101):
        checked = check_answers(
            workflow(fields=fields), citras_answers | {"Nama Lengkap": name}, today=TODAY
        )
        assert len(checked.problems) == 1


def test_problems_never_repeat_a_nik(workflow, citras_answers):
    """They go by mail and stand in the sheet's note."""
    checked = check_answers(workflow(), citras_answers | {"NIK": "9972013213900000"}, today=TODAY)
    assert len(checked.problems) == 3
    assert not re.search(r"\d{5}", "".join(checked.problems))


@given(
    st.dictionaries(
        st.sampled_from(
            ["NIK", "Tanggal Lahir", "Alamat", "Nama Lengkap", "Alamat Email", "Nomor WhatsApp"]
        ),
        st.text() | st.integers() | st.floats() | st.booleans(),
    )
)
def test_any_row_is_checked(workflow, answers):
    """One bad row never stops the others."""
    checked = check_answers(workflow(rules=(OF_AGE, FITS)), answers, today=TODAY)
    assert set(checked.values) == {"nik", "lahir", "alamat"}
    assert all(isinstance(problem, str) and problem for problem in checked.problems)


def test_the_same_citizen_is_recognised_however_she_typed(workflow, citras_answers):
    """Spaces and capitals make no other person."""
    service = workflow(duplicates=Duplicates(same=("nik", "alamat")))

    def key(**changes):
        answers = citras_answers | changes
        return same_key(service, check_answers(service, answers, today=TODAY).values)

    assert key() == key(NIK="6472 0141 0190 0001", Alamat="JL.  MAWAR 1")
    assert key() != key(NIK="6472014101900002")
    assert key(Alamat="") is None
    assert key(NIK="123") is None
    assert "6472" not in key()


def test_without_duplicates_there_is_no_key(workflow):
    """And the key of one service is not that of another."""
    assert same_key(workflow(), {"nik": "x"}) is None
    one = workflow(duplicates=Duplicates(same=("nik",)))
    other = workflow(name="pindah", duplicates=Duplicates(same=("nik",)))
    assert same_key(one, {"nik": "x"}) != same_key(other, {"nik": "x"})


def test_the_applicants_contacts_are_empty_where_they_are_wrong(workflow, citras_answers):
    """Nobody writes to an address that was refused."""
    checked = check_answers(
        workflow(applicant=Applicant(name="Nama Lengkap", email="Alamat Email")),
        citras_answers | {"Alamat Email": "a@b@c"},
        today=TODAY,
    )
    assert checked.applicant == ApplicantSeen("Citra Dewi", "", "")
