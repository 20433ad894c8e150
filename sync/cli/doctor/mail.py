"""Mail: whether the office's server would take a letter now, or Gmail would let this account send."""

from collections.abc import Iterable

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.cli.doctor.trouble import finding_of
from sync.core.outcomes import Failure

_SAID = {
    "name": "nama server tidak ditemukan",
    "refused": "sambungan ditolak",
    "timeout": "tidak ada jawaban",
    "cut": "sambungan terputus",
    "silent": "tersambung, tetapi server tidak menyapa",
    "tls": "server tidak memakai jenis sambungan aman yang diatur",
    "certificate": "sertifikat server tidak dipercaya komputer ini",
    "no-starttls": "server tidak menawarkan STARTTLS",
    "sign-in": "nama pengguna atau kata sandi ditolak",
    "no-sign-in": "server meminta masuk dahulu",
    "sender": "alamat pengirim ditolak",
    "busy": "server sedang menunda",
}
_GMAIL = ("gmail.com", "googlemail.com", "google.com")


def smtp_finding(end: str, code: int, host: str, port: int) -> Finding:
    """`end` and `code` as in sync.delivery.probe.Outcome."""
    server = f"{host}:{port}"
    if end == "well":
        return well(f"{server} menerima pengirim dan kata sandinya")
    found = f"{server}: {_SAID[end]}" + (f" ({code})" if code else "")
    if end == "busy":
        return warning("email-ditunda", found, server=server)
    gmail = host.endswith(_GMAIL) and end in ("sign-in", "no-sign-in")
    name = "sign-in-gmail" if gmail else end
    return problem(f"email-{name}", found, server=server)


def _mail(case: Case) -> Iterable[Finding]:
    if case.settings.mail.via == "gmail":
        yield from _gmail(case)
    else:
        yield from _smtp(case)


def _smtp(case: Case) -> Iterable[Finding]:
    from sync.delivery.probe import probe_smtp
    from sync.delivery.smtp import sender_of

    mail, office = case.settings.mail, case.settings.office
    sender = sender_of(mail.sender or office.email or mail.user)
    password = case.office.secret(
        mail.password_env, mail.password_file, setting="mail.password_file"
    )
    if mail.user and not password:
        where = f"variabel {mail.password_env} atau mail.password_file"
        yield problem("email-tanpa-sandi", f"kata sandi belum diberikan ({where})")
        return
    outcome = probe_smtp(mail, password, sender)
    yield smtp_finding(outcome.end, outcome.code, mail.host, mail.port)


def gmail_finding(address: str, sender: str) -> Finding:
    if sender and sender.casefold() != address.casefold():
        found = f"Gmail mengirim sebagai {address}, bukan {sender}"
        return warning("gmail-pengirim-lain", found, alamat=sender)
    return well(f"Gmail, sebagai {address}")


def _gmail(case: Case) -> Iterable[Finding]:
    from sync.google.probe import gmail_address

    mail, office = case.settings.mail, case.settings.office
    if case.is_service_account:  # Google says so too, but only once something is sent
        yield problem("gmail-delegasi", "akun layanan tidak punya kotak surat Gmail")
        return
    try:
        address = gmail_address(case.transport)
    except Failure as failure:
        yield finding_of(failure, api="gmail")
        return
    yield gmail_finding(address, mail.sender or office.email)


CHECKS = (Check("email", "Email", _mail, needs=("pengaturan",), online=True),)

