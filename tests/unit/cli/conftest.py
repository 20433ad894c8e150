import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check, examine
from sync.cli.doctor.finding import Finding
from sync.cli.doctor.table import checks_of
from sync.cli.root import Root
from tests.acceptance.conftest import LETTER, WORKFLOW
from tests.unit.cli.remedies import named

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Diagnose = Callable[..., dict[str, Finding]]

SETTINGS = "office:\n  email: loket@dukcapil.example\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An office without Google: settings, one service, its letter, a key of the sandbox's kind."""
    (tmp_path / "workflows").mkdir()
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    workflow = WORKFLOW.format(sheet="1" * 44, tab="Form Responses 1")
    (tmp_path / "workflows" / "domisili.yaml").write_text(workflow, encoding="utf-8")
    (tmp_path / "templates" / "letters" / "uji.html").write_text(LETTER, encoding="utf-8")
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def service_key() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return {
        "type": "service_account",
        "client_email": "loket@contoh.iam.gserviceaccount.com",
        "private_key": pem,
    }


@pytest.fixture
def keep_key(folder: Path) -> Callable[[object], None]:
    """Writes credentials.json, for its owner alone."""

    def keep(content: object) -> None:
        file = folder / "credentials.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        file.chmod(0o600)

    return keep


def diagnosis(folder: Path, *wanted: str, at: datetime = NOW) -> dict[str, Finding]:
    """What these checks, and those they need, find the matter with this office; by the remedies' names."""
    with Case(Root(folder), at) as case:
        checks = checks_of(case)
        by_name = {check.name: check for check in checks}
        chosen: dict[str, Check] = {}
        waiting = [by_name[name] for name in wanted]
        while waiting:
            check = waiting.pop()
            chosen[check.name] = check
            waiting += [by_name[name] for name in check.needs]
        examined = examine([check for check in checks if check.name in chosen], case)
    return named(finding for one in examined for finding in one.findings)


@pytest.fixture
def diagnose(folder: Path) -> Diagnose:
    return lambda *wanted, **more: diagnosis(folder, *wanted, **more)
