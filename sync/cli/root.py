"""The folder that an office owns: settings.yaml, workflows/, templates/, credentials.json, data/."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from sync.core.settings import Settings
    from sync.core.workflow.model import Workflow

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
    def data(self) -> Path:
        return self.folder / "data"

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
        return read_settings(self._text(file), file="settings.yaml")

    def workflow_files(self) -> list[Path]:
        return sorted((self.folder / "workflows").glob("*.y*ml"))

    def workflows(self) -> "tuple[list[Workflow], list[Problem]]":
        """Every workflow that can be read, and the problems of the others: one bad file never stops the rest."""
        from sync.core.workflow.read import read_workflow

        good: list[Workflow] = []
        problems: list[Problem] = []
        for file in self.workflow_files():
            try:
                good.append(read_workflow(self._text(file), file=f"workflows/{file.name}"))
            except Mendable as error:
                problems.extend(error.problems)
        if not self.workflow_files():
            problems.append(
                Problem(
                    "tidak-ada-layanan",
                    where=str(self.folder / "workflows"),
                    found="tidak ada berkas layanan (*.yaml)",
                    allowed="satu berkas untuk setiap layanan; lihat docs/workflow.md",
                )
            )
        return good, problems

    def secret(self, env: str, file: str) -> str | None:
        """A secret from the environment, or from a file beside settings.yaml; never from YAML."""
        if env and os.environ.get(env):
            return os.environ[env]
        if file:
            path = self.folder / file
            if not path.is_file():
                raise Mendable.one(
                    "berkas-rahasia-tidak-ada",
                    where=f"settings.yaml, mail.password_file: {file}",
                    found="berkas itu tidak ada",
                    allowed=f"berkas yang berisi kata sandi saja, atau variabel lingkungan {env}",
                )
            return self._text(path).strip()
        return None

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
