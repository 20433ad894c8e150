"""PDFs as other programs make them: signed as SIAK's are, changed afterwards, locked, and some that are none."""

import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pypdfium2
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import NameObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, sign_pdf
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore


def unsigned(pages: int = 1, width: int = 595) -> bytes:
    """Without a signature. Another `width` gives other bytes."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(width, 842).close()
    made = io.BytesIO()
    document.save(made)
    document.close()
    return made.getvalue()


def signed(pdf: bytes | None = None, field: str = "TTE") -> bytes:
    """Signed by an authority that nobody here knows: so is BSrE's."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf or unsigned()))
    named = PdfSignatureMetadata(field_name=field)
    made = sign_pdf(writer, named, signer=_signer(), bytes_reserved=8192)
    return bytes(made.getbuffer())


def with_a_byte_changed() -> bytes:
    """One digit of the page's width, inside what the signature covers."""
    pdf = signed()
    at = pdf.index(b"595")
    return pdf[:at] + b"594" + pdf[at + 3 :]


def with_another_signature_pasted_in() -> bytes:
    """The signature is sound, but of another PDF."""
    mine, other = signed(), signed(unsigned(width=420))
    start, end = mine.index(b"/Contents <") + 11, mine.index(b">", mine.index(b"/Contents <") + 11)
    at = other.index(b"/Contents <") + 11
    return mine[:start] + other[at : at + end - start] + mine[end:]


def with_a_page_changed_afterwards() -> bytes:
    """An editor saved another page size behind the signature: every signed byte is still there."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed()))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = pdf_name("/90")
    writer.update_container(page)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def signed_twice() -> bytes:
    return signed(signed(), field="TTE2")


def encrypted(user_password: str = "rahasia", pdf: bytes | None = None) -> bytes:
    """`user_password` "": locked against editing alone; everybody can read it."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf or unsigned())))
    writer.encrypt(owner_pass="pemilik", user_pass=user_password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@cache
def _signer() -> SimpleSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kepala Dinas")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(
            certificate.public_bytes(serialization.Encoding.DER)
        ),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
