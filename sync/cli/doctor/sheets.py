"""Each spreadsheet and its services' tabs: in reach, closed to the public, the right columns, files that can be read."""

import contextlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Level, Remedy, of_problem, problem, warning, well
from sync.cli.doctor.trouble import finding_of
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.core.settings import Columns
    from sync.core.workflow.model import Field, Workflow

_INDONESIAN = ("id", "in")  # Google writes both


def checks_of(sheet: str, workflows: "Sequence[Workflow]") -> list[Check]:
    """Of one spreadsheet, and of the services that share it."""
    names = ", ".join(workflow.name for workflow in workflows)
    first = f"sheet {names}"

    def check(
        name: str, title: str, look: Callable[[Case], Iterable[Finding]], *needs: str
    ) -> Check:
        return Check(name, title, look, needs, online=True)

    checks = [
        check(first, f"Google Sheet {names}", partial(_access, sheet=sheet), "akun"),
        check(f"waktu {names}", f"Zona waktu sheet {names}", partial(_manners, sheet=sheet), first),
        check(f"pekerja {names}", f"Komputer Loket {names}", partial(_lease, sheet=sheet), first),
    ]
    for one in workflows:
        tab = f"judul {one.name}"
        columns, known = partial(_headers, workflow=one), partial(_behind, workflow=one)
        checks += [
            check(tab, f"Judul kolom {one.name}", columns, first),
            check(f"nomor {one.name}", f"Nomor di sheet {one.name}", known, tab, "ledger"),
        ]
        files = [field for field in one.fields.values() if field.type == "file"]
        if files:
            look = partial(_answer_files, workflow=one, fields=files)
            checks.append(check(f"berkas {one.name}", f"Berkas jawaban {one.name}", look, tab))
    return checks


def _access(case: Case, sheet: str) -> Iterable[Finding]:
    from sync.google.probe import is_published
    from sync.google.sheet_check import access_problems, look_at, public_problem

    account = case.account.address
    try:
        facts = look_at(case.transport, sheet)
    except Mendable as error:
        yield from (of_problem(one, Level.PROBLEM, akun=account) for one in error.problems)
        return
    except Failure as failure:
        told = finding_of(failure, api="sheets")
        converted = told.name == "google-menolak" and getattr(failure, "status", 0) == 400
        found = "berkas itu bukan Google Sheet (mungkin berkas Excel)"
        yield problem("sheet-bukan-google-sheet", found) if converted else told
        return
    case.sheets[sheet] = facts
    words = {"akun": account, "sheet": facts.title}
    stops = access_problems(facts, account)
    yield from (of_problem(one, Level.PROBLEM, **words) for one in stops)
    opened = public_problem(facts)
    if opened is not None and (facts.public or not stops):
        level = Level.PROBLEM if facts.public else Level.WARNING
        yield of_problem(opened, level, **words)
    if facts.may_edit and is_published(case.transport, sheet):
        yield published_finding(facts.title)
    elif not stops and opened is None:
        yield well(f'"{facts.title}" dibagikan sebagai Editor, tertutup untuk umum')


def published_finding(title: str) -> Finding:
    found = (
        f'"{title}" DIPUBLIKASIKAN DI WEB: siapa pun dapat membaca jawaban dan NIK semua pemohon'
    )
    return problem("sheet-dipublikasikan", found, sheet=title)


def _manners(case: Case, sheet: str) -> Iterable[Finding]:
    from sync.google.sheet_check import timezone_problem

    facts, zone = case.sheets[sheet], case.settings.office.timezone
    other = timezone_problem(facts, zone)
    if other is not None:
        yield of_problem(other, Level.WARNING, sheet=facts.title, lokasi=zone)
    language = locale_finding(facts.locale, facts.title)
    if language is not None:
        yield language
    elif other is None:
        yield well(f"{facts.timezone}, {facts.locale}")


def locale_finding(locale: str, title: str) -> Finding | None:
    if locale.startswith(_INDONESIAN):
        return None
    found = f'lokal sheet "{title}" {locale}: tanggal dapat tampil dengan bulan di depan'
    return warning("lokal-sheet", found, sheet=title)


def _lease(case: Case, sheet: str) -> Iterable[Finding]:
    from sync.core.lease import read_lease
    from sync.google.duty_tab import DutyTab

    lease = read_lease(DutyTab(case.transport, sheet).read().lease)
    if lease is None or lease.ended_at(case.at):
        yield well("tidak ada yang sedang melayani")
    elif lease.holder.id == _own_id(case):
        yield well("dilayani komputer ini")
    else:
        zone = ZoneInfo(case.settings.office.timezone)
        yield lease_finding(lease.holder.computer, lease.last_seen, zone)


