"""docs/sandbox.md says what the rooms of Drive and Gmail can do."""

from pathlib import Path

from sync.sandbox import drive, gmail

PAGE = Path("docs/sandbox.md")


def test_the_page_names_every_method_and_no_other() -> None:
    """Who writes a channel reads there what can be tried here."""
    root = Path(__file__).parents[3]
    words = (root / PAGE).read_text(encoding="utf-8").replace(",", " ").split()
    told = {
        word for word in words if word.startswith(("drive.", "gmail.")) and word.count(".") >= 2
    }
    there = {route.api for route in (*drive.ROUTES, *gmail.ROUTES) if route.needs_token}
    assert told - there == set(), f"{PAGE} names what sync/sandbox does not have"
    assert there - told == set(), f"add to the tables of {PAGE}"
