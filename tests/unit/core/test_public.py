"""What a workflow says to citizens, and what `check` says of it."""

import pytest

from sync.core.mendable import Mendable
from sync.core.states import State
from sync.core.status_words import QUEUED, WITHDRAWN, words_of
from sync.core.workflow.model import Workflow
from sync.core.workflow.public import form_link, is_form_link, is_shown
from sync.core.workflow.read import read_workflow

FILE = """title: Surat
prefix: SKD
sheet: 1x2y3z4a5b6c7d8e9f0g
tab: Jawaban
applicant: {{name: Nama, email: Email}}
fields:
  nama: {{question: Nama}}
letter: {{template: letters/x.html, number: "{{{{ serial }}}}"}}
{more}"""
FORM = "https://docs.google.com/forms/d/e/1FAIpQLSabcdef/viewform"


def read(more: str) -> Workflow:
    return read_workflow(FILE.format(more=more), file="workflows/surat.yaml")


def problems(more: str) -> list[tuple[str, str]]:
    with pytest.raises(Mendable) as caught:
        read(more)
    return [(problem.name, problem.where) for problem in caught.value.problems]


def test_the_block_is_read() -> None:
    public = read(
        f"public:\n  show: ya\n  summary: Untuk pindah.\n  requirements: [KTP, KK]\n  form: {FORM}\n"
    ).public
    assert (public.show, public.summary, public.form) == (True, "Untuk pindah.", FORM)
    assert public.requirements == ("KTP", "KK")


@pytest.mark.parametrize(
    ("lines", "name", "line"),
    [
        ("  shown: ya", "kunci-tidak-dikenal", 10),
        ("  show: barangkali", "nilai-salah-bentuk", 10),
        ("  requirements: KTP", "nilai-salah-bentuk", 10),
        ('  summary: " "', "nilai-kosong", 10),
        ('  requirements:\n    - KTP\n    - ""', "nilai-kosong", 12),
        (f"  summary: {'x' * 301}", "teks-terlalu-panjang", 10),
        (f"  requirements: [{'x' * 201}]", "teks-terlalu-panjang", 10),
        (f"  requirements: [{', '.join(map(str, range(21)))}]", "persyaratan-terlalu-banyak", 10),
        ("  form: http://docs.google.com/forms/d/e/x/viewform", "tautan-formulir", 10),
        ("  form: https://docs.google.com/forms/d/x/edit", "tautan-formulir", 10),
        ("  form: https://lain.example/", "tautan-formulir", 10),
    ],
)
def test_a_mistake_is_told_with_its_line(lines: str, name: str, line: int) -> None:
    assert (name, f"workflows/surat.yaml:{line}") in problems(f"public:\n{lines}\n")


@pytest.mark.parametrize(
    ("more", "link", "shown"),
    [
        ("", "", False),
        (
            "form: 9z8y7x6w5v4u3t2s1r0q",
            "https://docs.google.com/forms/d/9z8y7x6w5v4u3t2s1r0q/viewform",
            True,
        ),
        (f"public: {{form: '{FORM}'}}", FORM, True),
        (f"public: {{form: '{FORM}', show: tidak}}", FORM, False),
        ("public: {show: ya}", "", True),
    ],
)
def test_what_has_a_form_is_shown_unless_the_office_says_otherwise(
    more: str, link: str, shown: bool
) -> None:
    """A service that nobody can apply for yet is not offered by mistake."""
    workflow = read(more + "\n")
    assert form_link(workflow) == link
    assert is_shown(workflow) is shown


@pytest.mark.parametrize("text", ["https://forms.gle/abc", FORM])
def test_links_for_applicants_are_known(text: str) -> None:
    assert is_form_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://docs.google.com.lain.example/forms",
        "https://[",
        "",
        f"{FORM}'x",
        "https://x@forms.gle/a",
    ],
)
def test_other_addresses_are_not(text: str) -> None:
    """The page would carry the office's word to them."""
    assert not is_form_link(text)


def test_every_state_is_put_into_words() -> None:
    """Each in its own, none with the words of the sheet's officers' notes."""
    words = [words_of(state) for state in State]
    assert len({(one.title, one.means) for one in words}) == len(State)
    assert all(one.then.endswith(".") and one.means.endswith(".") for one in words)
    assert words_of(State.DELIVERING, queued=True) is QUEUED
    assert words_of(State.IN_REVIEW, queued=True) is not QUEUED
    assert words_of(State.DELIVERED, withdrawn=True) is WITHDRAWN


def test_no_state_promises_a_link() -> None:
    """The email has one to mend with only where the workflow has its form and the question for the reference."""
    assert not [state for state in State if "tautan" in words_of(state).then]
