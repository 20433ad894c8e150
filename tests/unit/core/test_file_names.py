"""File names: safe everywhere, whatever a citizen is called."""

import re
from email.message import EmailMessage
from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.expressions import NotAllowed
from sync.core.file_names import LONGEST, file_name, safe_file_name

hostile = st.text(st.characters(blacklist_categories=[]), max_size=300) | st.sampled_from(
    [
        "CON",
        "nul.txt",
        "..",
        "../../etc/passwd",
        "C:\\x",
        "a\r\nBcc: x",
        "COM1",
        "lpt¹",
        ".",
        "",
        "-rf",
        "x.pdf",
        "~",
        "6472010101900001",
    ]
)


def test_a_letter_is_named_by_its_pattern():
    """The officer's and the applicant's folders are read by people."""
    values = {"nama": "Citra Dewi", "referensi": "SKD-26-000011"}
    assert file_name("SKD {{ nama }}", values) == "SKD Citra Dewi.pdf"
    assert file_name("{{ referensi }}", values) == "SKD-26-000011.pdf"
    assert file_name("{{ nama|besar }}.pdf", values) == "CITRA DEWI.pdf"


@given(hostile)
def test_no_name_makes_a_path_or_a_header(nama):
    """Windows, Linux, Drive and mail headers all take it as one plain name."""
    name = file_name("{{ nama }}", {"nama": nama})
    assert name.endswith(".pdf")
    assert 4 < len(name) <= LONGEST
    assert len(name.encode()) <= 255
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', name)
    assert name[0] not in ".- "
    assert not name.startswith("..")
    assert name.removesuffix(".pdf")[-1] not in ". "
    reserved = {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        *(f"{d}{n}" for d in ("COM", "LPT") for n in "0123456789¹²³"),
    }
    assert name.split(".")[0].strip().upper() not in reserved
    assert PureWindowsPath(name).name == name
    message = EmailMessage()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=name)


@given(hostile)
def test_a_safe_name_is_left_alone(text):
    """The same letter has the same name the second time."""
    name = safe_file_name(text)
    assert safe_file_name(name) == name


def test_a_nik_is_not_readable_in_a_file_name():
    """File names are seen in folders, mails and logs."""
    assert file_name("{{ nik }}", {"nik": "6472010101900001"}) == "6472xxxxxxxx0001.pdf"


def test_empty_answers_leave_no_word_behind():
    """No None.pdf, and never no name at all."""
    assert file_name("SKD {{ nama }}", {"nama": None}) == "SKD.pdf"
    assert file_name("{{ nama }}", {"nama": None}) == "surat.pdf"
    assert file_name("{{ pilihan }}", {"pilihan": ("a", "b")}) == "a- b.pdf"


@pytest.mark.parametrize(
    "pattern", ["{{ nma }}", "{{ nama", "{% for x in nama %}{% endfor %}", "{{ nama.__class__ }}"]
)
def test_a_wrong_pattern_is_told(pattern):
    """Found by `check`."""
    with pytest.raises(NotAllowed):
        file_name(pattern, {"nama": "Citra"})
