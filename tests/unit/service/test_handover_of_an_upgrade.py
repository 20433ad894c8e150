"""Where the launcher has waited for the program (Windows), it carries out what the upgrade that has just ended planned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sync.launcher import exchange, handover, swap
from sync.launcher.environment import Place

PLAN: dict[str, Any] = {"stamp": "s", "root": "/kantor", "began": False}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What is started anew after the program; the program itself is nothing here."""
    starts: list[list[str]] = []

    def again(place: Place, arguments: Sequence[str]) -> int:
        starts.append(list(arguments))
        return 7

    monkeypatch.setattr(handover, "prepare", lambda *_: None)
    monkeypatch.setattr(exchange, "start_again", again)
    monkeypatch.setattr(exchange, "carry_out_plan", lambda place: swap.abandon(place.root, PLAN))
    return starts


def planning(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def program(place: Place, _arguments: Sequence[str]) -> int:
        swap.upgrades(place.root).mkdir(parents=True, exist_ok=True)
        swap.write_plan(place.root, PLAN)
        return code

    monkeypatch.setattr(handover, "start", program)


def test_a_planned_upgrade_is_carried_out_after_the_program_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    planning(monkeypatch, 0)
    assert handover.main(str(tmp_path), ["upgrade", "loket.zip"]) == 7
    assert started == [["--root", "/kantor", "upgrade", "--finish", "s"]]


def test_without_a_plan_the_program_s_own_code_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    monkeypatch.setattr(handover, "start", lambda *_: 3)
    assert handover.main(str(tmp_path), ["status"]) == 3
    assert started == []


def test_a_start_that_finds_a_plan_carries_it_out_first_and_begins_again_as_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    """The service's start may be the first after the power came back; what it started with may be another version now."""
    (swap.upgrades(tmp_path) / "s").mkdir(parents=True)
    swap.write_plan(tmp_path, PLAN)
    assert handover.main(str(tmp_path), ["--root", "/kantor", "run"]) == 7
    assert started == [["--root", "/kantor", "run"]]
    assert swap.waiting(tmp_path) is None
