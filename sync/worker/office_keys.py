"""Where the keys of verification codes lie, and which one signs now: the newest that is here and was not revoked.

A private key is a file in data/keys/ (PEM, mode 600) and nowhere else: copies of the ledger hold public keys alone. It is
on the disk and in the ledger before the first code is signed with it. On a new computer a new key is made; the old codes
stay verifiable, for the ledger knows their keys.
"""

import logging
from datetime import datetime
from pathlib import Path

from sync.core.mendable import Mendable
from sync.ledger.ledger import Ledger, Transaction
from sync.ledger.verification import PublicKey
from sync.letter.office_key import OfficeKey
from sync.worker.durable_file import write_durably

log = logging.getLogger(__name__)

FOLDER = "keys"


def signing_key(ledger: Ledger, data: Path, at: datetime) -> OfficeKey:
    """The key to sign with, made when there is none. Raises Mendable when a key's file can't be read or written."""
    with ledger.reading() as look:
        known = look.verification.public_keys()
    key = _newest_here(known, data)
    if key is not None:
        return key
    # A second process may be at it too: the one that writes first makes it. Two are no harm, both are published.
    with ledger.begin() as tx:
        return _newest_here(tx.verification.public_keys(), data) or _make(tx, data, at)


def rotate(ledger: Ledger, data: Path, at: datetime) -> OfficeKey:
    """A new key, which signs from now on. Codes of the old ones stay genuine. Raises Mendable."""
    with ledger.begin() as tx:
        return _make(tx, data, at)


def of_id(data: Path, key_id: str) -> OfficeKey | None:
    """The private key, when it is on this computer. Raises Mendable when its file can't be read."""
    file = _file(data, key_id)
    if not file.is_file():
        return None
    try:
        return OfficeKey.from_pem(file.read_bytes())
    except (OSError, ValueError) as error:
        raise Mendable.one(
            "kunci-verifikasi-tidak-terbaca",
            where=str(file),
            found=getattr(error, "strerror", None) or "bukan kunci P-256 dalam bentuk PEM",
            allowed="berkas yang dibuat Loket, dengan izin membaca bagi akun yang menjalankannya",
            run="kembalikan berkas itu, atau pindahkan dari folder kunci: Loket lalu membuat kunci baru",
        ) from error


def _newest_here(known: list[PublicKey], data: Path) -> OfficeKey | None:
    for public in known:
        key = None if public.revoked_at else of_id(data, public.id)
        if key is not None and key.point.hex() == public.point:
            return key
    return None


def _make(tx: Transaction, data: Path, at: datetime) -> OfficeKey:
    key = OfficeKey.new()
    file = _file(data, key.id)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Closed to others before there is anything in it: write_durably fills this very file.
        file.with_suffix(".part").touch(mode=0o600)
        write_durably(file, key.pem())
    except OSError as error:
        raise Mendable.one(
            "kunci-verifikasi-tidak-tersimpan",
            where=str(file.parent),
            found=str(error.strerror or error),
            allowed="folder yang dapat ditulis, di disk yang tidak penuh",
        ) from error
    tx.verification.keep_key(PublicKey(key.id, key.point.hex(), at))
    log.info("verification key %s made", key.id)
    return key


def _file(data: Path, key_id: str) -> Path:
    return data / FOLDER / f"verifikasi-{key_id}.pem"