_FIREWALL = (
    "Coba dengan jaringan lain (misalnya hotspot ponsel). Bila berhasil, firewall kantor yang menghalangi.",
    "Minta pengelola jaringan mengizinkan {server}.",
    "Periksa mail.host dan mail.port di settings.yaml. Untuk Gmail: smtp.gmail.com, 465, security: tls.",
)
_IN_A_FILE = (
    "Simpan kata sandinya di berkas teks di folder Loket, misalnya sandi-email.txt, yang hanya memuatnya, dan tulis "
    "mail.password_file: sandi-email.txt di settings.yaml."
)
REMEDIES = {
    "email-name": Remedy(
        "Nama server email tidak ditemukan",
        (
            "Periksa mail.host di settings.yaml, huruf demi huruf. Untuk Gmail: smtp.gmail.com.",
            "Bila sudah benar: buka sebuah situs web di peramban untuk memastikan internet menyala.",
        ),
    ),
    "email-refused": Remedy("Server email menolak sambungan", _FIREWALL),
    "email-timeout": Remedy("Server email tidak menjawab", _FIREWALL),
    "email-cut": Remedy("Sambungan ke server email terputus", _FIREWALL),
    "email-silent": Remedy(
        "Server email tidak menyapa: port dan jenis sambungannya tidak cocok",
        (
            "Buka settings.yaml, bagian mail.",
            "Port 465 memakai security: tls. Port 587 memakai security: starttls.",
            "Bila sudah demikian, firewall atau antivirus menahan: minta pengelola jaringan mengizinkan {server}.",
        ),
    ),
    "email-tls": Remedy(
        "Jenis sambungan aman keliru",
        (
            "Buka settings.yaml, bagian mail.",
            "Port 465 memakai security: tls. Port 587 memakai security: starttls.",
        ),
    ),
    "email-certificate": Remedy(
        "Sertifikat server email tidak dipercaya",
        (
            "Periksa tanggal dan jam komputer.",
            "Pastikan mail.host di settings.yaml adalah nama server, bukan angka IP.",
            "Bila jaringan kantor memeriksa sambungan aman: minta pengelolanya memasang sertifikatnya di komputer ini, atau "
            "mengecualikan {server}.",
        ),
    ),
    "email-no-starttls": Remedy(
        "Server email tidak menawarkan sambungan aman",
        (
            "Di settings.yaml, coba port: 465 dengan security: tls.",
            "Bila tidak berhasil, tanyakan port dan jenis sambungan yang aman kepada penyedia email kantor.",
        ),
    ),
    "email-sign-in-gmail": Remedy(
        "Gmail menolak kata sandi: perlu Sandi aplikasi, bukan kata sandi biasa",
        (
            "Masuk ke https://myaccount.google.com dengan akun email kantor, buka Keamanan, dan nyalakan Verifikasi 2 Langkah.",
            "Buka https://myaccount.google.com/apppasswords, beri nama Loket, lalu tekan Buat.",
            "Salin 16 huruf yang muncul, tanpa spasi. " + _IN_A_FILE,
            "Pastikan mail.user di settings.yaml adalah alamat lengkap akun itu. Bila akun Workspace tidak punya halaman "
            "Sandi aplikasi, pengelolanya perlu mengizinkannya.",
        ),
    ),
    "email-sign-in": Remedy(
        "Server email menolak nama pengguna atau kata sandi",
        (
            "Coba masuk ke email kantor di peramban dengan nama dan kata sandi yang sama.",
            "Betulkan mail.user di settings.yaml. " + _IN_A_FILE,
            "Bila tetap ditolak, tanyakan kepada penyedia email apakah SMTP sudah diizinkan untuk akun itu.",
        ),
    ),
    "email-no-sign-in": Remedy(
        "Server email meminta masuk dahulu",
        (
            "Di settings.yaml, isi mail.user dengan alamat email kantor.",
            _IN_A_FILE,
        ),
    ),
    "email-tanpa-sandi": Remedy("Kata sandi email belum diberikan", (_IN_A_FILE,)),
    "email-sender": Remedy(
        "Server email menolak alamat pengirim",
        (
            "Di settings.yaml, isi mail.sender dengan alamat yang sama dengan mail.user.",
            "Bila harus alamat lain, minta penyedia email mengizinkan akun itu mengirim atas nama alamat tersebut.",
        ),
    ),
    "email-pengirim": Remedy(
        "Alamat pengirim belum diisi",
        ("Di settings.yaml, isi office.email dengan satu alamat email kantor.",),
    ),
    "email-ditunda": Remedy(
        "Server email sedang menunda",
        ("Tunggu lima belas menit. Loket mencoba lagi sendiri; tidak ada surat yang hilang.",),
    ),
    "gmail-delegasi": Remedy(
        "Akun layanan tidak dapat mengirim lewat Gmail",
        (
            "Cara termudah: di settings.yaml, tulis mail.via: smtp, dan pakai Sandi aplikasi akun email kantor "
            "(https://myaccount.google.com/apppasswords).",
            "Atau, bila kantor memakai Google Workspace: minta pengelolanya memberi delegasi domain di https://admin.google.com "
            "(Keamanan > Kontrol API > Delegasi seluruh domain), lalu isi google.subject dengan alamat email kantor.",
        ),
    ),
    "gmail-pengirim-lain": Remedy(
        "Gmail mengirim dengan alamat lain",
        (
            "Di settings.yaml, isi mail.sender dengan alamat akun yang dipakai, atau kosongkan.",
            "Atau tambahkan {alamat} di Gmail: Setelan > Akun > Kirim email sebagai.",
        ),
    ),
}
