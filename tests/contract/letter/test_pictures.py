"""The letters as pictures: each page is compared with the one that was kept when somebody last looked at it.

Kept in tests/contract/letter/pictures/, 60 dots an inch in 16 greys. A dot differs when it is a quarter of the way from
black to white lighter or darker; MOST_DIFFERING of a page's dots may. A changed word is more than that (a changed letter
or digit is not: test_letters.py reads those), while another version of the PDF reader, 152 for 159, changed no dot.

After a letter was changed on purpose: LOKET_RENEW_PICTURES=1 python loket.py test tests/contract/letter/test_pictures.py,
then look at every picture that changed. This also renews those in docs/pictures/letters/.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from sync.letter.press import Letterpress
from tests.conftest import missing_service
from tests.contract.letter.sample_letters import LETTERS, LINK, letter_order
from tests.unit.letter.orders import OURS

KEPT = Path(__file__).parent / "pictures"
IN_DOCS = OURS.parent / "docs" / "pictures" / "letters"
MOST_DIFFERING = 0.0002
DIFFERS = 64

CASES = {letter: (letter, "usual", "") for letter in LETTERS} | {
    "suket-ktp-kode": ("suket-ktp", "usual", LINK),
    "domisili-panjang": ("domisili", "longest", ""),
    "pindah-panjang": ("pindah", "longest", ""),
    "perbaikan-panjang": ("perbaikan", "longest", ""),
}


@pytest.fixture(scope="module", autouse=True)
def plutoprint_is_here() -> None:
    try:
        import plutoprint  # noqa: F401
    except ImportError:
        missing_service("PlutoPrint has no build for this machine")


@pytest.fixture(scope="module")
def press() -> Iterator[Letterpress]:
    with Letterpress([OURS], processes=1) as press:
        yield press


def pictures(pdf: bytes, *, dpi: int, colours: int) -> list[Image.Image]:
    """Every page, in few colours so that the files are small."""
    document = pypdfium2.PdfDocument(pdf)
    drawn = [
        page.render(scale=dpi / 72, grayscale=colours == 16).to_pil().quantize(colours, dither=0)
        for page in document
    ]
    document.close()
    return drawn


def share_differing(one: Image.Image, other: Image.Image) -> float:
    """Of the dots, 0 to 1."""
    if one.size != other.size:
        return 1.0
    difference = ImageChops.difference(one.convert("L"), other.convert("L"))
    return sum(difference.histogram()[DIFFERS:]) / (one.width * one.height)


def renew(name: str, pdf: bytes) -> None:
    for old in KEPT.glob(f"{name}-[0-9].png"):
        old.unlink()
    for number, picture in enumerate(pictures(pdf, dpi=60, colours=16), 1):
        picture.save(KEPT / f"{name}-{number}.png", optimize=True)
    if name in LETTERS:
        pictures(pdf, dpi=80, colours=32)[0].save(IN_DOCS / f"{name}.png", optimize=True)


@pytest.mark.parametrize("name", CASES)
def test_a_letter_looks_as_when_it_was_last_looked_at(press, name, tmp_path):
    """A slip in the stylesheet moves every letter of every office, and no text test sees it."""
    letter, size, link = CASES[name]
    pdf = press.make(letter_order(letter, size, link=link))
    if os.environ.get("LOKET_RENEW_PICTURES"):
        renew(name, pdf)
        pytest.skip("renewed: look at the pictures")
    pages = pictures(pdf, dpi=60, colours=16)
    kept = sorted(KEPT.glob(f"{name}-[0-9].png"))
    assert len(pages) == len(kept)
    for page, file in zip(pages, kept, strict=True):
        page.save(tmp_path / file.name)
        with Image.open(file) as picture:
            share = share_differing(page, picture)
        assert share <= MOST_DIFFERING, f"{share:.3%} differ: {tmp_path / file.name}"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("sebagaimana mestinya", "sebagaimana mustahil"),
        ("height: 21mm", "height: 20mm"),
        ("font-size: 15pt", "font-size: 14.8pt"),
        ("line-height: 1.5;", "line-height: 1.49;"),
        (".75pt solid #000; height", "0 solid #000; height"),
    ],
    ids=["a word", "the signature", "the letterhead", "the lines", "the rule"],
)
def test_a_small_change_is_seen(now, then, tmp_path):
    """The tolerance is for what no eye sees, not for a letter that changed."""
    base = (OURS / "letters" / "_dasar.html").read_text(encoding="utf-8")
    assert now in base
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "_dasar.html").write_text(base.replace(now, then), encoding="utf-8")
    with Letterpress([tmp_path, OURS], processes=1) as press:
        (changed,) = pictures(press.make(letter_order("domisili", "usual")), dpi=60, colours=16)
    with Image.open(KEPT / "domisili-1.png") as kept:
        assert share_differing(changed, kept) > MOST_DIFFERING


def test_the_kept_pictures_are_small_and_none_is_left_over():
    """They are in everybody's copy of Loket."""
    for file in KEPT.iterdir():
        assert file.stem.rpartition("-")[0] in CASES
        assert file.stat().st_size < 30_000
