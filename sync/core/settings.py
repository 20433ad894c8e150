"""The models of settings.yaml: everything an office sets once. settings.example.yaml shows each, with a comment.

Reading text into them is settings_file.py's affair. Secrets are never in here: a setting names the environment
variable or the file that holds one.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sync.core.desk import SYSTEM_COLUMNS


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
    """`cluster`: any number of machines share the work; the ledger is PostgreSQL. `roles`: what this one takes."""

    cluster: bool = False
    roles: tuple[Literal["sheets", "letters", "senders"], ...] = ("sheets", "letters", "senders")
    interval_s: float = 15  # by day; core/pace_of_polling.py
    whole_rows: int = 500  # a sheet up to so many rows is always read whole
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


class Site(_Model):
    """Citizens' pages (`serve`). `url`: where they are reached, without a path; `proxies`: the addresses of the reverse
    proxies in front, which alone are believed who asks."""

    url: str = ""
    proxies: tuple[str, ...] = ()


ChatKind = Literal["ready", "mend", "rejected", "cancelled", "received", "delayed"]
"""What is told by WhatsApp and SMS: core.delivery.Kind, without the letter itself."""


class WhatsAppTemplates(_Model):
    """The names of the office's approved templates, by what they tell; empty: that is not told by WhatsApp."""

    ready: str = "loket_selesai"
    mend: str = "loket_perbaikan"
    rejected: str = "loket_ditolak"
    cancelled: str = "loket_dibatalkan"
    received: str = ""
    delayed: str = ""


class WhatsApp(_Model):
    """`office_number` needs no contract; the rest is Meta's WhatsApp Cloud API, for `deliver: [whatsapp]`."""

    office_number: str = ""  # the office's own, which citizens write to
    phone_number_id: str = ""
    token_env: str = "LOKET_WHATSAPP_TOKEN"  # noqa: S105 - the variable's name
    token_file: str = ""
    app_secret_env: str = "LOKET_WHATSAPP_APP_SECRET"  # noqa: S105 - the variable's name
    app_secret_file: str = ""
    verify_token_env: str = "LOKET_WHATSAPP_VERIFY_TOKEN"  # noqa: S105 - the variable's name
    verify_token_file: str = ""
    language: str = "id"  # the templates' own
    templates: WhatsAppTemplates = WhatsAppTemplates()
    api_version: str = "v23.0"
    endpoint: str = ""  # another Meta, on this machine only (tests)
    timeout_s: float = 30
    per_day: int = 250


class Sms(_Model):
    """For `deliver: [sms]`: an Android phone with the app SMSGate, or a gateway that apprise knows."""

    via: Literal["android", "apprise"] = "android"
    url: str = ""  # of the phone, in the office's own network
    user: str = ""
    password_env: str = "LOKET_SMS_PASSWORD"  # noqa: S105 - the variable's name
    password_file: str = ""
    gateway_env: str = "LOKET_SMS_GATEWAY"  # apprise's address; it holds the gateway's secrets
    gateway_file: str = ""
    kinds: tuple[ChatKind, ...] = ("ready", "mend", "rejected", "cancelled")
    parts: int = 2
    timeout_s: float = 20
    per_day: int = 100


class DailyReport(_Model):
    """The office's daily report; nothing is kept of it unless one of `to`, `stock_tab`, `publish` is set."""

    at: str = "16:00"  # the office's time
    to: tuple[str, ...] = ()
    stock_tab: bool = False  # the tab "Stok", which officers fill in
    sheet: str = ""  # the spreadsheet of the tabs; empty: the first service's, for "Stok" alone
    publish: bool = False  # the tab "Laporan Harian", for the province


class DashboardPerson(_Model):
    """One who may log in to the dashboard, by a link that is mailed to `address`."""

    address: str
    role: Literal["officer", "head", "province"] = "officer"
    name: str = ""


class Dashboard(_Model):
    """The page of officers, head and province, beside the citizens' (`serve`). Without `people` there is none."""

    people: tuple[DashboardPerson, ...] = ()
    reminder_at: str = "07:30"  # the office's time
    reminder_to: tuple[str, ...] = ()  # who is told once a day what waits longer than promised


class Regency(_Model):
    """Exactly one of `sheet`, where it publishes, and `folder`, its own Loket folder on this machine."""

    name: str
    sheet: str = ""
    folder: str = ""


class Province(_Model):
    name: str = ""
    regencies: tuple[Regency, ...] = ()


class Columns(_Model):
    """The headers of Loket's and the officer's columns. `whatsapp` is one of Loket's too; empty: there is no such column."""

    reference: str = "No. Permohonan"
    status: str = "Status"
    note: str = "Keterangan"
    document: str = "Dokumen"
    updated: str = "Diperbarui"
    decision: str = "Keputusan"
    officer_note: str = "Catatan Petugas"
    officer_file: str = "Berkas Petugas"
    whatsapp: str = ""  # a link that opens the applicant's chat, the message written already

    @property
    def system(self) -> tuple[str, ...]:
        """The names of Loket's own columns."""
        return SYSTEM_COLUMNS + (("whatsapp",) if self.whatsapp else ())

    @property
    def headers(self) -> dict[str, str]:
        """Name → header of every column that there is."""
        return {name: header for name, header in self.model_dump().items() if header}


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
    site: Site = Site()
    whatsapp: WhatsApp = WhatsApp()
    sms: Sms = Sms()
    report: DailyReport = DailyReport()
    dashboard: Dashboard = Dashboard()
    province: Province = Province()
    columns: Columns = Columns()
