"""An authority, and the PKCS#12 files that an office may have of it: good ones and every kind of bad one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    KeySerializationEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

PASSWORD = "kata sandi kantor"
SIGNER = "Disdukcapil Kabupaten Contoh"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


def new_key(kind: str = "P-256") -> CertificateIssuerPrivateKeyTypes:
    if kind == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))


def old_encryption() -> KeySerializationEncryption:
    """As older Windows exports: triple DES."""
    builder = PrivateFormat.PKCS12.encryption_builder()
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    return builder.hmac_hash(SHA1()).build(PASSWORD.encode())


@dataclass
class Authority:
    key: CertificateIssuerPrivateKeyTypes
    certificate: x509.Certificate

    @classmethod
    def new(cls) -> "Authority":
        key = new_key()
        usage = _usage(key_cert_sign=True, crl_sign=True)
        return cls(key, _certificate(key, "CA Contoh", "CA Contoh", key, usage, ca=True))

    def certify(
        self,
        key: CertificateIssuerPrivateKeyTypes,
        *,
        name: str = SIGNER,
        begins: datetime = NOW - YEAR,
        ends: datetime = NOW + YEAR,
        usage: x509.KeyUsage | None = None,
    ) -> x509.Certificate:
        usage = usage or _usage(digital_signature=True, content_commitment=True)
        return _certificate(
            key, name, "CA Contoh", self.key, usage, ca=False, begins=begins, ends=ends
        )

    def pkcs12(
        self,
        kind: str = "P-256",
        *,
        encryption: KeySerializationEncryption | None = None,
        **certificate: object,
    ) -> bytes:
        """A file that an office has, by the options of `certify`."""
        key = new_key(kind)
        return pkcs12.serialize_key_and_certificates(
            b"kantor",
            key,  # type: ignore[arg-type]
            self.certify(key, **certificate),  # type: ignore[arg-type]
            [self.certificate],
            encryption or BestAvailableEncryption(PASSWORD.encode()),
        )

    def without_key(self) -> bytes:
        certificate = self.certify(new_key())
        return pkcs12.serialize_key_and_certificates(
            b"kantor", None, certificate, None, BestAvailableEncryption(PASSWORD.encode())
        )


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names.split()})


ENCIPHERMENT_ONLY = _usage(key_encipherment=True, data_encipherment=True)


def _certificate(
    key: CertificateIssuerPrivateKeyTypes,
    name: str,
    issuer: str,
    issuer_key: CertificateIssuerPrivateKeyTypes,
    usage: x509.KeyUsage,
    *,
    ca: bool,
    begins: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    return builder.sign(issuer_key, SHA256())
