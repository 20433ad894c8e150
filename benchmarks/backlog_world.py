"""The world of the backlog: a local Google with sheets full of applications, an office's folder, an officer.

The rows come through the Sheets API in batches, and so do the decisions; the service and its letter are those that
Loket is shipped with (workflows/domisili.yaml).
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import yaml

from sync.google.credentials import load_credentials
from sync.google.sheets_client import SheetsClient
from sync.google.transport import Transport
from tests.contract.letter.certificates import PASSWORD, YEAR, Authority

ROOT = Path(__file__).resolve().parent.parent
SERVICE = ROOT / "workflows" / "domisili.yaml"
VERIFIER = "https://verifikasi.contoh.go.id/"
ROWS_A_CALL = 2_000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BORN, _MOVED, _APPLIED = 32874, 43831, 46331  # dates as a sheet counts them


@dataclass(frozen=True)
class Applicant:
    """Number `n` of the backlog; everybody has a name, a NIK and an address of their own."""

    n: int

    @property
    def name(self) -> str:
        rest, letters = self.n, ""
        for _ in range(4):
            rest, letter = divmod(rest, 26)
            letters = _LETTERS[letter] + letters
        return f"Citra {letters.capitalize()} Lestari"

    @property
    def email(self) -> str:
        return f"pemohon{self.n:06d}@example.org"

    def answers(self) -> dict[str, Any]:
        """By the questions of the shipped service; a woman born on 1 January 1990."""
        district, serial = divmod(self.n, 9_999)
        return {
            "Timestamp": _APPLIED + self.n / 86_400,
            "Nama Lengkap": self.name,
            "Alamat Email": self.email,
            "Nomor WhatsApp": f"0812{self.n:08d}",
            "NIK": f"6402{district + 1:02d}410190{serial + 1:04d}",
            "Tempat Lahir": "Tenggarong",
            "Tanggal Lahir": _BORN,
            "Jenis Kelamin": "Perempuan",
            "Agama": "Islam",
            "Pekerjaan": "Wiraswasta",
            "Alamat sesuai KTP": f"Jl. Mawar No. {self.n}, RT 03, Kelurahan Loa Ipuh",
            "Alamat tempat tinggal sekarang": "Jl. Danau Semayang No. 12, RT 07, Kelurahan Melayu",
            "Tinggal di alamat tersebut sejak tanggal": _MOVED,
            "Keperluan surat": "membuka rekening bank",
        }


@dataclass
class Sheet:
    """One service's sheet, through the officer's account."""

    client: SheetsClient
    spreadsheet_id: str
    tab: str
    workflow: str
    applicants: Sequence[Applicant]

    def fill(self) -> None:
        header = self._get("1:1")[0]
        for start in range(0, len(self.applicants), ROWS_A_CALL):
            part = self.applicants[start : start + ROWS_A_CALL]
            answers = (one.answers() for one in part)
            self.client.values_append(
                self.spreadsheet_id,
                f"'{self.tab}'!A1",
                params={"valueInputOption": "RAW"},
                body={"values": [[given.get(title, "") for title in header] for given in answers]},
            )

    def approve(self) -> None:
        """Setujui beside every application that has come in."""
        header = self._get("1:1")[0]
        column, count = header.index("Keputusan") + 1, len(self.applicants)
        for start in range(2, count + 2, ROWS_A_CALL):
            last = min(start + ROWS_A_CALL, count + 2) - 1
            self.client.values_update(
                self.spreadsheet_id,
                f"'{self.tab}'!R{start}C{column}:R{last}C{column}",
                params={"valueInputOption": "RAW"},
                body={"values": [["Setujui"]] * (last - start + 1)},
            )

    def rows(self) -> Iterator[dict[str, str]]:
        """As the officer reads them, a part at a time."""
        header = self._get("1:1")[0]
        for start in range(2, len(self.applicants) + 2, ROWS_A_CALL):
            for row in self._get(f"{start}:{start + ROWS_A_CALL - 1}"):
                yield dict(zip(header, row, strict=False))

    def _get(self, rows: str) -> list[list[str]]:
        found = self.client.values_get(self.spreadsheet_id, f"'{self.tab}'!{rows}")
        return list(found.get("values", []))


@dataclass
class World:
    folder: Path
    url: str
    sandbox: "subprocess.Popen[str]"
    mailbox: Path
    sheets: list[Sheet]
    applicants: list[Applicant]

    def fill(self) -> None:
        for sheet in self.sheets:
            sheet.fill()

    def approve(self) -> None:
        for sheet in self.sheets:
            sheet.approve()

    def command(self, *before: str) -> list[str]:
        """One whole cycle of the real program; `before`: what runs it instead of `-m sync`."""
        program = before or ("-m", "sync")
        return [sys.executable, *program, "--root", str(self.folder), "run", "--once"]

    def forget_calls(self) -> None:
        _post(self.url, "reset", {"only": ["requests"]})

    def calls(self) -> tuple[int, int]:
        """(calls, bytes both ways) at the local Google since `forget_calls`."""
        told = requests.get(f"{self.url}/_sandbox/requests", timeout=30).json()
        return told["calls"], told["bytes_in"] + told["bytes_out"]


@contextmanager
def a_world(
    folder: Path,
    *,
    letters: int,
    sheets: int = 1,
    deliver: Sequence[str] = ("email",),
    signed: bool = False,
    latency_ms: int = 0,
) -> Iterator[World]:
    """A running local Google, empty sheets, and an office's folder that points at them."""
    office = folder / "kantor kami"
    (office / "workflows").mkdir(parents=True)
    with ExitStack() as stack:
        sandbox, ready = stack.enter_context(_a_sandbox(folder / "sandbox", office, latency_ms))
        url = ready["url"]
        credentials = load_credentials(Path(ready["officer"]), endpoint=url)
        transport = Transport(credentials, endpoint=url, calls_a_minute=0)
        stack.callback(transport.close)
        client = SheetsClient(transport)
        _write_settings(office, letters=letters, signed=signed)
        applicants = [Applicant(n) for n in range(letters)]
        opened = []
        for number in range(sheets):
            form = _post(url, "forms", {"title": f"Domisili {number + 1}", "questions": _asked()})
            own = applicants[number::sheets]
            sheet = Sheet(client, form["spreadsheetId"], form["tab"], f"domisili-{number + 1}", own)
            _write_workflow(office, sheet, number, deliver)
            opened.append(sheet)
        yield World(office, url, sandbox, folder / "sandbox" / "mailbox", opened, applicants)


