"""Words on the screen and in an export: every kind of thing has its own, answers and commands read as they are given."""

import shutil
import sys

import pytest

from sync.cli.export import readable
from sync.cli.screen import as_typed
from sync.cli.show import KINDS, SENDING
from sync.core.delivery import IntentState, Kind


def test_every_message_and_every_outcome_has_a_word() -> None:
    """One without would end `show` in a program error."""
    assert {kind.value for kind in Kind} <= set(KINDS)
    assert {state.value for state in IntentState} <= set(SENDING)


def test_a_person_reads_a_date_and_not_the_sheet_s_number_of_it() -> None:
    """What can't be read as one stays as it was given."""
    assert readable(32874, "date") == "1 Januari 1990"
    assert readable(0.5625, "time") == "13.30"
    assert readable("besok", "date") == "besok"
    assert readable("6472014101900001", "nik") == "6472014101900001"
    assert readable(7, "") == 7


@pytest.mark.parametrize(
    ("platform", "there", "typed"),
    [
        ("win32", {"py", "python"}, "py loket.py run"),
        ("win32", {"python"}, "python loket.py run"),  # from the Microsoft Store
        ("linux", {"python3"}, "python3 loket.py run"),
        ("darwin", {"python", "python3"}, "python3 loket.py run"),
    ],
)
def test_a_command_is_told_as_it_is_typed_here(
    monkeypatch: pytest.MonkeyPatch, platform: str, there: set[str], typed: str
) -> None:
    """Many a Linux and macOS has no `python`, and the manual's `py` is Windows' own."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
    assert as_typed("Jalankan: python loket.py run") == f"Jalankan: {typed}"
