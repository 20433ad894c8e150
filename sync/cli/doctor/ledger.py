"""The ledger: whole, copied lately and sealed; when the worker last went round, what rings, and the day's mail."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, warning, well

if TYPE_CHECKING:
    from sync.core.board import Quota
    from sync.ledger.desks import DeskMemory

STALE = timedelta(hours=1)
OLD_COPY = timedelta(days=2)
_MADE_AT = re.compile(r"loket-(\d{8}-\d{6})Z-")
_NONE = "belum ada; dibuat ketika Loket pertama kali dijalankan"
_BY_SERVER = "ledger di PostgreSQL: disalin oleh pengelola server itu (pg_dump, pg_basebackup)"


def _ledger(case: Case) -> Iterable[Finding]:
    if case.ledger is None:
        yield well(_NONE)
        return
    case.ledger.ensure_whole()
    with case.ledger.reading() as look:
        total = sum(look.applications.counts().values())
    yield well(f"utuh, {total} permohonan")


def copy_finding(names: Sequence[str], at: datetime, place: str) -> Finding:
    """`names` are of files in data/backup/ or in the folder in Drive."""
    from sync.worker.backing_up import copies

    found = _MADE_AT.match(next(iter(copies(names)), ""))
    if found is None:
        return warning("cadangan-belum-ada", f"belum ada cadangan {place}")
    made = datetime.strptime(found[1] + "+0000", "%Y%m%d-%H%M%S%z")
    hours = (at - made) / timedelta(hours=1)
    text = f"cadangan terakhir {place} {max(hours, 0):.0f} jam yang lalu"
    return warning("cadangan-lama", text) if at - made > OLD_COPY else well(text)


def _copies(case: Case) -> Iterable[Finding]:
    if _is_on_server(case):
        yield well(_BY_SERVER)
        return
    backup = case.settings.backup
    passphrase = case.office.secret(
        backup.passphrase_env, backup.passphrase_file, setting="backup.passphrase_file"
    )
    if backup.drive and not passphrase:
        yield warning("cadangan-tanpa-sandi", "cadangan di Drive tidak dikunci kata sandi")
    if case.ledger is None:
        yield well(_NONE)
        return
    folder = case.office.data / "backup"
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    yield copy_finding(names, case.at, "di komputer ini")


def _copies_in_drive(case: Case) -> Iterable[Finding]:
    from sync.google.backup_folder import BackupFolder

    if _is_on_server(case):
        yield well(_BY_SERVER)
        return
    if not case.settings.backup.drive or case.ledger is None:
        yield well("tidak dipakai" if case.ledger else _NONE)
        return
    names = BackupFolder(case.transport, case.settings.google.folder).names()
    yield copy_finding(list(names), case.at, "di Drive")


def _is_on_server(case: Case) -> bool:
    return case.settings.ledger.url.startswith("postgresql")


def cycle_finding(memory: "DeskMemory | None", at: datetime) -> Finding:
    """`memory` None: this workflow's sheet was never read to the end."""
    if memory is None:
        return warning("loket-tidak-berjalan", "belum pernah berjalan")
    minutes = max((at - memory.cycle_at) / timedelta(minutes=1), 0)
    if at - memory.cycle_at > STALE:
        return warning("loket-tidak-berjalan", f"putaran terakhir {minutes / 60:.0f} jam lalu")
    if memory.trouble:
        return warning("putaran-bermasalah", memory.trouble)
    return well(f"putaran terakhir {minutes:.0f} menit lalu")


def _cycle(workflow: str) -> Callable[[Case], Iterable[Finding]]:
    def look(case: Case) -> Iterable[Finding]:
        if case.ledger is None:
            return [cycle_finding(None, case.at)]
        with case.ledger.reading() as reading:
            return [cycle_finding(reading.desks.of(workflow), case.at)]

    return look


def checks_of(workflow: str) -> list[Check]:
    return [Check(f"putaran {workflow}", f"Putaran {workflow}", _cycle(workflow), ("ledger",))]


def _alarms(case: Case) -> Iterable[Finding]:
    from sync.core.board import zoned_text

    if case.ledger is None:
        yield well("tidak ada")
        return
    with case.ledger.reading() as look:
        alarms = list(look.alarms.all().values())
    zone = ZoneInfo(case.settings.office.timezone)
    for alarm in alarms:
        found = f"{alarm.title} sejak {zoned_text(alarm.since, zone)}. {alarm.reason}"
        yield warning("peringatan", found, boleh=alarm.remedy)
    if not alarms:
        yield well("tidak ada")


def quota_finding(quota: "Quota") -> Finding:
    if quota.used >= quota.per_day:
        return warning("kuota-email-habis", f"{quota} dalam 24 jam")
    if quota.warning:
        return warning("kuota-email-hampir-habis", f"{quota} dalam 24 jam")
    return well(f"{quota} dalam 24 jam")


def _quota(case: Case) -> Iterable[Finding]:
    from sync.core.board import Quota

    used = 0
    if case.ledger is not None:
        with case.ledger.reading() as look:
            used = look.intents.sent_in_a_day("email", case.at)
    yield quota_finding(Quota(used, case.settings.mail.per_day))


