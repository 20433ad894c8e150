"""The house stands as the design says: arrows point one way, core is pure, start-up is light, files agree."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from sync.core.states import TRANSITIONS, State

ROOT = Path(__file__).resolve().parents[2]


def test_arrows_between_the_rooms_point_one_way() -> None:
    """cli → worker → adapters → core; the sandbox shares nothing with what it tests (pyproject.toml)."""
    pytest.importorskip("importlinter", reason="import-linter comes with tests/requirements.txt")
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "file", sorted((ROOT / "sync" / "core").rglob("*.py")), ids=lambda file: file.name
)
def test_core_has_no_clock_file_or_environment(file: Path) -> None:
    """The caller passes the moment and the texts."""
    forbidden = {
        "open",
        "now",
        "utcnow",
        "today",
        "environ",
        "getenv",
        "read_text",
        "write_text",
        "urlopen",
    }
    tree = ast.parse(file.read_text(encoding="utf-8"))
    called = {
        node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not (called | (named & {"environ"})) & forbidden


def test_help_imports_none_of_the_dear_libraries() -> None:
    """`--help` must answer at once on an office's PC."""
    dear = [
        "sqlalchemy",
        "alembic",
        "googleapiclient",
        "gspread",
        "google.auth",
        "plutoprint",
        "uvicorn",
        "starlette",
    ]
    dear += [
        "pydantic",
        "jinja2",
        "phonenumbers",
        "babel",
        "requests",
        "aiosmtpd",
        "pyhanko",
        "zxingcpp",
        "procrastinate",
        "apprise",
    ]
    script = (
        "import sys; from sync.cli.app import main; code = main(['--help']); "
        f"print([name for name in {dear!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_every_state_can_be_reached_and_has_its_moves() -> None:
    """The table knows every state, and nothing but an arrival starts one."""
    assert set(TRANSITIONS) == set(State)
    reached = set().union(*TRANSITIONS.values())
    assert reached == set(State) - {State.RECEIVED} | {State.RECEIVED}


def test_decision_records_have_numbers_of_their_own() -> None:
    """docs/decisions/NNNN-title.md, each number once, counting from 1."""
    numbers = [
        int(file.name[:4]) for file in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    ]
    assert numbers == list(range(1, len(numbers) + 1))


def test_nothing_of_an_office_is_kept_in_the_repository() -> None:
    """credentials.json, settings.yaml and data/ are an office's own: .gitignore names them."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/credentials.json", "/settings.yaml", "data/"} <= set(ignored)
