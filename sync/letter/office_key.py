"""The office's key for verification codes: ECDSA on P-256 with SHA-256, so that any browser can verify.

Where keys lie and which one signs is worker/office_keys.py's affair. `cryptography` is loaded when a key is used.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sync.core.verification import (
    SIGNATURE_BYTES,
    Code,
    Facts,
    base32,
    link_of,
    signed_text,
    write_code,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey

_HALF = SIGNATURE_BYTES // 2


def key_id(point: bytes) -> str:
    """Names a public key: 8 base32 characters of its SHA-256."""
    return base32(hashlib.sha256(point).digest())[:8]


def verifies(code: Code, point: bytes) -> bool:
    """Whether this public key signed the code. `point`: 65 bytes, uncompressed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    r, s = code.signature[:_HALF], code.signature[_HALF:]
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    try:
        public.verify(
            encode_dss_signature(int.from_bytes(r), int.from_bytes(s)), code.signed, _ecdsa()
        )
    except InvalidSignature:
        return False
    return code.key_id == key_id(point)


@dataclass(frozen=True)
class OfficeKey:
    """A private key. Any number of threads may sign with it."""

    private: "EllipticCurvePrivateKey"

    @classmethod
    def new(cls) -> "OfficeKey":
        from cryptography.hazmat.primitives.asymmetric import ec

        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    @lru_cache(maxsize=4)  # what follows from a key is dear, and every letter asks for it
    def from_pem(cls, pem: bytes) -> "OfficeKey":
        """Raises ValueError when it is not such a key."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        private = load_pem_private_key(pem, password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
            raise ValueError("not a P-256 key")
        return cls(private)

    def pem(self) -> bytes:
        from cryptography.hazmat.primitives import serialization as to

        return self.private.private_bytes(
            to.Encoding.PEM, to.PrivateFormat.PKCS8, to.NoEncryption()
        )

    @cached_property
    def point(self) -> bytes:
        """The public key: 65 bytes, uncompressed."""
        from cryptography.hazmat.primitives import serialization as to

        return self.private.public_key().public_bytes(
            to.Encoding.X962, to.PublicFormat.UncompressedPoint
        )

    @cached_property
    def id(self) -> str:
        return key_id(self.point)

    def mark(self, answers: bytes) -> str:
        """64 bits of HMAC-SHA-256 over the answers (core/verification.answers_text), as 13 base32 characters.

        Its key comes from the private key: who has the code alone cannot try answers until one fits, and the office
        needs to keep no salt to show later which answers a letter was made from.
        """
        return base32(hmac.digest(self._salt, answers, "sha256")[:8])

    def link(self, address: str, facts: Facts) -> str:
        """The address of the verification page with the signed facts behind it."""
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        signed = signed_text(facts, self.id)
        r, s = decode_dss_signature(self.private.sign(signed, _ecdsa()))
        return link_of(address, write_code(signed, r.to_bytes(_HALF) + s.to_bytes(_HALF)))

    @cached_property
    def _salt(self) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        secret = self.private.private_numbers().private_value.to_bytes(_HALF)
        return HKDF(SHA256(), 32, salt=None, info=b"loket answers mark 1").derive(secret)


def _ecdsa() -> "ECDSA":
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    return ECDSA(SHA256())
