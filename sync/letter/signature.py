"""The office's own signature on its letters: PAdES B-B with the office's PKCS#12, through pyHanko.

The promise: the letter stays as it was printed, any PDF reader finds a byte that was changed afterwards, and no letter
passes unsigned: while the certificate can't be used, each fails and says why. It is no certified signature (TTE) of BSrE.

Building the CMS takes most of pyHanko's time. Here pyHanko builds one, for no letter at all; of that one each letter's has
another digest and another signature, and nothing else: docs/signature.md.
"""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, tzinfo
from io import BytesIO
from typing import Protocol

from asn1crypto import cms  # type: ignore[import-untyped]
from asn1crypto.x509 import Certificate  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sync.core.mendable import Mendable
from sync.letter.certificate import Identity, Key
from sync.letter.failed import LetterFailed

_FIELD = "TandaTanganKantor"
_DIGEST = "sha256"
_SPARE_BYTES = 16
"""An ECDSA signature's length differs by a few bytes from one to the next."""


class Box(Protocol):
    """What is seen of the signature: signature_box.SignatureBox."""

    def style(self, signer: str) -> BaseStampStyle:
        """Raises LetterFailed."""
        ...

    def place(self, pdf: bytes) -> tuple[int, int, int, int]:
        """Left, bottom, right, top on the last page, in points. Raises LetterFailed when there is no room."""
        ...


class OfficeSignature:
    """Any number of threads may sign. `read` is asked when the first letter comes, and again after every trouble: a
    certificate that was renewed meanwhile is taken without a restart. `read` may raise Mendable."""

    def __init__(
        self,
        read: Callable[[], Identity],
        *,
        timezone: tzinfo,
        reason: str = "",
        location: str = "",
        box: Box | None = None,
    ) -> None:
        self._read = read
        self._timezone = timezone
        self._reason, self._location = reason, location
        self._box = box
        self._kept: _Signer | None = None
        self._lock = threading.Lock()

    def sign(self, pdf: bytes, at: datetime) -> bytes:
        """The same letter, signed; `at` is aware, and is what the signature claims as its time. Raises LetterFailed."""
        moment = at.astimezone(self._timezone)
        with self._lock:
            try:
                signer = self._valid_on(moment)
            except Mendable as error:
                problem = error.problems[0]
                raise LetterFailed(
                    f"Tanda tangan elektronik kantor: {problem.found}.", detail=problem.name
                ) from None
            try:
                return signer.sign(pdf, moment)
            except (PdfError, SigningError) as error:
                raise LetterFailed(
                    "Surat tidak dapat ditandatangani: PDF-nya tidak terbaca.",
                    detail=f"signature: {type(error).__name__}",
                ) from error

    def _valid_on(self, at: datetime) -> "_Signer":
        kept, self._kept = self._kept, None
        if kept is None:
            kept = _Signer(self._read(), self._reason, self._location, self._box)
        kept.identity.require_valid(at)
        self._kept = kept
        return kept


class _Signer:
    """One identity at work."""

    def __init__(self, identity: Identity, reason: str, location: str, box: Box | None) -> None:
        self.identity = identity
        self._box = box
        certificate = _asn1(identity.certificate)
        issuers = SimpleCertificateStore.from_certs(map(_asn1, identity.issuers))  # type: ignore[no-untyped-call]
        self._signer = ExternalSigner(
            certificate,
            issuers,
            signature_value=raw_signature(identity.key, b""),
            embed_roots=False,
        )
        self._metadata = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm=_DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            name=identity.name,
            reason=reason or None,
            location=location or None,
        )
        empty = asyncio.run(self._signer.async_sign(bytes(32), _DIGEST, use_pades=True))
        self._cms_of_nothing = empty.dump()
        self._hex_digits = 2 * (len(self._cms_of_nothing) + _SPARE_BYTES)

    def sign(self, pdf: bytes, at: datetime) -> bytes:
        session = self._for(pdf).init_signing_session(IncrementalPdfFileWriter(BytesIO(pdf)))
        session.system_time = at
        document = session.prepare_tbs_document(None, bytes_reserved=self._hex_digits)
        signed = BytesIO()
        prepared, _ = document.digest_tbs_document(output=signed)
        prepared.fill_with_cms(signed, self._cms(prepared.document_digest))
        return signed.getvalue()

    def _for(self, pdf: bytes) -> PdfSigner:
        if self._box is None:
            return PdfSigner(self._metadata, self._signer)
        place = SigFieldSpec(_FIELD, on_page=-1, box=self._box.place(pdf))
        style = self._box.style(self.identity.name)
        return PdfSigner(self._metadata, self._signer, stamp_style=style, new_field_spec=place)

    def _cms(self, digest: bytes) -> bytes:
        """RFC 5652, 5.4: what is signed are the attributes, as a SET, with the document's digest among them."""
        content = cms.ContentInfo.load(self._cms_of_nothing)
        signer = content["content"]["signer_infos"][0]
        for attribute in signer["signed_attrs"]:
            if attribute["type"].native == "message_digest":
                attribute["values"] = [digest]
        signer["signature"] = raw_signature(
            self.identity.key, signer["signed_attrs"].untag().dump()
        )
        der: bytes = content.dump()
        return der


def raw_signature(key: Key, content: bytes) -> bytes:
    """By the mechanism that pyHanko names in the CMS for this kind of key."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(content, PKCS1v15(), SHA256())
    return key.sign(content, ECDSA(SHA256()))


def _asn1(certificate: x509.Certificate) -> Certificate:
    return Certificate.load(certificate.public_bytes(Encoding.DER))
