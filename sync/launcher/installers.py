"""The installers that may be there — uv, pip, a pip from outside — and what their failures mean.

Decisions only, values in and values out: which to try, with which command and environment, and the one
Indonesian sentence for a failure. Running them is preparation.py's affair.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from sync.launcher.environment import Place, Stop, version_text

# fmt: off
BREAKS_PYTHON = frozenset((
    "PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR", "PYTHONIOENCODING",
    "VIRTUAL_ENV", "__PYVENV_LAUNCHER__",
))
# pip takes any option from the environment (PIP_USER, PIP_TARGET, …); an office may say where to fetch from.
PIP_SOURCES = frozenset((
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONFIG_FILE",
))
PIP_KEPT = PIP_SOURCES | {
    "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT",
    "PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "PIP_KEYRING_PROVIDER",
}
# pip tells of a lost connection only when it tries again.
OPTIONS = ("--retries=3", "--no-user", "--no-input", "--disable-pip-version-check", "--progress-bar=off")
# fmt: on

# The first that is found is the cause: after a lost connection pip says "no matching distribution" as well.
CAUSES = {
    "disk": r"no space left on device|not enough space on the disk|\[errno 28\]",
    "busy": r"\[winerror (5|32)\]",
    "tls": r"certificate.verify.failed|invalid peer certificate",
    "network": r"newconnectionerror|failed to establish a new connection|name resolution|getaddrinfo failed"
    r"|connect ?timeout|read ?timeout|timed out|max retries exceeded|connection broken|connection refused"
    r"|network is unreachable|proxyerror|dns error|error sending request|request failed after",
    "wheel": r"no matching distribution found|no solution found",
}
LEAVES_UNTOUCHED = frozenset({"tls", "network", "wheel"})
"""Everything is fetched before anything is changed: these end before the first change."""


def ways_to_install(
    *,
    uv: str | None,
    has_ensurepip: bool,
    outer_pip: tuple[int, ...],
    environment: Mapping[str, str],
) -> list[str]:
    """The installers to try, in order. uv doesn't read pip's settings: an office's own index rules it out."""
    ways = []
    if uv and PIP_SOURCES.isdisjoint(environment):
        ways.append("uv")
    if has_ensurepip:
        ways.append("pip")
    if outer_pip >= (22, 3):  # the first that knows --python
        ways.append("outer pip")
    return ways


def install_command(
    way: str, *, uv: str | None, python: Path, requirements: Path, wheels: Path | None
) -> list[str]:
    what = ["--only-binary=:all:", "-r", str(requirements)]
    if wheels:
        what += ["--no-index", "--find-links", str(wheels)]
    if way == "uv":
        return [str(uv), "--no-python-downloads", "pip", "install", "--python", str(python), *what]
    if way == "pip":
        return [str(python), "-m", "pip", "install", *OPTIONS, *what]
    return [sys.executable, "-m", "pip", "--python", str(python), "install", *OPTIONS, *what]


def ensurepip_command(python: Path) -> list[str]:
    return [str(python), "-m", "ensurepip", "--upgrade", "--default-pip"]


def second_command(way: str, command: list[str], *, cause: str, windows: bool) -> list[str] | None:
    """Behind an inspecting proxy Windows may know a certificate that pip does not: once more, the old way."""
    if windows and way != "uv" and cause == "tls":
        return [*command, "--use-deprecated=legacy-certs"]
    return None


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would lead a Python of ours astray."""
    return {name: value for name, value in environment.items() if name not in BREAKS_PYTHON}


def installer_environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in clean_environment(environment).items()
        if not name.startswith("PIP_") or name in PIP_KEPT
    }
    # Safe path: the user may stand in a folder that holds a logging.py.
    return {**kept, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}


def cause_of(output: str) -> str:
    """Why an installer failed: a key of CAUSES, or "" when its output doesn't say."""
    folded = output.casefold()
    return next((cause for cause, marks in CAUSES.items() if re.search(marks, folded)), "")


def missing_library(output: str) -> str:
    found = re.search(r"No matching distribution found for ([\w.-]+)", output)
    return found.group(1) if found else "yang diperlukan"


def no_installer(platform: str) -> Stop:
    remedy = (
        "jalankan `sudo apt install python3-venv`"
        if platform == "linux"
        else "pasang ulang Python dari https://www.python.org/downloads/"
    )
    return Stop(
        f"Python di komputer ini tidak membawa pemasang pustaka (venv dan pip): {remedy},"
        " lalu jalankan Loket lagi."
    )


def failure(cause: str, *, place: Place, output: str = "", wheels: Path | None = None) -> Stop:
    """The sentence for a failed installation."""
    library = missing_library(output)
    sentences = {
        "disk": f"Ruang disk untuk {place.home} habis: sediakan sekitar 500 MB, lalu jalankan lagi.",
        "busy": f"Berkas di {place.venv} sedang dipakai: tutup semua jendela dan layanan Loket,"
        " lalu jalankan lagi.",
        "tls": "Sambungan aman ke gudang pustaka Python ditolak, biasanya karena proksi kantor:"
        " periksa tanggal dan jam komputer, mintalah sertifikat proksi dipasang, atau taruh pustaka di"
        f" folder {place.root / 'wheels'} untuk memasang tanpa internet.",
        "network": "Gudang pustaka Python tidak dapat dihubungi: periksa internet dan proksi, lalu jalankan"
        f" lagi, atau taruh pustaka di folder {place.root / 'wheels'} untuk memasang tanpa internet.",
        "wheel": f"Folder {wheels} tidak memuat pustaka {library} untuk Python {version_text()}:"
        " lengkapi, atau hapus folder itu agar dipasang dari internet."
        if wheels
        else f"Pustaka {library} belum tersedia untuk Python {version_text()} di komputer ini:"
        " pakai Python 64-bit versi 3.11 sampai 3.14.",
    }
    unknown = (
        f"Pustaka Loket gagal dipasang di {place.venv}: jalankan sekali lagi, dan bila tetap gagal"
        " kirimkan berkas rincian kepada pengelola."
    )
    return Stop(f"{sentences.get(cause, unknown)} Rincian: {place.log}")
