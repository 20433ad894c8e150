"""Pairs of files that must agree: docs and registries, states and their diagram; and that core is pure."""

import ast
import re
from pathlib import Path

import pytest

from sync.core.catalogue import BEGIN, END, as_markdown
from sync.core.states import AT_REST, LABEL_QUEUED, LABELS, TRANSITIONS, State
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow

ROOT = Path(__file__).parents[3]
CORE = sorted((ROOT / "sync" / "core").rglob("*.py"))


def doc(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_list_in_the_docs_is_that_of_the_registries():
    """docs/workflow.md ↔ sync/core/catalogue.py: put the output of as_markdown() between the two marks."""
    between = doc("workflow.md").split(BEGIN)[1].split(END)[0]
    assert between.strip() == as_markdown()


def test_the_example_in_the_docs_is_read_as_it_stands():
    """docs/workflow.md: offices copy it."""
    example = re.search(r"```yaml\n(title:.*?)```", doc("workflow.md"), re.DOTALL)
    assert example
    assert read_workflow(example[1], file="workflows/domisili.yaml").prefix == "SKD"


def test_the_docs_explain_every_key():
    """docs/workflow.md ↔ sync/core/workflow/model.py: a line in the table "Kunci" for each."""
    explained = set(re.findall(r"^\| `(\w+)` \| (?:ya|tidak)", doc("workflow.md"), re.MULTILINE))
    assert explained == set(Workflow.model_fields) - {"name"}


def test_the_table_of_states_is_that_of_the_program():
    """docs/states.md ↔ sync/core/states.py."""
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \|$", doc("states.md"), re.MULTILINE)
    told = {
        state: (label, set(after.split(", ")) - {"—"})
        for state, label, after in rows
        if state != "state"
    }
    assert told == {
        state.value: (
            LABELS[state] + (f" · {LABEL_QUEUED}" if state is State.DELIVERING else ""),
            {after.value for after in TRANSITIONS[state]},
        )
        for state in State
    }


def test_the_diagram_of_states_is_that_of_the_program():
    """docs/states.md ↔ sync/core/states.py: one arrow for each transition."""
    arrows = set(re.findall(r"^ +(\S+) --> (\S+)$", doc("states.md"), re.MULTILINE))
    expected = {(now.value, then.value) for now in State for then in TRANSITIONS[now]}
    ends = {(state.value, "[*]") for state in State if not TRANSITIONS[state]}
    assert arrows == expected | ends | {("[*]", "received")}


def test_every_state_is_reached_and_left_unless_it_is_final():
    """No application can be stuck where nothing leads out, or wait for what nobody does."""
    reached = {then for after in TRANSITIONS.values() for then in after} | {State.RECEIVED}
    assert reached == set(State)
    assert {state for state in State if not TRANSITIONS[state]} <= AT_REST


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_core_has_no_clock_files_or_environment(path):
    """Values in, values out: whoever needs the day hands it in."""
    forbidden_names = {"open", "input", "print", "exec", "eval", "__import__"}
    forbidden_attributes = {
        "now",
        "utcnow",
        "today",
        "environ",
        "getenv",
        "read_text",
        "write_text",
        "urandom",
        "monotonic",
    }
    forbidden_modules = {
        "os",
        "sys",
        "io",
        "socket",
        "subprocess",
        "random",
        "logging",
        "time",
        "requests",
        "threading",
    }
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in forbidden_names, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in forbidden_attributes, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Import):
            assert not forbidden_modules & {name.name for name in node.names}, (
                f"{path.name}:{node.lineno}"
            )
        if isinstance(node, ast.ImportFrom) and node.module:
            top = node.module.split(".")
            assert top[0] not in forbidden_modules, f"{path.name}:{node.lineno}"
            assert top[0] != "sync" or top[1] == "core", f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_every_module_opens_by_saying_what_it_is_for(path):
    """And stays one subject."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert len(text.splitlines()) <= 400
