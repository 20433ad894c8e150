"""The manual as it is read: built from docs/, looked at in a real browser from plain files, compared with the program."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
import typer
from PIL import Image, ImageChops, ImageStat

from sync.cli.app import VERBS, app
from sync.core.decisions import Decision
from sync.core.projection import LABEL_COPY, LABEL_REPLACED
from sync.core.states import LABEL_QUEUED, LABELS

pytest.importorskip("sphinx", reason="Sphinx comes with tests/requirements.txt")
playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

from docs import manual, manual_pictures  # noqa: E402 - after the libraries that they need

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.filterwarnings("ignore:.*myst_parser.* is deprecated"),  # in Sphinx 11, not ours
]

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
GUIDE = sorted((ROOT / "docs" / "panduan").glob("*.md"))
OFFICER = (ROOT / "docs" / "panduan" / "petugas.md").read_text(encoding="utf-8")
PICTURES = sorted(manual_pictures.FOLDER.glob("*.png"))
COMMANDS = typer.main.get_command(app).commands
WRONG_COMMAND = typer.BadParameter.__mro__[1]  # Typer's class for every wrong option or argument


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual's folder. Sphinx is quick; its warnings are the test."""
    out = tmp_path_factory.mktemp("manual")
    assert manual.build(out) == []
    return out


@pytest.fixture
def reader(built: Path, browser: Any) -> Iterator[Any]:
    """A page over the built files; at the end nothing but files was asked for."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="id-ID")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data"}, asked


def test_a_broken_link_and_a_missing_picture_are_told(tmp_path: Path) -> None:
    """Else a manual without warnings would say nothing."""
    docs = tmp_path / "docs"
    docs.mkdir()
    text = "# Panduan\n\n[hilang](tidak-ada.md) [bagian](#tidak-ada)\n\n![hilang](tidak-ada.png)\n"
    (docs / "index.md").write_text(text, encoding="utf-8")
    told = "\n".join(manual.build(tmp_path / "out", docs))
    assert "tidak-ada.md" in told
    assert "#tidak-ada" in told or "'tidak-ada'" in told
    assert "tidak-ada.png" in told


def test_links_of_the_readme_lead_somewhere() -> None:
    """It stands outside of what Sphinx reads."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.service("chromium")
def test_the_search_finds_perlu_dicek_from_plain_files(built: Path, reader: Any) -> None:
    """A double click on index.html is all that an office needs; the officer's page is among what is found, and opens."""
    reader.goto((built / "index.html").as_uri())
    reader.get_by_role("searchbox").or_(reader.locator("input[name='q']")).first.fill("Perlu dicek")
    reader.keyboard.press("Enter")
    found = reader.locator("#search-results li a").filter(has_text="Petugas di loket")
    found.first.click()
    expect(reader.locator("h1")).to_contain_text("Petugas di loket")
    expect(reader.locator("article")).to_contain_text("Perlu dicek")


@pytest.mark.service("chromium")
def test_the_officers_page_is_one_sheet_of_paper(built: Path, reader: Any) -> None:
    """It lies on the desk."""
    reader.goto((built / "panduan" / "petugas.html").as_uri())
    document = pypdfium2.PdfDocument(reader.pdf(format="A4"))
    pages, text = len(document), document[0].get_textpage().get_text_range()
    document.close()
    assert pages == 1
    assert "Petugas di loket" in text
    assert "beri tahu pengurus Loket" in text  # its last line


def test_the_officers_page_has_every_status_and_decision() -> None:
    labels = {*LABELS.values(), LABEL_QUEUED, LABEL_COPY, LABEL_REPLACED}
    assert {label for label in labels if f"**{label}**" not in OFFICER} == set()
    assert {word.value for word in Decision if f"| **{word.value}** |" not in OFFICER} == set()


def test_what_the_officers_page_quotes_is_what_the_program_says() -> None:
    """An officer looks for the words that stand in the row."""
    quoted = re.findall(r"“([^”…]+)", OFFICER[OFFICER.index("## Bila Loket menulis") :])
    program = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "sync" / "core").rglob("*.py")
    )
    assert len(quoted) > 4
    assert [words for words in quoted if words.strip() not in program] == []


