"""Letters: an engine, the fonts, a trial of each service's letter, the signature, the key of the verification codes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, of_problem, problem, warning, well

if TYPE_CHECKING:
    from sync.ledger.verification import PublicKey

SOON = timedelta(days=30)
_FACES = ("LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf")
_SMALLEST_FONT_BYTES = 10_000


def _engine(case: Case) -> Iterable[Finding]:
    from sync.letter.engines.here import choose_engine

    yield well(choose_engine(case.settings.letters.engine))


def fonts_finding(template_dirs: Sequence[Path]) -> Finding:
    from sync.letter.fonts import FOLDER

    def is_here(face: str) -> bool:
        files = [folder / FOLDER / face for folder in template_dirs]
        return any(one.is_file() and one.stat().st_size > _SMALLEST_FONT_BYTES for one in files)

    missing = [face for face in _FACES if not is_here(face)]
    if missing:
        return problem("huruf-tidak-ada", f"templates/{FOLDER}: {', '.join(missing)} tidak ada")
    return well("Liberation Sans dan Liberation Serif")


def _trials(case: Case) -> Iterable[Finding]:
    """One letter of each service by the real engine, with sample answers; nothing is kept."""
    from sync.letter.order import LetterOrder
    from sync.letter.press import LetterFailed, Letterpress
    from sync.worker.letters import sample_context

    if not case.workflows:
        yield well("belum ada layanan")
        return
    letters = case.settings.letters
    with Letterpress(
        case.office.template_dirs, engine=letters.engine, processes=1, timeout_s=letters.timeout_s
    ) as press:
        for workflow in case.workflows:
            context = sample_context(workflow, case.settings.office)
            readable = (str(context["nama"]), str(context["nomor"]))
            order = LetterOrder(workflow.letter.template, context, workflow.title, readable)
            try:
                pdf = press.make(order)
            except LetterFailed as failed:
                where = f"templates/{workflow.letter.template}"
                found = f"{workflow.name}: {failed.reason}"
                yield problem("surat-percobaan", found, dimana=where)
            else:
                yield well(f"{workflow.name}: {len(pdf) / 1000:.0f} kB")


def _signature(case: Case) -> Iterable[Finding]:
    if not case.settings.signature.file:
        yield well("surat tidak ditandatangani (signature.file kosong)")
        return
    problems = case.office.signature_problems(case.at)
    yield from map(of_problem, problems)
    if not problems:
        zone = ZoneInfo(case.settings.office.timezone)
        ends = case.office.identity().certificate.not_valid_after_utc
        yield certificate_finding(ends.astimezone(zone), case.at)


def certificate_finding(ends: datetime, at: datetime) -> Finding:
    """Of a certificate that is valid now."""
    from sync.core.dates import format_date

    text = f"sertifikat berlaku sampai {format_date(ends)}"
    return warning("sertifikat-segera-berakhir", text) if ends - at < SOON else well(text)


def verification_finding(address: str, keys: "Sequence[PublicKey]") -> Finding:
    """`keys`: the newest first."""
    from sync.worker.verifying import unpublished

    if not address:
        return well("surat tanpa kode (verification.url kosong)")
    waiting = unpublished(keys)
    if waiting:
        return problem("kunci-belum-terbit", waiting[0].found, alamat=address)
    return well(f"halaman {address}")


def _verification(case: Case) -> Iterable[Finding]:
    keys: list[PublicKey] = []
    if case.ledger is not None:
        with case.ledger.reading() as look:
            keys = look.verification.public_keys()
    yield verification_finding(case.settings.verification.url, keys)


CHECKS = (
    Check("mesin", "Mesin cetak", _engine, needs=("pengaturan",), limit_s=60),
    Check("huruf", "Huruf", lambda case: [fonts_finding(case.office.template_dirs)]),
    Check(
        "surat",
        "Surat percobaan",
        _trials,
        needs=("mesin", "huruf"),
        limit_s=45,
    ),
    Check("tanda-tangan", "Tanda tangan", _signature, needs=("pengaturan",)),
    Check("verifikasi", "Kode pemeriksaan", _verification, needs=("ledger",)),
)

_ENGINE = Remedy(
    "Mesin cetak surat tidak ada di komputer ini",
    (
        "Jalankan, atau pasang: {jalankan}",
        "Bila tidak berhasil: di settings.yaml, isi letters.engine: auto, agar Loket memilih yang terpasang.",
    ),
)
REMEDIES = {
    "mesin-cetak-tidak-ada": _ENGINE,
    "mesin-cetak-belum-terpasang": _ENGINE,
    "huruf-tidak-ada": Remedy(
        "Huruf bawaan Loket hilang",
        (
            "Unduh Loket sekali lagi.",
            "Salin folder templates/letters/fonts dari sana ke folder Loket di komputer ini.",
        ),
    ),
    "surat-percobaan": Remedy(
        "Surat tidak dapat dibuat",
        (
            "Buka templatnya dengan Notepad: {dimana}. Yang salah disebut di atas.",
            "Lihat hasilnya sambil memperbaiki: python loket.py preview, diikuti nama layanannya.",
        ),
    ),
    "sertifikat-tidak-ada": Remedy(
        "Berkas sertifikat tanda tangan tidak ada",
        (
            "Salin berkas .p12 atau .pfx kantor ke folder Loket.",
            "Di settings.yaml, tulis namanya di signature.file.",
        ),
    ),
    "sandi-tanda-tangan-belum-ada": Remedy(
        "Kata sandi sertifikat belum diberikan",
        (
            "Buat berkas teks di folder Loket, misalnya sandi-sertifikat.txt, yang hanya memuat kata sandinya.",
            "Di settings.yaml, tulis signature.password_file: sandi-sertifikat.txt.",
        ),
    ),
    "sertifikat-tidak-terbuka": Remedy(
        "Sertifikat tidak dapat dibuka",
        (
            "Pastikan kata sandinya benar: buka berkas .p12 itu dengan klik dua kali, dan masukkan kata sandi yang sama.",
            "Bila berkasnya rusak, minta lagi kepada yang menerbitkannya.",
        ),
    ),
    "sertifikat-kedaluwarsa": Remedy(
        "Sertifikat tanda tangan sudah berakhir: surat tidak dapat ditandatangani",
        (
            "Minta sertifikat baru (.p12 atau .pfx) kepada yang menerbitkannya.",
            "Simpan di folder Loket, dan tulis namanya di signature.file pada settings.yaml.",
            "Sementara itu, bila surat tanpa tanda tangan elektronik dibolehkan: kosongkan signature.file.",
        ),
    ),
    "sertifikat-segera-berakhir": Remedy(
        "Sertifikat tanda tangan segera berakhir",
        (
            "Minta sertifikat baru sekarang; penerbitannya dapat memakan waktu.",
            "Setelah diterima, simpan di folder Loket dan tulis namanya di signature.file pada settings.yaml.",
        ),
    ),
    "kunci-belum-terbit": Remedy(
        "Kunci verifikasi belum ada di halaman pemeriksaan: surat tampak tidak asli",
        (
            "Jalankan: python loket.py publish-verifier",
            "Unggah berkas yang disebutnya ke {alamat}.",
            "Pindai kode di satu surat dengan ponsel untuk memastikan.",
        ),
    ),
}
