"""The mail server's certificate: made at the first start, signed by an authority that only who is told trusts.

Kept in the data folder, so that a restart honours the trust once given; made anew when it is about to run out.
"""

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

AUTHORITY = "smtp-ca.pem"
SERVER = "smtp-server.pem"
VALID_FOR = timedelta(days=825)
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`authority` is the file a client trusts; `context` is what the server speaks TLS with."""

    authority: Path
    context: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    """For 127.0.0.1, ::1 and localhost."""
    authority, server = folder / AUTHORITY, folder / SERVER
    if not _holds(authority) or not _holds(server):
        _make(authority, server)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    return Certificate(authority, context)


def _holds(file: Path) -> bool:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        return False
    return found.not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE


def _make(authority: Path, server: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = serialization.Encoding.PEM
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Loket sandbox authority")
    ca = _builder(ca_name, ca_name, ca_key.public_key(), ca_key.public_key(), authority=True)
    names = [
        x509.DNSName("localhost"),
        *(x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", "::1")),
    ]
    leaf = _builder(
        _name("localhost"), ca_name, key.public_key(), ca_key.public_key(), authority=False
    ).add_extension(x509.SubjectAlternativeName(names), critical=False)
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(server, _signed(leaf, ca_key).public_bytes(pem) + private, mode=0o600)
    _write(authority, _signed(ca, ca_key).public_bytes(pem), mode=0o644)


def _name(text: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: Any, issuer: Any, key: Any, ca_key: Any, *, authority: bool) -> Any:
    """With everything that a strict client asks of a certificate."""
    from cryptography import x509

    usage = dict.fromkeys(
        (
            "content_commitment",
            "data_encipherment",
            "encipher_only",
            "decipher_only",
            "key_encipherment",
        ),
        False,
    )
    signing = {"key_cert_sign": authority, "crl_sign": authority, "digital_signature": True}
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(key_agreement=not authority, **signing, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key), critical=False)
    )


def _signed(builder: Any, key: Any) -> Any:
    from cryptography.hazmat.primitives import hashes

    return builder.sign(key, hashes.SHA256())


def _write(file: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    half = file.with_name(f".{file.name}.part")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
    half.replace(file)
