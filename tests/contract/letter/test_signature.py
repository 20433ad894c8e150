"""The office's signature, as others judge it: valid on every engine's letter, and no longer when a byte was changed."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.status import SignatureCoverageLevel

from sync.core.mendable import Mendable
from sync.letter.certificate import read_identity
from sync.letter.engines.here import engines_here
from sync.letter.failed import LetterFailed
from sync.letter.press import Letterpress
from sync.letter.signature import OfficeSignature
from sync.letter.signature_box import NOT_CERTIFIED, SignatureBox
from tests.contract.letter.certificates import (
    ENCIPHERMENT_ONLY,
    NOW,
    PASSWORD,
    SIGNER,
    YEAR,
    Authority,
    old_encryption,
)
from tests.contract.letter.signature_judges import (
    good_by_pdfsig,
    good_by_pyhanko,
    pdfsig,
    pyhanko,
)
from tests.unit.letter.orders import HEAD, NUMBER, OFFICE, OURS, order, text_of

WITA = ZoneInfo("Asia/Makassar")
ENGINES = [engine.name for engine in engines_here() if engine.there]


@pytest.fixture(scope="module")
def authority():
    return Authority.new()


@pytest.fixture(scope="module")
def letter():
    with Letterpress([OURS], processes=1) as press:
        return press.make(order())


def signature_of(content: bytes, **options) -> OfficeSignature:
    read = lambda: read_identity(content, PASSWORD, where="kantor.p12")  # noqa: E731
    return OfficeSignature(read, timezone=WITA, **options)


@pytest.fixture(scope="module")
def signature(authority):
    return signature_of(authority.pkcs12(), reason="Surat resmi", location="Kota Contoh")


@pytest.fixture(scope="module")
def signed(signature, letter):
    return signature.sign(letter, NOW)


@pytest.fixture(scope="module", params=ENGINES)
def press(request):
    """Of every engine that is on this machine."""
    with Letterpress([OURS], engine=request.param, processes=1) as press:
        yield press


# -- what is signed -----------------------------------------------------------------------------------------------


@pytest.mark.service("pdfsig")
@pytest.mark.parametrize("visible", [False, True], ids=["invisible", "visible"])
@pytest.mark.parametrize("kind", ["P-256", "RSA-2048"])
def test_every_engines_letter_bears_a_signature_that_others_find_valid(
    authority, press, kind, visible
):
    """Trusted by who trusts the authority, over the whole file; the letter's own bytes and text are untouched."""
    printed = press.make(order())
    box = SignatureBox(press.make, OFFICE) if visible else None
    signed = signature_of(authority.pkcs12(kind), box=box).sign(printed, NOW)
    assert good_by_pdfsig(signed)
    status = pyhanko(signed, authority.certificate)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert signed.startswith(printed)
    assert text_of(signed) == text_of(printed)
    assert "Citra Ayu Lestari" in text_of(signed)
    assert NUMBER in text_of(signed)


@pytest.mark.service("pdfsig")
def test_who_signed_and_when_can_be_read(signed):
    """In any PDF reader: the office, the moment in its own time zone, the reason and the place."""
    told = pdfsig(signed)
    assert f"Signer Certificate Common Name: {SIGNER}" in told
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    entries = signature.sig_object
    assert signature.self_reported_timestamp == NOW
    assert signature.self_reported_timestamp.utcoffset() == timedelta(hours=8)
    assert [entries[key] for key in ("/Name", "/Reason", "/Location")] == [
        SIGNER,
        "Surat resmi",
        "Kota Contoh",
    ]


def test_it_is_pades_b_b(signed):
    """ETSI EN 319 142-1, 6.3: the certificate is bound by the signature, and the time stands in the dictionary alone."""
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}


def test_every_signature_is_of_its_own_letter_also_from_many_threads(signature, authority):
    """ECDSA's signatures differ in length; the parts that are kept from one letter to the next must not show."""
    with Letterpress([OURS], processes=1) as press:
        letters = [press.make(order(nama=f"Citra {name}")) for name in ("Ayu", "Bulan", "Cahaya")]
    letters *= 8
    with ThreadPoolExecutor(4) as crew:
        signed = list(crew.map(lambda pdf: signature.sign(pdf, NOW), letters))
    for pdf, original in zip(signed, letters, strict=True):
        assert pdf.startswith(original)
        assert good_by_pyhanko(pdf, authority.certificate)


def test_a_name_is_text_wherever_it_is_shown(authority):
    """Who makes the certificate chooses the name."""
    hostile = "<b>Dinas</b> ) /Reason (x) {{ 7*7 }} \\"
    with Letterpress([OURS], processes=1) as press:
        box = SignatureBox(press.make, OFFICE)
        signed = signature_of(authority.pkcs12(name=hostile), box=box).sign(
            press.make(order()), NOW
        )
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert signature.sig_object["/Name"] == hostile
    assert "/Reason" not in signature.sig_object
    assert good_by_pyhanko(signed, authority.certificate)


