"""An officer corrects a NIK as the officers' page says: it is typed into its cell, and stays the digits that were typed."""

from tests.acceptance.conftest import Office

NAME, WRONG, RIGHT = "Citra Lestari", "6472010101900001", "6472010101900010"


def test_a_corrected_nik_that_ends_in_zero_does_not_go_back_to_the_applicant(
    office: Office,
) -> None:
    """As a number it might have lost its last digit, and the applicant would be asked for what she never got wrong."""
    office.applies(NAME, WRONG)
    office.run_once()
    office.types(NAME, "NIK", RIGHT)
    office.run_once()
    row = office.rows()[NAME]
    assert (row["Status"], row["NIK"]) == ("Menunggu petugas", RIGHT), row["Keterangan"]
    assert not [one for one in office.mailbox() if "perbaik" in str(one).casefold()]
    office.types(NAME, "Keputusan", "Setujui")
    office.run_once()
    assert office.rows()[NAME]["Status"] == "Selesai"
