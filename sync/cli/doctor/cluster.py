"""The cluster, seen from this machine: whether it can be a member, who is there, and whether everything is taken by somebody."""

from collections.abc import Iterable

from sync.cli.cluster_check import (
    key_problem,
    machine_problems,
    role_problem,
    version_problem,
)
from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Level, Remedy, of_problem, warning, well


def _cluster(case: Case) -> Iterable[Finding]:
    for problem in machine_problems():
        yield of_problem(problem)
    if case.ledger is None:
        yield well("belum ada ledger; dibuat ketika anggota pertama dijalankan")
        return
    from sync.worker.cluster.members import members

    with case.ledger.reading() as look:
        present, keys = members(look, case.at), key_problem(look, case.office)
    if keys:
        yield of_problem(keys, folder=keys.where)
    if not present:
        yield warning("klaster-tanpa-anggota", "tidak ada anggota yang berjalan")
        return
    matters = [one for one in (role_problem(present), version_problem(present)) if one]
    for problem in matters:
        yield of_problem(problem, Level.WARNING)
    if not matters:
        computers = ", ".join(sorted({one.computer for one in present}))
        yield well(f"{len(present)} anggota berjalan: {computers}")


def checks_of(case: Case) -> list[Check]:
    """None where the office is no cluster, or its settings can't be read: that is told by another check."""
    from sync.core.mendable import Mendable

    try:
        cluster = case.settings.worker.cluster
    except Mendable:
        return []
    return [Check("klaster", "Klaster", _cluster, needs=("ledger",))] if cluster else []


REMEDIES = {
    "klaster-di-windows": Remedy(
        "Klaster tidak dapat dijalankan di Windows",
        (
            "Jalankan anggota klaster di Linux.",
            "Komputer Windows ini melayani sheetnya sendiri: isi worker.cluster: false di settings.yaml.",
        ),
    ),
    "kunci-di-komputer-lain": Remedy(
        "Kunci verifikasi kantor ada di komputer lain",
        (
            "Salin folder data/keys dari komputer pertama ke {folder}, dengan cara yang tidak dapat dibaca orang lain.",
            "Setelah itu: python loket.py run",
        ),
    ),
    "klaster-tanpa-anggota": Remedy(
        "Tidak ada anggota klaster yang berjalan",
        (
            "Jalankan di setiap komputer klaster: python loket.py run, atau python loket.py service install.",
            "Bila sudah: pastikan ledger.url di settings.yaml sama di semua komputer, dan jam komputer disamakan otomatis (NTP).",
        ),
    ),
    "peran-tidak-diambil": Remedy(
        "Ada peran klaster yang tidak diambil siapa pun",
        (
            "Lihat anggota dan perannya: python loket.py status",
            "Jalankan komputer yang mengambil peran itu, atau tambahkan peran itu di worker.roles di salah satu komputer.",
        ),
    ),
    "versi-klaster-berbeda": Remedy(
        "Anggota klaster memakai versi Loket yang berbeda",
        ("Perbarui komputer yang versinya lama: python loket.py upgrade BERKAS.zip",),
    ),
}
