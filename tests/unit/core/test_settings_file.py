"""Settings: every mistake with its line, nothing unsafe, and an example that shows every setting."""

from pathlib import Path

import pytest
import yaml

from sync.core.hosts import is_loopback
from sync.core.mendable import Mendable
from sync.core.settings import Settings
from sync.core.settings_file import LIMITS, read_settings

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / "settings.example.yaml").read_text(encoding="utf-8")


def problems(text):
    with pytest.raises(Mendable) as mendable:
        read_settings(text, file="settings.yaml")
    return [(problem.name, problem.where) for problem in mendable.value.problems]


def test_an_empty_file_gives_the_defaults():
    """Also one in which everything is a comment."""
    assert read_settings("", file="settings.yaml") == Settings()
    assert read_settings("# nothing\n\n", file="settings.yaml") == Settings()


def test_the_example_is_the_defaults():
    """Copying it unchanged changes nothing."""
    assert read_settings(EXAMPLE, file="settings.example.yaml") == Settings()


def test_the_example_shows_every_setting_with_a_comment():
    """A setting that is missing: add its line to settings.example.yaml; one too many: to sync/core/settings.py."""

    def keys(table, path=()):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from keys(value, (*path, key))
            else:
                yield ".".join((*path, key))

    shown = set(keys(yaml.safe_load(EXAMPLE)))
    known = set(keys(Settings().model_dump()))
    assert shown == known, f"settings.example.yaml ↔ sync/core/settings.py: {shown ^ known}"
    for line in EXAMPLE.splitlines():
        section = line.endswith(":") or line.startswith("columns:")
        assert not line.strip() or line.startswith("#") or section or "# " in line, line


def test_every_limit_is_that_of_a_setting():
    """A renamed setting must take its limit along."""
    defaults = Settings().model_dump()
    for path, (low, high) in LIMITS.items():
        section, key = path.split(".")
        assert low <= defaults[section][key] <= high


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("office:\n  timezone: Asia/Samarinda\n", "zona-waktu-tidak-dikenal", 2),
        ("office:\n  timezone: ../../etc\n", "zona-waktu-tidak-dikenal", 2),
        ("office:\n  nama: x\n", "kunci-tidak-dikenal", 2),
        ("ofice:\n  name: x\n", "kunci-tidak-dikenal", 1),
        ("office:\n  email: kantor\n", "nilai-salah", 2),
        ("office:\n  head:\n    nip: 123\n", "nilai-salah", 3),
        ("google:\n  endpoint: http://sheets.example.com\n", "alamat-tidak-aman", 2),
        ("google:\n  endpoint: ftp://127.0.0.1\n", "alamat-tidak-aman", 2),
        ("google:\n  endpoint: http://127.0.0.1.example.com\n", "alamat-tidak-aman", 2),
        ("google:\n  endpoint: http://127.0.0.1@evil.example/\n", "alamat-tidak-aman", 2),
        ("google:\n  endpoint: http://[::1\n", "alamat-tidak-aman", 2),
        ("google:\n  attempts: 0\n", "nilai-di-luar-batas", 2),
        ("mail:\n  security: none\n", "alamat-tidak-aman", 2),
        ("mail:\n  host: mail.example.com\n  security: none\n", "alamat-tidak-aman", 3),
        ("mail:\n  security: ssl\n", "nilai-tidak-dikenal", 2),
        ("mail:\n  port: smtp\n", "nilai-salah-bentuk", 2),
        ("mail:\n  port: 70000\n", "nilai-di-luar-batas", 2),
        ("mail:\n  timeout_s: nan\n", "nilai-di-luar-batas", 2),
        ("letters:\n  engine: word\n", "nilai-tidak-dikenal", 2),
        ("ledger:\n  url: mysql://root:rahasia@host/x\n", "buku-besar-tidak-dikenal", 2),
        ("office:\n  responsible: ratna\n", "nilai-salah", 2),
        ("worker:\n  alarm_after_min: 0\n", "nilai-di-luar-batas", 2),
        ("worker:\n  ping_url: http://hc.example.com/x\n", "alamat-tidak-aman", 2),
        ("worker:\n  ping_url: ftp://127.0.0.1/x\n", "alamat-tidak-aman", 2),
        ("worker:\n  ping_url: hc.example.com/x\n", "alamat-tidak-aman", 2),
        ("columns:\n  status: keputusan\n", "kolom-ganda", 2),
        ('columns:\n  status: ""\n', "nilai-kosong", 2),
        ("whatsapp:\n  office_number: 021-123\n", "nilai-salah", 2),
        ("whatsapp:\n  phone_number_id: ../x\n", "nilai-salah", 2),
        ("whatsapp:\n  api_version: 23\n", "nilai-salah", 2),
        ("whatsapp:\n  endpoint: http://graph.example.com\n", "alamat-tidak-aman", 2),
        ("whatsapp:\n  per_day: 0\n", "nilai-di-luar-batas", 2),
        ("whatsapp:\n  app_secret: x\n", "rahasia-di-settings", 2),
        ("sms:\n  url: http://sms.example.com:8080\n", "alamat-tidak-aman", 2),
        ("sms:\n  url: http://a:b@192.168.1.20:8080\n", "alamat-tidak-aman", 2),
        ("sms:\n  kinds: [letter]\n", "nilai-tidak-dikenal", 2),
        ("columns:\n  whatsapp: status\n", "kolom-ganda", 2),
        ("worker:\n  - interval_s\n", "nilai-salah-bentuk", 1),
    ],
)
def test_each_mistake_is_told_with_its_line(text, name, line):
    """Before a connection is tried."""
    assert (name, f"settings.yaml:{line}") in problems(text)


def test_the_zone_that_is_offered_is_a_real_one():
    """The three of Indonesia."""
    for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"):
        assert read_settings(f"office: {{timezone: {zone}}}", file="s").office.timezone == zone


def test_a_secret_is_refused_and_not_repeated():
    """Settings are copied around, shown to helpers, and kept in backups."""
    with pytest.raises(Mendable) as mendable:
        read_settings(
            "mail:\n  password: hunter2\nledger:\n  url: mysql://a:hunter2@b/c\n", file="s"
        )
    assert "rahasia-di-settings" in {problem.name for problem in mendable.value.problems}
    assert "hunter2" not in str(mendable.value)


def test_plain_connections_stay_on_this_machine():
    """The sandbox may be reached without TLS, nothing else."""
    text = "google: {endpoint: 'http://127.0.0.1:8801'}\nmail: {host: localhost, security: none}"
    assert read_settings(text, file="s").mail.security == "none"
    assert is_loopback("127.8.9.1")
    assert is_loopback("::1")
    assert is_loopback("LOCALHOST")
    assert not is_loopback("localhost.example.com")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("")


def test_the_offices_own_phone_may_be_reached_without_tls():
    """SMSGate's local server knows none; only by its number in the office's network, never by a name."""
    for address in ("http://192.168.1.20:8080", "http://10.0.0.7", "https://sms.example.com"):
        assert read_settings(f"sms: {{url: '{address}'}}", file="s").sms.url == address


def test_all_mistakes_are_told_at_once():
    """In the order of the file."""
    text = "office:\n  timezone: x\ngoogle:\n  attempts: 0\nmail:\n  port: 0\n"
    assert [where for _, where in problems(text)] == [
        "settings.yaml:2",
        "settings.yaml:4",
        "settings.yaml:6",
    ]
