"""What the office wrote: settings, services, templates; and that its secrets are nobody else's to read."""

import os
from collections.abc import Iterable
from pathlib import Path

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, of_problem, problem, warning, well
from sync.core.folders import synced_by


def _settings(case: Case) -> Iterable[Finding]:
    office = case.settings.office
    if not (case.office.folder / "settings.yaml").exists():
        yield warning("pengaturan-belum-ada", "settings.yaml belum ada; semua memakai nilai bawaan")
    elif not (office.responsible or office.email):
        yield warning("penanggung-jawab-kosong", "office.responsible dan office.email kosong")
    else:
        yield well("settings.yaml dapat dibaca, tanpa kata sandi di dalamnya")


def _services(case: Case) -> Iterable[Finding]:
    """All that `check` tells of workflows and templates."""
    from sync.cli.check import template_problems_of, twins

    workflows, problems = case.office.workflows()
    problems += twins(workflows)
    problems += template_problems_of(case.office, {one.name: one for one in workflows})
    yield from map(of_problem, problems)
    if not problems:
        yield well(", ".join(workflow.name for workflow in workflows))


def secret_files(case: Case) -> list[Path]:
    """Every file of this office that holds a secret and is there."""
    from sync.cli.service_secrets import secrets_of

    settings = case.settings
    named = [settings.google.credentials, settings.signature.file]
    named += [file for *_, file in secrets_of(settings)]
    files = [case.office.folder / name for name in named if name]
    files += sorted((case.office.data / "keys").glob("*"))
    return [file for file in files if file.is_file()]


def _secrets(case: Case) -> Iterable[Finding]:
    files = secret_files(case)
    for file in files:
        if program := synced_by(str(file.parent), os.environ):
            yield problem("folder-tersinkron", f"{file} disinkronkan oleh {program}")
    if os.name != "posix":
        yield well(f"{len(files)} berkas; izin berkas tidak diperiksa di Windows")
        return
    open_to_others = [file for file in files if file.stat().st_mode & 0o077]
    for file in open_to_others:
        yield problem(
            "berkas-rahasia-terbuka",
            f"{file.name} dapat dibaca akun lain di komputer ini",
            jalankan=f'chmod 600 "{file}"',
        )
    data = case.office.data
    if data.is_dir() and data.stat().st_mode & 0o077:
        found = f"{data}: jawaban dan surat pemohon dapat dibaca akun lain di komputer ini"
        yield warning("folder-data-terbuka", found, jalankan=f'chmod 700 "{data}"')
    if not open_to_others:
        yield well(f"{len(files)} berkas, hanya dapat dibaca akun ini")


CHECKS = (
    Check("pengaturan", "Pengaturan", _settings),
    Check("layanan", "Layanan dan templat", _services, needs=("pengaturan",)),
    Check("rahasia", "Berkas rahasia", _secrets, needs=("pengaturan",)),
)

REMEDIES = {
    "pengaturan-belum-ada": Remedy(
        "settings.yaml belum ada",
        (
            "Di folder Loket, salin settings.example.yaml, dan beri nama settings.yaml.",
            "Buka dengan Notepad; isi nama kantor, penanda tangan, dan server email.",
        ),
    ),
    "penanggung-jawab-kosong": Remedy(
        "Tidak ada yang diberi tahu bila Loket berhenti",
        (
            "Buka settings.yaml dengan Notepad.",
            "Isi office.responsible dengan alamat email orang yang mengurus Loket.",
        ),
    ),
    "rahasia-di-settings": Remedy(
        "Kata sandi tertulis di settings.yaml",
        (
            "Buka yang disebut dengan Notepad: {dimana}.",
            "Pindahkan kata sandinya ke berkas tersendiri di folder Loket, misalnya sandi-email.txt, yang hanya memuatnya.",
            "Di settings.yaml, hapus baris itu dan tulis mail.password_file: sandi-email.txt.",
            "Bila settings.yaml pernah dikirim kepada orang lain, ganti kata sandinya.",
        ),
    ),
    "berkas-rahasia-terbuka": Remedy(
        "Berkas rahasia dapat dibaca akun lain",
        ("Jalankan di terminal: {jalankan}",),
    ),
    "folder-data-terbuka": Remedy(
        "Data pemohon di komputer ini dapat dibaca akun lain",
        ("Jalankan di terminal: {jalankan}",),
    ),
    "berkas-rahasia-tidak-ada": Remedy(
        "Berkas kata sandi yang disebut settings.yaml tidak ada",
        (
            "Buka folder Loket dan buat berkas itu dengan Notepad: {dimana}.",
            "Isinya kata sandi saja, satu baris, tanpa tanda petik.",
        ),
    ),
    "tidak-ada-layanan": Remedy(
        "Belum ada layanan",
        (
            "Buka asisten Loket (python loket.py, tanpa kata lain), langkah Layanan: pilih surat yang sudah jadi, atau biarkan "
            "Loket membuatnya dari formulir.",
            "Yang sama dengan perintah: python loket.py new, lalu periksa isinya: python loket.py check",
        ),
    ),
}