@contextmanager
def _a_sandbox(
    data: Path, office: Path, latency_ms: int
) -> "Iterator[tuple[subprocess.Popen[str], dict[str, str]]]":
    """A local Google, and what it said when it was ready."""
    command = [sys.executable, "-m", "sync", "sandbox", "--port", "0", "--data", str(data)]
    command += ["--root", str(office), "--latency-ms", str(latency_ms)]
    sandbox = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert sandbox.stdout is not None
    try:
        yield sandbox, json.loads(sandbox.stdout.readline())
    finally:
        sandbox.terminate()
        sandbox.wait(60)
        sandbox.stdout.close()


def _write_workflow(office: Path, sheet: Sheet, number: int, deliver: Sequence[str]) -> None:
    """The shipped service; each sheet stands for an office, with prefix and numbers of its own."""
    workflow = yaml.safe_load(SERVICE.read_text(encoding="utf-8"))
    workflow |= {"sheet": sheet.spreadsheet_id, "tab": sheet.tab, "deliver": list(deliver)}
    workflow["prefix"] = f"SK{_LETTERS[number]}"
    workflow["letter"]["number"] = f"{470 + number}/{{{{ serial|pad(4) }}}}/{{{{ tahun }}}}"
    text = yaml.safe_dump(workflow, allow_unicode=True, sort_keys=False)
    (office / "workflows" / f"{sheet.workflow}.yaml").write_text(text, encoding="utf-8")


def _asked() -> list[dict[str, Any]]:
    titles = [title for title in Applicant(0).answers() if title != "Timestamp"]
    titles += ["Nomor Permohonan (bila memperbaiki)", "Foto KTP"]
    return [{"title": title, "type": "text"} for title in titles]


def _write_settings(office: Path, *, letters: int, signed: bool) -> None:
    """The sandbox's, without the limits that Google and mail providers would set."""
    file = office / "settings.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings.setdefault("google", {})["calls_per_minute"] = 0
    settings.setdefault("mail", {})["per_day"] = max(100_000, 2 * letters)
    settings["verification"] = {"url": VERIFIER}
    if signed:
        now = datetime.now(UTC)
        content = Authority.new().pkcs12(begins=now - YEAR, ends=now + timedelta(days=365))
        (office / "kantor.p12").write_bytes(content)
        password = office / "sandi.txt"
        password.touch(mode=0o600)
        password.write_text(PASSWORD, encoding="utf-8")
        settings["signature"] = {"file": "kantor.p12", "password_file": "sandi.txt"}
    file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


def _post(url: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = requests.post(f"{url}/_sandbox/{what}", json=body, timeout=60)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
