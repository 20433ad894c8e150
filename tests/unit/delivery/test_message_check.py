"""A slip in a message's template is told by `check`, not found by the applicant who got nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.core.delivery import Kind
from sync.core.mendable import Problem
from sync.core.settings import Office
from sync.delivery.message_check import ALARMS, SIGN_IN, message_problems

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "templates"
PAGE = (ROOT / "docs" / "panduan" / "pesan.md").read_text(encoding="utf-8")
KINDS = [f"messages/{kind}.txt" for kind in Kind if (TEMPLATES / f"messages/{kind}.txt").exists()]
GOOD = "Subjek: Kabar ({{ referensi }})\n\nYth. {{ nama }},\n\n"
Check = Callable[..., list[Problem]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """The problems of an office that wrote `text` into the message `name`."""

    def problems(text: str | bytes, name: str = "messages/mend.txt", **own: str) -> list[Problem]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return found([tmp_path, TEMPLATES], **own)

    return problems


def found(folders: list[Path], **own: str) -> list[Problem]:
    office = Office().model_dump()
    return message_problems(folders, title="Surat Keterangan Domisili", office=office, own=own)


def test_the_messages_that_loket_comes_with_are_well() -> None:
    """All kinds, and those to the responsible person."""
    assert found([TEMPLATES]) == []


@pytest.mark.parametrize("name", [*KINDS, *ALARMS, SIGN_IN])
def test_each_of_them_is_looked_at(check: Check, name: str) -> None:
    """Also one that this office has not sent yet."""
    [slip] = check(GOOD + "{{ refrensi }}", name)
    assert (slip.name, slip.where) == ("nama-tidak-dikenal", f"templates/{name}:5")
    assert slip.found == '"refrensi" tidak dikenal; yang mirip: "referensi"'


def test_a_name_in_a_branch_that_is_hardly_ever_taken(check: Check) -> None:
    """A sample alone would not come there."""
    [slip] = check(GOOD + "{% if nama == 'Budi' %}\n{{ catatn }}\n{% endif %}")
    assert slip.where.endswith("mend.txt:6")
    assert '"catatan"' in slip.found


def test_what_only_an_alarm_knows_is_no_applicant_s(check: Check) -> None:
    """And the other way round it is known."""
    assert check(GOOD + "{{ yang_dilakukan }}", "messages/alarm.txt") == []
    [slip] = check(GOOD + "{{ yang_dilakukan }}")
    assert (slip.name, slip.found[:18]) == ("nama-tidak-dikenal", '"yang_dilakukan" t')
    assert "yang_dilakukan" not in slip.allowed
    assert "tautan_perbaikan" in slip.allowed


def test_a_list_and_a_name_of_the_template_s_own_are_known(check: Check) -> None:
    """As in the messages that Loket comes with."""
    loop = "{% set n = masalah|length %}{% for s in masalah %}\n- {{ loop.index }} {{ s }} {{ n }}\n{% endfor %}"
    assert check(GOOD + loop) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("{{ kantor.telepon }}", '"kantor.telepon" tidak dikenal'),
        ("{{ nama|kapital }}", '"kapital" tidak dikenal'),
        ("{% if nama %}", "tidak dapat dibaca"),
        ("{{ nama + 1 }}", "TypeError"),
    ],
)
def test_every_other_slip(check: Check, wrong: str, told: str) -> None:
    """With its file, and what to run when it is mended."""
    [slip] = check(GOOD + wrong)
    assert told in slip.found
    assert slip.where.startswith("templates/messages/mend.txt")
    assert slip.run == "python loket.py check"


def test_a_message_without_its_subject(check: Check) -> None:
    """The first line is the subject: an office that deletes it is told how it begins."""
    [slip] = check("Yth. {{ nama }},\n")
    assert (slip.name, slip.where) == ("pesan-tanpa-subjek", "templates/messages/mend.txt:1")


def test_letters_that_notepad_kept_in_another_encoding(check: Check) -> None:
    """Windows-1252, for instance."""
    [slip] = check(GOOD.encode() + "“Halo”".encode("cp1252"))
    assert slip.name == "bukan-utf-8"


def test_a_service_s_own_message(check: Check) -> None:
    """It is looked at as well; one that is not there is told."""
    own = "messages/domisili.txt"
    [slip] = check(GOOD + "{{ nomr }}", own, letter=own)
    assert slip.where == "templates/messages/domisili.txt:5"
    [gone] = check(GOOD, letter="messages/hilang.txt")
    assert (gone.name, gone.where) == ("pesan-tidak-ada", "templates/messages/hilang.txt")


def test_a_broken_frame_is_told_once(check: Check) -> None:
    """Every message has it."""
    [slip] = check("<p>{{ subjk }}</p>", "messages/_bingkai.html")
    assert slip.where == "templates/messages/_bingkai.html"


def test_the_manual_has_every_message_and_every_name(check: Check) -> None:
    """And its example is one that an office can copy."""
    assert [
        name for name in (*KINDS, *ALARMS, SIGN_IN) if f"| `{Path(name).name}` |" not in PAGE
    ] == []
    [unknown] = check(GOOD + "{{ x }}")
    names = unknown.allowed.split(", ")
    assert len(names) > 8
    assert [name for name in names if not re.search(rf"[`{{. ]{name}[`}}. ]", PAGE)] == []
    example = re.search(r"```\n(Subjek:.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert check(example[1]) == []
