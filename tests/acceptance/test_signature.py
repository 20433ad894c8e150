"""An office that signs its letters, with the real program: what the applicant gets is what the office signed."""

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.audit import drive_files
from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import CITRA
from tests.contract.letter.certificates import PASSWORD, YEAR, Authority
from tests.contract.letter.signature_judges import good_by_pdfsig, pyhanko
from tests.unit.letter.orders import text_of


def signs(folder: Path, content: bytes) -> None:
    """The office's settings name a certificate, and a file that holds its password."""
    (folder / "kantor.p12").write_bytes(content)
    password = folder / "sandi-tanda-tangan.txt"
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    password.chmod(0o600)
    with (folder / "settings.yaml").open("a", encoding="utf-8") as settings:
        settings.write(
            "signature:\n  file: kantor.p12\n  password_file: sandi-tanda-tangan.txt\n  visible: true\n"
        )


@pytest.mark.service("pdfsig")
def test_the_letter_in_the_mail_bears_the_offices_signature(office: Office) -> None:
    """The attachment is the file on the disk and in Drive, byte for byte; two other programs find it whole and signed."""
    authority, now = Authority.new(), datetime.now(UTC)
    signs(office.folder, authority.pkcs12(begins=now - YEAR, ends=now + YEAR))
    office.applies(*CITRA)
    office.run_once()
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    [message] = office.mailbox()
    [attachment] = message["attachments"]
    [letter] = (office.folder / "data" / "letters").glob("*/*.pdf")
    signed = letter.read_bytes()
    assert attachment["sha256"] == hashlib.sha256(signed).hexdigest()
    assert [file["sha256Checksum"] for file in drive_files(office)] == [attachment["sha256"]]
    assert good_by_pdfsig(signed)
    assert pyhanko(signed, authority.certificate, at=now).bottom_line
    assert CITRA[0] in text_of(signed)
    assert re.search(r"470/0001/DKPS/20\d\d", text_of(signed))


def test_an_expired_certificate_is_told_and_no_letter_leaves(office: Office) -> None:
    """At the start on the screen; in the row, with what to do; the rest of the counter goes on."""
    now = datetime.now(UTC)
    authority = Authority.new()
    signs(office.folder, authority.pkcs12(begins=now - 2 * YEAR, ends=now - YEAR))
    office.applies(*CITRA)
    started = loket("--root", str(office.folder), "run", "--once")
    assert "sertifikat-kedaluwarsa" in started.stderr
    assert office.rows()[CITRA[0]]["Status"] == "Menunggu petugas"
    office.types(CITRA[0], "Keputusan", "Setujui")
    loket("--root", str(office.folder), "run", "--once")
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Gagal kirim"
    assert "sertifikat tanda tangan berakhir pada" in row["Keterangan"]
    assert not [message for message in office.mailbox() if message["attachments"]]
    (office.folder / "kantor.p12").write_bytes(authority.pkcs12(begins=now - YEAR, ends=now + YEAR))
    office.types(CITRA[0], "Keputusan", "Kirim ulang")
    office.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"


@pytest.mark.parametrize(
    ("trouble", "name"),
    [
        ("wrong password", "sertifikat-tidak-terbuka"),
        ("no password", "sandi-tanda-tangan-belum-ada"),
        ("no password file", "berkas-rahasia-tidak-ada"),
        pytest.param(
            "open to others",
            "berkas-rahasia-terbuka",
            marks=pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits"),
        ),
        ("no certificate", "sertifikat-tidak-ada"),
    ],
)
def test_check_tells_what_is_wrong_with_the_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str, name: str
) -> None:
    """Before the first letter, with the setting's name; never the password."""
    now = datetime.now(UTC)
    signs(tmp_path, Authority.new().pkcs12(begins=now - YEAR, ends=now + YEAR))
    password, settings = tmp_path / "sandi-tanda-tangan.txt", tmp_path / "settings.yaml"
    if trouble == "wrong password":
        monkeypatch.setenv("LOKET_SIGNATURE_PASSWORD", "rahasia yang salah")
    elif trouble == "no password":
        text = settings.read_text(encoding="utf-8")
        settings.write_text(
            text.replace("  password_file: sandi-tanda-tangan.txt\n", ""), encoding="utf-8"
        )
    elif trouble == "no password file":
        password.unlink()
    elif trouble == "open to others":
        password.chmod(0o644)
    else:
        (tmp_path / "kantor.p12").unlink()
    done = loket("--root", str(tmp_path), "check", "--json")
    assert done.returncode == 1
    [problem] = [one for one in json.loads(done.stdout)["problems"] if one["name"] == name]
    assert "signature." in problem["where"]
    assert PASSWORD not in done.stdout + done.stderr
    assert "rahasia yang salah" not in done.stdout + done.stderr
