"""Fingerprints: equal for the same answers, different for others, blind to headers and storage."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from sync.core.fingerprint import fingerprint
from sync.core.workflow.model import Applicant, Field

cells = st.text() | st.integers(-(10**9), 10**9) | st.booleans()


def test_a_fingerprint_is_the_same_on_every_machine_and_day(workflow, citras_answers):
    """It is kept in ledgers: another version of the program must find the same. Changing it voids every row's."""
    assert fingerprint(workflow(), citras_answers) == "39c859890f00dc8aa0c4b9b8931f0619"


def test_how_a_number_is_stored_changes_nothing(workflow, citras_answers):
    """Sheets gives 1, 1.0 or "1" for what a person sees as the same."""
    prints = {
        fingerprint(workflow(), citras_answers | {"Alamat": stored})
        for stored in (1, 1.0, "1", " 1\n")
    }
    assert len(prints) == 1


def test_renaming_a_question_changes_nothing(workflow, citras_answers):
    """The office corrects a header in sheet and workflow: no decision becomes void."""
    renamed = workflow(
        applicant=Applicant(name="Nama", email="Alamat Email", phone="Nomor WhatsApp"),
        fields={
            "nik": Field(question="Nomor Induk Kependudukan", type="nik"),
            "lahir": Field(question="Tanggal Lahir", type="date"),
            "alamat": Field(question="Alamat", required=False),
        },
    )
    answers = {**citras_answers, "Nama": "Citra Dewi"}
    answers["Nomor Induk Kependudukan"] = answers.pop("NIK")
    assert fingerprint(renamed, answers) == fingerprint(workflow(), citras_answers)


def test_an_absent_answer_is_an_empty_one(workflow, citras_answers):
    """A question added later leaves old rows as they are."""
    without = {key: cell for key, cell in citras_answers.items() if key != "Alamat"}
    assert fingerprint(workflow(), without) == fingerprint(
        workflow(), citras_answers | {"Alamat": " "}
    )
    more = workflow(fields=workflow().fields | {"agama": Field(question="Agama", required=False)})
    assert fingerprint(more, citras_answers) == fingerprint(workflow(), citras_answers)


def test_cells_that_the_workflow_does_not_read_change_nothing(workflow, citras_answers):
    """An officer's own column, or a question for statistics."""
    assert fingerprint(workflow(), citras_answers | {"Catatan": "x"}) == fingerprint(
        workflow(), citras_answers
    )


@given(first=cells, second=cells)
def test_different_answers_have_different_fingerprints(workflow, citras_answers, first, second):
    """A letter holds exactly the answers that the officer saw."""

    def seen(cell):
        text = ("TRUE" if cell else "FALSE") if isinstance(cell, bool) else str(cell)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return unicodedata.normalize("NFC", text).strip()

    same = fingerprint(workflow(), citras_answers | {"Alamat": first}) == fingerprint(
        workflow(), citras_answers | {"Alamat": second}
    )
    assert same == (seen(first) == seen(second))


def test_answers_exchanged_between_questions_are_noticed(workflow, citras_answers):
    """The texts are the same, their places are not."""
    exchanged = citras_answers | {"Nama Lengkap": "Jl. Mawar 1", "Alamat": "Citra Dewi"}
    assert fingerprint(workflow(), exchanged) != fingerprint(workflow(), citras_answers)


def test_half_characters_do_not_stop_it(workflow, citras_answers):
    """A cell can hold what no encoding takes."""
    assert len(fingerprint(workflow(), citras_answers | {"Alamat": "\ud800"})) == 32
