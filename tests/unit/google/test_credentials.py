"""The key file: whatever is wrong with it, the office reads what to do; nothing secret is repeated."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync.core.mendable import Mendable
from sync.google.credentials import OfficeServiceAccount, account_of, load_credentials

ROOT = Path(__file__).parents[3]


def written(folder: Path, content: Any) -> Path:
    path = folder / "credentials.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def account(private_key: str, **more: str) -> dict[str, str]:
    return {
        "type": "service_account",
        "client_email": "loket@contoh.iam.gserviceaccount.com",
        "private_key": private_key,
        "token_uri": "https://oauth2.googleapis.com/token",
        **more,
    }


def problem_of(path: Path, **settings: str) -> str:
    with pytest.raises(Mendable) as caught:
        load_credentials(path, **settings)  # type: ignore[arg-type]
    problem = caught.value.problems[0]
    assert problem.where
    assert problem.found
    assert problem.allowed
    assert problem.run
    return problem.name


def test_a_missing_key_says_where_it_is_looked_for(tmp_path: Path) -> None:
    """The first thing every office meets."""
    with pytest.raises(Mendable) as caught:
        load_credentials(tmp_path / "credentials.json")
    assert str(tmp_path) in caught.value.problems[0].where
    assert caught.value.problems[0].name == "kunci-tidak-ada"


def test_the_placeholder_that_is_shipped_is_recognised() -> None:
    """An office that only copied the example must not read about broken private keys."""
    assert problem_of(ROOT / "credentials.example.json") == "kunci-contoh"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('{"type": "service_account", ', "kunci-bukan-json"),
        ([1, 2], "kunci-salah-jenis"),
        ({"installed": {"client_id": "x"}}, "kunci-salah-jenis"),
        ({"type": "external_account"}, "kunci-salah-jenis"),
        ({"type": "service_account", "client_email": "a@b"}, "kunci-salah-jenis"),
        ({"type": "authorized_user", "client_id": "x"}, "kunci-salah-jenis"),
        (account("-----BEGIN PRIVATE KEY-----\nterpotong"), "kunci-rusak"),
        (account("x", token_uri="http://example.com/token"), "kunci-token-uri"),
    ],
)
def test_every_fault_of_the_file_has_its_own_message(
    tmp_path: Path, content: Any, name: str
) -> None:
    """A wrong file in the right place is the commonest fault."""
    assert problem_of(written(tmp_path, content)) == name


def test_a_damaged_key_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    """Messages are photographed and sent around."""
    path = written(tmp_path, account("-----BEGIN PRIVATE KEY-----\nRAHASIA"))
    with pytest.raises(Mendable) as caught:
        load_credentials(path)
    assert "RAHASIA" not in str(caught.value)


def test_a_real_key_is_not_used_against_the_sandbox(tmp_path: Path, private_key: str) -> None:
    """A real token does not belong on plain http, nor practice rows on a real sheet."""
    path = written(tmp_path, account(private_key))
    assert problem_of(path, endpoint="http://127.0.0.1:9999") == "kunci-dan-endpoint"


def test_a_sandbox_key_is_not_used_against_google(tmp_path: Path, private_key: str) -> None:
    """Forgetting google.endpoint is told plainly instead of as a network fault."""
    path = written(tmp_path, account(private_key, token_uri="http://127.0.0.1:9999/token"))
    assert problem_of(path) == "kunci-dan-endpoint"


def test_another_host_is_no_endpoint(tmp_path: Path, private_key: str) -> None:
    """Citizens' rows go to Google, or stay on this machine."""
    path = written(tmp_path, account(private_key))
    assert problem_of(path, endpoint="http://sheet.example.com") == "endpoint-ditolak"


def test_a_key_signs_in_as_itself_or_for_an_account(tmp_path: Path, private_key: str) -> None:
    """Delegation is the office's Workspace case; the look-up of a region never happens, also then."""
    path = written(tmp_path, account(private_key))
    plain = load_credentials(path)
    delegated = load_credentials(path, subject="surat@contoh.go.id")

    assert isinstance(plain, OfficeServiceAccount)
    assert isinstance(delegated, OfficeServiceAccount)
    assert delegated._subject == "surat@contoh.go.id"
    assert not delegated._is_regional_access_boundary_lookup_required()
    assert account_of(path) == "loket@contoh.iam.gserviceaccount.com"


def test_mail_is_asked_for_only_when_it_goes_through_gmail(
    tmp_path: Path, private_key: str
) -> None:
    """The less Loket may do, the better."""
    path = written(tmp_path, account(private_key))
    assert not any("gmail" in scope for scope in load_credentials(path).scopes)  # type: ignore[attr-defined]
    assert any("gmail" in scope for scope in load_credentials(path, gmail=True).scopes)  # type: ignore[attr-defined]


def test_an_oauth_file_signs_in_as_the_office_account(tmp_path: Path) -> None:
    """Offices without Workspace own their files as an ordinary account."""
    path = written(
        tmp_path,
        {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"},
    )
    credentials: Any = load_credentials(path)
    assert credentials.refresh_token == "r"
    assert credentials.token_uri == "https://oauth2.googleapis.com/token"