# -- what is changed afterwards -----------------------------------------------------------------------------------


def signed_places(signed: bytes) -> list[int]:
    """Every byte that the signature covers."""
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    start, length, after, rest = signature.byte_range
    return [*range(start, start + length), *range(after, after + rest)]


def changed(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def test_no_byte_is_outside_but_the_signature_itself(signed):
    """The hole holds the CMS and nothing else."""
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    places = signed_places(signed)
    assert len(signed) - len(places) == len(signature.pkcs7_content.hex()) + 2


@pytest.mark.service("pdfsig")
@pytest.mark.parametrize("part", range(10))
def test_a_changed_byte_is_found(signed, authority, part):
    """The first and last byte of both signed ranges, and some between."""
    places = signed_places(signed)
    place = places[round(part / 9 * (len(places) - 1))]
    assert good_by_pdfsig(signed)
    assert good_by_pyhanko(signed, authority.certificate)
    assert not good_by_pdfsig(changed(signed, place))
    assert not good_by_pyhanko(changed(signed, place), authority.certificate)


@pytest.mark.thorough
@pytest.mark.service("pdfsig")
def test_a_changed_byte_is_found_anywhere(signed, authority):
    """Every hundredth byte."""
    for place in signed_places(signed)[::101]:
        assert not good_by_pdfsig(changed(signed, place)), place
        assert not good_by_pyhanko(changed(signed, place), authority.certificate), place


@pytest.mark.service("pdfsig")
def test_a_forged_signature_is_found(signed, authority):
    """A byte of the CMS's signature value; and the signature of another letter under this one."""
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    value = signature.signer_info["signature"].native
    at = signed.index(value.hex().upper().encode())
    forged = changed(signed, at + 40)
    assert not good_by_pdfsig(forged)
    assert not good_by_pyhanko(forged, authority.certificate)


@pytest.mark.service("pdfsig")
def test_something_added_afterwards_is_found(signed, authority):
    """PDF lets anyone append: the reader tells that not the whole file is signed."""
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root[NameObject("/Lang")] = TextStringObject("en")
    writer.update_root()
    appended = BytesIO()
    writer.write(appended)
    assert not good_by_pdfsig(appended.getvalue())
    status = pyhanko(appended.getvalue(), authority.certificate)
    assert status.coverage is not SignatureCoverageLevel.ENTIRE_FILE


# -- what is seen -------------------------------------------------------------------------------------------------


def pictures(pdf: bytes) -> list[tuple[int, bytes]]:
    """Every page as the reader shows it, its box included: bytes a row, and one byte a point."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    shown = [page.render(scale=1, grayscale=True) for page in document]
    found = [(picture.stride, bytes(picture.buffer)) for picture in shown]
    document.close()
    return found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("pages", [1, 2])
def test_the_box_stands_where_nothing_else_does(authority, engine, pages, tmp_path):
    """On the last page, here above a line at its foot; all the rest looks as before."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "surat.html").write_text(
        HEAD
        + "<style>@page { size: A4; margin: 15mm } body { margin: 0 }</style><body>"
        + "<div style='page-break-after: always'>{{ nama }}</div>" * (pages - 1)
        + "<div style='height: 257mm'>{{ nomor }}</div>"
        + "<div style='text-align: right'>{{ nama }}</div></body></html>",
        encoding="utf-8",
    )
    with Letterpress([tmp_path, OURS], engine=engine, processes=1) as press:
        printed = press.make(order("letters/surat.html"))
        box = SignatureBox(press.make, OFFICE)
        signed = signature_of(authority.pkcs12(), box=box).sign(printed, NOW)
    left, bottom, right, top = box.place(printed)
    before, after = pictures(printed), pictures(signed)
    assert len(before) == pages
    assert before[:-1] == after[:-1]
    (stride, old), (_, new) = before[-1], after[-1]
    height = len(old) // stride

    def within(edge: int) -> set[int]:
        return {
            row * stride + column
            for row in range(height - top - edge, height - bottom + edge)
            for column in range(left - edge, right + edge)
        }

    assert {old[place] for place in within(0)} == {255}
    inked = {place for place in range(len(old)) if old[place] != new[place]}
    assert len(inked) > 500
    assert inked <= within(1)  # a line may fall between two pixels


def test_the_box_says_who_signed_and_that_it_is_not_bsre():
    """An office's own signature must not pass for a certified one."""
    with Letterpress([OURS], processes=1) as press:
        made = []
        box = SignatureBox(lambda order: made.append(press.make(order)) or made[-1], OFFICE)
        box.style(SIGNER)
        box.style(SIGNER)
    [pdf] = made
    assert f"Ditandatangani secara elektronik oleh {SIGNER} {NOT_CERTIFIED}" in text_of(pdf)
    assert "BSrE" in NOT_CERTIFIED
    assert NOT_CERTIFIED.startswith("Bukan")


