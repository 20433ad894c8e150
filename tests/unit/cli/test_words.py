"""Words on the screen and in an export: every kind of thing has its own, answers and commands read as they are given."""

import ast
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sync
from sync.cli.export import readable
from sync.cli.screen import as_typed
from sync.cli.show import EVENTS, KINDS, SENDING
from sync.core.delivery import IntentState, Kind
from sync.core.states import State
from sync.ledger.verification import REINSTATED, WITHDRAWN


def test_every_message_and_every_outcome_has_a_word() -> None:
    """One without would end `show` in a program error."""
    assert {kind.value for kind in Kind} <= set(KINDS)
    assert {state.value for state in IntentState} <= set(SENDING)


def written_events() -> Iterator[str]:
    """Every kind of event that stands in the code: what `event` is given, a Step's fourth word, and what the ledger's own
    rooms append."""
    for file in Path(sync.__file__).parent.glob("*/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = {"Step": 3, "record": 2, "_mark_rows": 2}.get(name)
                found = [each.value for each in node.keywords if each.arg == "event"]
                found += node.args[place : place + 1] if place is not None else []
                names = {each.arg: each.value for each in node.keywords}
                found += (
                    [names["kind"]] if {"application_id", "kind", "detail"} <= set(names) else []
                )
                yield from (word for each in found for word in words(each))
            if isinstance(node, ast.Dict):
                keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
                if {"application_id", "kind", "detail"} <= set(keys):
                    yield from words(node.values[keys.index("kind")])


def words(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.JoinedStr):  # "delivery_…"
        said = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
        yield from (one.value for one in said if isinstance(one, ast.Constant) and one.value)


def test_every_event_has_a_word() -> None:
    """Else an English one stands in an application's story, and in the export that an applicant is given."""
    written = set(written_events())
    assert {"received", "approved", "decision_void", "row_back", "erased", "recovered"} <= written
    outcomes = {f"delivery_{outcome}" for outcome in ("sent", "postponed", "failed", "unknown")}
    ends = (State.UNCERTAIN, State.FAILED, State.DELIVERED, State.REJECTED, State.CANCELLED)
    named = {WITHDRAWN, REINSTATED, *outcomes, *(state.value for state in ends)}
    assert written | named <= set(EVENTS)


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
