"""Alarms: what the responsible person is told by email, once when it begins and once when it is over.

Values in, values out: which matters there are now, which were known, and what follows. Finding them out, sending and
remembering are worker/alarms.py's affair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

AT_ONCE = timedelta(0)

TITLES: Mapping[str, str] = {
    "cycle": "layanan {} berhenti",
    "lease": "komputer lain mengambil alih Google Sheet",
    "quota": "kuota email hampir habis",
    "delivery": "surat layanan {} belum terkirim",
    "letters": "surat layanan {} tidak dapat dibuat",
    "chat": "pemberitahuan lewat {} belum terkirim",
    "disk": "ruang penyimpanan komputer hampir habis",
    "tab": 'tab "Loket" tidak dapat ditulis',
    "public": "DARURAT, sheet jawaban terbuka untuk umum",
}
REMEDIES: Mapping[str, str] = {
    "cycle": "Perbaiki yang disebut. Loket melanjutkan sendiri; tidak ada permohonan yang hilang.",
    "lease": "Jalankan Loket di satu komputer saja. Hentikan di komputer ini, atau jika komputer yang lain "
    "tidak dipakai lagi: python loket.py run --take-over",
    "quota": "Yang tersisa dikirim sendiri setelah kuota pulih. Jika sering terjadi, naikkan kuota pada "
    "penyedia email, lalu ubah mail.per_day.",
    "delivery": "Perbaiki yang disebut. Surat dikirim sendiri setelah itu.",
    "chat": "Perbaiki yang disebut; python loket.py doctor menunjukkan caranya. Surat dan email tetap dikirim, dan yang "
    "tertunda menyusul sendiri.",
    "letters": "Periksa templat suratnya dengan python loket.py check, lalu pilih Kirim ulang pada barisnya.",
    "disk": "Kosongkan ruang penyimpanan di komputer Loket.",
    "tab": "Lepaskan perlindungan tab Loket, atau hapus tab itu; Loket membuatnya lagi sendiri.",
    "public": 'Sekarang juga: buka sheet itu → Bagikan → Akses umum → pilih "Dibatasi"; bila dipublikasikan di web: File → '
    "Bagikan → Publikasikan di web → Berhenti memublikasikan. Kepada warga cukup dibagikan tautan formulirnya. "
    "Lalu laporkan kepada kepala kantor: pemilik data wajib diberi tahu dalam 3×24 jam (UU 27/2022 pasal 46).",
}
"""By the first word of an alarm's subject; the rest of it names the workflow or the spreadsheet."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is the matter now. It becomes an alarm when it has lasted for `after`."""

    subject: str
    reason: str
    after: timedelta = AT_ONCE


@dataclass(frozen=True, slots=True)
class Alarm:
    """`told_at`: when the responsible person was emailed; None: not yet."""

    subject: str
    reason: str
    since: datetime
    told_at: datetime | None = None

    @property
    def title(self) -> str:
        kind, _, name = self.subject.partition(" ")
        return TITLES[kind].format(name)

    @property
    def remedy(self) -> str:
        return REMEDIES[self.subject.partition(" ")[0]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`changed` is new or says something else now; `to_tell` has lasted long enough; `over` is no more."""

    changed: tuple[Alarm, ...]
    to_tell: tuple[Alarm, ...]
    over: tuple[Alarm, ...]


def judge(known: Mapping[str, Alarm], conditions: Iterable[Condition], at: datetime) -> Judgement:
    changed, to_tell, now = [], [], set[str]()
    for condition in conditions:
        now.add(condition.subject)
        was = known.get(condition.subject)
        alarm = replace(
            was or Alarm(condition.subject, condition.reason, at), reason=condition.reason
        )
        if alarm != was:
            changed.append(alarm)
        if alarm.told_at is None and at - alarm.since >= condition.after:
            to_tell.append(alarm)
    over = tuple(alarm for subject, alarm in known.items() if subject not in now)
    return Judgement(tuple(changed), tuple(to_tell), over)