def commands() -> list[tuple[str, str]]:
    """(file, what follows `loket.py`) of every command in the pages: code spans, and lines of code blocks."""
    found = []
    for file in PAGES:
        text = file.read_text(encoding="utf-8")
        blocks = re.findall(r"^ *```[^\n]*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
        spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^ *```.*?^ *```", "", text))
        lines = [line for block in blocks for line in block.splitlines()] + spans
        for line in lines:
            if command := re.match(r"\s*(?:py|python3?) loket\.py\b(.*)", line):
                found.append((str(file.relative_to(ROOT)), command[1].strip()))
    return found


def wrong_in(command: str) -> str:
    """Why the program would refuse it; "" where it would not. Nothing is run."""
    words = [word for word in shlex.split(command, posix=False) if word != "--help"]
    if words[:1] == ["test"]:
        return ""  # pytest's own
    if words[:1] == ["--root"]:
        words = words[2:]
    if not words or words == ["--version"]:
        return ""
    if words[0] not in VERBS:
        return f"no verb {words[0]}"
    try:
        # `service install/status/remove` names three commands at once.
        for last in words[-1].split("/") if words[0] == "service" else words[-1:]:
            COMMANDS[words[0]].make_context(words[0], [*words[1:-1], last][: len(words) - 1])
    except WRONG_COMMAND as error:
        return str(error)
    return ""


def test_every_command_in_the_docs_exists() -> None:
    """As a person types it, with its options and as many arguments as it takes."""
    found = commands()
    assert len(found) > 40
    wrong = {f"{file}: {command}": wrong_in(command) for file, command in found}
    assert {command: why for command, why in wrong.items() if why} == {}


@pytest.mark.parametrize("command", ["laporan", "run --twice", "service start", "show"])
def test_a_command_that_does_not_exist_would_be_found(command: str) -> None:
    assert wrong_in(command)


def test_every_verb_is_explained_in_indonesian() -> None:
    """Whatever `--help` lists is found in the manual too."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in GUIDE)
    assert [verb for verb in VERBS if f"py loket.py {verb}" not in text] == []


def test_the_pictures_are_those_of_the_script_and_each_is_shown() -> None:
    """None is left over, none is heavy."""
    script = (ROOT / "docs" / "manual_pictures.py").read_text(encoding="utf-8")
    taken = set(re.findall(r'shoot\("([\w-]+)"', script))
    assert {file.stem for file in PICTURES} == taken
    text = "\n".join(file.read_text(encoding="utf-8") for file in PAGES)
    assert [file.name for file in PICTURES if f"pictures/manual/{file.name})" not in text] == []
    assert max(file.stat().st_size for file in PICTURES) <= manual_pictures.AT_MOST_BYTES


@pytest.mark.service("chromium")
@pytest.mark.thorough
@pytest.mark.parametrize("sitting", manual_pictures.SITTINGS)
def test_the_pictures_can_be_taken_again(browser: Any, tmp_path: Path, sitting: str) -> None:
    """A page that changed its ways is noticed here, and a picture that no longer looks like it: times, references and
    which email came first differ between two runs, but little."""
    manual_pictures.sit(browser, sitting, tmp_path)
    taken = {file.name: file for file in tmp_path.glob("*.png")}
    assert taken
    assert taken.keys() <= {file.name for file in PICTURES}
    stale = [n for n, file in taken.items() if unlike(file, manual_pictures.FOLDER / n) > 8]
    assert stale == [], f"python docs/manual.py pictures {sitting}"


def unlike(one: Path, other: Path) -> float:
    """How far apart two pictures are from afar: 0 to 255."""
    small = [
        Image.open(file).convert("L").resize((33, 19), Image.Resampling.BOX)
        for file in (one, other)
    ]
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0])


def test_a_picture_of_another_page_would_be_found(tmp_path: Path) -> None:
    """Or of the same page with a line more above."""
    one = manual_pictures.FOLDER / "asisten-surat.png"
    moved = ImageChops.offset(Image.open(one).convert("RGB"), 0, 60)
    moved.save(tmp_path / "moved.png")
    assert unlike(one, one) == 0
    assert unlike(one, tmp_path / "moved.png") > 8
    assert unlike(one, manual_pictures.FOLDER / "asisten-google.png") > 8
