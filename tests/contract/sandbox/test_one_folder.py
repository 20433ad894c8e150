"""One data folder, one sandbox: what stays when it is killed or started again, and who may not join in."""

import os
import smtplib
import subprocess
import sys
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from sync.sandbox import server
from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.test_control import ROOT, of, started

WRITERS = 6


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "loket@dukcapil.example.com", "citra@example.com"
    made.set_content("Terlampir.")
    return made


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_what_was_answered_is_there_after_a_kill_amid_writes(tmp_path: Path) -> None:
    """Every row, file and email whose answer arrived is found once; one that was not answered at most once."""
    answered: dict[str, set[str]] = {"rows": set(), "files": set(), "mail": set()}
    enough = threading.Event()

    with started("--data", str(tmp_path)) as (process, told):
        sandbox = of(told)
        token = sandbox.token()
        head = {"Authorization": f"Bearer {token}"}
        book = sandbox.call("POST", "/v4/spreadsheets", {}, token=token)[1]["spreadsheetId"]

        def append(name: str, session: requests.Session) -> None:
            url = f"{sandbox.url}/v4/spreadsheets/{book}/values/A1:append?valueInputOption=RAW"
            session.post(url, json={"values": [[name]]}, timeout=5).raise_for_status()

        def create(name: str, session: requests.Session) -> None:
            url = f"{sandbox.url}/drive/v3/files"
            session.post(url, json={"name": name}, timeout=5).raise_for_status()

        def send(name: str, session: requests.Session) -> None:
            text = f"To: citra@example.com\r\nSubject: {name}\r\n\r\nHalo"
            url = f"{sandbox.url}/upload/gmail/v1/users/me/messages/send?uploadType=media"
            session.post(url, data=text, timeout=5).raise_for_status()

        def writer(number: int) -> None:
            kind = list(answered)[number % 3]
            act = {"rows": append, "files": create, "mail": send}[kind]
            with requests.Session() as session:
                session.headers.update(head)
                for turn in range(10_000):
                    name = f"{kind}-{number}-{turn}"
                    try:
                        act(name, session)
                    except requests.RequestException:
                        return
                    answered[kind].add(name)
                    if all(len(names) >= 10 for names in answered.values()):
                        enough.set()

        threads = [threading.Thread(target=writer, args=(number,)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        assert enough.wait(30)
        process.kill()
        process.wait(timeout=10)
        for thread in threads:
            thread.join(timeout=10)

    with started("--data", str(tmp_path)) as (_, told):
        sandbox = of(told)
        token = sandbox.token()
        values = sandbox.call("GET", f"/v4/spreadsheets/{book}/values/A1:A", token=token)[1]
        rows = [row[0] for row in values["values"]]
        query = "/drive/v3/files?pageSize=1000&fields=files(name)&q=name+contains+'files'"
        files = [each["name"] for each in sandbox.call("GET", query, token=token)[1]["files"]]
        mail = [each["subject"] for each in sandbox.control("GET", "/mailbox")["messages"]]
        kept = {"rows": rows, "files": files, "mail": mail}
        for kind, names in kept.items():
            assert len(names) == len(set(names)), kind
            assert answered[kind] <= set(names), kind
            assert len(set(names) - answered[kind]) <= WRITERS, kind


def test_a_second_sandbox_on_the_same_folder_refuses_and_disturbs_nothing(tmp_path: Path) -> None:
    """Two programs that write one folder would lose each other's rows; with --empty it would all be gone."""
    running = server.start(tmp_path)
    sandbox = Sandbox(running.url, running.credentials, running.officer)
    form = sandbox.form("Nama")
    key = running.credentials.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "sync", "sandbox", "--empty", "--data", str(tmp_path)]
    second = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert second.returncode == 1
    said = " ".join((second.stdout + second.stderr).split())
    assert "sandbox-tidak-bisa-mulai" in said
    assert "sedang dipakai sandbox lain" in said
    assert running.credentials.read_text(encoding="utf-8") == key
    assert [each["formId"] for each in sandbox.control("GET", "/forms")["forms"]] == [
        form["formId"]
    ]
    running.stop()
    server.start(tmp_path).stop()


def test_the_ports_stay_the_same_over_a_restart(tmp_path: Path) -> None:
    """settings.yaml of a root names them: who restarts the sandbox need not mend it."""
    first = server.start(tmp_path)
    first.stop()
    port = int(first.url.rpartition(":")[2])
    again = server.start(tmp_path, port=port)
    try:
        assert (again.url, again.smtp, again.smtp_tls) == (first.url, first.smtp, first.smtp_tls)
    finally:
        again.stop()


def test_a_port_that_someone_else_took_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    """Then a free one is taken, and told."""
    first = server.start(tmp_path / "a")
    first.stop()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "smtp.json").write_bytes((tmp_path / "a" / "smtp.json").read_bytes())
    other = server.start(tmp_path / "b")
    again = server.start(tmp_path / "a")
    try:
        assert other.smtp == first.smtp
        assert not {again.smtp, again.smtp_tls} & {other.smtp, other.smtp_tls}
        with smtplib.SMTP(*_place(again.smtp), timeout=5) as smtp:
            assert smtp.noop()[0] == 250
    finally:
        again.stop()
        other.stop()


def _place(told: str) -> Any:
    host, _, port = told.rpartition(":")
    return host, int(port)


def test_mail_accounts_are_asked_for_and_told_to_the_root(tmp_path: Path) -> None:
    """--smtp-account: an office's server takes no mail from strangers; settings.yaml of --root knows the password."""
    root = tmp_path / "root"
    options = ["--data", str(tmp_path / "data"), "--root", str(root)]
    with started(*options, "--smtp-account", "loket:rahasia: ya") as (_, told):
        for secure in (False, True):
            server_of = smtplib.SMTP if not secure else _trusting
            with server_of(*_place(told["smtp_tls" if secure else "smtp"]), timeout=5) as smtp:
                with pytest.raises(smtplib.SMTPSenderRefused) as refused:
                    smtp.send_message(letter())
                assert refused.value.smtp_code == 530
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    smtp.login("loket", "salah")
                smtp.login("loket", "rahasia: ya")
                smtp.send_message(letter())
        assert len(of(told).control("GET", "/mailbox")["messages"]) == 2
    mail = yaml.safe_load((root / "settings.yaml").read_text(encoding="utf-8"))["mail"]
    assert mail["user"] == "loket"
    password = root / mail["password_file"]
    assert password.read_text(encoding="utf-8") == "rahasia: ya\n"
    if os.name == "posix":
        assert password.stat().st_mode & 0o077 == 0


def _trusting(host: str, port: int, timeout: float) -> smtplib.SMTP_SSL:
    """What it takes to trust the certificate is test_smtp_sink.py's affair."""
    import ssl

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)


def test_a_mail_account_without_a_password_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sync", "sandbox", "--data", str(tmp_path)]
    ended = subprocess.run(
        [*command, "--smtp-account", "loket"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert "NAMA:SANDI" in ended.stdout + ended.stderr
