"""`check`: everything an office wrote, all problems at once."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import LETTER, WORKFLOW, loket

SHEET = "1" * 44


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "uji.html").write_text(LETTER, encoding="utf-8")
    write_workflow(tmp_path)
    return tmp_path


def write_workflow(folder: Path, name: str = "domisili", *, then: str = "", **other: str) -> None:
    text = WORKFLOW.format(sheet=SHEET, tab="Form Responses 1") + then
    for old, new in other.items():
        text = text.replace(old, new)
    (folder / "workflows" / f"{name}.yaml").write_text(text, encoding="utf-8")


def problems(folder: Path) -> dict[str, dict[str, str]]:
    """By name; the exit code says whether there are any."""
    done = loket("--root", str(folder), "check", "--json")
    found = json.loads(done.stdout)["problems"]
    assert done.returncode == (1 if found else 0)
    return {one["name"]: one for one in found}


def test_an_office_without_mistakes_is_told_so(folder: Path) -> None:
    """Exit code 0 and one line."""
    assert problems(folder) == {}
    assert "Tidak ada masalah" in loket("--root", str(folder), "check").stderr


def test_a_province_serves_no_citizens_itself(folder: Path) -> None:
    """Its people sign in to the dashboard; where nobody may, there is nothing at all to serve."""
    (folder / "workflows" / "domisili.yaml").unlink()
    assert "tidak-ada-layanan" in problems(folder)
    (folder / "settings.yaml").write_text(
        "site: {url: 'https://layanan.kaltim.example.go.id/'}\n"
        "dashboard:\n  people:\n    - {address: kepala@kaltim.example.go.id, role: province}\n",
        encoding="utf-8",
    )
    assert problems(folder) == {}
    assert "hanya dasbor" in loket("--root", str(folder), "check").stderr


def test_a_wrong_rule_does_not_hide_what_is_wrong_with_the_letter(folder: Path) -> None:
    """Nobody should have to run `check` once for each mistake."""
    letter = "<p>{{ nama }}</p>\n<p>{{ almat }}</p>"
    (folder / "templates" / "letters" / "uji.html").write_text(letter, encoding="utf-8")
    write_workflow(folder, then='rules:\n  - {unless: "nik >", say: "Salah."}\n')
    found = problems(folder)
    assert len(found) >= 2
    [slip] = [one for one in found.values() if "almat" in one["found"]]
    assert slip["where"].endswith("uji.html:2")


def test_a_mistake_in_the_settings_hides_none_in_services_and_letters(folder: Path) -> None:
    """Three files, three mistakes, one `check`; the program that asks for JSON gets JSON."""
    (folder / "settings.yaml").write_text("mail: {port: 99999}\n", encoding="utf-8")
    letter = "<p>{{ nama }}</p>\n<p>{{ almat }}</p>"
    (folder / "templates" / "letters" / "uji.html").write_text(letter, encoding="utf-8")
    other = {"tab: Form Responses 1": "tab: Form Responses 2"}
    write_workflow(folder, "lain", **{"prefix: SKD": "prefix: x"}, **other)
    told = " ".join(problem["where"] for problem in problems(folder).values())
    for file in ("settings.yaml", "workflows/lain.yaml", "uji.html:2"):
        assert file in told
    screen = loket("--root", str(folder), "check").stderr
    assert "99999" in screen
    assert "workflows/lain.yaml" in screen


@pytest.mark.parametrize("wrong", ["{{ nik|tanggal }}", "{{ alamat.foo.bar }}"])
def test_a_template_that_can_not_be_filled_in_is_found_before_the_first_letter(
    folder: Path, wrong: str
) -> None:
    """Every name and filter exists, and still no letter could be made: sample answers bring it to light."""
    (folder / "templates" / "letters" / "uji.html").write_text(f"<p>{wrong}</p>", encoding="utf-8")
    assert "uji.html" in problems(folder)["template-tidak-dapat-diisi"]["where"]


def test_a_channel_that_the_settings_say_nothing_of_is_named_with_its_line(folder: Path) -> None:
    """`check` says what `run` would, and the other services run."""
    text = (folder / "workflows" / "domisili.yaml").read_text(encoding="utf-8")
    text = text.replace("[email, drive]", "[email, whatsapp]").replace(
        "email: Alamat Email", "email: Alamat Email, phone: Nomor"
    )
    (folder / "workflows" / "lain.yaml").write_text(text.replace("SKD", "SKL"), encoding="utf-8")
    found = problems(folder)["saluran-belum-diatur"]
    assert "whatsapp.phone_number_id" in found["found"]
    line = 1 + next(n for n, line in enumerate(text.splitlines()) if line.startswith("deliver:"))
    assert found["where"] == f"workflows/lain.yaml:{line}"


def test_two_services_with_one_prefix_are_told(folder: Path) -> None:
    """Their references could not be told apart by a person."""
    write_workflow(folder, "kembar")
    assert {"awalan-kembar", "tab-kembar"} <= set(problems(folder))


def test_the_list_of_types_shows_its_examples_as_they_are(folder: Path) -> None:
    """They are nobody's numbers: masked they would explain nothing."""
    done = loket("--root", str(folder), "check", "--types")
    assert done.returncode == 0
    assert "19800101 200501 1 001" in done.stdout


def test_two_services_that_could_give_the_same_letter_number_are_named(folder: Path) -> None:
    """Unless they count together, from the same first serial."""
    other = {"prefix: SKD": "prefix: SKP", "tab: Form Responses 1": "tab: Form Responses 2"}
    write_workflow(folder, "pindah", **other)
    twins = problems(folder)["nomor-kembar"]
    assert twins["where"] == "workflows/domisili.yaml, workflows/pindah.yaml"
    assert "470/" in twins["found"]
    together = {"letter: {": "letter: {series: umum, "}
    write_workflow(folder, **together)
    write_workflow(folder, "pindah", **other, **together)
    assert problems(folder) == {}
    write_workflow(folder, **{"letter: {": "letter: {series: umum, start: {2026: 124}, "})
    assert "umum" in problems(folder)["awal-nomor-berbeda"]["found"]


def test_a_slip_in_a_message_is_found_before_the_first_applicant(folder: Path) -> None:
    """An office edits messages as it edits letters; one that can't be composed would reach nobody."""
    message = folder / "templates" / "messages" / "mend.txt"
    message.parent.mkdir()
    message.write_text("Subjek: Kabar\n\nYth. {{ nma }},\n", encoding="utf-8")
    slip = problems(folder)["nama-tidak-dikenal"]
    assert slip["where"] == "templates/messages/mend.txt:3"
    assert '"nama"' in slip["found"]
