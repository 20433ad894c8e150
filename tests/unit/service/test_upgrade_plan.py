"""What an upgrade does with each file; and that this version knows what it came with."""

from pathlib import Path

import pytest

from sync.cli.shipped import text
from sync.cli.upgrade_plan import Changes, changes

LETTER, SERVICE = "templates/letters/a.html", "workflows/a.yaml"
ROOT = Path(__file__).resolve().parents[3]


def test_this_version_says_what_it_came_with() -> None:
    """Run `python -m sync.cli.shipped` after a change in templates/ or workflows/."""
    assert (ROOT / "sync" / "shipped.json").read_text(encoding="utf-8") == text()


@pytest.mark.parametrize(
    ("what", "here", "shipped", "new", "expected"),
    [
        ("it is so already", "x", "x", "x", ""),
        ("nobody changed it", "x", "x", "y", "put"),
        ("the office changed it", "own", "x", "y", "beside"),
        ("the office changed it, we did not", "own", "x", "x", ""),
        ("the office wrote one of that name", "own", None, "y", "beside"),
    ],
)
@pytest.mark.parametrize("name", [LETTER, SERVICE])
def test_what_an_office_changed_is_its_own(
    name: str, what: str, here: str, shipped: str | None, new: str, expected: str
) -> None:
    known = {} if shipped is None else {name: shipped}
    found = changes({name: new}, {name: here}, known)
    wanted = {"put": (), "beside": (), **({expected: (name,)} if expected else {})}
    assert found == Changes(**wanted, remove=())


def test_a_new_service_waits_beside_and_one_thrown_away_stays_away() -> None:
    """A file in workflows/ is a service that is served."""
    assert changes({SERVICE: "y"}, {}, {}).beside == (SERVICE,)
    assert not changes({SERVICE: "y"}, {}, {SERVICE: "x"})
    assert changes({LETTER: "y"}, {}, {}).put == (LETTER,)


def test_the_program_is_ours_whatever_somebody_did_to_it() -> None:
    """Replaced, and what is no more is removed; an office's own files beside it are nobody's to remove."""
    here = {"sync/a.py": "patched", "sync/old.py": "x", "docs/catatan.md": "own", LETTER: "own"}
    found = changes({"sync/a.py": "y", "README.md": "y"}, here, {})
    assert found == Changes(put=("README.md", "sync/a.py"), beside=(), remove=("sync/old.py",))
