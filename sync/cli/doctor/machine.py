"""This computer: Python, memory, time zones, disk, and whether the folder is a place for a ledger."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.core.folders import synced_by

LEAST_PYTHON = (3, 11)
LEAST_MEMORY_BYTES = 500_000_000
LOW_BYTES = 1_000_000_000
FULL_BYTES = 200_000_000
"""Below it letters and the ledger are at risk: worker/alarms.py rings there too."""

_NETWORK_FILES = ("nfs", "cifs", "smb", "afp", "webdav", "fuse.sshfs", "9p")


def python_finding(version: tuple[int, int, int], bits: int) -> Finding:
    text = f"Python {'.'.join(map(str, version))}, {bits} bit"
    if version[:2] < LEAST_PYTHON or bits < 64:
        return problem("python-lama", f"{text}; perlu 3.11 atau lebih baru, 64 bit")
    return well(text)


def memory_finding(free_bytes: int, total_bytes: int) -> Finding:
    text = f"{_gb(free_bytes)} bebas dari {_gb(total_bytes)}"
    return warning("memori-sedikit", text) if free_bytes < LEAST_MEMORY_BYTES else well(text)


def disk_finding(free_bytes: int, folder: Path) -> Finding:
    text = f"{_gb(free_bytes)} kosong di disk {folder}"
    if free_bytes < FULL_BYTES:
        return problem("disk-penuh", text)
    return warning("disk-hampir-penuh", text) if free_bytes < LOW_BYTES else well(text)


def place_finding(
    folder: str, environment: Mapping[str, str], file_system: str = "", *, remote: bool = False
) -> Finding:
    """`file_system` and `remote` are of the disk that the folder lies on."""
    if program := synced_by(folder, environment):
        return problem("folder-tersinkron", f"{folder} disinkronkan oleh {program}")
    if remote or folder.startswith(("\\\\", "//")) or file_system.startswith(_NETWORK_FILES):
        return problem("folder-jaringan", f"{folder} ada di komputer lain (folder jaringan)")
    return well(str(folder))


def zone_finding(zone: str) -> Finding:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return problem("zona-waktu-tidak-ada", f"{zone} tidak ada di komputer ini")
    return well(zone)


def writable_finding(data: Path) -> Finding:
    """Writes a small file and deletes it: on Windows nothing else can tell."""
    place = data if data.is_dir() else data.parent
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"loket")
    except OSError as error:
        return problem("folder-data-tidak-dapat-ditulis", f"{place}: {error.strerror or error}")
    return well(f"{place} dapat ditulis")


def _memory(_case: Case) -> Iterable[Finding]:
    import psutil

    memory = psutil.virtual_memory()
    yield memory_finding(memory.available, memory.total)


def _place(case: Case) -> Iterable[Finding]:
    import psutil

    folder = case.office.folder
    disks = [
        one for one in psutil.disk_partitions(all=True) if folder.is_relative_to(one.mountpoint)
    ]
    disk = max(disks, key=lambda one: len(one.mountpoint), default=None)
    file_system, options = (disk.fstype, disk.opts) if disk else ("", "")
    remote = "remote" in options.split(",")
    yield place_finding(str(folder), os.environ, file_system, remote=remote)


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB".replace(".", ",")


CHECKS = (
    Check(
        "python",
        "Python",
        lambda _: [python_finding(sys.version_info[:3], 64 if sys.maxsize > 2**32 else 32)],
    ),
    Check("memori", "Memori", _memory),
    Check(
        "disk",
        "Ruang disk",
        lambda case: [disk_finding(shutil.disk_usage(case.office.folder).free, case.office.folder)],
    ),
    Check("letak", "Letak folder", _place),
    Check("folder", "Folder data", lambda case: [writable_finding(case.office.data)]),
    Check(
        "zona",
        "Zona waktu",
        lambda case: [zone_finding(case.settings.office.timezone)],
        needs=("pengaturan",),
    ),
)

REMEDIES = {
    "python-lama": Remedy(
        "Python terlalu lama, atau 32 bit",
        (
            "Buka https://www.python.org/downloads/ dan unduh Python terbaru (Windows installer, 64-bit).",
            "Jalankan pemasangnya, centang “Add python.exe to PATH”, lalu Install Now.",
            "Hapus folder .venv di folder Loket, lalu jalankan Loket lagi; isinya dibuat ulang sendiri.",
        ),
    ),
    "memori-sedikit": Remedy(
        "Memori komputer hampir habis",
        (
            "Tutup program yang tidak dipakai, terutama peramban dengan banyak tab.",
            "Bila sering terjadi: isi letters.processes: 1 di settings.yaml.",
        ),
    ),
    "disk-hampir-penuh": Remedy(
        "Ruang disk hampir habis",
        (
            "Windows: buka Setelan > Sistem > Penyimpanan, lalu Pembersihan rekomendasi.",
            "Kosongkan Keranjang Sampah. Jangan menghapus apa pun di folder data Loket.",
        ),
    ),
    "disk-penuh": Remedy(
        "Disk penuh",
        (
            "Hentikan Loket (Ctrl-C). Tidak ada permohonan yang hilang.",
            "Windows: buka Setelan > Sistem > Penyimpanan, hapus berkas sementara, dan kosongkan Keranjang Sampah. "
            "Jangan menghapus apa pun di folder data Loket.",
            "Setelah ada sedikitnya 1 GB kosong: python loket.py run",
        ),
    ),
    "folder-tersinkron": Remedy(
        "Folder Loket ada di folder yang disinkronkan (OneDrive, Dropbox, Google Drive)",
        (
            "Hentikan Loket (Ctrl-C).",
            "Pindahkan seluruh folder Loket ke luar, misalnya C:\\Loket. Program sinkronisasi merusak buku besar yang "
            "sedang dipakai, dan membawa kunci kantor ke tempat lain.",
            "Hapus kuncinya dari tempat lama, juga dari Sampah program sinkronisasi itu.",
        ),
    ),
    "folder-jaringan": Remedy(
        "Folder Loket ada di folder jaringan",
        (
            "Hentikan Loket (Ctrl-C).",
            "Pindahkan seluruh folder Loket ke disk komputer ini, misalnya C:\\Loket. Buku besar dapat rusak di folder "
            "jaringan.",
        ),
    ),
    "folder-data-tidak-dapat-ditulis": Remedy(
        "Folder data tidak dapat ditulis",
        (
            "Klik kanan folder data di folder Loket, pilih Properti > Keamanan > Edit.",
            "Pilih akun yang menjalankan Loket, centang Kontrol penuh, lalu OK.",
            "Bila folder Loket ada di Program Files, pindahkan ke C:\\Loket.",
        ),
    ),
    "zona-waktu-tidak-ada": Remedy(
        "Daftar zona waktu tidak ada di komputer ini",
        (
            "Di settings.yaml, isi office.timezone dengan Asia/Jakarta, Asia/Makassar, atau Asia/Jayapura.",
            "Bila sudah benar: hapus folder .venv di folder Loket, lalu jalankan Loket lagi; isinya dibuat ulang sendiri.",
        ),
    ),
}
