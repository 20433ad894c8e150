"""What comes back by WhatsApp and SMS: delivery reports, and the few words that a citizen may write. Pure.

Reports come in any order and more than once (Meta's webhooks are sent again for up to seven days): what is known of a
message is the best of all its reports, whatever came last.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync.core.delivery import CHAT_CHANNELS, IntentState
from sync.core.references import read_reference
from sync.core.states import State
from sync.core.status_words import words_of


class Arrival(StrEnum):
    """How far a message came. `FAILED` after `SENT` is final; a message that arrived somewhere did arrive."""

    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


_ORDER = tuple(Arrival)


@dataclass(frozen=True, slots=True)
class Report:
    """The other side's word about the message that was sent under `key`. `reason` is for the officer, of FAILED
    only: part of a sentence, without a full stop."""

    channel: str
    key: str
    arrival: Arrival
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A citizen's message. `number` in E.164, `id` the other side's name for it."""

    id: str
    number: str
    text: str
    at: datetime


def best(reports: Collection[Report]) -> Report | None:
    return max(reports, key=lambda report: _ORDER.index(report.arrival), default=None)


_NEWS = {
    Arrival.SENT: "terkirim",
    Arrival.DELIVERED: "sudah diterima",
    Arrival.READ: "sudah dibaca",
    Arrival.FAILED: "tidak sampai",
}


def news_of(report: Report, moment: str) -> str:
    """`WhatsApp sudah dibaca 24/11/2026 16:40.`"""
    why = f": {report.reason}" if report.arrival is Arrival.FAILED and report.reason else ""
    return f"{CHAT_CHANNELS[report.channel]} {_NEWS[report.arrival]} {moment}{why}."


def with_news(note: str, channel: str, news: str, *, instead_of: str = "") -> str:
    """The row's note with the latest news of a channel; what it said of the same channel before is replaced.

    `instead_of`: a sentence that the news settles."""
    old = re.compile(rf" ?{CHAT_CHANNELS[channel]} {_WHEN}(?:: [^.]*)?\.")
    kept = old.sub("", note.replace(instead_of, "") if instead_of else note)
    return f"{kept} {news}".strip()


def trouble_of(channel: str, state: IntentState, reason: str) -> str:
    """What the row says, at its end, of a notice that may not have gone, or did not go; "" where all is well."""
    if state not in _TROUBLE or not reason:
        return ""
    return f" Pemberitahuan lewat {CHAT_CHANNELS.get(channel, channel)} {_TROUBLE[state]}: {reason}"


def before_news(note: str) -> str:
    """The row's note without what was appended about messages: news and trouble stand at its end."""
    return _APPENDED.split(note, maxsplit=1)[0].strip()


_TROUBLE = {
    IntentState.UNCERTAIN: "belum pasti terkirim",
    IntentState.FAILED: "tidak terkirim",
}
_WHEN = rf"(?:{'|'.join(_NEWS.values())}) \d\d/\d\d/\d{{4}} \d\d:\d\d"
_APPENDED = re.compile(
    rf" Pemberitahuan lewat \w+ (?:{'|'.join(_TROUBLE.values())}): "
    rf"|(?:{'|'.join(CHAT_CHANNELS.values())}) {_WHEN}"
)


class Command(StrEnum):
    CHECK = "check"
    STOP = "stop"
    START = "start"
    OTHER = "other"


_STOP = frozenset({"STOP", "BERHENTI", "UNSUBSCRIBE"})
_START = frozenset({"MULAI", "START"})
_CHECK = frozenset({"CEK", "CHECK", "STATUS"})
_LONGEST_MESSAGE = 200


def read_command(text: str) -> tuple[Command, str]:
    """What a citizen asks for, and the reference ("" where none can be read): `cek skd-26-0004f7` or the reference alone."""
    words = text[:_LONGEST_MESSAGE].upper().split()
    if not words:
        return Command.OTHER, ""
    first, rest = words[0].strip(".,!:?"), " ".join(words[1:])
    if first in _STOP and not rest:
        return Command.STOP, ""
    if first in _START and not rest:
        return Command.START, ""
    reference = read_reference((rest if first in _CHECK else " ".join(words)).strip(".,!:?"))
    if first in _CHECK or reference:
        return Command.CHECK, str(reference or "")
    return Command.OTHER, ""


NOT_FOUND = (
    "Nomor permohonan itu tidak kami temukan untuk nomor WhatsApp ini. Periksa nomornya, dan pakailah "
    "nomor WhatsApp yang Anda isi di formulir."
)
STOPPED = (
    "Baik, kami tidak mengirim pesan WhatsApp dan SMS lagi ke nomor ini. Surat dan pemberitahuan tetap "
    "dikirim lewat email. Balas MULAI bila ingin menerimanya kembali."
)
STARTED = (
    "Baik, kami mengirim pemberitahuan ke nomor ini lagi. Balas BERHENTI untuk menghentikannya."
)
HELP = (
    "Ini layanan otomatis. Untuk mengetahui status permohonan, balas: CEK (spasi) nomor permohonan, "
    "misalnya CEK SKD-26-0004F7. Balas BERHENTI agar tidak dikirimi pesan lagi."
)


def standing_text(
    reference: str, state: State, *, queued: bool = False, withdrawn: bool = False
) -> str:
    """To the applicant's own number: what the status page says of the state, and nothing about a person."""
    words = words_of(state, queued=queued, withdrawn=withdrawn)
    return f"{reference}: {words.title}. {words.means} {words.then}"


def number_mark(number: str) -> str:
    """How a number that wants no messages is remembered. Who knows the number can compute it: kept like the number."""
    return hashlib.sha256(f"loket chat {number}".encode()).hexdigest()
