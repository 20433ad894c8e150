"""The office's PKCS#12: its key and certificate, and everything that would keep a letter from being signed with them.

Only `cryptography` reads it. Where the file lies and who knows its password is the caller's affair.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from sync.core.dates import format_date
from sync.core.mendable import Mendable

Key = EllipticCurvePrivateKey | RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs. `issuers` are the certificates that the file holds besides; `where` names the file for people."""

    key: Key
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    where: str

    @property
    def name(self) -> str:
        """The common name, else the organisation's, as the certificate has it."""
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
            for attribute in self.certificate.subject.get_attributes_for_oid(kind):
                return str(attribute.value)
        return self.certificate.subject.rfc4514_string()

    def require_valid(self, at: datetime) -> None:
        """Raises Mendable before the certificate's first moment and after its last, with the day in the time zone of `at`."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if at > last:
            raise _mendable(
                "sertifikat-kedaluwarsa",
                self.where,
                f"sertifikat tanda tangan berakhir pada {format_date(last.astimezone(at.tzinfo))}",
                "sertifikat yang masih berlaku; sampai diganti, tidak ada surat yang dikirim",
            )
        if at < first:
            raise _mendable(
                "sertifikat-belum-berlaku",
                self.where,
                "sertifikat tanda tangan baru berlaku mulai "
                f"{format_date(first.astimezone(at.tzinfo))}",
                "sertifikat yang sudah berlaku; periksa juga tanggal komputer ini",
            )


def read_identity(content: bytes, password: str | None, *, where: str) -> Identity:
    """Raises Mendable. Whether the certificate is valid on a day is asked later: Identity.require_valid."""
    if not password:
        raise _mendable(
            "sandi-tanda-tangan-belum-ada",
            where,
            "kata sandi sertifikat belum diberikan",
            "variabel lingkungan yang disebut signature.password_env, atau berkas signature.password_file",
        )
    try:
        found = pkcs12.load_pkcs12(content, password.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _mendable(
            "sertifikat-tidak-terbuka",
            where,
            "kata sandi sertifikat salah, atau berkasnya bukan PKCS#12 yang utuh",
            "berkas .p12 atau .pfx kantor dan kata sandinya",
        ) from error
    if found.key is None or found.cert is None:
        lacking = "kunci pribadi" if found.key is None else "sertifikat untuk kunci pribadinya"
        raise _mendable(
            "kunci-tanda-tangan-tidak-ada",
            where,
            f"berkas sertifikat tidak memuat {lacking}",
            "berkas PKCS#12 yang diekspor beserta kunci pribadinya",
        )
    certificate = found.cert.certificate
    _require_usage(certificate, where)
    issuers = tuple(other.certificate for other in found.additional_certs)
    return Identity(_usable(found.key, where), certificate, issuers, where)


def _require_usage(certificate: x509.Certificate, where: str) -> None:
    """A certificate that says nothing of its use may be used for everything (RFC 5280, 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise _mendable(
            "sertifikat-bukan-untuk-tanda-tangan",
            where,
            "sertifikat itu diterbitkan bukan untuk menandatangani",
            "sertifikat dengan penggunaan kunci digitalSignature atau nonRepudiation",
        )


def _usable(key: object, where: str) -> Key:
    """The kinds that every PDF reader knows, long enough for the years that a letter is kept."""
    if isinstance(key, EllipticCurvePrivateKey) and key.key_size >= 256:
        return key
    if isinstance(key, RSAPrivateKey) and key.key_size >= 2048:
        return key
    raise _mendable(
        "jenis-kunci-tanda-tangan",
        where,
        "kunci sertifikat tidak dapat dipakai menandatangani surat",
        "ECDSA P-256, atau RSA paling sedikit 2048 bit",
    )


def _mendable(name: str, where: str, found: str, allowed: str) -> Mendable:
    return Mendable.one(
        name, where=where, found=found, allowed=allowed, run="python loket.py check"
    )
