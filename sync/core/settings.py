"""The models of settings.yaml: everything an office sets once. settings.example.yaml shows each, with a comment.

Reading text into them is settings_file.py's affair. Secrets are never in here: a setting names the environment
variable or the file that holds one.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Head(_Model):
    """Who signs: `nip` has 18 digits; `rank` is the pangkat."""

    title: str = "Kepala Dinas"
    name: str = ""
    rank: str = ""
    nip: str = ""


class Office(_Model):
    name: str = "Dinas Kependudukan dan Pencatatan Sipil"
    government: str = "Pemerintah Kabupaten Contoh"
    unit: str = "DKPS"
    address: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    responsible: str = ""  # who is told when something is the matter; empty: `email`
    timezone: str = "Asia/Makassar"
    emblem: str = ""  # an image under templates/, for the letterhead
    head: Head = Head()


class Google(_Model):
    credentials: str = "credentials.json"
    subject: str = ""  # the account a delegated service account acts for
    endpoint: str = ""  # another Google, on this machine only (the sandbox)
    folder: str = ""  # the id of the shared drive or folder that letters go into
    timeout_s: float = 60
    attempts: int = 5
    calls_per_minute: int = 55  # of Sheets, reads and writes each; 0: as many as it takes


class Mail(_Model):
    via: Literal["smtp", "gmail"] = "smtp"
    host: str = "smtp.gmail.com"
    port: int = 465
    security: Literal["tls", "starttls", "none"] = "tls"  # none: loopback only
    user: str = ""
    password_env: str = "LOKET_MAIL_PASSWORD"  # noqa: S105 - the variable's name, not the password
    password_file: str = ""
    sender: str = ""  # empty: the office's email
    sender_name: str = ""
    timeout_s: float = 30
    per_day: int = 450


class Ledger(_Model):
    url: str = ""  # empty: SQLite in data/


class Letters(_Model):
    engine: Literal["auto", "plutoprint", "weasyprint", "pdfkit"] = "auto"  # auto: the best here
    timeout_s: float = 20
    processes: int = 2
    register_tab: bool = True  # the tab "Buku Agenda" in each workflow's spreadsheet


class Signature(_Model):
    """The office's own signature of its letters, by a PKCS#12. Without `file` letters are not signed."""

    file: str = ""
    password_env: str = "LOKET_SIGNATURE_PASSWORD"  # noqa: S105 - the variable's name
    password_file: str = ""
    visible: bool = False
    reason: str = ""
    location: str = ""  # empty: the office's city


class Worker(_Model):
    interval_s: float = 15
    retry_for_hours: float = 48
    alarm_after_min: float = 60
    per_applicant_per_day: int = 10  # more of one sender go to an officer first; 0: no limit
    ping_url: str = (
        ""  # called after every good round; whoever knows it can keep the watchman quiet
    )


class Backup(_Model):
    """Copies of the ledger: in data/backup/ and, with `drive`, in a private folder of the office's account."""

    drive: bool = True
    keep: int = 14
    passphrase_env: str = "LOKET_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name
    passphrase_file: str = ""


class Verification(_Model):
    """`url`: where the page of `publish-verifier` is put, or `serve` is reached; empty: letters carry no code."""

    url: str = ""


class Columns(_Model):
    """The headers of Loket's and the officer's columns."""

    reference: str = "No. Permohonan"
    status: str = "Status"
    note: str = "Keterangan"
    document: str = "Dokumen"
    updated: str = "Diperbarui"
    decision: str = "Keputusan"
    officer_note: str = "Catatan Petugas"
    officer_file: str = "Berkas Petugas"


class Settings(_Model):
    office: Office = Office()
    google: Google = Google()
    mail: Mail = Mail()
    ledger: Ledger = Ledger()
    letters: Letters = Letters()
    signature: Signature = Signature()
    worker: Worker = Worker()
    backup: Backup = Backup()
    verification: Verification = Verification()
    columns: Columns = Columns()
