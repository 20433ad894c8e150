"""The register of letters: what one line says."""

from dataclasses import replace
from datetime import date

from sync.core.register import COLUMNS, LONGEST_TEXT, REFERENCE_COLUMN, WIDTHS, Entry, line_of
from sync.core.states import State

ENTRY = Entry(
    series="umum",
    year=2026,
    serial=124,
    dated=date(2026, 11, 24),
    number="470/0124/DKPS/XI/2026",
    workflow="domisili",
    name="Citra Lestari",
    reference="SKD-26-00001A",
    state=State.DELIVERED,
    link="https://drive.google.com/file/d/x",
)
TITLES = {"domisili": "Surat Keterangan Domisili"}


def test_a_line_stands_in_the_order_of_the_columns():
    """The file, the tab and the headings agree."""
    assert dict(zip(COLUMNS, line_of(ENTRY, TITLES), strict=True)) == {
        "No. Urut": 124,
        "Tanggal Surat": date(2026, 11, 24),
        "Nomor Surat": "470/0124/DKPS/XI/2026",
        "Perihal": "Surat Keterangan Domisili",
        "Nama Pemohon": "Citra Lestari",
        "No. Permohonan": "SKD-26-00001A",
        "Status": "Selesai",
        "Dokumen": "https://drive.google.com/file/d/x",
    }
    assert len(WIDTHS) == len(COLUMNS)
    assert COLUMNS[REFERENCE_COLUMN] == "No. Permohonan"


def test_no_nik_and_no_control_character_gets_into_a_line():
    """Whatever an applicant wrote as a name."""
    line = line_of(replace(ENTRY, name="Citra 6472 0101 0190 0001\x00\n\u202e" + "x" * 999), TITLES)
    assert "64720101" not in line.name.replace(" ", "")
    assert line.name.isprintable()
    assert len(line.name) == LONGEST_TEXT


def test_an_offices_own_number_is_shown_as_it_is_however_many_digits_it_has():
    """Only what citizens write is masked."""
    number = "400.12.2.1/0123/2026.11.24"
    assert line_of(replace(ENTRY, number=number), TITLES).number == number


def test_a_workflow_that_is_gone_is_called_by_its_name():
    """Its letters stay in the register."""
    assert line_of(ENTRY, {}).subject == "domisili"
