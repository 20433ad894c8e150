"""Secrets that a service would not see, or that others could: told when it is installed."""

import os
import sys
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sync.cli.service_job import Job
from sync.core.mendable import Problem

if TYPE_CHECKING:
    from sync.core.settings import Settings


def secrets_of(settings: "Settings") -> Iterator[tuple[str, str, str, str]]:
    """Section, key, the variable's name and the file's, of every secret that settings.yaml can name."""
    for section, values in settings:
        for name in getattr(type(values), "model_fields", ()):
            if name.endswith("_env"):
                key = name.removesuffix("_env")
                yield section, key, getattr(values, name), getattr(values, f"{key}_file")


def secrets_unseen(settings: "Settings", job: Job, environment: Collection[str]) -> list[Problem]:
    """A job does not see what was set in a window: secrets that stand nowhere but there."""
    from sync.cli.service_systemd import environment_file

    kept = environment_file(job)
    readable = _has_environment() and kept.is_file() and os.access(kept, os.R_OK)
    lines = kept.read_text(encoding="utf-8", errors="replace").splitlines() if readable else []
    seen = {line.partition("=")[0].strip() for line in lines}
    problems = [
        Problem(
            "kata-sandi-di-lingkungan",
            where=f"settings.yaml, {section}.{key}_file",
            found=f"kata sandi ada di variabel {name}, yang tidak dilihat layanan bila hanya dipasang di jendela ini",
            allowed="berkas yang hanya memuat kata sandi itu dan hanya dapat dibaca akun Loket"
            + (f"; atau baris {name}=… di {kept}" if _has_environment() else ""),
            run=f"isi {section}.{key}_file; lihat docs/panduan/layanan.md",
        )
        for section, key, name, file in secrets_of(settings)
        if name in environment and name not in seen and not file
    ]
    if _has_environment() and kept.is_file() and kept.stat().st_mode & 0o077:
        problems.append(
            Problem(
                "berkas-rahasia-terbuka",
                where=str(kept),
                found="berkas kata sandi dapat dibaca akun lain di komputer ini",
                allowed="hanya akun yang menjalankan Loket",
                run=f'chmod 600 "{kept}"',
            )
        )
    return problems


def _has_environment() -> bool:
    return sys.platform == "linux"
