"""Drive: where letters will be stored, whether the account can own files there, and how much room is left."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.cli.doctor.trouble import finding_of
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.google.probe import Account, File

LEAST_BYTES = 100_000_000
LOW_PERCENT = 10


def owner_finding(
    folder: "File | None", *, service_account: bool, needed: bool, account: str = ""
) -> Finding:
    """`folder` None: the account's own Drive. `needed`: letters go there, not copies of the ledger alone."""
    words = {"akun": account, "folder": folder.name if folder else "Drive akun itu sendiri"}
    if folder is not None:
        if folder.trashed:
            return problem("folder-di-sampah", f'folder "{folder.name}" ada di Sampah', **words)
        if not folder.is_folder:
            return problem("folder-bukan-folder", f'"{folder.name}" bukan folder', **words)
        if not folder.may_add:
            found = f'akun Loket tidak boleh menambah berkas di "{folder.name}"'
            return problem("folder-hanya-dapat-dilihat", found, **words)
    in_shared = folder is not None and folder.in_shared_drive
    if service_account and not in_shared:
        found = "akun layanan tidak dapat memiliki berkas di luar drive bersama"
        return (problem if needed else warning)("penyimpanan-akun-layanan", found, **words)
    place = f'"{folder.name}"' if folder else "Drive akun kantor"
    return well(f"{place}{' di drive bersama' if in_shared else ''}")


def room_finding(account: "Account") -> Finding:
    """Of an account's own Drive; a shared drive tells nobody."""
    if not account.limit_bytes:
        return well("tanpa batas")
    left = max(account.limit_bytes - account.used_bytes, 0)
    text = f"sisa {left / 1e9:.1f} GB dari {account.limit_bytes / 1e9:.0f} GB".replace(".", ",")
    if left < LEAST_BYTES:
        return problem("drive-penuh", text)
    if left * 100 < account.limit_bytes * LOW_PERCENT:
        return warning("drive-hampir-penuh", text)
    return well(text)


def _owner(case: Case) -> Iterable[Finding]:
    from sync.google.probe import file
    from sync.google.refusals import Refused

    letters = any("drive" in workflow.deliver for workflow in case.workflows)
    if not letters and not case.settings.backup.drive:
        yield well("tidak dipakai")
        return
    folder_id, account = case.settings.google.folder, case.account.address
    folder = None
    if folder_id:
        try:
            folder = file(case.transport, folder_id)
        except Refused as refusal:
            if refusal.status != 404:
                yield finding_of(refusal)
                return
            found = "google.folder tidak ditemukan, atau tidak dibagikan kepada akun Loket"
            yield problem("folder-tidak-ditemukan", found, akun=account)
            return
    yield owner_finding(
        folder, service_account=case.is_service_account, needed=letters, account=account
    )
    if not case.is_service_account and not (folder and folder.in_shared_drive):
        yield room_finding(case.account)


def _look(case: Case) -> Iterable[Finding]:
    try:
        yield from _owner(case)
    except Failure as failure:
        yield finding_of(failure)


CHECKS = (Check("drive", "Penyimpanan di Drive", _look, needs=("akun",), online=True),)

_SHARE = "Klik kanan folder itu > Bagikan, masukkan {akun} sebagai Editor (di drive bersama: Pengelola konten)."
REMEDIES = {
    "penyimpanan-akun-layanan": Remedy(
        "Akun layanan tidak dapat menyimpan surat di sini; pilih satu dari tiga cara",
        (
            "Cara 1, bila kantor memakai Google Workspace: di https://drive.google.com buat Drive bersama, tambahkan {akun} "
            "sebagai Pengelola konten, salin bagian terakhir alamat drive itu, dan tulis di google.folder pada settings.yaml.",
            "Cara 2, bila kantor memakai akun Gmail biasa: buka asisten Loket (python loket.py, tanpa kata lain), langkah Akses "
            "Google, dan masuk dengan akun Google kantor (OAuth); surat lalu disimpan di Drive akun itu.",
            "Cara 3, bila ada pengelola Google Workspace: minta delegasi domain di https://admin.google.com (Keamanan > "
            "Kontrol API > Delegasi seluruh domain), lalu isi google.subject dengan alamat email kantor.",
            "Bila surat cukup dikirim lewat email: hapus drive dari deliver: di berkas layanan, dan tulis backup.drive: false.",
        ),
    ),
    "folder-tidak-ditemukan": Remedy(
        "Folder Drive untuk surat tidak ditemukan",
        (
            "Buka https://drive.google.com dan cari folder surat kantor.",
            _SHARE,
            "Salin bagian terakhir alamat folder itu di peramban, dan tulis di google.folder pada settings.yaml.",
        ),
    ),
    "folder-di-sampah": Remedy(
        "Folder Drive untuk surat ada di Sampah",
        (
            "Buka https://drive.google.com/drive/trash dengan akun pemiliknya.",
            "Klik kanan “{folder}”, lalu pilih Pulihkan.",
        ),
    ),
    "folder-bukan-folder": Remedy(
        "google.folder bukan folder",
        (
            "Buka https://drive.google.com, masuk ke folder atau drive bersama tempat surat disimpan.",
            "Salin bagian terakhir alamatnya di peramban, dan tulis di google.folder pada settings.yaml.",
        ),
    ),
    "folder-hanya-dapat-dilihat": Remedy(
        "Akun Loket tidak boleh menambah berkas di folder surat",
        ("Buka https://drive.google.com dengan akun pemilik folder “{folder}”.", _SHARE),
    ),
    "drive-penuh": Remedy(
        "Drive akun kantor penuh",
        (
            "Buka https://drive.google.com/drive/quota dengan akun kantor; berkas terbesar ada di atas.",
            "Hapus yang tidak dipakai, lalu kosongkan Sampah. Jangan menghapus folder “Loket: cadangan”.",
            "Setelah ada ruang: python loket.py retry --failed",
        ),
    ),
    "drive-hampir-penuh": Remedy(
        "Drive akun kantor hampir penuh",
        (
            "Buka https://drive.google.com/drive/quota dengan akun kantor; berkas terbesar ada di atas.",
            "Hapus yang tidak dipakai, lalu kosongkan Sampah.",
        ),
    ),
}
