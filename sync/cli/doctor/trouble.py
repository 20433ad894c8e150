"""A call to Google that failed → a finding: which of the many causes it was, in words, and its remedy."""

from sync.cli.doctor.finding import Finding, Remedy, problem, warning
from sync.core.outcomes import Failure

NETWORK_WORDS = {
    "dns": "nama server tidak ditemukan",
    "timeout": "tidak ada jawaban",
    "refused": "sambungan ditolak",
    "proxy": "proxy kantor tidak meneruskan",
    "certificate": "sertifikatnya tidak dipercaya komputer ini",
    "cut": "sambungan terputus",
}

_API = {
    "drive": "Google Drive API",
    "sheets": "Google Sheets API",
    "forms": "Google Forms API",
    "gmail": "Gmail API",
}


def network_finding(kind: str, host: str) -> Finding:
    return problem(f"jaringan-{kind}", f"{host}: {NETWORK_WORDS[kind]}", alamat=host)


def finding_of(failure: Failure, *, api: str = "drive") -> Finding:
    """`api` is whose call it was: drive, sheets, forms or gmail."""
    from sync.google.probe import trouble_of

    trouble = trouble_of(failure)
    kind, _, what = trouble.partition(" ")
    if kind == "network":
        return network_finding(what, "Google")
    if kind == "token":
        return problem(f"token-{what}", _TOKEN_WORDS[what])
    if kind in ("accessNotConfigured", "SERVICE_DISABLED"):
        return problem("api-belum-aktif", f"{_API[api]} belum diaktifkan", api=_API[api])
    if kind in ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"):
        return problem("izin-kurang", f"izin akun kurang untuk {_API[api]}", api=_API[api])
    if kind == "failedPrecondition":
        return problem("gmail-delegasi", "akun layanan tidak punya kotak surat Gmail")
    if kind == "quota":
        return warning("google-kuota", failure.reason)
    if kind == "busy":
        return warning("google-sibuk", failure.reason)
    return problem("google-menolak", f"{failure.reason} (HTTP {kind})", api=_API[api])


_TOKEN_WORDS = {
    "revoked": "izin akun Google sudah dicabut atau kedaluwarsa",
    "clock": "Google menolak karena jam komputer ini meleset",
    "key": "kunci ini sudah dihapus, atau akun layanannya sudah tidak ada",
    "delegation": "akun layanan belum boleh bertindak atas nama akun kantor (delegasi)",
    "client": "client OAuth sudah dihapus atau dinonaktifkan",
    "other": "Google menolak kunci ini",
}

_CONSOLE = "Buka https://console.cloud.google.com dan pilih proyek Loket (di atas)."
_SIGN_IN = "Buka asisten Loket (python loket.py, tanpa kata lain), pilih langkah Akses Google, dan masuk lagi dengan akun Google kantor."
_ADMIN = (
    "Hubungi pengelola jaringan kantor dan minta: izinkan {alamat} dan *.googleapis.com, port 443."
)

