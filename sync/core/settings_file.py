"""Text of settings.yaml → Settings, or one Mendable with every problem, each with file:line.

The same machinery as for workflow files. An empty text gives the defaults. Secrets never stand in this file: a key
that looks like one is told where it belongs.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sync.core.cluster_check import check_cluster
from sync.core.dashboard_check import check_dashboard
from sync.core.emails import read_email
from sync.core.headers import normal
from sync.core.hosts import fit_site, is_loopback, is_network, is_private
from sync.core.mendable import Mendable
from sync.core.nip import read_nip
from sync.core.phones import read_phone
from sync.core.refused import Refused
from sync.core.report.settings_check import check_report
from sync.core.settings import Settings
from sync.core.verification import fit_address, host_of
from sync.core.workflow.check import Report
from sync.core.yaml_models import read_model
from sync.core.yaml_text import Node, read_yaml

LIMITS: dict[str, tuple[float, float]] = {
    "google.timeout_s": (1, 600),
    "google.attempts": (1, 20),
    "google.calls_per_minute": (0, 600),
    "mail.port": (1, 65_535),
    "mail.timeout_s": (1, 600),
    "mail.per_day": (1, 1_000_000),
    "letters.timeout_s": (1, 600),
    "letters.processes": (1, 64),
    "worker.interval_s": (1, 3_600),
    "worker.retry_for_hours": (0, 720),
    "worker.alarm_after_min": (0.01, 1_440),
    "worker.per_applicant_per_day": (0, 10_000),
    "backup.keep": (1, 1_000),
    "whatsapp.timeout_s": (1, 600),
    "whatsapp.per_day": (1, 1_000_000),
    "sms.parts": (1, 10),
    "sms.timeout_s": (1, 600),
    "sms.per_day": (1, 1_000_000),
}
_SECRETS = ("password", "passphrase", "secret", "token", "sandi")


def read_settings(text: str, *, file: str) -> Settings:
    """`file` is shown in the problems. Raises Mendable."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return Settings()
    root, written_twice = read_yaml(text, file=file)
    report = Report(file, list(written_twice))
    settings, mismatches = read_model(Settings, root, file=file)
    report.problems += mismatches
    _check_secrets(root, report)
    _check_limits(root, report)
    _check_office(root, report)
    _check_connections(root, report)
    _check_columns(root, report)
    check_report(root, report)
    check_dashboard(root, report)
    check_cluster(root, settings, report)
    if report.problems:
        raise Mendable.of(report.in_order())
    if settings is None:
        raise AssertionError("a file without problems gives settings")
    return settings


def _setting(root: Node, path: str) -> Node | None:
    node: Node | None = root
    for key in path.split("."):
        node = node.get(key) if node else None
    return node if node and isinstance(node.value, str) and node.text else None


def _check_secrets(root: Node, report: Report) -> None:
    for section in (root, *root.table.values()):
        for key, node in section.table.items():
            if any(word in key.lower() for word in _SECRETS) and not key.endswith(
                ("_env", "_file")
            ):
                report.add(
                    "rahasia-di-settings",
                    node.line,
                    f'"{key}" tidak boleh ditulis di sini',
                    "mail.password_env (nama variabel) atau mail.password_file (nama berkas)",
                )


def _check_limits(root: Node, report: Report) -> None:
    for path, (low, high) in LIMITS.items():
        node = _setting(root, path)
        try:
            value = float(node.text) if node else low
        except ValueError:
            continue  # the model says so
        if node and not low <= value <= high:
            report.add(
                "nilai-di-luar-batas",
                node.line,
                f"{path}: {node.text[:40]}",
                f"{low} sampai {high}",
            )


def _check_office(root: Node, report: Report) -> None:
    zone = _setting(root, "office.timezone")
    if zone and not _known_zone(zone.text):
        report.add(
            "zona-waktu-tidak-dikenal",
            zone.line,
            f'office.timezone: "{zone.text[:60]}"',
            "Asia/Jakarta (WIB), Asia/Makassar (WITA), atau Asia/Jayapura (WIT)",
        )
    readers: dict[str, Callable[[str], str]] = {
        "office.email": read_email,
        "office.responsible": read_email,
        "mail.sender": read_email,
        "office.head.nip": read_nip,
    }
    for path, read in readers.items():
        node = _setting(root, path)
        if node is None:
            continue
        try:
            read(node.text)
        except Refused as refused:
            report.add("nilai-salah", node.line, path, " ".join(refused.reasons))


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # e.g. a folder's name, or "../"
        return False
    return True


