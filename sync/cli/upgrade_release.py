"""A release that somebody downloaded: a zip or a folder, looked through before anything of it is used."""

import ast
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sync.core.mendable import Mendable
from sync.launcher.exchange import read_head

NEEDED = (
    "loket.py",
    "requirements.txt",
    "sync/__init__.py",
    "sync/__main__.py",
    "sync/launcher/swap.py",
    "sync/ledger/schema.py",
    "sync/shipped.json",
)
OFFICES_OWN = frozenset({"settings.yaml", "credentials.json"})
NOT_OF_A_RELEASE = frozenset({"data", "wheels", "__pycache__"})
EDITED_BY_OFFICES = ("templates/", "workflows/")
SHIPPED = "sync/shipped.json"
LARGEST_BYTES = 300_000_000
MOST_FILES = 20_000
_SYMBOLIC_LINK = 0o120000


@dataclass(frozen=True, slots=True)
class Release:
    """`files` by their paths below the folder of loket.py, with `/`."""

    version: str
    schema: str
    files: Mapping[str, bytes]


def read_release(source: Path) -> Release:
    """Raises Mendable when it is none, is damaged, or would write outside its folder."""
    files = dict(_of_folder(source)) if source.is_dir() else _of_zip(source)
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise _refused(source, f"di dalamnya tidak ada {', '.join(missing)}")
    for name, content in files.items():
        if name.startswith("sync/") and name.endswith(".py"):
            _ensure_readable(source, name, content)
    found = re.search(rb'^__version__ = "([\w.]+)"', files["sync/__init__.py"], re.MULTILINE)
    if not found:
        raise _refused(source, "versinya tidak tertulis di sync/__init__.py")
    schema = read_head(files["sync/ledger/schema.py"].decode("utf-8", "replace"))
    return Release(found[1].decode(), schema, files)


def digest(content: bytes) -> str:
    """The same whether lines end as on Windows or not."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def is_editable(name: str) -> bool:
    return name.startswith(EDITED_BY_OFFICES)


def editable_files(root: Path) -> dict[str, str]:
    """The digests of what lies in templates/ and workflows/."""
    return {
        file.relative_to(root).as_posix(): digest(file.read_bytes())
        for folder in EDITED_BY_OFFICES
        for file in sorted((root / folder).rglob("*"))
        if file.is_file() and file.suffix != ".baru" and "__pycache__" not in file.parts
    }


def shipped(root: Path) -> dict[str, str]:
    """What the version lying here came with: shipped.py writes it. {} where it does not say."""
    try:
        found = json.loads((root / SHIPPED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _of_folder(source: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(source.rglob("*")):
        name = file.relative_to(source)
        if (
            not _is_wanted(PurePosixPath(name.as_posix()))
            or file.is_symlink()
            or not file.is_file()
        ):
            continue
        try:
            yield name.as_posix(), file.read_bytes()
        except OSError as error:
            raise _refused(source, f"{name} tidak terbaca: {error.strerror or error}") from error


def _of_zip(source: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _ensure_harmless(source, entries)
            top = _top(source, [entry.filename for entry in entries])
            files = {}
            for entry in entries:
                name = entry.filename.removeprefix(top)
                if entry.filename.startswith(top) and _is_wanted(PurePosixPath(name)):
                    files[name] = archive.read(entry)  # its checksum is compared
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise _refused(source, f"berkas zip tidak terbaca atau rusak: {error}") from error
    if len({name.casefold() for name in files}) != len(files):
        raise _refused(source, "dua berkas bernama sama bagi Windows")
    return files


def _ensure_harmless(source: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked."""
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_BYTES:
        raise _refused(source, "isinya terlalu besar untuk sebuah rilis Loket")
    for entry in entries:
        parts = entry.filename.split("/")
        if (
            ".." in parts
            or "" in parts
            or "." in parts
            or re.search(r"[\\:\x00-\x1f]", entry.filename)
        ):
            raise _refused(source, f"nama berkas menunjuk ke luar folder: {entry.filename!r}")
        if entry.external_attr >> 16 & 0o170000 == _SYMBOLIC_LINK:
            raise _refused(source, f"di dalamnya ada tautan: {entry.filename!r}")
        if entry.flag_bits & 1:
            raise _refused(source, "berkas zip terkunci kata sandi")


def _top(source: Path, names: list[str]) -> str:
    """GitHub puts all of a repository into one folder."""
    tops = {
        name.removesuffix("loket.py") for name in names if re.fullmatch(r"([^/]+/)?loket\.py", name)
    }
    if len(tops) != 1:
        raise _refused(source, "di dalamnya tidak ada loket.py" if not tops else "ada dua loket.py")
    return tops.pop()


def _is_wanted(name: PurePosixPath) -> bool:
    """An office's own files, data and what a machine made are no part of a release."""
    first = name.parts[0]
    return (
        name.as_posix() not in OFFICES_OWN
        and first not in NOT_OF_A_RELEASE
        and (not first.startswith(".") or first == ".ci")
        and "__pycache__" not in name.parts
    )


def _ensure_readable(source: Path, name: str, content: bytes) -> None:
    """A file that was cut off, or a language that this Python does not speak yet."""
    try:
        ast.parse(content)
    except (SyntaxError, ValueError) as error:
        raise _refused(
            source,
            f"{name} tidak terbaca oleh Python ini ({error}); mungkin perlu Python yang lebih baru",
        ) from error


def _refused(source: Path, found: str) -> Mendable:
    return Mendable.one(
        "bukan-rilis-loket",
        where=str(source),
        found=f"{found}; tidak ada yang diubah",
        allowed="berkas zip rilis Loket seperti diunduh, atau folder hasil mengekstraknya",
        run="unduh sekali lagi, lalu python loket.py upgrade BERKAS.zip",
    )
