"""NIK, KK, NIP, phones and emails: the impossible is refused with a reason, the rest kept as text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.emails import read_email
from sync.core.family_card import read_family_card
from sync.core.nik import PROVINCES, read_nik
from sync.core.nip import format_nip, read_nip
from sync.core.phones import format_phone, read_phone
from sync.core.refused import Refused

NIK = "6472010101900001"


def test_a_nik_tells_regency_birth_and_sex():
    """Day + 40 is a woman's."""
    man, woman = read_nik(NIK), read_nik("6472014101900001")
    assert (man.regency, man.female, man.fits_birth(date(1990, 1, 1))) == ("6472", False, True)
    assert (woman.female, woman.fits_birth(date(1990, 1, 1))) == (True, True)
    assert not man.fits_birth(date(1990, 1, 2))


@pytest.mark.parametrize(
    "typed",
    [
        "6472 0101 0190 0001",
        "6472.01.010190.0001",
        "'6472010101900001",
        " 6472010101900001​",
        "６４７２010101900001",
        6472010101900001,
        6472010101900001.0,
    ],
)
def test_a_nik_is_read_however_it_was_typed(typed):
    """Spaces, dots, a leading apostrophe, or a number that the sheet kept exactly."""
    assert read_nik(typed).text == NIK


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("647201010190000", "yang terisi 15 angka"),
        ("64720101019000011", "yang terisi 17 angka"),
        ("9972010101900001", "kode provinsi"),
        ("6472013201900001", "bukan tanggal lahir"),
        ("6472010113900001", "bukan tanggal lahir"),
        ("6472017201900001", "bukan tanggal lahir"),
        ("6472013002900001", "bukan tanggal lahir"),
        ("6472010101900000", "0000"),
        ("647201O101900001", "tanpa huruf"),
        ("belum punya", "tanpa huruf"),
    ],
)
def test_an_impossible_nik_is_refused_with_the_reason(wrong, reason):
    """The applicant can look at the card and mend it; the number itself is never repeated."""
    with pytest.raises(Refused) as refused:
        read_nik(wrong)
    assert reason in str(refused.value)
    assert wrong not in str(refused.value)


def test_every_reason_is_told_at_once():
    """Nobody should have to answer twice for two mistakes."""
    with pytest.raises(Refused) as refused:
        read_nik("9972013213900000")
    assert len(refused.value.reasons) == 3


@pytest.mark.parametrize(
    "cell",
    [
        6472010101900010,
        6.47201e15,
        647201010190000.5,
        2**53 + 1,
        -6472010101900001,
        True,
        float("nan"),
        float("inf"),
    ],
)
def test_a_number_that_may_have_lost_a_digit_is_asked_again(cell):
    """Spreadsheets with 15 significant digits leave a 0 at the end: it would be another person's number."""
    with pytest.raises(Refused):
        read_nik(cell)


def test_29_february_is_possible_when_one_of_the_centuries_has_it():
    """The century of a NIK is not known: 2000 had a leap day, 1900 had not."""
    assert read_nik("6472012902000001").day == 29
    with pytest.raises(Refused):
        read_nik("6472012902010001")


@given(cell=st.text(max_size=40) | st.integers() | st.floats())
def test_any_cell_gives_a_nik_or_reasons(tried, cell):
    """Whatever a citizen types, the row gets a sentence and not a traceback."""
    nik, reasons = tried(read_nik, cell)
    assert (nik is not None) != bool(reasons)
    if nik:
        assert nik.text.isascii()
        assert len(nik.text) == 16
        assert nik.text[:2] in PROVINCES


def test_a_family_card_has_no_forty_in_its_date():
    """Its date is that of data entry; a woman's NIK put there is recognised and said."""
    assert read_family_card("6472011203150002") == "6472011203150002"
    with pytest.raises(Refused, match="Mungkin ini NIK"):
        read_family_card("6472015203900001")


def test_all_reasons_against_a_family_card_are_told():
    """Province, date and serial each have a sentence."""
    with pytest.raises(Refused) as refused:
        read_family_card("9972019913150000")
    assert len(refused.value.reasons) == 3


def test_a_nip_tells_birth_appointment_and_sex():
    """18 digits, as letters print them in four groups."""
    assert read_nip("19800101 200501 1 001") == "198001012005011001"
    assert format_nip("198001012005011001") == "19800101 200501 1 001"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("198013012005011001", "tanggal lahir"),
        ("198001012005131001", "bulan pengangkatan"),
        ("198001011985011001", "terlalu dekat"),
        ("198001012005013001", "1 .pria. atau 2"),
        (198001012005011001, "tidak tersimpan utuh"),
    ],
)
def test_an_impossible_nip_is_refused(wrong, reason):
    """As a number it has more digits than a spreadsheet keeps."""
    with pytest.raises(Refused, match=reason):
        read_nip(wrong)


@pytest.mark.parametrize(
    "typed",
    [
        "081234567890",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "6281234567890",
        "81234567890",
        "0812.3456.7890",
        "(0812) 34567890",
        "+62 0812 3456 7890",
        81234567890,
        6281234567890.0,
    ],
)
def test_a_mobile_number_is_kept_as_e164(typed):
    """One form for WhatsApp, SMS and finding duplicates; the 0 or + that a sheet dropped comes back."""
    assert read_phone(typed) == "+6281234567890"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0812",
        "0541-123456",
        "08123456789012345",
        "0812 atau 0813",
        "081234567890 081234567891",
        "abc",
        "12345678",
        "+999123456",
        1.5,
        True,
    ],
)
def test_what_cannot_be_called_is_refused_with_an_example(typed):
    """Land lines get no WhatsApp; two numbers in one cell are none."""
    with pytest.raises(Refused, match="0812-3456-7890"):
        read_phone(typed)


def test_numbers_abroad_need_their_plus():
    """Citizens abroad apply too."""
    assert read_phone("+60 12-345 6789") == "+60123456789"
    assert format_phone("+60123456789") == "+60 12-345 6789"
    assert format_phone("+6281234567890") == "0812-3456-7890"


@pytest.mark.parametrize(
    "typed", ["citra@example.com", " citra@EXAMPLE.com ", "mailto:citra@example.com"]
)
def test_an_email_is_taken_with_its_domain_in_small_letters(typed):
    """The part before @ stays as it was typed."""
    assert read_email(typed) == "citra@example.com"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("citra", "alamat email lengkap"),
        (81234567890, "alamat email lengkap"),
        ("citra@example.com, doni@example.com", "satu alamat"),
        ("citra@@example.com", "satu alamat"),
        ("citra dewi@example.com", "tidak benar"),
        ("citra@example", "tidak dapat dikirim|tidak benar"),
        ("citra@gmial.com", "gmail.com"),
        ("citra@localhost", "tidak dapat dikirim|tidak benar"),
        ("c@" + "x" * 50_000 + ".com", "satu alamat"),
    ],
)
def test_an_email_that_cannot_reach_citra_is_refused(wrong, reason):
    """A letter to a misspelt domain lands in a stranger's mailbox."""
    with pytest.raises(Refused, match=reason):
        read_email(wrong)


def test_a_line_break_in_an_email_adds_no_header():
    """Bcc by line break is the oldest trick against forms."""
    with pytest.raises(Refused):
        read_email("citra@example.com\r\nBcc: doni@example.com")