def _check_connections(root: Node, report: Report) -> None:
    endpoint = _setting(root, "google.endpoint")
    if endpoint:
        try:
            parts = urlsplit(endpoint.text)
            scheme, host = parts.scheme, parts.hostname or ""
        except ValueError:
            scheme = host = ""
        if scheme not in ("http", "https") or not host:
            found, allowed = "bukan alamat", "http://127.0.0.1:… atau https://…"
        elif scheme == "http" and not is_loopback(host):
            found, allowed = (
                "http tanpa sandi",
                "http hanya untuk komputer ini (127.0.0.1), selain itu https",
            )
        else:
            found = allowed = ""
        if found:
            report.add("alamat-tidak-aman", endpoint.line, f"google.endpoint: {found}", allowed)
    _check_ping(root, report)
    _check_verification(root, report)
    _check_site(root, report)
    _check_chat(root, report)
    security = _setting(root, "mail.security")
    if security and security.text == "none":
        host_node = _setting(root, "mail.host")
        if not is_loopback(host_node.text if host_node else Settings().mail.host):
            report.add(
                "alamat-tidak-aman",
                security.line,
                "mail.security: none",
                "none hanya untuk komputer ini (127.0.0.1); selain itu tls atau starttls",
            )
    ledger = _setting(root, "ledger.url")
    if ledger and not ledger.text.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        # The address may hold a password: it is not repeated.
        report.add(
            "buku-besar-tidak-dikenal", ledger.line, "ledger.url", "sqlite:///… atau postgresql://…"
        )


def _check_ping(root: Node, report: Report) -> None:
    node = _setting(root, "worker.ping_url")
    if node is None:
        return
    try:
        parts = urlsplit(node.text)
        scheme, host = parts.scheme, parts.hostname or ""
    except ValueError:
        scheme = host = ""
    if not host or not (scheme == "https" or (scheme == "http" and is_loopback(host))):
        # The address is a secret: it is not repeated.
        report.add(
            "alamat-tidak-aman",
            node.line,
            "worker.ping_url",
            "https://…; http hanya untuk komputer ini (127.0.0.1)",
        )


def _check_verification(root: Node, report: Report) -> None:
    node = _setting(root, "verification.url")
    if node is None:
        return
    secure = node.text.startswith("https://")
    if not fit_address(node.text) or not (secure or is_loopback(host_of(node.text))):
        report.add(
            "alamat-verifikasi",
            node.line,
            f'verification.url: "{node.text[:80]}"',
            "https://…/ tanpa ? dan #, paling panjang 120 huruf; http hanya untuk komputer ini (127.0.0.1)",
        )


def _check_site(root: Node, report: Report) -> None:
    node = _setting(root, "site.url")
    if node and not fit_site(node.text):
        report.add(
            "alamat-situs",
            node.line,
            f'site.url: "{node.text[:80]}"',
            "https://layanan.…go.id/ tanpa apa pun sesudah garis miring; http hanya untuk komputer ini (127.0.0.1)",
        )
    site = root.get("site")
    proxies = site.get("proxies") if site else None
    for proxy in proxies.items if proxies else []:
        if isinstance(proxy.value, str) and not is_network(proxy.text):
            report.add(
                "alamat-proksi",
                proxy.line,
                f'site.proxies: "{proxy.text[:60]}"',
                "alamat IP atau jaringan: 127.0.0.1, ::1, 10.0.0.0/8",
            )


def _check_chat(root: Node, report: Report) -> None:
    number = _setting(root, "whatsapp.office_number")
    if number:
        try:
            read_phone(number.text)
        except Refused as refused:
            report.add(
                "nilai-salah", number.line, "whatsapp.office_number", " ".join(refused.reasons)
            )
    for path, pattern, example in (
        ("whatsapp.phone_number_id", r"[0-9]{5,20}", "angka Phone number ID dari Meta"),
        ("whatsapp.api_version", r"v[0-9]{1,3}\.[0-9]", "misalnya v23.0"),
    ):
        node = _setting(root, path)
        if node and not re.fullmatch(pattern, node.text):
            report.add("nilai-salah", node.line, f'{path}: "{node.text[:40]}"', example)
    for path, allows, allowed in (
        ("whatsapp.endpoint", is_loopback, "https://…; http hanya untuk komputer ini (127.0.0.1)"),
        ("sms.url", is_private, "https://…; http hanya di jaringan kantor: http://192.168.…"),
    ):
        node = _setting(root, path)
        if node and not _safe(node.text, allows):
            report.add("alamat-tidak-aman", node.line, path, allowed)


def _safe(address: str, plain_allowed: Callable[[str], bool]) -> bool:
    """https, or http to a host that it is allowed for; without a password in it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and plain_allowed(host))
    return bool(host) and secure and "@" not in parts.netloc


def _check_columns(root: Node, report: Report) -> None:
    written = root.get("columns")
    if written is None:
        return
    columns = Settings().columns.model_dump()
    columns |= {key: node.text for key, node in written.table.items() if key in columns}
    seen: dict[str, str] = {}
    for key, header in columns.items():
        twin = seen.get(normal(header), key)
        line = (written.table.get(key) or written.table.get(twin) or written).line
        if not header and key == "whatsapp":
            continue  # no such column
        if not normal(header):
            report.add("nilai-kosong", line, f"columns.{key} kosong", "judul kolom")
        elif twin != key:
            report.add(
                "kolom-ganda",
                line,
                f'columns.{key} dan columns.{twin}: "{header}"',
                "judul yang berbeda untuk setiap kolom",
            )
        else:
            seen[normal(header)] = key