def lease_finding(computer: str, last_seen: datetime, zone: ZoneInfo) -> Finding:
    from sync.core.board import zoned_text

    found = f'dilayani komputer lain: "{computer}", terakhir terlihat {zoned_text(last_seen, zone)}'
    return warning("komputer-lain-melayani", found, komputer=computer)


def _own_id(case: Case) -> str:
    """This data folder's holder, as cli/holder.py keeps it; "" where it never served."""
    from sync.cli.holder import FILE

    with contextlib.suppress(OSError, ValueError):
        kept = json.loads((case.office.data / FILE).read_text(encoding="utf-8"))
        return str(kept.get("id", "")) if isinstance(kept, dict) else ""
    return ""


def _headers(case: Case, workflow: "Workflow") -> Iterable[Finding]:
    from sync.cli.chat_wiring import desk_columns
    from sync.core.cells import cell_text
    from sync.google.sheet_check import lock_problem
    from sync.google.tab import Tab

    facts, columns = case.sheets[workflow.sheet], desk_columns(case.office, workflow)
    tab = Tab(case.transport, workflow.sheet, workflow.tab)
    if workflow.tab not in facts.locks:
        tab.facts()  # raises, with the titles that are there
    titles = ["" if cell is None else cell_text(cell) for cell in tab.header_row()]
    case.titles[workflow.name] = titles
    where = f'{facts.place}, tab "{workflow.tab}"'
    lock = lock_problem(facts.locks.get(workflow.tab, ()), titles, columns, where=where)
    if lock is not None:
        yield of_problem(lock, akun=case.account.address, sheet=facts.title)
    yield from header_findings(titles, workflow.questions, columns, where=where)


def header_findings(
    titles: Sequence[str], questions: Sequence[str], columns: "Columns", *, where: str
) -> list[Finding]:
    """`titles` is row 1 as it stands; at least one finding."""
    from sync.core.headers import column_letters
    from sync.google.sheet_check import header_problems, missing_columns

    found = [of_problem(one) for one in header_problems(titles, questions, columns, where=where)]
    blank = [column_letters(at) for at, title in enumerate(titles) if not title.strip()]
    if blank and not found:
        text = f"{where}: kolom {', '.join(blank)} tanpa judul di baris 1"
        found.append(warning("judul-kosong", text, kolom=", ".join(blank)))
    if not found and missing_columns(titles, columns):
        found.append(warning("kolom-loket-belum-ada", f"{where}: kolom Loket belum dibuat"))
    return found or [well(f"{len(questions)} pertanyaan dan kolom Loket ada")]


def _answer_files(case: Case, workflow: "Workflow", fields: "Sequence[Field]") -> Iterable[Finding]:
    """Tries the newest file of each question. Which file it is, and whose, is not told."""
    from sync.core.cells import cell_text
    from sync.core.headers import find_columns
    from sync.core.officer_file import read_link
    from sync.google.probe import file
    from sync.google.refusals import Refused
    from sync.google.tab import Tab

    tab = Tab(case.transport, workflow.sheet, workflow.tab)
    account = case.account.address
    for question in dict.fromkeys(field.question for field in fields):
        at = find_columns(case.titles[workflow.name], [question])[question]
        texts = [cell_text(cell) for cell in tab.column(at) if cell is not None]
        newest = next((text for text in reversed(texts) if text.strip()), "")
        link = read_link(newest.rpartition(",")[2])
        if not newest:
            yield well(f'"{question}": belum ada berkas')
        elif link is None:
            yield warning(
                "jawaban-bukan-berkas", f'"{question}": bukan tautan Drive', kolom=question
            )
        else:
            try:
                about = file(case.transport, link.id)
            except Refused:
                yield unreadable_file(question, account)
                continue
            yield (
                well(f'"{question}": terbaca')
                if about.may_download
                else unreadable_file(question, account)
            )


def unreadable_file(question: str, account: str) -> Finding:
    found = f'"{question}": berkas terbaru tidak dapat dibuka oleh akun Loket'
    return problem("berkas-jawaban-tidak-terbaca", found, kolom=question, akun=account)


