"""The workflows that Loket comes with: each complete but for the office's sheet, apart from each other, with sensible rules."""

from datetime import date
from pathlib import Path

import pytest

from sync.core.answers import check_answers
from sync.core.fieldtypes import sample_values
from sync.core.mendable import Mendable
from sync.core.workflow.read import read_workflow

FILES = sorted((Path(__file__).parents[3] / "workflows").glob("*.yaml"))
TODAY = date(2026, 11, 24)
FAMILY = "Budi Santoso; 6402051107950003; suami\nDewi Santoso; 6402056509210002; anak"
DRIVE = "https://drive.google.com/open?id=1AbCdEfGhIjKlMnOpQrStUvWxYz"


def workflow(name):
    file = next(file for file in FILES if file.stem == name)
    text = file.read_text(encoding="utf-8").replace(
        "ISI-DENGAN-TAUTAN-SHEET", "1x2y3z4a5b6c7d8e9f0g"
    )
    return read_workflow(text, file=f"workflows/{file.name}")


def checked(name, **answers):
    """An applicant of 28 whose answers are all in order, with these answers instead."""
    service = workflow(name)
    person = {
        "nama": "Citra Ayu Lestari",
        "nik": "6402055203980001",
        "kk": "6402051203150007",
        "lahir": "12/03/1998",
        "jenis_kelamin": "Perempuan",
        "jumlah": "2",
        "anggota": FAMILY,
        "tanggal_pindah": "28/09/2026",
        "tanggal_rekam": "30/11/2026",
        "berkas_kk": DRIVE,
    }
    cells = {
        field.question: person.get(field_name) or (field.options or ("Kota Contoh",))[0]
        for field_name, field in service.fields.items()
    }
    cells |= {"Alamat asal sesuai KK": "Desa Contoh", "Alamat Email": "citra@example.com"}
    cells |= {"Nomor WhatsApp": "081234567890"}
    cells |= {service.fields[field_name].question: cell for field_name, cell in answers.items()}
    return check_answers(service, cells, today=TODAY)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_lacks_only_the_offices_sheet(file):
    """The one thing that an office must do has its own friendly problem."""
    with pytest.raises(Mendable) as caught:
        read_workflow(file.read_text(encoding="utf-8"), file=f"workflows/{file.name}")
    assert [problem.name for problem in caught.value.problems] == ["sheet-belum-diisi"]
    assert sample_values(workflow(file.stem).fields)


def test_no_two_share_a_prefix_or_a_number():
    """Two letters with one number can't be told apart in the register, nor two applications with one reference."""
    services = [workflow(file.stem) for file in FILES]
    assert len({service.prefix for service in services}) == len(services) == 5
    assert len({service.letter.number for service in services}) == len(services)


@pytest.mark.parametrize("name", ["pindah", "pengantar-rekam"])
def test_an_ordinary_application_has_nothing_wrong(name):
    """What the rules are about is the exception."""
    found = checked(name)
    assert (found.problems, found.warnings) == ((), ())


@pytest.mark.parametrize(
    ("count", "family", "right"),
    [
        ("2", FAMILY, True),
        ("0", "", True),
        ("2", FAMILY.replace("\n", ", "), False),
        ("2", "", False),
        ("0", FAMILY, False),
        ("2", f"\n{FAMILY}\n\n", True),
    ],
)
def test_the_family_that_moves_is_written_one_person_a_line(count, family, right):
    """Everybody in one line would stand in one row of the letter's list."""
    problems = checked("pindah", jumlah=count, anggota=family).problems
    assert (problems == ()) == right
    assert right or "satu orang satu baris" in problems[0]


def test_a_move_to_the_same_address_is_none():
    """A slip that the officer would have to send back."""
    assert checked("pindah", tujuan="DESA CONTOH").problems == (
        "Alamat tujuan sama dengan alamat asal.",
    )


@pytest.mark.parametrize(
    ("born", "nik", "problems", "warnings"),
    [
        ("24/11/2011", "6402056411110001", 1, 1),
        ("24/11/2010", "6402056411100001", 0, 1),
        ("24/11/2009", "6402056411090001", 0, 0),
    ],
)
def test_recording_begins_at_sixteen_and_the_officer_is_told_below_seventeen(
    born, nik, problems, warnings
):
    """Who is younger comes again; who is sixteen may be recorded."""
    found = checked("pengantar-rekam", lahir=born, nik=nik)
    assert (len(found.problems), len(found.warnings)) == (problems, warnings)


def test_the_temporary_letter_says_how_long_it_is_valid():
    """Six months; the program works out the day."""
    assert workflow("suket-ktp").letter.valid_months == 6
