"""`repair` that Google does not answer."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace as Fake
from typing import Any

import pytest

from sync.cli import wiring
from sync.cli.app import main
from sync.core.outcomes import TryAgain


@pytest.mark.parametrize(
    ("words", "again"),
    [(["repair"], "loket.py repair\n"), (["repair", "--from-sheet"], "repair --from-sheet\n")],
)
def test_it_says_to_do_the_same_once_more(
    words: list[str],
    again: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where the ledger is whole, taking it from the sheet is no remedy."""

    def refuse(*_: object) -> Any:
        raise TryAgain("Google tidak menjawab")

    counter = Fake(workflow=Fake(name="domisili"), duty=Fake(ensure=refuse))
    google = Fake(counters=lambda: ([counter], []), duties=lambda _: [], registers=lambda *_: [])
    monkeypatch.setattr(wiring, "assembled", lambda _: nullcontext(google))
    monkeypatch.setattr("sync.cli.repair._told_by_others", refuse)
    assert main(["--root", str(tmp_path), *words]) == 1
    assert again in capsys.readouterr().err
