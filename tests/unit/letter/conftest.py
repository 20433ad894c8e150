"""A press with Loket's own templates and a folder of the office's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.letter.order import LetterOrder
from sync.letter.press import LetterFailed, Letterpress
from tests.unit.letter.orders import HEAD, OURS


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The office's own template folder, empty."""
    folder = tmp_path / "templates"
    (folder / "letters").mkdir(parents=True)
    return folder


@pytest.fixture
def letter(templates: Path) -> Callable[[str], str]:
    """Writes a small letter of the office and gives its name: `letter("<p>{{ nama }} {{ nomor }}</p>")`."""

    def write(body: str, name: str = "letters/surat.html") -> str:
        (templates / name).write_text(f"{HEAD}<body>{body}</body></html>", encoding="utf-8")
        return name

    return write


@pytest.fixture
def press(templates: Path) -> Iterator[Letterpress]:
    with Letterpress([templates, OURS], processes=1) as press:
        yield press


@pytest.fixture
def refused(press: Letterpress) -> Callable[[LetterOrder], LetterFailed]:
    """The failure of an order that must fail."""

    def failure(order: LetterOrder) -> LetterFailed:
        with pytest.raises(LetterFailed) as caught:
            press.make(order)
        return caught.value

    return failure
