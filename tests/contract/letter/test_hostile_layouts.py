"""Layouts that would keep an engine busy for ever, or print a library: each ends in time, and the next letter is made."""

import time
from pathlib import Path

import pypdfium2
import pytest

from sync.letter.press import LetterFailed, Letterpress
from tests.contract.letter.installed import ENGINES, require
from tests.unit.letter.orders import HEAD, OURS, order, text_of

LONGEST_S = 4
LAYOUTS = {
    "nested": "<div><table><tr><td>" * 15_000,
    "many pages": '<p style="page-break-before: always">x</p>' * 120,
}
MORE_LAYOUTS = {
    "tall": '<div style="height: 40000mm"></div>',
    "very tall": '<div style="height: 3000000mm"></div>',
    "wide": "<table><tr>" + "<td>x" * 20_000 + "</table>",
    "long": "<table>" + "<tr><td>x<td>y" * 40_000 + "</table>",
    "columns": '<div style="column-count: 5000">' + "x <br>" * 9_000 + "</div>",
    "floats": '<i style="float: left">x</i>' * 30_000,
    "one word": "x" * 1_000_000,
    "large type": '<p style="font-size: 100000pt">xyz</p>',
    "far away": '<p style="position: absolute; top: 900000mm">x</p>',
    "broken off": "<p>x" + '<div style="break-before: page">x</div>' * 5_000,
    "thick": '<p style="border: 9000000px solid; padding: 9000000px">x</p>',
    "shadows": '<p style="box-shadow: ' + ", ".join(["0 0 900px 900px red"] * 500) + '">x</p>',
}


@pytest.fixture(params=ENGINES)
def name(request):
    return require(request.param)


def press_on(name, tmp_path, body):
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    (letters / "surat.html").write_text(
        f"{HEAD}<body>{{{{ nama }}}} {{{{ nomor }}}}{body}</body></html>", encoding="utf-8"
    )
    return Letterpress(
        [Path(tmp_path / "templates"), OURS], engine=name, processes=1, timeout_s=LONGEST_S
    )


@pytest.mark.parametrize("body", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_without_end_is_stopped_and_told(name, tmp_path, body):
    """A slip in a template must not stand in the way of the other letters, and its file is named."""
    with press_on(name, tmp_path, body) as press:
        started = time.monotonic()
        with pytest.raises(LetterFailed, match=r"letters/surat\.html|terlalu panjang"):
            press.make(order("letters/surat.html"))
        assert time.monotonic() - started < LONGEST_S + 15  # the printer's start is not counted
        assert "Citra" in text_of(press.make(order()))


@pytest.mark.thorough
@pytest.mark.parametrize("body", MORE_LAYOUTS.values(), ids=MORE_LAYOUTS)
def test_whatever_the_layout_it_ends_in_a_letter_or_a_reason(name, tmp_path, body):
    """Neither hours, nor thousands of pages, nor all of the memory."""
    with press_on(name, tmp_path, body) as press:
        started = time.monotonic()
        made = dict(press.make_all([("surat", order("letters/surat.html"))]))["surat"]
        assert time.monotonic() - started < LONGEST_S + 15
        if isinstance(made, LetterFailed):
            assert made.reason
        else:
            document = pypdfium2.PdfDocument(made)
            assert len(document) <= 50
            document.close()
        assert "Citra" in text_of(press.make(order()))
