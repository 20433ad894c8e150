"""How long an application's data are kept, what may be erased, and what is said about it afterwards. UU 27/2022.

Erased: answers, addresses, notes, and the letter's bytes. Kept: reference, service, state, dates, letter number, the
letter's sha256 in its event, and, where a letter was issued, the applicant's name: the register (buku agenda) is an
archive that the office must keep.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from sync.core.states import LABELS, State

ENDED = frozenset({State.DELIVERED, State.REJECTED, State.CANCELLED})
"""States in which nobody is waited for: from here the term runs."""

_SEALED = "sealed"


class Cause(StrEnum):
    TERM = "term"  # the workflow's retention_days are over
    REQUEST = "request"  # `forget`: the person asked for it


NOTES = {
    Cause.TERM: "Data permohonan ini sudah dihapus sesuai masa simpan, dan perubahan di baris ini tidak diproses. "
    "Untuk mengajukan lagi, isi formulir.",
    Cause.REQUEST: "Data permohonan ini sudah dihapus atas permintaan pemohon, dan perubahan di baris ini tidak diproses. "
    "Untuk mengajukan lagi, isi formulir.",
}
"""What the row of an erased application says."""


def way_to_end(state: State, *, arrived: bool) -> tuple[State, ...]:
    """The states by which an application that is forgotten on request comes to its end first. `arrived`: the applicant
    has the letter by one way at least; it stays the office's word."""
    match state:
        case State.RECEIVED:
            return (State.IN_REVIEW, State.CANCELLED)
        case State.NEEDS_FIXING | State.IN_REVIEW:
            return (State.CANCELLED,)
        case State.FAILED if arrived:
            return (State.DELIVERING, State.DELIVERED)
        case State.FAILED:
            return (State.IN_REVIEW, State.CANCELLED)
        case _:
            return ()


def ended_before(now: datetime, days: int) -> datetime:
    """What ended then, or earlier, is past its term."""
    return now - timedelta(days=days)


def hindrance(state: State, *, sending: bool) -> str:
    """Why an application can't be forgotten now, for people; "" when it can."""
    if sending or state in (State.APPROVED, State.DELIVERING):
        return "suratnya atau pemberitahuannya sedang dikirim"
    if state is State.UNCERTAIN:
        return f'status "{LABELS[state]}": belum diketahui apakah suratnya sudah sampai'
    return ""


def seal(key: bytes, fingerprint: str) -> str:
    """Takes a fingerprint's place: only who has the key can try answers until one fits, NIK after NIK. At most 64
    characters; begins with the key's name, so that a lost key is noticed."""
    digest = hmac.digest(key, fingerprint.encode(), "sha256").hex()[:32]
    return f"{seal_prefix(key)}{digest}"


def seal_prefix(key: bytes) -> str:
    return f"{_SEALED}-{hashlib.sha256(key).hexdigest()[:8]}-"


def is_sealed(fingerprint: str) -> bool:
    return fingerprint.startswith(f"{_SEALED}-")


def overdue_told(title: str, days: int, count: int) -> str:
    """What officers read of applications that are past their term and never came to an end."""
    return (
        f"{title}: {count} permohonan belum selesai dan sudah tidak berubah lebih dari {days} hari; "
        "datanya belum dihapus."
    )


OVERDUE_REMEDY = "Selesaikan di sheet (misalnya Batalkan), atau hapus satu per satu: python loket.py forget NOMOR."
