"""An office's folder with the launcher in it, on real processes: started as a person does, and what came of it.

Every office here is a small tree with the real loket.py and sync/launcher, a program that reports what it
was given, and libraries from a `wheels/` folder or from none: no test needs a network.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PREPARING = "Menyiapkan Loket"
NOWHERE = "http://127.0.0.1:9/simple"

PROGRAM = """
import json, os, sys
try:
    import kop
except ImportError:
    kop = None
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "python": sys.executable,
                  "utf8": sys.flags.utf8_mode, "kop": kop and kop.VERSION, "pid": os.getpid(),
                  "modules": sorted(m for m in sys.modules if m == "menyusup")}))
sys.exit(int(os.environ.get("EXIT_WITH", "0")))
"""

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and permissions as POSIX has them")


def wheel(folder: Path, name: str, version: str) -> None:
    """A library of one module that knows its version."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)


@dataclass
class Office:
    """A folder with Loket in it, on a machine whose pip has no index but what the test gives."""

    root: Path
    python: str = sys.executable

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "PYTHON"))}
        # A PIP_ source of the office keeps uv out, where the machine has one.
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOWHERE}
        return {**kept, **settings, **more}

    def launch(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        loket: Path | None = None,
        **environment: str,
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*prefix, self.python, str(loket or self.root / "loket.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=self.root.parent,
            env=self.environment(PYTHONUTF8="1", **environment),
            start_new_session=True,
        )

    def start(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        loket: Path | None = None,
        **environment: str,
    ) -> "Started":
        with self.launch(*arguments, prefix=prefix, loket=loket, **environment) as process:
            return Started.ended(process)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def log(self) -> str:
        return (self.root / "data" / "log" / "install.log").read_text(encoding="utf-8")


@dataclass
class Started:
    code: int
    stdout: str
    stderr: str

    @classmethod
    def ended(cls, process: "subprocess.Popen[str]", timeout_s: float = 90) -> "Started":
        try:
            stdout, stderr = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return cls(process.returncode, stdout, stderr)

    @property
    def program(self) -> dict[str, object]:
        """What the program reports; it fails unless that is all there is on stdout."""
        report = json.loads(self.stdout)
        assert isinstance(report, dict)
        return report


def build(root: Path, requirements: str = "") -> Office:
    (root / "sync").mkdir(parents=True)
    (root / "tests").mkdir()
    shutil.copy(HOUSE / "loket.py", root)
    shutil.copytree(
        HOUSE / "sync" / "launcher",
        root / "sync" / "launcher",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (root / "sync" / "__init__.py").touch()
    (root / "sync" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (root / "requirements.txt").write_text(requirements, encoding="utf-8")
    (root / "tests" / "requirements.txt").write_text("-r ../requirements.txt\n", encoding="utf-8")
    return Office(root)


@pytest.fixture(name="office")
def new_office(tmp_path: Path) -> Office:
    return build(tmp_path / "loket")


def only_sentence(started: Started) -> str:
    """What is said when it stops: one line, nothing on stdout, exit code 1."""
    said = [line for line in started.stderr.splitlines() if PREPARING not in line]
    assert (started.code, started.stdout, len(said)) == (1, "", 1), started
    return said[0]
