"""The row of an erased application begins nothing anew, whatever is done to it; nor does a repair bring anything back."""

import hashlib

import pytest

from sync.core.retention import is_sealed
from sync.google.backup_folder import StoredLetter
from sync.ledger.desks import restored_mark
from sync.worker.outside import Outside
from sync.worker.recovering import recover
from sync.worker.sealing_key import FILE
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI
from tests.unit.worker.retention_world import (
    TERM,
    Office,
    bytes_of,
    office_of_a_year,  # noqa: F401 - a fixture
)


def test_the_row_of_an_erased_application_stays_as_it_is(office: Office) -> None:
    """Nothing is written into it, nothing is new, nothing goes out."""
    row = office.approved()
    before, sent = dict(row.system), len(office.email.arrived)
    office.a_year_later()
    office.looks_again()
    assert row.system == before
    assert len(office.all()) == 1
    assert len(office.email.arrived) == sent
    assert office.cycle().at_rest


@pytest.mark.parametrize(
    "change",
    [
        lambda office, row: office.edits(row, Alamat="Jl. Lain 3"),
        lambda office, row: row.answers.update({"Alamat": "Jl. Lain 3"}),
        lambda office, row: office.decides(row, "Kirim ulang"),
        lambda office, row: office.decides(row, ""),
    ],
    ids=["the response", "the answers in the row", "a decision", "no decision"],
)
def test_an_edit_of_an_erased_row_says_so_and_does_nothing(office: Office, change) -> None:  # type: ignore[no-untyped-def]
    row = office.approved()
    before, sent = dict(row.system), len(office.email.arrived)
    office.a_year_later()
    change(office, row)
    office.looks_again()
    assert row.system == before | {"note": TERM}
    [application] = office.all()
    assert application.answers == {}
    assert is_sealed(application.fingerprint)
    assert len(office.email.arrived) == sent
    assert office.cycle().at_rest


def test_a_row_that_lost_its_reference_is_known_by_its_seal(office: Office) -> None:
    """It gets the reference back, and is no new application."""
    row = office.approved()
    before = dict(row.system)
    office.a_year_later()
    row.system = {}
    office.looks_again()
    assert len(office.all()) == 1
    assert row.system == {"reference": before["reference"]}


def test_a_copy_and_a_former_answer_of_an_erased_row_are_no_new_applications(
    office: Office,
) -> None:
    """The officer duplicates the row; the answers before an edit come back beside the newer ones."""
    row = office.approved()
    former = SheetRow("former", dict(row.answers), row.submitted)
    office.edits(row, Alamat="Jl. Mawar 9")
    office.cycle(2)
    office.a_year_later()
    office.desk.rows += [SheetRow("copy", dict(row.answers), row.submitted), former]
    office.looks_again()
    assert len(office.all()) == 1
    assert office.desk.rows[1].system["status"] == "Salinan"
    assert office.desk.rows[2].system["status"] == "Digantikan"


def test_the_same_person_applies_anew(office: Office) -> None:
    """Another response is another application, also when the old row was just deleted, and no duplicate of what is gone."""
    office.approved()
    office.a_year_later()
    office.desk.rows.clear()
    again = office.applies(CITRA)
    office.cycle(2)
    assert len(office.all()) == 2
    assert again.system["status"] == "Menunggu petugas"
    assert "sudah diterima" not in again.system["note"]


def test_a_lost_key_makes_no_new_applications_and_no_noise(office: Office) -> None:
    """A new computer has the copy of the ledger and not the key: rows are known by their references and moments."""
    first, second = office.approved(), office.approved(DONI)
    before = [dict(first.system), dict(second.system)]
    office.a_year_later()
    (office.data / FILE).unlink()
    office.edits(second, Alamat="Jl. Lain 3")
    office.looks_again()
    assert first.system == before[0]
    assert second.system == before[1] | {"note": TERM}
    third = office.approved({**CITRA, "NIK": "6402014101900003"})
    office.a_year_later()  # sealed with a new key
    office.looks_again()
    assert first.system == before[0]
    assert third.system["status"] == "Selesai"
    assert len(office.all()) == 3


def test_the_key_is_this_accounts_alone(office: Office) -> None:
    """And in no copy of the ledger: it is a file beside it."""
    office.approved()
    office.a_year_later()
    key = office.data / FILE
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_bytes() not in (office.data / "ledger.sqlite3").read_bytes()


def test_recovering_brings_nothing_back(office: Office) -> None:
    """`repair --from-sheet` after a restore: the row's answers stay where they are, in the sheet."""
    row = office.approved()
    office.applies(DONI)
    office.cycle(2)
    office.a_year_later()
    with office.ledger.begin() as tx:
        tx.desks.keep_resource(restored_mark("domisili"), "a copy")
    pdf = b"%PDF of Citra"
    stored = StoredLetter(
        "id-1", "SKD Citra.pdf", "link", row.system["reference"], "470/0001/DKPS/2026",
        hashlib.sha256(pdf).hexdigest(), office.now,
    )  # fmt: skip
    fetched: list[str] = []

    def fetch(file_id: str) -> bytes:
        fetched.append(file_id)
        return pdf

    office.decides(row, "Kirim ulang")
    assert recover(office.counter(), Outside({stored.reference: stored}, fetch)).behind
    assert fetched == []
    assert bytes_of(office.data / "letters") == b""
    erased = next(one for one in office.all() if one.reference == row.system["reference"])
    assert (erased.answers, erased.email, erased.note) == ({}, "", TERM)
    with office.ledger.reading() as look:
        assert look.documents.of(erased.id) is None


def test_recovering_passes_over_no_number_for_what_was_erased(office: Office) -> None:
    """An officer's file had none, and its row was deleted with everything else."""
    office.approved()
    with office.ledger.begin() as tx:
        tx._connection.exec_driver_sql("DELETE FROM letter_numbers")
        tx._connection.exec_driver_sql("UPDATE applications SET letter_number = ''")
    office.a_year_later()
    office.desk.rows.clear()
    office.applies(DONI)
    office.cycle(2)
    with office.ledger.begin() as tx:
        tx.desks.keep_resource(restored_mark("domisili"), "a copy")
    found = recover(office.counter(), Outside({}, lambda _id: b""))
    assert found.behind
    assert found.passed_over == {}
