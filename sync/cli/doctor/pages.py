"""The citizens' pages, as a citizen reaches them: messages link to `site.url`, and nobody in the office may look there."""

from collections.abc import Iterable

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.cli.doctor.trouble import NETWORK_WORDS
from sync.core.mendable import Mendable

ANSWER_S = 5
UNSURE = ("timeout", "proxy")
"""What may stand between this computer and the office's own site alone: citizens may reach it."""


def answer_finding(url: str, status: int) -> Finding:
    """`status` is HTTP's. A web server in front answers also where `serve` does not run behind it."""
    if status == 200:
        return well(f"{url} menjawab")
    return problem("halaman-tidak-menjawab", f"{url} menjawab HTTP {status}", alamat=url)


def trouble_finding(url: str, trouble: str) -> Finding:
    told = warning if trouble in UNSURE else problem
    return told("halaman-tidak-menjawab", f"{url}: {NETWORK_WORDS[trouble]}", alamat=url)


def _knock(case: Case) -> Iterable[Finding]:
    import requests

    from sync.google.credentials import is_on_loopback
    from sync.google.probe import network_trouble
    from sync.google.transport import plain_session

    site = case.settings.site.url.rstrip("/")
    url = f"{site}/status"
    with plain_session(requests.Session(), is_on_loopback(site)) as session:
        try:
            with session.get(url, timeout=ANSWER_S, stream=True) as answer:
                yield answer_finding(url, answer.status_code)
        except requests.RequestException as error:
            yield trouble_finding(url, network_trouble(error))


def checks_of(case: Case) -> list[Check]:
    """None where the office has no pages."""
    try:
        site = case.settings.site.url
    except Mendable:
        return []  # told as such
    return [Check("halaman", "Halaman warga", _knock, ("pengaturan",), online=True)] if site else []


REMEDIES = {
    "halaman-tidak-menjawab": Remedy(
        "Halaman warga tidak menjawab, padahal pesan kepada pemohon memuat tautannya",
        (
            "Jalankan di komputer yang melayani halaman warga: python loket.py service status",
            "Bila halaman warga belum terpasang di sana: python loket.py service install --pages",
            "Bila sudah menjawab di sana: nyalakan server web di depannya (misalnya Caddy), dan periksa apakah diteruskan ke "
            "127.0.0.1:8080.",
            "Buka {alamat} dari ponsel tanpa Wi-Fi kantor. Bila terbuka, hanya komputer ini yang tidak sampai ke sana.",
            "Bila kantor tidak lagi mempunyai halaman warga: kosongkan site.url di settings.yaml, lalu jalankan lagi pekerja.",
        ),
    ),
}
