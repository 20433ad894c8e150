"""The table: every check in the order of the report, and every remedy."""

from collections.abc import Mapping

from sync.cli.doctor import (
    access,
    chat,
    cluster,
    forms,
    ledger,
    letters,
    machine,
    mail,
    pages,
    papers,
    reports,
    sheets,
    storage,
)
from sync.cli.doctor import trouble as google_trouble
from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Remedy

SECTIONS: Mapping[str, Mapping[str, Remedy]] = {
    "Pengaturan dan rahasia": papers.REMEDIES,
    "Komputer": machine.REMEDIES,
    "Jaringan, jam, dan izin Google": google_trouble.REMEDIES,
    "Kunci Google": access.REMEDIES,
    "Google Sheet": sheets.REMEDIES,
    "Google Form": forms.REMEDIES,
    "Penyimpanan di Drive": storage.REMEDIES,
    "Email": mail.REMEDIES,
    "WhatsApp dan SMS": chat.REMEDIES,
    "Halaman warga": pages.REMEDIES,
    "Laporan harian dan pengingat": reports.REMEDIES,
    "Buku besar dan putaran": ledger.REMEDIES,
    "Klaster": cluster.REMEDIES,
    "Surat": letters.REMEDIES,
    "Pemeriksaan itu sendiri": {
        "terlalu-lama": Remedy(
            "Pemeriksaan tidak selesai pada waktunya",
            (
                "Tunggu lima menit, lalu periksa sekali lagi.",
                "Bila tetap demikian: nyalakan ulang komputer, dan coba dengan jaringan lain.",
            ),
        ),
        "kesalahan-pemeriksaan": Remedy(
            "Kesalahan program ketika memeriksa",
            ("Laporkan kepada pembuat Loket, dengan nama kesalahan yang disebut.",),
        ),
    },
}
"""The manual's chapters."""

REMEDIES: Mapping[str, Remedy] = {
    name: remedy for remedies in SECTIONS.values() for name, remedy in remedies.items()
}


def checks_of(case: Case) -> list[Check]:
    """Of this office: those of the computer, then those of each spreadsheet and service."""
    by_sheet: dict[str, list[str]] = {}
    services = {workflow.name: workflow for workflow in case.workflows}
    for workflow in case.workflows:
        by_sheet.setdefault(workflow.sheet, []).append(workflow.name)
    checks = [*papers.CHECKS, *machine.CHECKS, *access.CHECKS]
    for sheet, names in by_sheet.items():
        checks += sheets.checks_of(sheet, [services[name] for name in names])
    for workflow in case.workflows:
        checks += forms.checks_of(workflow)
    checks += [*storage.CHECKS, *mail.CHECKS, *chat.checks_of(case), *pages.checks_of(case)]
    checks += reports.checks_of(case)
    checks += ledger.CHECKS
    for name in services:
        checks += ledger.checks_of(name)
    checks += cluster.checks_of(case)
    return [*checks, *letters.CHECKS]