REMEDIES = {
    "jaringan-dns": Remedy(
        "Nama server tidak ditemukan: internet mati, atau DNS rusak",
        (
            "Buka https://www.google.com di peramban komputer ini.",
            "Bila tidak terbuka: periksa kabel atau Wi-Fi, lalu nyalakan ulang modem.",
            "Bila terbuka: nyalakan ulang komputer, lalu hubungi pengelola jaringan kantor (DNS).",
        ),
    ),
    "jaringan-timeout": Remedy(
        "Tidak ada jawaban: biasanya firewall yang diam-diam membuang sambungan",
        (
            "Coba lagi dengan jaringan lain (misalnya hotspot ponsel). Bila berhasil, penyebabnya firewall kantor.",
            _ADMIN,
            "Bila komputer memakai antivirus dengan firewall, izinkan Python di sana.",
        ),
    ),
    "jaringan-refused": Remedy(
        "Sambungan ditolak: firewall atau alamat yang keliru",
        (
            "Bila google.endpoint di settings.yaml terisi, kosongkan: isian itu hanya untuk percobaan.",
            _ADMIN,
        ),
    ),
    "jaringan-proxy": Remedy(
        "Proxy kantor tidak dapat dihubungi atau menolak",
        (
            "Tanyakan kepada pengelola jaringan: apakah komputer ini harus memakai proxy, dan berapa alamatnya.",
            "Bila tidak perlu: hapus variabel HTTP_PROXY, HTTPS_PROXY dan ALL_PROXY (Windows: Setelan > Sistem > Tentang > "
            "Setelan sistem lanjutan > Variabel lingkungan), dan matikan Setelan > Jaringan & internet > Proksi.",
            "Bila perlu: betulkan alamatnya di tempat yang sama, lalu tutup dan buka lagi jendela ini.",
        ),
    ),
    "jaringan-certificate": Remedy(
        "Sertifikat tidak dipercaya: jaringan kantor memeriksa sambungan aman, atau jam komputer salah",
        (
            "Periksa tanggal dan jam komputer; jam yang salah membuat semua sertifikat tampak salah.",
            "Hubungi pengelola jaringan: pasang sertifikat pemeriksanya di komputer ini (Windows: Otoritas Sertifikasi Akar "
            "Tepercaya, untuk komputer lokal), atau kecualikan *.googleapis.com dari pemeriksaan. Loket memakai daftar "
            "sertifikat Windows, jadi sesudah itu langsung berlaku.",
            "Jangan mematikan pemeriksaan sertifikat: data warga lewat di sana.",
        ),
    ),
    "jaringan-cut": Remedy(
        "Sambungan terputus di tengah jalan",
        (
            "Tunggu satu menit, lalu coba lagi.",
            "Bila tetap terputus: " + _ADMIN[0].lower() + _ADMIN[1:],
        ),
    ),
    "token-revoked": Remedy(
        "Izin akun Google dicabut atau kedaluwarsa",
        (
            _SIGN_IN,
            "Agar tidak terulang setiap tujuh hari: " + _CONSOLE[0].lower() + _CONSOLE[1:],
            "Di sana, buka API & Layanan > Layar izin OAuth, dan ubah status dari Testing menjadi In production.",
            "Kata sandi akun yang diganti juga mencabut izin: masuk lagi sesudahnya.",
        ),
    ),
    "token-clock": Remedy(
        "Jam komputer meleset sehingga Google menolak kunci",
        (
            "Windows: Setelan > Waktu & bahasa > Tanggal & waktu; nyalakan waktu otomatis dan zona waktu yang benar.",
            "Tekan Sinkronkan sekarang.",
        ),
    ),
    "token-key": Remedy(
        "Kunci akun layanan sudah dihapus",
        (
            _CONSOLE,
            "Buka IAM & Admin > Service Accounts, pilih akun Loket, tab Keys, Add key > Create new key > JSON.",
            "Simpan berkas yang terunduh sebagai credentials.json di folder Loket, menggantikan yang lama.",
        ),
    ),
    "token-delegation": Remedy(
        "Delegasi domain belum diberikan",
        (
            "Minta pengelola Google Workspace kantor membuka https://admin.google.com.",
            "Di sana: Keamanan > Kontrol akses dan data > Kontrol API > Delegasi seluruh domain > Tambahkan baru.",
            "Isi Client ID dari credentials.json (client_id) dan cakupan: https://www.googleapis.com/auth/spreadsheets, "
            "https://www.googleapis.com/auth/drive, https://www.googleapis.com/auth/gmail.modify.",
            "Pastikan google.subject di settings.yaml adalah alamat akun kantor di domain itu.",
        ),
    ),
    "token-client": Remedy(
        "Client OAuth dihapus atau dinonaktifkan",
        (
            _CONSOLE,
            "Buka API & Layanan > Kredensial, buat client OAuth baru berjenis Aplikasi desktop, dan unduh JSON-nya.",
            _SIGN_IN + " Pakai client baru itu.",
        ),
    ),
    "token-other": Remedy(
        "Google menolak kunci",
        (
            "Periksa tanggal dan jam komputer.",
            _CONSOLE,
            "Buat kunci baru (IAM & Admin > Service Accounts > Keys), simpan sebagai credentials.json di folder Loket.",
        ),
    ),
    "api-belum-aktif": Remedy(
        "API Google belum diaktifkan",
        (
            _CONSOLE,
            "Buka API & Layanan > Library, cari “{api}”, lalu tekan Enable (Aktifkan).",
            "Tunggu lima menit.",
        ),
    ),
    "izin-kurang": Remedy(
        "Izin yang diberikan kepada Loket kurang",
        (
            _SIGN_IN + " Centang semua izin yang diminta, juga untuk {api}.",
            "Bila memakai delegasi: minta pengelola Workspace menambah cakupan yang kurang di https://admin.google.com.",
        ),
    ),
    "google-kuota": Remedy(
        "Kuota harian Google habis",
        (
            "Tidak ada yang perlu dilakukan: Loket melanjutkan sendiri setelah kuota pulih, paling lambat besok.",
        ),
    ),
    "google-sibuk": Remedy(
        "Google sedang sibuk",
        ("Tunggu lima menit. Loket mencoba lagi sendiri; tidak ada yang hilang.",),
    ),
    "google-menolak": Remedy(
        "Google menolak permintaan",
        (
            "Pastikan akun Loket masih diberi akses ke sheet, folder, dan formulirnya.",
            _CONSOLE,
            "Pastikan {api} aktif (API & Layanan > Library).",
        ),
    ),
}
