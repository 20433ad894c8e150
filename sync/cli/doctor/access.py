"""The way to Google: network and proxy, this computer's clock, the key's file, and the account behind it."""

import urllib.request
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.cli.doctor.trouble import network_finding

SKEW = timedelta(minutes=2)
_HOSTS = ("oauth2.googleapis.com", "www.googleapis.com", "sheets.googleapis.com")
_KNOCK = "/generate_204"  # any answer will do


def addresses(case: Case) -> list[str]:
    """What of Google this office calls; the sandbox alone where the settings name one."""
    if case.settings.google.endpoint:
        return [case.settings.google.endpoint.rstrip("/") + _KNOCK]
    hosts = [*_HOSTS]
    if case.settings.mail.via == "gmail":
        hosts.append("gmail.googleapis.com")
    if any(workflow.form for workflow in case.workflows):
        hosts.append("forms.googleapis.com")
    return [f"https://{host}{_KNOCK}" for host in hosts]


def _network(case: Case) -> Iterable[Finding]:
    from concurrent.futures import ThreadPoolExecutor

    urls = addresses(case)
    with ThreadPoolExecutor(len(urls)) as crew:
        reached = list(crew.map(case.door.knock, urls))
    yield from network_findings({url: one.trouble for url, one in zip(urls, reached, strict=True)})


def network_findings(troubles: Mapping[str, str]) -> list[Finding]:
    """By address, as in sync.google.probe.Reach; one finding for all that have the same trouble, at least one."""
    hosts: dict[str, list[str]] = {}
    for url, trouble in troubles.items():
        if trouble:
            hosts.setdefault(trouble, []).append(urlsplit(url).hostname or "")
    found = [network_finding(trouble, ", ".join(names)) for trouble, names in hosts.items()]
    return found or [well(f"{len(troubles)} alamat terhubung")]


def proxy_finding(proxies: Mapping[str, str]) -> Finding:
    """A proxy's address may hold a name and a password: they are not shown."""
    hosts = {name: urlsplit(address).hostname or "?" for name, address in proxies.items()}
    used = sorted({hosts[name] for name in ("https", "http", "all") if name in hosts})
    if not used:
        return well("tanpa proxy")
    return well(f"lewat proxy {', '.join(used)} (dari pengaturan komputer ini)")


def clock_finding(google: datetime | None, here: datetime) -> Finding:
    if google is None:
        return warning("jam-tidak-diketahui", "Google tidak menyebutkan jamnya")
    ahead = here - google
    if abs(ahead) <= SKEW:
        return well("sesuai dengan jam Google")
    minutes = abs(ahead) / timedelta(minutes=1)
    word = "lebih cepat" if ahead > timedelta(0) else "lebih lambat"
    return problem("jam-meleset", f"jam komputer {minutes:.0f} menit {word} daripada jam Google")


def _clock(case: Case) -> Iterable[Finding]:
    reached = case.door.knock(addresses(case)[0])
    yield clock_finding(reached.date, datetime.now(UTC))


def _key(case: Case) -> Iterable[Finding]:
    google = case.settings.google
    address = getattr(case.transport.credentials, "service_account_email", "")
    if address and google.subject:
        yield well(f"akun layanan {address}, atas nama {google.subject}")
    elif address:
        yield well(f"akun layanan {address}")
    else:
        yield well("izin akun Google kantor (OAuth)")


def _account(case: Case) -> Iterable[Finding]:
    yield well(case.account.address)


CHECKS = (
    Check("kunci", "Kunci Google", _key, needs=("pengaturan",)),
    Check("proxy", "Proxy", lambda _: [proxy_finding(urllib.request.getproxies())]),
    Check("jaringan", "Jaringan ke Google", _network, needs=("pengaturan",), online=True),
    Check("jam", "Jam komputer", _clock, needs=("jaringan",), online=True),
    Check("akun", "Akun Google", _account, needs=("kunci", "jaringan"), online=True),
)

_CONSOLE = "Buka https://console.cloud.google.com dan pilih (atau buat) proyek Loket."
_DOWNLOAD = (
    _CONSOLE,
    "Buka IAM & Admin > Service Accounts, pilih (atau buat) akun Loket, tab Keys, Add key > Create new key > JSON.",
    "Simpan berkas yang terunduh di folder Loket dengan nama credentials.json. Jangan diubah isinya.",
)
_FROM_KEY = Remedy("Kunci Google tidak dapat dipakai", _DOWNLOAD)
REMEDIES = {
    "kunci-tidak-ada": Remedy(
        "Kunci Google belum ada",
        (
            *_DOWNLOAD,
            "Buka berkas itu dengan Notepad, salin alamat di client_email, dan bagikan Google Sheet kepadanya sebagai Editor.",
        ),
    ),
    "kunci-contoh": Remedy("credentials.json masih contoh kosong", _DOWNLOAD),
    "kunci-bukan-json": Remedy("Isi credentials.json tidak utuh", _DOWNLOAD),
    "kunci-rusak": _FROM_KEY,
    "kunci-salah-jenis": Remedy(
        "credentials.json bukan kunci yang dapat dipakai",
        (
            "Bila berkas itu client OAuth (Aplikasi desktop): belum ada akun yang memberi izin dengannya. Buka asisten Loket "
            "(python loket.py, tanpa kata lain), pilih langkah Akses Google, dan berikan berkas itu di sana.",
            "Bila bukan, unduh kunci akun layanan. " + _DOWNLOAD[0],
            *_DOWNLOAD[1:],
        ),
    ),
    "kunci-tidak-terbaca": Remedy(
        "credentials.json tidak dapat dibuka",
        (
            "Klik kanan credentials.json di folder Loket, pilih Properti > Keamanan.",
            "Beri akun yang menjalankan Loket izin Baca.",
        ),
    ),
    "kunci-token-uri": Remedy("Alamat token di dalam kunci tidak aman", _DOWNLOAD),
    "kunci-dan-endpoint": Remedy(
        "Kunci percobaan dan pengaturan sungguhan tercampur",
        (
            "Untuk Google sungguhan: di settings.yaml, kosongkan google.endpoint, dan simpan kunci sungguhan sebagai "
            "credentials.json.",
            "Untuk percobaan: python loket.py sandbox --root, diikuti nama folder lain.",
        ),
    ),
    "endpoint-ditolak": Remedy(
        "google.endpoint menunjuk ke komputer lain",
        ("Di settings.yaml, kosongkan google.endpoint.",),
    ),
    "jam-meleset": Remedy(
        "Jam komputer meleset",
        (
            "Windows: Setelan > Waktu & bahasa > Tanggal & waktu.",
            "Nyalakan Atur waktu secara otomatis, pilih zona waktu kantor, lalu tekan Sinkronkan sekarang.",
            "Bila jam mundur lagi setelah komputer dimatikan, baterai papan induk habis: minta diganti.",
        ),
    ),
    "jam-tidak-diketahui": Remedy(
        "Jam Google tidak diketahui",
        ("Bandingkan jam komputer dengan https://time.is di peramban.",),
    ),
}