def test_a_letter_without_room_for_the_box_fails_and_says_what_to_do(authority, tmp_path):
    """Nothing is printed over, and nothing goes out otherwise than the office wants it."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "surat.html").write_text(
        HEAD + "<style>@page { margin: 0mm } body { margin: 0; font-size: 9pt }</style><body>"
        "{{ nama }} {{ nomor }}</body></html>",
        encoding="utf-8",
    )
    (tmp_path / "letters" / "penuh.html").write_text(
        HEAD + "<style>@page { size: A4; margin: 0mm } body { margin: 0; background: #ddd; "
        "height: 296mm }</style><body>{{ nama }} {{ nomor }}</body></html>",
        encoding="utf-8",
    )
    with Letterpress([tmp_path, OURS], processes=1) as press:
        signature = signature_of(authority.pkcs12(), box=SignatureBox(press.make, OFFICE))
        assert signature.sign(press.make(order("letters/surat.html")), NOW)
        with pytest.raises(LetterFailed, match=r"signature\.visible: false"):
            signature.sign(press.make(order("letters/penuh.html")), NOW)


def test_who_does_not_sign_does_not_load_pyhanko():
    """It takes half a second: `--help`, `check` and every office without a certificate go without."""
    program = (
        "import sys, sync.cli.app, sync.cli.check, sync.cli.wiring, sync.worker.letters\n"
        "import sync.letter.certificate\n"
        "sys.exit('pyhanko' in sys.modules or 'asn1crypto' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=OURS.parent).returncode == 0


# -- what keeps a letter from being signed ------------------------------------------------------------------------


def problem(content: bytes, password: str | None = PASSWORD) -> str:
    with pytest.raises(Mendable) as caught:
        read_identity(content, password, where="signature.file").require_valid(NOW.astimezone(WITA))
    [one] = caught.value.problems
    assert one.where
    assert one.allowed
    assert one.run
    return one.name


def test_every_trouble_with_the_certificate_has_its_own_name(authority):
    """Told before the first letter, by the same function that signs it."""
    good = authority.pkcs12()
    assert problem(good, "salah") == "sertifikat-tidak-terbuka"
    assert problem(b"bukan sertifikat") == "sertifikat-tidak-terbuka"
    assert problem(good[:-40]) == "sertifikat-tidak-terbuka"
    assert problem(good, None) == "sandi-tanda-tangan-belum-ada"
    assert problem(good, "") == "sandi-tanda-tangan-belum-ada"
    assert problem(authority.without_key()) == "kunci-tanda-tangan-tidak-ada"
    assert problem(authority.pkcs12("RSA-1024")) == "jenis-kunci-tanda-tangan"
    encipherment = authority.pkcs12(usage=ENCIPHERMENT_ONLY)
    assert problem(encipherment) == "sertifikat-bukan-untuk-tanda-tangan"
    expired = authority.pkcs12(ends=NOW - timedelta(seconds=1))
    assert problem(expired) == "sertifikat-kedaluwarsa"
    early = authority.pkcs12(begins=NOW + timedelta(seconds=1))
    assert problem(early) == "sertifikat-belum-berlaku"


def test_a_kind_of_key_that_pdf_readers_do_not_know_is_refused(authority):
    """Ed25519: a signature that nobody could check."""
    key = Ed25519PrivateKey.generate()
    content = pkcs12.serialize_key_and_certificates(
        b"x", key, authority.certify(key), None, BestAvailableEncryption(PASSWORD.encode())
    )
    assert problem(content) == "jenis-kunci-tanda-tangan"


def test_an_older_windows_export_opens(authority, letter):
    """Triple DES and SHA-1 around the key; the signature itself is as strong as ever."""
    signature = signature_of(authority.pkcs12(encryption=old_encryption()))
    assert good_by_pyhanko(signature.sign(letter, NOW), authority.certificate)


def test_an_expired_certificate_fails_the_letter_until_it_is_renewed(authority, letter):
    """Never unsigned, and no restart is needed afterwards."""
    files = [authority.pkcs12(ends=NOW + timedelta(hours=1)), authority.pkcs12(ends=NOW + YEAR)]
    signature = OfficeSignature(
        lambda: read_identity(files[0], PASSWORD, where="kantor.p12"), timezone=WITA
    )
    assert signature.sign(letter, NOW)
    late = NOW + timedelta(hours=2)
    with pytest.raises(LetterFailed) as caught:
        signature.sign(letter, late)
    assert caught.value.reason == (
        "Tanda tangan elektronik kantor: sertifikat tanda tangan berakhir pada 24 November 2026."
    )
    del files[0]
    assert good_by_pyhanko(signature.sign(letter, late), authority.certificate)


def test_what_is_no_pdf_is_not_signed(signature):
    """A failure of this letter, not of the worker."""
    with pytest.raises(LetterFailed, match="tidak terbaca"):
        signature.sign(b"%PDF-1.7 tanpa isi", NOW)
