"""The command line itself: what is told of a wrong command, where a mistake of ours is kept, whose folder it works on."""

import re
import sys
from pathlib import Path

import pytest

from sync.cli import assistant, check
from sync.cli.app import VERBS, main

ENGLISH = re.compile(
    r"\b(Usage|Options?|Commands?|Arguments?|default|required|range|No such|Got|Missing|Invalid|Input"
    r"|Value|requires|does not|valid|Possible|Did you)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["lihat"], "lihat"),
        (["statu"], "status"),
        (["serve", "--prt", "1"], "--port"),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--port", "99999"], "--port"),
        (["serve", "--port"], "--port"),
        (["run", "--once=x"], "--once"),
        (["show"], "reference"),
        (["show", "a", "b"], "show --help"),
        (["service", "apa"], "action"),
    ],
)
def test_a_wrong_command_is_answered_in_indonesian(
    words: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is wrong with it, and it names what is."""
    words = ["--root", str(tmp_path), *words]
    monkeypatch.setattr(sys, "argv", ["loket.py", *words])
    assert main(words) == 1
    screen = capsys.readouterr().err
    assert "perintah-salah" in screen
    found = screen.partition("ditemukan")[2]
    assert told in found
    assert not ENGLISH.search(found)


@pytest.mark.parametrize("verb", ["", *(verb for verb in VERBS if verb != "test")])
def test_every_help_is_in_indonesian(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its headings and its own option too."""
    main([verb, "--help"] if verb else ["--help"])
    screen = capsys.readouterr().out
    assert screen.startswith("Pemakaian: python loket.py")
    assert "Tampilkan bantuan ini." in screen
    ours = re.sub(r"<[^>]*>|--[\w-]+", "", screen)  # kinds of values, and names
    assert not re.search(
        r"Usage|Options|OPTIONS|COMMAND|ARGS|Arguments|Show this|\[default|\[required", ours
    )


@pytest.mark.parametrize("after", [False, True])
def test_a_mistake_of_ours_is_kept_in_the_folder_that_was_worked_on(
    after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its data/log, wherever --root stands; data/ is its owner's alone."""

    def broken(_office: object) -> list[object]:
        raise RuntimeError

    monkeypatch.setattr(check, "_settings_problems", broken)
    root = ["--root", str(tmp_path)]
    assert main(["check", *root] if after else [*root, "check"]) == 3
    [kept] = (tmp_path / "data" / "log").glob("*.txt")
    assert "RuntimeError" in kept.read_text(encoding="utf-8")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", [[], ["assistant", "--no-browser"]])
def test_the_assistant_of_several_offices_asks_which(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What it wrote beside offices/ nobody would serve."""
    monkeypatch.setattr(assistant, "_serve", lambda *_: 0)
    for name in ("berau", "kutai"):
        (tmp_path / "offices" / name).mkdir(parents=True)
    assert main(["--root", str(tmp_path), *words]) == 1
    screen = capsys.readouterr().err
    assert "berau, kutai" in screen
    assert "--office berau" in screen
    assert not (tmp_path / "data").exists()
