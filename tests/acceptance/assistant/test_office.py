"""The assistant starts, goes on where it was, and keeps what an office wrote about itself."""

import os
import re
import signal
from pathlib import Path

from tests.acceptance.assistant.steps import OFFICE, files, to_google, told
from tests.assisting import ROOT, Assistant, LocalGoogle, assisting, fields_in


def test_without_a_verb_the_assistant_opens(folder: Path) -> None:
    """As a double click starts it; where there is no browser to open, the address is on the screen."""
    os.environ["BROWSER"] = "true"  # a program that does nothing, for any address
    try:
        with assisting(folder, "--root", str(folder)) as running:
            assert "Selamat datang" in told(running.enter().get("/"))
    finally:
        del os.environ["BROWSER"]


def test_a_second_start_finds_the_first(assistant: Assistant, folder: Path) -> None:
    """It names the same address and ends; the first goes on."""
    with assisting(folder) as second:
        assert second.address == assistant.address
        assert second.process.wait(timeout=20) == 0
    assert assistant.get("/kantor").ok


def test_killed_midway_it_continues_where_it_was(google: LocalGoogle, folder: Path) -> None:
    """Progress lies in data/; the new address has a new key, and an old browser must come in again."""
    with assisting(folder) as first:
        to_google(first.enter(), google)
        cookies = first.session.cookies.copy()
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(timeout=20)
    with assisting(folder) as again:
        assert again.key != first.key
        again.session.cookies.update(cookies)
        assert again.get("/kantor").status_code == 403
        assert again.enter().get("/").url.endswith("/sheet")
        assert again.fields("/kantor")["office.city"] == OFFICE["office.city"]


def test_settings_that_are_there_are_edited_with_their_comments(
    assistant: Assistant, folder: Path
) -> None:
    """What a person wrote stays; a section that was not there comes with its explanations."""
    assistant.submit("/kantor", **OFFICE)
    text = (folder / "settings.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Catatan kami sendiri\ngoogle:\n  endpoint: http://127.0.0.1:")
    assert "   # di komputer ini\n  calls_per_minute: 0\n" in text
    assert re.search(r"city: \"?Tanjung Redeb\"? +# kota di atas tanda tangan", text)


def test_a_first_settings_file_has_every_setting_explained(tmp_path: Path) -> None:
    """It is the example, filled in."""
    with assisting(tmp_path) as running:
        running.enter().submit("/kantor", **OFFICE)
    made = (tmp_path / "settings.yaml").read_text(encoding="utf-8").splitlines()
    example = (ROOT / "settings.example.yaml").read_text(encoding="utf-8").splitlines()
    differing = [line for line in made if line not in example]
    assert len(made) == len(example)
    assert len(differing) == len(OFFICE)


def test_what_is_wrong_stands_beside_its_field(assistant: Assistant, folder: Path) -> None:
    """All at once, with what was typed still there, and the file untouched."""
    before = files(folder)
    wrong = OFFICE | {"office.email": "bukan email", "office.head.nip": "12", "office.city": " "}
    answer = assistant.submit("/kantor", **wrong)
    assert answer.status_code == 422
    assert 'value="bukan email"' in answer.text
    beside = re.findall(r'id="([\w.]+)-salah"', answer.text)
    assert beside == ["office.city"]
    answer = assistant.submit("/kantor", **(wrong | {"office.city": "Berau"}))
    assert re.findall(r'id="([\w.]+)-salah"', answer.text) == ["office.email", "office.head.nip"]
    assert files(folder) == before


def test_a_broken_settings_file_is_told_with_its_line(assistant: Assistant, folder: Path) -> None:
    """And is not written over."""
    (folder / "settings.yaml").write_text("office:\n\tname: x\n", encoding="utf-8")
    answer = assistant.get("/kantor")
    assert "settings.yaml:2" in told(answer)
    assert "Tab" in told(answer)
    assert (folder / "settings.yaml").read_text(encoding="utf-8") == "office:\n\tname: x\n"


def test_of_two_people_the_second_sees_what_the_first_saved(
    assistant: Assistant, folder: Path
) -> None:
    """Nothing is lost silently: both texts are on the page, and saving once more is a choice."""
    other = assistant.another_browser()
    mine, theirs = assistant.fields("/kantor"), other.fields("/kantor")
    assert other.send("/kantor", theirs | OFFICE | {"office.city": "Berau"}).ok
    answer = assistant.send("/kantor", mine | OFFICE | {"office.city": "Derawan"})
    assert answer.status_code == 422
    assert "sudah diubah dari tempat lain" in told(answer)
    assert "Yang tersimpan sekarang: Berau" in told(answer)
    assert 'value="Derawan"' in answer.text
    assert "city: Berau" in (folder / "settings.yaml").read_text(encoding="utf-8").replace('"', "")
    again = fields_in(re.findall(r"<form.*?</form>", answer.text, re.DOTALL)[0])
    assert assistant.send("/kantor", again).ok
    assert "Derawan" in (folder / "settings.yaml").read_text(encoding="utf-8")
    assert other.get("/").url.endswith("/selamat-datang")  # both see the same progress
    other.session.close()
