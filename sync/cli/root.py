"""The folder that an office owns: settings.yaml, workflows/, templates/, credentials.json, data/."""

import contextlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli.tenant import FOLDER, ensure_name, ensure_own, tenant_of
from sync.core.delivery import CHAT_CHANNELS
from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from datetime import datetime

    from sync.core.settings import Settings
    from sync.core.workflow.model import Workflow
    from sync.letter.certificate import Identity

PROGRAM = Path(__file__).resolve().parents[2]
"""The folder of loket.py: where the letters and messages that Loket comes with lie."""


@dataclass(frozen=True)
class Root:
    folder: Path

    @classmethod
    def of(cls, folder: Path | None) -> "Root":
        """Raises Mendable when the folder named does not exist."""
        if folder is None:
            return cls(PROGRAM)
        if not folder.is_dir():
            raise Mendable.one(
                "folder-tidak-ditemukan",
                where="--root",
                found=f"folder {folder} tidak ada",
                allowed="folder yang berisi settings.yaml dan workflows/",
            )
        return cls(folder.resolve())

    @property
    def tenant(self) -> str:
        """The office's name among several of one installation; "" where it is the only one."""
        return tenant_of(self.folder)

    def offices(self) -> "list[Root]":
        """The offices of this installation, in the order of their names; none where it serves one."""
        folders = sorted((self.folder / FOLDER).glob("[!.]*"))
        return [Root(folder) for folder in folders if folder.is_dir() and not folder.is_symlink()]

    def office(self, name: str) -> "Root":
        """Raises Mendable when there is no such office."""
        ensure_name(name)
        known = {office.tenant: office for office in self.offices()}
        if name in known:
            return known[name]
        raise Mendable.one(
            "kantor-tidak-ditemukan",
            where="--office",
            found=f"tidak ada folder {self.folder / FOLDER / name}",
            allowed=", ".join(known) or f"nama folder di {FOLDER}/",
        )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def has_ledger(self) -> bool:
        """Opening a ledger on SQLite would make it where there is none."""
        return bool(self.settings.ledger.url) or (self.data / "ledger.sqlite3").exists()

    @property
    def template_dirs(self) -> tuple[Path, ...]:
        """The office's own templates first, then those Loket comes with."""
        own, ours = self.folder / "templates", PROGRAM / "templates"
        return (own,) if own == ours else (own, ours)

    @cached_property
    def settings(self) -> "Settings":
        """Raises Mendable with every problem in settings.yaml; without the file, every default."""
        from sync.core.settings import Settings
        from sync.core.settings_file import read_settings

        file = self.folder / "settings.yaml"
        if not file.exists():
            return Settings()
        settings = read_settings(self._text(file), file="settings.yaml")
        if self.tenant:
            ensure_name(self.tenant)
            ensure_own(settings, self.folder)
        return settings

    def workflow_files(self) -> list[Path]:
        return sorted((self.folder / "workflows").glob("*.y*ml"))

    def workflow_texts(self) -> dict[str, str]:
        """The readable files' texts by their workflows' names."""
        texts = {}
        for file in self.workflow_files():
            with contextlib.suppress(Mendable):
                texts[file.stem] = self._text(file)
        return texts

    @property
    def is_province(self) -> bool:
        """Whether it serves no citizens itself: only its people, who sign in to the dashboard by mailed links."""
        try:
            has_people = bool(self.settings.dashboard.people)
        except Mendable:
            return False  # told as such
        return has_people and not self.workflow_files()

    def workflows(self) -> "tuple[list[Workflow], list[Problem]]":
        """Every workflow that can be read, and the problems of the others: one bad file never stops the rest."""
        from sync.core.workflow.read import read_workflow

        good: list[Workflow] = []
        problems: list[Problem] = []
        for file in self.workflow_files():
            try:
                text = self._text(file)
                workflow = read_workflow(text, file=f"workflows/{file.name}")
            except Mendable as error:
                problems.extend(error.problems)
                continue
            unready = self._unready_channels(workflow, text)
            problems += unready
            if not unready:
                good.append(workflow)
        if not (self.workflow_files() or self.is_province):
            problems.append(
                Problem(
                    "tidak-ada-layanan",
                    where=str(self.folder / "workflows"),
                    found="tidak ada berkas layanan (*.yaml)",
                    allowed="satu berkas untuk setiap layanan; lihat docs/workflow.md",
                    run="python loket.py new",
                )
            )
        return good, problems

    def _unready_channels(self, workflow: "Workflow", text: str) -> list[Problem]:
        """The channels of `deliver` that settings.yaml says too little about."""
        chat = [channel for channel in workflow.deliver if channel in CHAT_CHANNELS]
        if not chat:
            return []
        try:
            settings = self.settings
        except Mendable:
            return []  # told as such
        lacks = {
            "whatsapp": "" if settings.whatsapp.phone_number_id else "whatsapp.phone_number_id",
            "sms": "sms.url" if settings.sms.via == "android" and not settings.sms.url else "",
        }
        lines = text.splitlines()
        line = next((n for n, line in enumerate(lines, 1) if line.startswith("deliver:")), 1)
        return [
            Problem(
                "saluran-belum-diatur",
                where=f"workflows/{workflow.name}.yaml:{line}",
                found=f"deliver: {channel}, tetapi {lacks[channel]} di settings.yaml belum diisi",
                allowed="isi menurut docs/panduan/whatsapp-sms.md, atau hapus saluran itu",
                run="python loket.py check",
            )
            for channel in chat
            if lacks[channel]
        ]

    def secret(self, env: str, file: str, *, setting: str, private: bool = False) -> str | None:
        """A secret from the environment, or from a file beside settings.yaml; never from YAML. `setting` names the file's.
        One of several offices has files only: the environment is everybody's.

        `private`: the file must be this account's alone to read. Windows keeps that elsewhere: there it is not checked.
        """
        if env and os.environ.get(env) and not self.tenant:
            return os.environ[env]
        if file:
            path = self.folder / file
            if not path.is_file():
                raise Mendable.one(
                    "berkas-rahasia-tidak-ada",
                    where=f"settings.yaml, {setting}: {file}",
                    found="berkas itu tidak ada",
                    allowed=f"berkas yang berisi kata sandi saja, atau variabel lingkungan {env}",
                )
            if private and os.name == "posix" and path.stat().st_mode & 0o077:
                raise Mendable.one(
                    "berkas-rahasia-terbuka",
                    where=f"settings.yaml, {setting}: {file}",
                    found="berkas kata sandi dapat dibaca akun lain di komputer ini",
                    allowed="hanya akun yang menjalankan Loket",
                    run=f'chmod 600 "{path}"',
                )
            return self._text(path).strip()
        return None

    def identity(self) -> "Identity":
        """Who signs this office's letters. Raises Mendable."""
        from sync.letter.certificate import read_identity

        signature = self.settings.signature
        where = f"settings.yaml, signature.file: {signature.file}"
        password = self.secret(
            signature.password_env,
            signature.password_file,
            setting="signature.password_file",
            private=True,
        )
        try:
            content = (self.folder / signature.file).read_bytes()
        except OSError as error:
            raise Mendable.one(
                "sertifikat-tidak-ada",
                where=where,
                found=f"berkas sertifikat tidak terbaca: {error.strerror or error}",
                allowed="berkas .p12 atau .pfx kantor, di folder Loket atau dengan letaknya yang lengkap",
                run="python loket.py check",
            ) from error
        return read_identity(content, password, where=where)

    def signature_problems(self, at: "datetime") -> list[Problem]:
        """Why no letter could be signed at that moment; none where letters are not signed."""
        if not self.settings.signature.file:
            return []
        try:
            self.identity().require_valid(at.astimezone(ZoneInfo(self.settings.office.timezone)))
        except Mendable as error:
            return list(error.problems)
        return []

    def _text(self, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Mendable.one(
                "bukan-utf-8",
                where=str(file),
                found=f"huruf yang tidak terbaca pada bita ke-{error.start}",
                allowed="berkas teks UTF-8 (di Notepad: Simpan sebagai, Pengodean UTF-8)",
            ) from error
        except OSError as error:
            raise Mendable.one(
                "berkas-tidak-terbaca", where=str(file), found=str(error.strerror or error)
            ) from error


def unwritable(folder: Path, error: OSError) -> Mendable:
    """The data folder, or its disk, takes nothing."""
    return Mendable.one(
        "folder-data-tidak-dapat-ditulis",
        where=str(folder),
        found=str(error.strerror or error),
        allowed="folder yang dapat ditulis, di disk yang tidak penuh; tidak ada yang hilang",
        run="pulihkan izin menulis atau ruang penyimpanan, lalu python loket.py run",
    )
