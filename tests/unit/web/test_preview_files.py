"""What the preview reads from disk: changes, and lines around a mistake; and what it draws of a PDF."""

import os
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from sync.web.preview.files import Watch, lines_around
from sync.web.preview.pictures import picture_of, texts_of


def age(file: Path, seconds: float) -> None:
    """As if it had been saved so long ago."""
    at = time.time() - seconds
    os.utime(file, (at, at))


def test_every_change_is_another_version(tmp_path: Path) -> None:
    """Of contents, of time, and of which files there are; without one the version stays."""
    file, other = tmp_path / "a.html", tmp_path / "b.html"
    file.write_text("satu")
    age(file, 100)
    watch = Watch(lambda: tmp_path.iterdir())
    versions = [watch.version(), watch.version()]
    file.write_text("lebih panjang")
    age(file, 100)
    versions.append(watch.version())
    age(file, 50)
    versions.append(watch.version())
    other.write_text("")
    age(other, 50)
    versions.append(watch.version())
    other.unlink()
    versions.append(watch.version())
    assert versions[0] == versions[1]
    assert len(set(versions[1:5])) == 4
    assert versions[5] == versions[3]


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    """An editor empties it first: nobody wants to see the error of a file that is half there."""
    file = tmp_path / "a.html"
    file.write_text("lama")
    age(file, 100)
    watch = Watch(lambda: [file])
    before = watch.version()
    file.write_text("")
    assert watch.version() == before
    time.sleep(0.06)
    assert watch.version() != before


def test_a_file_from_the_future_is_not_waited_for(tmp_path: Path) -> None:
    """A share's clock may be ahead; its files change all the same."""
    file = tmp_path / "a.html"
    file.write_text("lama")
    watch = Watch(lambda: [file])
    before = watch.version()
    age(file, -3600)
    assert watch.version() != before


def test_the_line_comes_with_its_neighbours(tmp_path: Path) -> None:
    """Three before and after, where there are so many, as they stand in the first folder that has the file."""
    own, ours = tmp_path / "own", tmp_path / "ours"
    for folder, mark in ((own, "kami"), (ours, "Loket")):
        folder.mkdir()
        (folder / "x.html").write_bytes(
            b"\r\n".join(b"%s %d" % (mark.encode(), n) for n in range(1, 10))
        )
    found = lines_around("templates/x.html:2", {"templates": [own, ours]})
    assert [line["text"] for line in found] == [f"kami {n}" for n in range(1, 6)]
    assert [line["number"] for line in found if line["here"]] == [2]


@pytest.mark.parametrize(
    "where",
    [
        "templates/../rahasia.html:1",
        "templates/tautan.html:1",
        "templates/tidak-ada.html:1",
        "templates/besar.html:1",
        "lain/x.html:1",
        "settings.yaml:1",
        "templates/x.html",
        "",
    ],
)  # fmt: skip
def test_no_line_is_shown_of_what_lies_elsewhere(tmp_path: Path, where: str) -> None:
    """Only files of the folders that were named, and none that no browser would bear."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (tmp_path / "rahasia.html").write_text("rahasia")
    (folder / "x.html").write_text("x")
    (folder / "besar.html").write_text("x" * 1_000_001)
    with suppress(OSError):  # Windows asks for a privilege
        (folder / "tautan.html").symlink_to(tmp_path / "rahasia.html")
    assert lines_around(where, {"templates": [folder]}) == []


def a_pdf(*sizes: tuple[float, float]) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for width, height in sizes:
        document.new_page(width, height).close()
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


@pytest.mark.parametrize("size", [(595, 842), (14_000, 10), (14_400, 14_400)])
def test_no_paper_is_too_large_for_a_picture(size: tuple[float, float]) -> None:
    """A slip in @page must not take the machine's memory."""
    pdf = a_pdf(size)
    picture = picture_of(pdf, 1)
    assert picture is not None
    width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    assert min(width, height) >= 1
    assert max(width, height) <= 2401
    assert texts_of(pdf) == [""]
    assert picture_of(pdf, 2) is None
