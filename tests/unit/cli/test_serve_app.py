"""What `serve` puts behind one threshold follows from the settings."""

from pathlib import Path

import pytest

from sync.cli.app import main
from sync.cli.root import Root
from sync.cli.serve import _app
from sync.cli.wiring import open_ledger
from sync.web.whatsapp.webhook import LONGEST_BODY, PATH
from tests.fakes.asking import ask
from tests.fakes.serving import SERVICE


def answers(folder: Path, method: str, path: str, **asked: object) -> int:
    office = Root.of(folder)
    ledger = open_ledger(office)
    try:
        return ask(_app(office, ledger, "127.0.0.1"), method, path, **asked).status
    finally:
        ledger.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "domisili.yaml").write_text(SERVICE, encoding="utf-8")
    return tmp_path


def test_without_settings_there_are_the_services_and_the_status_alone(folder: Path) -> None:
    found = {path: answers(folder, "GET", path) for path in ("/", "/status", "/periksa", PATH)}
    assert found == {"/": 200, "/status": 200, "/periksa": 404, PATH: 404}


@pytest.mark.parametrize(
    ("site", "page", "published"),
    [
        ("https://layanan.contoh.go.id/", "https://layanan.contoh.go.id/periksa", True),
        ("https://layanan.contoh.go.id/", "https://verifikasi.contoh.go.id/", False),
        ("https://contoh.go.id/", "https://contoh.go.id/verifikasi/index.html", False),
        ("", "https://verifikasi.contoh.go.id/periksa", False),
    ],
)
def test_a_new_key_counts_as_published_only_where_letters_lead_here(
    folder: Path, site: str, page: str, published: bool
) -> None:
    """Else its letters read as forged on the page of the hosting, and nobody is reminded to upload it."""
    settings = f"verification: {{url: '{page}'}}\nsite: {{url: '{site}'}}\n"
    (folder / "settings.yaml").write_text(settings, encoding="utf-8")
    office = Root.of(folder)
    ledger = open_ledger(office)
    try:
        _app(office, ledger, "127.0.0.1")
        with ledger.reading() as look:
            (key,) = look.verification.public_keys()
    finally:
        ledger.close()
    assert (key.published_at is not None) is published


@pytest.mark.parametrize(
    ("page", "published"),
    [
        ("https://contoh.go.id/situs/periksa.html", True),
        ("https://contoh.go.id/periksa", True),
        ("https://verifikasi.contoh.go.id/", False),
    ],
)
def test_publish_counts_a_key_only_where_letters_lead_to_its_page(
    folder: Path, page: str, published: bool
) -> None:
    """And only once the page is written: a folder that can't be written to publishes nothing."""
    settings = f"verification: {{url: '{page}'}}\n"
    (folder / "settings.yaml").write_text(settings, encoding="utf-8")
    taken = folder / "taken"
    taken.write_text("", encoding="utf-8")
    assert _keys_after_publish(folder, taken) == [False]
    assert _keys_after_publish(folder, folder / "situs") == [published]


def _keys_after_publish(folder: Path, output: Path) -> list[bool]:
    """Whether each key counts as published."""
    main(["--root", str(folder), "publish", "--output", str(output)])
    ledger = open_ledger(Root.of(folder))
    try:
        with ledger.reading() as look:
            return [key.published_at is not None for key in look.verification.public_keys()]
    finally:
        ledger.close()


def test_the_verifier_and_the_webhook_stand_behind_the_same_threshold(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known by every name of the office; Meta's longer bodies are taken where Meta calls, and nowhere else."""
    (folder / "settings.yaml").write_text(
        "verification: {url: https://periksa.contoh.go.id/}\n"
        "site: {url: https://layanan.contoh.go.id/}\n"
        "whatsapp: {phone_number_id: '1234567890'}\n",
        encoding="utf-8",
    )
    for name in ("TOKEN", "APP_SECRET", "VERIFY_TOKEN"):
        monkeypatch.setenv(f"LOKET_WHATSAPP_{name}", "rahasia")
    for host in ("127.0.0.1:8080", "layanan.contoh.go.id", "periksa.contoh.go.id"):
        assert answers(folder, "GET", "/periksa", host=host) == 200
    assert answers(folder, "GET", "/periksa", host="lain.contoh.go.id") == 400
    long = b"x" * (LONGEST_BODY - 1)
    assert answers(folder, "POST", PATH, body=long) == 403  # read whole, and not signed
    assert answers(folder, "POST", PATH, body=long + b"xx") == 413
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    assert answers(folder, "POST", "/status", body=long, headers=form) == 413