CHECKS = (
    Check("ledger", "Buku besar (ledger)", _ledger, needs=("pengaturan",), limit_s=60),
    Check("cadangan", "Cadangan", _copies, needs=("ledger",)),
    Check("peringatan", "Peringatan", _alarms, needs=("ledger",)),
    Check("kuota", "Kuota email", _quota, needs=("ledger",)),
    Check("cadangan-drive", "Cadangan di Drive", _copies_in_drive, ("ledger", "akun"), online=True),
)

_DISK = (
    "Hentikan Loket (Ctrl-C) dan tutup program lain yang membuka folder data.",
    "Pastikan disk tidak penuh, dan folder data boleh ditulis oleh akun yang menjalankan Loket.",
    "Bila disk berbunyi aneh atau Windows melaporkan kesalahan disk: ganti komputer, lalu "
    "python loket.py restore --from-drive di komputer baru.",
)
REMEDIES = {
    "ledger-rusak": Remedy(
        "Buku besar rusak",
        (
            "Hentikan Loket (Ctrl-C). Jangan menghapus berkas yang rusak.",
            "Kembalikan cadangan terakhir: python loket.py restore",
            "Bila tidak ada cadangan di komputer ini: python loket.py restore --from-drive",
            "Bila di Drive pun tidak ada: python loket.py repair --from-sheet",
        ),
    ),
    "ledger-terkunci": Remedy(
        "Buku besar ditahan program lain",
        (
            "Tutup program yang membuka berkas ledger.sqlite3, misalnya program cadangan atau penjelajah basis data.",
            "Bila tidak ditemukan: nyalakan ulang komputer.",
        ),
    ),
    "ledger-tidak-terbaca": Remedy("Buku besar tidak dapat dibaca", _DISK),
    "ledger-tidak-dapat-dibuka": Remedy(
        "Buku besar tidak dapat dibuka",
        (
            "Lihat ledger.url di settings.yaml. Bila kosong: pastikan folder data boleh dibaca akun yang menjalankan Loket.",
            "Bila berisi postgresql://…: pastikan nama basis data dan penggunanya ada di server itu.",
        ),
    ),
    "ledger-tidak-terhubung": Remedy(
        "Server buku besar (PostgreSQL) tidak dapat dihubungi",
        (
            "Pastikan komputer server basis data menyala dan layanan PostgreSQL berjalan.",
            "Periksa ledger.url di settings.yaml: nama komputer, port, dan nama basis datanya.",
        ),
    ),
    "ledger-lebih-baru": Remedy(
        "Buku besar dibuat oleh Loket yang lebih baru",
        (
            "Unduh Loket versi terbaru, yang sama dengan di komputer lain.",
            "Perbarui dengan berkas itu: python loket.py upgrade BERKAS.zip",
        ),
    ),
    "ledger-versi-lama": Remedy(
        "Buku besar dari Loket versi lama",
        ("Jalankan: python loket.py status. Buku besar disalin dahulu, lalu diperbarui sendiri.",),
    ),
    "cadangan-belum-ada": Remedy(
        "Buku besar belum pernah dicadangkan",
        ("Jalankan: python loket.py backup",),
    ),
    "cadangan-lama": Remedy(
        "Cadangan terakhir sudah lama",
        (
            "Jalankan: python loket.py backup",
            "Pastikan Loket berjalan setiap hari; selama berjalan, cadangan dibuat sendiri.",
        ),
    ),
    "cadangan-tanpa-sandi": Remedy(
        "Cadangan di Drive tidak dikunci",
        (
            "Buat berkas teks di folder Loket, misalnya sandi-cadangan.txt, yang hanya memuat satu kalimat rahasia yang panjang.",
            "Di settings.yaml, tulis backup.passphrase_file: sandi-cadangan.txt.",
            "Simpan kalimat itu juga di tempat lain: tanpa kalimat itu cadangan tidak dapat dibuka.",
        ),
    ),
    "loket-tidak-berjalan": Remedy(
        "Loket tidak berjalan",
        (
            "Jalankan: python loket.py run",
            "Agar berjalan sendiri setiap komputer menyala: python loket.py service install",
            "Atur komputer agar tidak tidur (Setelan > Sistem > Daya).",
        ),
    ),
    "putaran-bermasalah": Remedy(
        "Putaran terakhir bermasalah",
        (
            "Perbaiki yang disebut. Loket melanjutkan sendiri; tidak ada permohonan yang hilang.",
            "Bila perlu, lihat keadaannya: python loket.py status",
        ),
    ),
    "peringatan": Remedy("Ada peringatan yang belum selesai", ("{boleh}",)),
    "kuota-email-habis": Remedy(
        "Kuota email hari ini habis",
        (
            "Tidak ada yang perlu dilakukan: surat yang antre dikirim sendiri setelah kuota pulih.",
            "Bila sering terjadi: pakai akun Google Workspace (2.000 email sehari), lalu ubah mail.per_day di settings.yaml.",
        ),
    ),
    "kuota-email-hampir-habis": Remedy(
        "Kuota email hari ini hampir habis",
        (
            "Sisanya dikirim sendiri besok. Bila sering terjadi, pakai akun dengan kuota lebih besar.",
        ),
    ),
}
