"""From a citizen's answers to the code on the paper: the real program, the real engine, the published page's keys."""

import pypdfium2
import zxingcpp

from sync.core.verification import read_code
from sync.letter.office_key import verifies
from sync.web.verifier.page import keys_in
from tests.acceptance.conftest import LETTER, Office, loket

URL = "https://verifikasi.contoh.go.id/"
QR = "<style>svg { width: 28mm; height: 28mm }</style>{{ qr(verifikasi.tautan) }}</body>"


def test_the_letter_in_the_mail_carries_a_code_that_the_published_page_knows(
    office: Office,
) -> None:
    """The key is made at the first letter; `publish-verifier` puts it into the page; a second run changes neither."""
    settings = office.folder / "settings.yaml"
    written = settings.read_text(encoding="utf-8")
    settings.write_text(f"{written}\nverification: {{url: '{URL}'}}\n", encoding="utf-8")
    template = office.folder / "templates" / "letters" / "uji.html"
    template.write_text(LETTER.replace("</body>", QR), encoding="utf-8")

    office.applies("Citra Lestari", "6402014101900001")
    office.run_once()
    office.types("Citra Lestari", "Keputusan", "Setujui")
    office.run_once()
    done = loket("--root", str(office.folder), "publish-verifier")
    assert done.returncode == 0, done.stderr

    (letter,) = (office.folder / "data" / "letters").rglob("*.pdf")
    document = pypdfium2.PdfDocument(letter.read_bytes())
    bitmap = document[0].render(scale=150 / 72, grayscale=True)
    pixels = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
    (found,) = zxingcpp.read_barcodes(pixels)
    document.close()
    address, _, text = found.text.partition("#")
    assert address == URL
    code = read_code(text)
    page = (office.folder / "data" / "verifikasi" / "index.html").read_text(encoding="utf-8")
    assert verifies(code, bytes.fromhex(keys_in(page)[code.key_id]))
    assert code.facts.name == "C*** L***"
    assert "6402014101900001" not in code.signed.decode()
