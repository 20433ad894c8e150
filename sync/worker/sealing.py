"""A copy that leaves this computer is sealed when the office set a passphrase: nobody else can read or change it.

scrypt makes the key of the passphrase, AES-256-GCM seals; a changed byte and a wrong passphrase look alike, and neither
gives anything.
"""

import os

from sync.core.mendable import Mendable

_MARK = b"LOKET-SEALED-1\n"
_SALT, _NONCE = 16, 12


def seal(content: bytes, passphrase: str | None) -> bytes:
    """The content as it is, when there is no passphrase."""
    if not passphrase:
        return content
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _MARK + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, _MARK)


def unseal(sealed: bytes, passphrase: str | None, *, where: str) -> bytes:
    """Raises Mendable when the passphrase is missing or wrong. What was never sealed is returned as it is."""
    if not sealed.startswith(_MARK):
        return sealed
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not passphrase:
        raise _refused(where, "cadangan ini terkunci, dan kata sandinya belum diberikan")
    rest = sealed[len(_MARK) :]
    salt, nonce, body = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, body, _MARK)
    except (InvalidTag, ValueError) as error:
        raise _refused(where, "kata sandi cadangan salah, atau isi berkas berubah") from error


def _key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())


def _refused(where: str, found: str) -> Mendable:
    return Mendable.one(
        "cadangan-terkunci",
        where=where,
        found=f"{found}; tidak ada yang diganti",
        allowed="kata sandi yang berlaku ketika cadangan itu dibuat (backup.passphrase_env atau "
        "backup.passphrase_file di settings.yaml)",
        run="python loket.py restore",
    )
