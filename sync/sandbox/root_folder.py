"""Makes a root folder ready for Loket against this sandbox: settings.yaml and credentials.json.

Files of a real office are never lost: they are kept beside, with `.asli` added. Other files are not touched.
"""

import json
import shutil
from pathlib import Path

from sync.sandbox.accounts import PROJECT

_MARK = "# Ditulis oleh `loket.py sandbox --root`; dibuat ulang setiap kali sandbox dijalankan.\n"
_PASSWORD = "sandi-email-sandbox.txt"  # noqa: S105 - a file's name


def write_root(
    root: Path,
    worker_key: Path,
    *,
    endpoint: str,
    folder: str,
    smtp: tuple[str, int],
    smtp_account: tuple[str, str] | None = None,
    quotas: bool = False,
) -> None:
    """`smtp_account` is a name and its password, which is kept in a file of its own.

    Raises FileExistsError when a file of the office would have to be kept a second time.
    """
    root.mkdir(parents=True, exist_ok=True)
    settings, credentials = root / "settings.yaml", root / "credentials.json"
    _keep(settings, ours=_starts_with_mark(settings))
    _keep(credentials, ours=_is_sandbox_key(credentials))
    credentials.touch(mode=0o600)
    credentials.write_text(worker_key.read_text(encoding="utf-8"), encoding="utf-8")
    host, port = smtp
    login = ""
    pace = "" if quotas else "  calls_per_minute: 0\n"
    if smtp_account is not None:
        name, secret = smtp_account
        password = root / _PASSWORD
        password.touch(mode=0o600)
        password.write_text(secret + "\n", encoding="utf-8")
        login = f"  user: {json.dumps(name)}\n  password_file: {_PASSWORD}\n"
    settings.write_text(
        f"""{_MARK}office:
  name: Dinas Kependudukan dan Pencatatan Sipil
  government: Pemerintah Kabupaten Contoh
  unit: DKPS
  address: Jalan Contoh Nomor 1
  city: Contoh
  email: loket@dukcapil.example.com
  timezone: Asia/Makassar
  head:
    title: Kepala Dinas
    name: Hj. Siti Aminah, S.Sos., M.Si.
    rank: Pembina Tingkat I
    nip: "197001011995032001"
google:
  credentials: credentials.json
  endpoint: {endpoint}
  folder: {folder}
{pace}mail:
  via: smtp
  host: {host}
  port: {port}
  security: none
{login}  sender: loket@dukcapil.example.com
  sender_name: Loket Disdukcapil
""",
        encoding="utf-8",
    )


def _keep(path: Path, *, ours: bool) -> None:
    if not path.exists() or ours:
        return
    kept = path.with_name(path.name + ".asli")
    if kept.exists():
        raise FileExistsError(f"{kept} sudah ada; pindahkan dulu agar {path.name} tidak hilang.")
    shutil.move(path, kept)


def _starts_with_mark(path: Path) -> bool:
    return path.exists() and path.read_text(encoding="utf-8", errors="replace").startswith(_MARK)


def _is_sandbox_key(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")).get("project_id") == PROJECT)
    except (OSError, ValueError, AttributeError):
        return False
