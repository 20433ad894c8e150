"""What the assistant reads and writes in the office's folder: settings.yaml, workflows/, secrets, and how far it has come.

Every file is written whole or not at all; a settings.yaml that is there already is edited, its comments kept.
"""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path

from sync.core.folders import synced_by
from sync.core.mendable import Mendable
from sync.core.settings import Settings
from sync.core.settings_file import read_settings
from sync.core.workflow.edit import Put, edited
from sync.core.workflow.links import PLACEHOLDER
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow
from sync.web.local.files import write_whole

SETTINGS = "settings.yaml"
CLIENT, ACCOUNT, MAIL_PASSWORD = "google-client.json", "google-akun.json", "sandi-email.txt"
"""Files of data/keys/, which this account alone may read."""


@dataclass
class Progress:
    """Which steps were finished, in any order, and what no other file says yet."""

    done: list[str] = field(default_factory=list)
    way: str = ""  # of Google access: oauth, layanan, delegasi
    sheet: dict[str, str] = field(default_factory=dict)  # id, title, tab, form
    service: str = ""  # the workflow's name
    trial: str = ""  # where a trial letter went


@dataclass(frozen=True)
class Place:
    """`folder` is the office's, `program` that of loket.py with what Loket comes with."""

    folder: Path
    program: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def template_dirs(self) -> tuple[Path, ...]:
        own, ours = self.folder / "templates", self.program / "templates"
        return (own,) if own == ours else (own, ours)

    @property
    def synced(self) -> str:
        """The program that copies this folder to a cloud; "" when none is known to."""
        return synced_by(str(self.data.resolve()), os.environ)

    def key_file(self, name: str) -> Path:
        return self.data / "keys" / name

    def keep_secret(self, name: str, text: str) -> str:
        """Its path as settings.yaml names it. Raises Mendable, also where a program would copy it to a cloud."""
        if self.synced:
            raise Mendable.one(
                "folder-disalin-ke-awan",
                where=str(self.folder),
                found=f"folder Loket disalin oleh {self.synced}, sehingga kunci dan kata sandi keluar dari komputer ini",
                allowed="tutup asisten, pindahkan folder Loket ke luar folder itu (misalnya C:\\Loket), lalu jalankan dari sana",
            )
        write_whole(self.key_file(name), text.encode(), private=True)
        return f"data/keys/{name}"

    # settings.yaml

    def settings_text(self) -> str:
        """The office's, else the example with every setting and its comment. Raises Mendable."""
        own = self.folder / SETTINGS
        return _text(own if own.exists() else self.program / "settings.example.yaml")

    def settings(self) -> Settings:
        """Raises Mendable."""
        own = self.folder / SETTINGS
        return read_settings(_text(own), file=SETTINGS) if own.exists() else Settings()

    def change_settings(self, values: Mapping[str, str]) -> None:
        """`values` by their dotted path. Raises Mendable, and then the file is as it was."""
        puts = [Put(tuple(path.split(".")), value) for path, value in values.items()]
        text = self._with_sections(self.settings_text(), {path.split(".")[0] for path in values})
        text = edited(text, puts, file=SETTINGS)
        read_settings(text, file=SETTINGS)
        own = self.folder / SETTINGS
        if not own.exists() or own.read_bytes() != text.encode():
            write_whole(own, text.encode())

    def _with_sections(self, text: str, names: set[str]) -> str:
        """A section that the office's file does not have is added as the example has it, with its comments."""
        example = _text(self.program / "settings.example.yaml")
        ends = "\r\n" if "\r\n" in text else "\n"
        for name in sorted(names):
            if re.search(rf"^{name}\s*:", text, re.MULTILINE):
                continue
            section = re.search(rf"^{name}:.*\n(?:[ \t]+.*\n|\n(?=[ \t]))*", example, re.MULTILINE)
            if section:
                text = text.rstrip("\r\n") + ends * (2 if text.strip() else 0)
                text += section[0].replace("\n", ends)
        return text

    # workflows/

    def workflow_file(self, name: str) -> Path:
        return self.folder / "workflows" / f"{name}.yaml"

    def workflow_text(self, name: str) -> str:
        """Of the office's service, else of one that Loket comes with. Raises Mendable."""
        own = self.workflow_file(name)
        return _text(own if own.exists() else self.program / "workflows" / f"{name}.yaml")

    def workflow(self, name: str) -> Workflow:
        """Its sheet may not have been filled in yet. Raises Mendable."""
        text = self.workflow_text(name).replace(PLACEHOLDER, "belum-diisi")
        return read_workflow(text, file=f"workflows/{name}.yaml")

    def own_workflows(self) -> dict[str, str]:
        """The texts of the office's services by their names, those that nobody has filled in yet included."""
        texts = {}
        for file in sorted((self.folder / "workflows").glob("*.yaml")):
            with suppress(Mendable):
                texts[file.stem] = _text(file)
        return texts

    def services(self) -> list[str]:
        """The names of those that were filled in: a sheet stands in them."""
        return [name for name, text in self.own_workflows().items() if PLACEHOLDER not in text]

    def ready_made(self) -> list[str]:
        """The names of the services that Loket comes with, whether or not they are in use."""
        return sorted(file.stem for file in (self.program / "workflows").glob("*.yaml"))

    def changed_after(self, moment: datetime) -> bool:
        """Whether settings or a service were written since: a worker reads them when it begins."""
        files = [self.folder / SETTINGS, *(self.folder / "workflows").glob("*.y*ml")]
        times = [file.stat().st_mtime for file in files if file.exists()]
        return max(times, default=0.0) > moment.timestamp()

    # progress

    def progress(self) -> Progress:
        """From the beginning where none was kept, or it can't be read: nothing of it is needed to go on."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._progress_file.read_text(encoding="utf-8"))
            made = Progress(**{one.name: kept[one.name] for one in fields(Progress)})
            if all(
                isinstance(getattr(made, name), type(value))
                for name, value in asdict(Progress()).items()
            ):
                return made
        return Progress()

    def keep_progress(self, progress: Progress) -> None:
        """Raises Mendable."""
        write_whole(self._progress_file, json.dumps(asdict(progress), indent=1).encode())

    @property
    def _progress_file(self) -> Path:
        return self.data / "assistant.json"


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Mendable.one(
            "bukan-utf-8",
            where=str(file),
            found="ada huruf yang tidak terbaca",
            allowed="berkas teks UTF-8 (di Notepad: Simpan sebagai, Pengodean UTF-8)",
        ) from None
    except OSError as error:
        raise Mendable.one(
            "berkas-tidak-terbaca", where=str(file), found=str(error.strerror or error)
        ) from error
