"""An office among several of one installation, in offices/NAME: what it names must be its own.

Whoever may write one office's settings.yaml reads nothing of another's through it: files lie in the office's folder
(links are followed first), secrets come from its files only, for the environment is everybody's, and its ledger is its
own SQLite file or its own schema on PostgreSQL.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.core.mendable import Mendable, Problem

if TYPE_CHECKING:
    from pydantic import BaseModel

    from sync.core.settings import Settings

FOLDER = "offices"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""A schema's name is made of it, and of two names never the same."""
_FILES = ("credentials", "file", "folder")


def tenant_of(folder: Path) -> str:
    """The office's name, where the folder is one of several offices'; else ""."""
    return folder.name if folder.parent.name == FOLDER else ""


def schema_of(tenant: str) -> str:
    """Where the office's ledger is, on a PostgreSQL that it shares with others."""
    return "kantor_" + tenant.replace("-", "_")


def ensure_name(name: str) -> None:
    """Raises Mendable."""
    if not NAME.fullmatch(name):
        raise Mendable.one(
            "nama-kantor",
            where=f"{FOLDER}/{name}",
            found="nama folder itu tidak dapat dipakai sebagai nama kantor",
            allowed="huruf kecil, angka dan tanda hubung, paling banyak 40: kutai-timur",
            run="ganti nama foldernya",
        )


def ensure_own(settings: "Settings", folder: Path) -> None:
    """Raises Mendable with every setting that leads out of the office's folder."""
    problems = [
        Problem(
            "bukan-berkas-kantor-ini",
            where=f"{FOLDER}/{folder.name}/settings.yaml, {setting}: {value}",
            found="berkas itu di luar folder kantor ini",
            allowed=f"berkas di dalam {FOLDER}/{folder.name}",
        )
        for setting, value in _files_of(settings)
        if value and not (folder / value).resolve().is_relative_to(folder)
    ]
    url = settings.ledger.url
    if url and not url.startswith("postgresql"):
        problems.append(
            Problem(
                "ledger-kantor-lain",
                where=f"{FOLDER}/{folder.name}/settings.yaml, ledger.url",
                found="ledger di luar folder kantor ini",
                allowed="kosong (SQLite di folder data kantor ini), atau postgresql://…",
            )
        )
    if problems:
        raise Mendable(*problems)


def _files_of(model: "BaseModel", within: str = "") -> Iterator[tuple[str, str]]:
    """Every setting that names a file, however deep."""
    from pydantic import BaseModel

    for name in type(model).model_fields:
        value: Any = getattr(model, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, BaseModel):
                yield from _files_of(inner, f"{within}{name}.")
        if isinstance(value, str) and name.rpartition("_")[2] in _FILES:
            yield f"{within}{name}", value
