"""The examples of docs/developers.md, as they stand there: each does what the page says."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.core.answers import check_answers
from sync.core.catalogue import as_markdown
from sync.core.fieldtypes import TYPES
from sync.core.workflow.read import read_workflow
from sync.letter.engines import Page
from tests.contract.delivery.conftest import letter
from tests.contract.delivery.test_channels import (
    Setting,
    test_a_busy_other_side_is_tried_again,
    test_a_lost_answer_never_leads_to_a_second_letter,
    test_a_refusal_is_final_and_says_why,
    test_after_a_crash_after_sending_the_receipt_is_found,
    test_after_a_crash_before_sending_it_certainly_did_not_happen,
    test_an_address_that_is_not_one_address_gets_nothing,
    test_planning_sends_nothing,
    test_the_letter_reaches_the_applicant_alone,
    test_two_applicants_get_two_messages,
    test_two_attempts_have_two_keys,
)
from tests.contract.letter.test_engines import (
    page,
    test_an_engine_opens_no_connection,
    test_an_engine_reads_no_file,
    test_options_in_meta_tags_are_not_obeyed,
)
from tests.unit.letter.orders import text_of

# Fixtures, and the contract suites, which run here with this module's `setting` and `engine`.
__all__ = [
    "letter",
    "test_a_busy_other_side_is_tried_again",
    "test_a_lost_answer_never_leads_to_a_second_letter",
    "test_a_refusal_is_final_and_says_why",
    "test_after_a_crash_after_sending_the_receipt_is_found",
    "test_after_a_crash_before_sending_it_certainly_did_not_happen",
    "test_an_address_that_is_not_one_address_gets_nothing",
    "test_an_engine_opens_no_connection",
    "test_an_engine_reads_no_file",
    "test_options_in_meta_tags_are_not_obeyed",
    "test_planning_sends_nothing",
    "test_the_letter_reaches_the_applicant_alone",
    "test_two_applicants_get_two_messages",
    "test_two_attempts_have_two_keys",
]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "developers.md").read_text(encoding="utf-8")
WORKFLOW = """\
title: Surat Keterangan
prefix: SKX
sheet: 1x2y3z4a5b6c7d8e9f0g
tab: Form Responses 1
applicant: {name: Nama Lengkap, email: Alamat Email}
fields:
  pos: {question: Kode Pos, type: kodepos}
letter: {template: letters/domisili.html, number: "470/{{ serial }}/{{ tahun }}"}
deliver: [email]
"""


def example(heading: str) -> dict[str, Any]:
    """The names that the first Python block below a heading defines."""
    found = re.search(rf"^## {heading}$.*?^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found, heading
    names: dict[str, Any] = {}
    exec(compile(found[1], f"docs/developers.md: {heading}", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("cell", "value"), [(75513.0, "75513"), (" 75513 ", "75513"), ("05513", None), ("7551", None)]
)
def test_the_field_type_is_read_in_a_workflow(
    monkeypatch: pytest.MonkeyPatch, cell: object, value: str | None
) -> None:
    """One entry suffices: the workflow's reader, the check of answers and the list for the docs know it."""
    with monkeypatch.context() as undone:
        for name in list(TYPES):
            undone.setitem(TYPES, name, TYPES[name])
        undone.setitem(TYPES, "kodepos", None)
        example("A field type")
        workflow = read_workflow(WORKFLOW, file="workflows/contoh.yaml")
        answers = {"Nama Lengkap": "Citra", "Alamat Email": "citra@example.com", "Kode Pos": cell}
        checked = check_answers(workflow, answers, today=date(2026, 11, 24))
        assert checked.values["pos"] == value
        assert bool(checked.problems) == (value is None)
        assert "Kode pos, 5 angka." in as_markdown()
    assert "kodepos" not in TYPES


class PostOffice:
    """The other side of the channel's example; `broken` and `forgetful` fail the next call before and after it is done."""

    def __init__(self) -> None:
        self.taken: dict[str, str] = {}
        self.broken: Exception | None = None
        self.forgetful = False

    def put(self, key: str, address: str, subject: str, text: str, pdf: bytes | None) -> None:
        if self.broken:
            raise self.broken
        self.taken.setdefault(key, address)
        if self.forgetful:
            self.forgetful = False
            raise ConnectionResetError

    def has(self, key: str) -> bool:
        return key in self.taken


@pytest.fixture
def setting() -> Setting:
    office = PostOffice()
    return Setting(
        example("A channel")["GatewayChannel"](office),
        arrivals=lambda: len(office.taken),
        readers=lambda: list(office.taken.values()),
        busy=lambda: setattr(office, "broken", ConnectionRefusedError()),
        refuse=lambda: setattr(office, "broken", PermissionError()),
        lose_answer=lambda: setattr(office, "forgetful", True),
    )


@dataclass
class Printer:
    """The engine in a thread, as printers are processes: another browser may be open in this one."""

    engine: Any
    thread: ThreadPoolExecutor

    def print(self, letter: Page) -> bytes:
        return bytes(self.thread.submit(self.engine.print, letter).result())


@pytest.fixture
def engine(chromium: str, tmp_path: Path) -> Iterator[Printer]:
    pytest.importorskip("playwright")
    with ThreadPoolExecutor(1) as thread:
        yield Printer(example("An engine")["make_engine"](tmp_path, timeout_s=10), thread)


def test_the_engine_prints(engine: Any) -> None:
    assert "Surat Keterangan" in text_of(engine.print(page("<p>Surat Keterangan</p>")))
