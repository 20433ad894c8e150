"""`forget REF`: one person's data are erased, because the person asked for it."""

from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.references import application_of
from sync.cli.root import unwritable
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.core.application import Application

WHAT = (
    "Dihapus dari ledger dan folder data: jawaban, email, telepon, catatan, surat atau berkas petugas, hasil export. "
    "Surat di Google Drive tidak lagi dibagikan dan masuk ke Sampah (dikosongkan Google sesudah 30 hari)."
)
KEPT = (
    "Tetap ada: nomor permohonan, layanan, status, tanggal, dan nomor surat; bila suratnya sudah terbit, juga nama pemohon "
    "di buku agenda, karena buku agenda adalah arsip."
)


def forget(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="Nomor permohonan, mis. SKD-26-0004F7.")],
    yes: Annotated[bool, typer.Option("--yes", help="Tanpa bertanya lagi.")] = False,
    root: RootFolder = None,
) -> int:
    """Hapus data pribadi satu permohonan, atas permintaan orangnya.

    Tidak dapat dibatalkan. Permohonan yang belum selesai dibatalkan dahulu; yang suratnya sedang dikirim ditolak.
    Jawaban di Google Sheet dan Google Form tidak dihapus Loket: langkahnya disebut di akhir.
    """
    from sync.cli.wiring import assembled, now
    from sync.worker.retention import forget as erase

    office = root_of(context, root)
    with assembled(office) as wiring:
        with wiring.ledger.reading() as look:
            application = application_of(look, reference)
        screen.say(f"{application.reference}: {WHAT}")
        screen.say(KEPT)
        if not yes:
            _confirm(application.reference)
        try:
            erase(wiring.ledger, office.data, application.id, now())
        except OSError as error:
            raise unwritable(office.data, error) from error
        trouble = wiring.leftovers.clear()
        with wiring.ledger.reading() as look:
            application = look.applications.get(application.id)
    screen.say(f"{application.reference}: data pribadi sudah dihapus.")
    if trouble:
        screen.say(
            f"Belum semuanya: {trouble} Pekerja Loket mencobanya lagi; atau ulangi perintah ini.",
            style="red",
        )
    for step in _steps(office, application):
        screen.say(step)
    return 1 if trouble else 0


def _confirm(reference: str) -> None:
    """Raises Mendable unless the person types the reference."""
    asked = "Ketik nomor permohonannya untuk menghapus"
    typed = typer.prompt(asked, default="", show_default=False, err=True)
    if typed.strip().upper() != reference:
        raise Mendable.one(
            "tidak-jadi-dihapus",
            where="python loket.py forget",
            found="nomor yang diketik bukan nomor permohonan itu; tidak ada yang dihapus",
            allowed=reference,
            run=f"python loket.py forget {reference}",
        )


def _steps(office: "Root", application: "Application") -> list[str]:
    """What is left for the officer: Loket deletes nothing of the sheet's and the form's."""
    keep = office.settings.backup.keep
    return [
        "Yang masih perlu dilakukan petugas:",
        f"1. Di Google Sheet: hapus baris {application.reference} (klik kanan > Hapus baris), juga salinannya.",
        "2. Di Google Form: Jawaban > Perorangan, cari jawabannya, lalu hapus (ikon tempat sampah); berkas unggahannya "
        "ada di folder Drive formulir.",
        "3. Di Google Sheet, File > Histori versi masih memuat baris lama; salin sheet tanpa histori bila diminta.",
        "4. Di kotak Terkirim email kantor: hapus pesan kepada pemohon.",
        f"Salinan terakhir di cadangan ledger hilang sesudah {keep} cadangan berikutnya (biasanya {keep} hari).",
    ]
