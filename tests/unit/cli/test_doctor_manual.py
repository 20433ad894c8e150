"""docs/panduan/doctor.md tells the steps that the screen shows: both are made of one table."""

import string
from pathlib import Path

import pytest

from sync.cli.doctor.finding import WORDS, Remedy
from sync.cli.doctor.manual import manual
from sync.cli.doctor.table import REMEDIES, SECTIONS

PAGE = Path(__file__).parents[3] / "docs" / "panduan" / "doctor.md"


def test_the_page_is_what_the_table_says() -> None:
    """After a change: python -m sync.cli.doctor.manual > docs/panduan/doctor.md"""
    assert PAGE.read_text(encoding="utf-8") == manual()


def test_every_remedy_has_one_chapter() -> None:
    """A name that is there twice would hide one of the two."""
    assert sum(map(len, SECTIONS.values())) == len(REMEDIES)


@pytest.mark.parametrize("name", REMEDIES)
def test_a_remedy_is_written_for_people(name: str) -> None:
    """Whole sentences, and no word that the manual could not name."""
    remedy: Remedy = REMEDIES[name]
    assert remedy.steps
    for text in (remedy.title, *remedy.steps):
        words = [word for _, word, _, _ in string.Formatter().parse(text) if word]
        assert set(words) <= WORDS.keys()
        assert text[:1].isupper() or text.startswith(
            ("settings.yaml", "google.", "{", "credentials")
        )
