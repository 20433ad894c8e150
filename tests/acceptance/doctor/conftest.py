"""An office beside the local Google, and what `doctor` finds the matter with it."""

import dataclasses
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.cli.doctor.finding import Finding
from sync.google.credentials import account_of
from tests.acceptance.conftest import WORKFLOW, Office, an_office
from tests.unit.cli.conftest import diagnosis

FILES = "https://www.googleapis.com/drive/v3/files"
QUESTIONS = ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One local Google for all; each test has a form, a sheet and a folder of its own in it."""
    account = "loket@dukcapil.example.com:rahasia-sekali"
    with an_office(tmp_path_factory.mktemp("google"), "--smtp-account", account) as office:
        yield office


@pytest.fixture
def office(google: Office, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "kantor kami"
    shutil.copytree(google.folder, folder)
    for file in ("credentials.json", "sandi-email-sandbox.txt"):
        (folder / file).chmod(0o600)
    made = dataclasses.replace(google, folder=folder, form=new_form(google))
    serves(made)
    yield made
    url = f"{google.url}/_sandbox/faults"
    requests.put(url, json={"rules": []}, timeout=30).raise_for_status()


def new_form(google: Office, *more: dict[str, Any], **options: Any) -> dict[str, Any]:
    questions = [{"title": title, "type": "text", "required": True} for title in QUESTIONS]
    body = {"title": "Surat Domisili", "questions": [*questions, *more], **options}
    answer = requests.post(f"{google.url}/_sandbox/forms", json=body, timeout=30)
    form: dict[str, Any] = answer.json()
    return form


def serves(office: Office, *, then: str = "", **other: str) -> None:
    """The service's file, with what is added or put in another's place."""
    text = WORKFLOW.format(sheet=office.form["spreadsheetId"], tab=office.form["tab"]) + then
    for old, new in other.items():
        text = text.replace(old, new)
    (office.folder / "workflows" / "domisili.yaml").write_text(text, encoding="utf-8")


def sets(office: Office, old: str, new: str) -> None:
    """Changes settings.yaml; `old` must be there."""
    file = office.folder / "settings.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def fails(office: Office, api: str, do: str, **more: Any) -> None:
    """Google answers so from now on; the next office begins without."""
    rules = {"rules": [{"api": api, "do": do, **more}]}
    requests.put(f"{office.url}/_sandbox/faults", json=rules, timeout=30).raise_for_status()


def diagnose(office: Office, *checks: str, later: timedelta = timedelta(0)) -> dict[str, Finding]:
    return diagnosis(office.folder, *checks, at=datetime.now(UTC) + later)


def drives(office: Office, method: str, path: str, **body: Any) -> dict[str, Any]:
    """The officer's own call to Drive, about a file by its id."""
    url = f"{FILES}/{path}" if path else FILES
    parameters = {"supportsAllDrives": "true"}
    answer = office.officer.request(method, url, params=parameters, json=body or None)
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


def worker(office: Office) -> str:
    return account_of(office.folder / "credentials.json")


def shares(office: Office, file_id: str, role: str) -> None:
    who = {"type": "user", "role": role, "emailAddress": worker(office)}
    drives(office, "POST", f"{file_id}/permissions", **who)


def as_the_officer(office: Office) -> dict[str, str]:
    """The office's own account signs in (OAuth); the key as it is kept."""
    file = office.folder.parent / "oauth.json"
    key_file = next(office.folder.parents[1].glob("google*/sandbox/**/officer-oauth.json"))
    shutil.copy(key_file, file)
    shutil.copy(file, office.folder / "credentials.json")
    (office.folder / "credentials.json").chmod(0o600)
    key: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return key
