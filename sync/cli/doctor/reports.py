"""What the office itself is mailed: whether the daily report's spreadsheet can be written, and the reminder has a promise to
keep."""

from collections.abc import Iterable

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Level, Remedy, of_problem, problem, warning, well
from sync.core.mendable import Mendable
from sync.core.workflow.links import sheet_id


def _sheet(case: Case) -> Iterable[Finding]:
    from sync.cli.report_wiring import published_to
    from sync.google.report_tab import STOCK, ReportTab
    from sync.google.sheet_check import access_problems, look_at

    report, account = case.settings.report, case.account.address
    sheet = sheet_id(report.sheet) or next((one.sheet for one in case.workflows), "")
    if not sheet:
        yield well("belum ada layanan")
        return
    if report.publish:
        try:
            published_to(case.office, case.workflows)
        except Mendable as error:
            yield from (of_problem(one, Level.PROBLEM, akun=account) for one in error.problems)
            return
    try:
        facts = look_at(case.transport, sheet)
        stops = access_problems(facts, account)
    except Mendable as error:
        stops = list(error.problems)
    if stops:
        url = f"https://docs.google.com/spreadsheets/d/{sheet}"
        yield problem("sheet-laporan", f"{url}: {stops[0].found}", akun=account, alamat=url)
    elif report.stock_tab and ReportTab(case.transport, sheet, STOCK).missing():
        yield warning("tab-stok-belum-ada", f'"{facts.title}": tab "{STOCK.title}" belum dibuat')
    else:
        yield well(f'"{facts.title}" dibagikan sebagai Editor')


def _reminder(case: Case) -> Iterable[Finding]:
    dashboard = case.settings.dashboard
    promising = [one.name for one in case.workflows if one.promised_days is not None]
    if not promising:
        yield warning("pengingat-tanpa-janji", "tidak ada layanan dengan promised_days")
    else:
        told = f"pukul {dashboard.reminder_at} kepada {len(dashboard.reminder_to)} alamat"
        yield well(f"{told}, untuk layanan {', '.join(promising)}")


def checks_of(case: Case) -> list[Check]:
    """Of what the office uses."""
    try:
        settings = case.settings
    except Mendable:
        return []  # told as such
    found = []
    if settings.report.stock_tab or settings.report.publish:
        found.append(Check("laporan", "Google Sheet laporan", _sheet, needs=("akun",), online=True))
    if settings.dashboard.reminder_to:
        found.append(Check("pengingat", "Pengingat", _reminder, needs=("pengaturan",)))
    return found


REMEDIES = {
    "sheet-laporan": Remedy(
        "Sheet laporan belum dapat dipakai Loket",
        (
            "Buka {alamat} dengan akun pemiliknya. Bila sheet itu ada di Sampah Google Drive, pulihkan.",
            "Tekan Bagikan (kanan atas), jadikan {akun} Editor, lalu tekan Kirim.",
            "Bila sheet itu sudah tidak ada: betulkan report.sheet di settings.yaml.",
        ),
    ),
    "laporan-bersama-jawaban": Remedy(
        "Sheet laporan untuk provinsi memuat jawaban warga",
        (
            "Buat Google Sheet yang baru dan kosong, dan bagikan kepada {akun} sebagai Editor.",
            "Tulis tautannya di report.sheet di settings.yaml.",
            "Bagikan sheet yang baru itu saja kepada provinsi, sebagai Pelihat.",
        ),
    ),
    "tab-stok-belum-ada": Remedy(
        "Tab “Stok” belum dibuat",
        ("Jalankan: python loket.py setup",),
    ),
    "pengingat-tanpa-janji": Remedy(
        "Pengingat tidak akan pernah dikirim: tidak ada layanan yang menjanjikan waktu",
        (
            "Buka berkas layanan di folder workflows dengan Notepad, dan tulis misalnya promised_days: 3.",
            "Atau kosongkan dashboard.reminder_to di settings.yaml.",
        ),
    ),
}