def _behind(case: Case, workflow: "Workflow") -> Iterable[Finding]:
    """The sheet's references that the ledger does not know: another ledger served here since."""
    from sync.core.cells import cell_text
    from sync.core.headers import normal
    from sync.core.references import read_reference
    from sync.google.tab import Tab

    titles = [normal(title) for title in case.titles[workflow.name]]
    header = normal(case.settings.columns.reference)
    if header not in titles:
        yield well("sheet belum pernah dilayani")
        return
    cells = Tab(case.transport, workflow.sheet, workflow.tab).column(titles.index(header))
    read = [read_reference(cell_text(cell)) for cell in cells if cell is not None]
    given = {str(one) for one in read if one is not None and one.prefix == workflow.prefix}
    known: Iterable[str] = ()
    if case.ledger is not None and given:
        with case.ledger.reading() as look:
            known = look.applications.known_by_reference(workflow.name, given)
    unknown = sorted(given - set(known))
    if unknown:
        found = f"{len(unknown)} nomor di sheet tidak dikenal buku besar, misalnya {unknown[-1]}"
        yield problem("ledger-tertinggal", found)
    else:
        yield well(f"{len(given)} nomor, semua dikenal")


_OPEN = "Buka Google Sheet “{sheet}” dengan akun pemiliknya."
REMEDIES = {
    "sheet-tidak-terjangkau": Remedy(
        "Google Sheet dihapus atau tidak dibagikan kepada akun Loket",
        (
            "Buka sheet itu di peramban dengan akun pemiliknya: {dimana}",
            "Tekan Bagikan (kanan atas), masukkan {akun} sebagai Editor, lalu tekan Kirim.",
            "Bila halaman itu berkata sheet tidak ada: periksa Sampah di https://drive.google.com, atau betulkan sheet: di "
            "berkas layanannya (folder workflows).",
        ),
    ),
    "sheet-hanya-dapat-dilihat": Remedy(
        "Akun Loket hanya dapat melihat sheet",
        (
            _OPEN,
            "Tekan Bagikan (kanan atas), cari {akun}.",
            "Ubah perannya dari Pelihat menjadi Editor, lalu tekan Selesai.",
        ),
    ),
    "sheet-di-sampah": Remedy(
        "Google Sheet ada di Sampah",
        (
            "Buka https://drive.google.com/drive/trash dengan akun pemilik sheet “{sheet}”.",
            "Klik kanan sheet itu, lalu pilih Pulihkan. Setelah 30 hari di Sampah, sheet hilang selamanya.",
        ),
    ),
    "sheet-bukan-google-sheet": Remedy(
        "Yang disebut di sheet: bukan Google Sheet",
        (
            "Buka tautan di sheet: pada berkas layanan (folder workflows). Bila di samping namanya tertulis .XLSX, itu berkas Excel.",
            "Buka formulirnya, tab Jawaban, tekan Tautkan ke Spreadsheet, dan pilih Buat spreadsheet baru.",
            "Tempel tautan spreadsheet yang baru itu di sheet:.",
        ),
    ),
    "sheet-terbuka-untuk-umum": Remedy(
        "DARURAT: sheet jawaban terbuka untuk umum",
        (
            _OPEN,
            "Tekan Bagikan (kanan atas). Di bawah Akses umum, ganti “Siapa saja yang memiliki link” menjadi “Dibatasi”. "
            "Lakukan sekarang juga.",
            "Kepada warga, bagikan tautan formulirnya, bukan tautan sheet.",
            "Laporkan kepada kepala kantor: data pribadi yang sempat terbuka wajib diberitahukan kepada pemiliknya dalam "
            "3×24 jam (UU 27/2022 pasal 46).",
        ),
    ),
    "sheet-dipublikasikan": Remedy(
        "DARURAT: sheet jawaban dipublikasikan di web",
        (
            _OPEN,
            "Buka File > Bagikan > Publikasikan di web, lalu tekan Berhenti memublikasikan. Lakukan sekarang juga.",
            "Laporkan kepada kepala kantor: data pribadi yang sempat terbuka wajib diberitahukan kepada pemiliknya dalam "
            "3×24 jam (UU 27/2022 pasal 46).",
        ),
    ),
    "akses-umum-tidak-diketahui": Remedy(
        "Tidak dapat diperiksa apakah sheet terbuka untuk umum",
        (_OPEN, "Tekan Bagikan, dan pastikan Akses umum berbunyi “Dibatasi”."),
    ),
    "zona-waktu-berbeda": Remedy(
        "Zona waktu sheet berbeda dengan kantor",
        (_OPEN, "Buka File > Setelan, ubah Zona waktu menjadi {lokasi}, lalu tekan Simpan."),
    ),
    "lokal-sheet": Remedy(
        "Lokal sheet bukan Indonesia",
        (_OPEN, "Buka File > Setelan, ubah Lokal menjadi Indonesia, lalu tekan Simpan."),
    ),
    "komputer-lain-melayani": Remedy(
        "Komputer lain sedang melayani sheet ini",
        (
            "Bila “{komputer}” memang komputer Loket yang dipakai: tidak ada yang perlu dilakukan. Jangan menjalankan Loket di sini.",
            "Bila komputer itu tidak dipakai lagi, matikan Loket di sana, lalu di sini: python loket.py run --take-over",
        ),
    ),
    "tab-tidak-ditemukan": Remedy(
        "Tab yang ditulisi formulir tidak ada",
        (
            "Buka sheetnya: {dimana}. Lihat nama tab di bagian bawah.",
            "Buka berkas layanan di folder workflows dengan Notepad, dan tulis nama tab itu di tab:, persis sama.",
        ),
    ),
    "baris-judul-tidak-ada": Remedy(
        "Baris judul tidak ada",
        (
            "Buka sheetnya: {dimana}. Baris 1 harus berisi judul pertanyaan formulir.",
            "Bila terhapus: buka File > Histori versi > Lihat histori versi, dan pulihkan versi sebelumnya.",
            "Bila tab itu bukan tab jawaban formulir: betulkan tab: di berkas layanan (folder workflows).",
        ),
    ),
    "kolom-tidak-ditemukan": Remedy(
        "Judul pertanyaan tidak ada di sheet",
        (
            "Bandingkan yang disebut di atas dengan baris 1 sheet: {dimana}.",
            "Bila judul di sheet yang berubah: tulis kembali judulnya seperti pertanyaan di formulir.",
            "Bila pertanyaan formulir yang berubah: sesuaikan question: di berkas layanan (folder workflows).",
        ),
    ),
    "kolom-ganda": Remedy(
        "Dua kolom berjudul sama",
        (
            "Buka sheetnya: {dimana}.",
            "Pada kolom yang tidak dipakai formulir, ganti judulnya, misalnya tambahkan kata “lama”.",
        ),
    ),
    "judul-kosong": Remedy(
        "Ada kolom tanpa judul",
        (
            "Buka sheet dan isi judul kolom {kolom} di baris 1, atau hapus kolom itu bila memang kosong.",
        ),
    ),
    "kolom-loket-belum-ada": Remedy(
        "Kolom Loket belum dibuat",
        (
            "Jalankan: python loket.py setup. Loket menambah kolomnya sendiri dan tidak mengubah jawaban.",
        ),
    ),
    "tab-dilindungi": Remedy(
        "Kolom Loket dilindungi sehingga tidak dapat ditulis",
        (
            _OPEN,
            "Buka Data > Lindungi sheet dan rentang, dan pilih perlindungan yang mencakup kolom Loket.",
            "Tekan Setel izin, tambahkan {akun}; atau hapus perlindungan itu.",
        ),
    ),
    "berkas-jawaban-tidak-terbaca": Remedy(
        "Berkas yang diunggah pemohon tidak dapat dibuka",
        (
            "Buka formulirnya dengan akun pemilik, tab Jawaban, tekan titik tiga > Pilih tujuan untuk berkas; atau cari folder "
            "“(File responses)” di https://drive.google.com.",
            "Klik kanan folder itu > Bagikan, masukkan {akun} sebagai Pelihat, lalu tekan Kirim.",
            "Bila pengunduhan dilarang: Bagikan > roda gigi, dan izinkan Pelihat mengunduh.",
        ),
    ),
    "jawaban-bukan-berkas": Remedy(
        "Jawaban berkas bukan tautan Drive",
        (
            "Buka formulirnya, dan pastikan pertanyaan “{kolom}” berjenis Upload file.",
            "Bila memang bukan, ubah type: file di berkas layanan (folder workflows) menjadi text.",
        ),
    ),
    "ledger-tertinggal": Remedy(
        "Buku besar di komputer ini lebih tua daripada sheet",
        (
            "Jangan menjalankan Loket dahulu: surat dapat terkirim dua kali.",
            "Bila komputer yang lama masih ada, salin folder data dari sana ke folder Loket di sini.",
            "Bila tidak: python loket.py restore --from-drive",
            "Bila cadangan pun tidak ada: python loket.py repair --from-sheet",
        ),
    ),
}
