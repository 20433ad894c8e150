"""A new version takes the old one's place: what the office made stays, nothing is half-written, and it can be taken back."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.cli.one_worker import only_worker
from sync.ledger.ledger import Ledger
from sync.worker.cluster.members import Presence, be_there, leave
from tests.acceptance.conftest import Office
from tests.acceptance.installed_program import copy_release, installed_program
from tests.acceptance.test_counter import CITRA, DONI

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the environment is made of links")


@dataclass
class Program:
    """Loket in its folder, on a machine without a network."""

    folder: Path

    def loket(self, *words: str) -> subprocess.CompletedProcess[str]:
        python = str(getattr(sys, "_base_executable", sys.executable))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "PYTHON"))}
        return subprocess.run(
            [python, str(self.folder / "loket.py"), *words],
            env={
                **kept,
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def does(self, *words: str) -> str:
        done = self.loket(*words)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def refuses(self, *words: str) -> str:
        before = self.files()
        done = self.loket(*words)
        assert done.returncode == 1, done.stderr
        assert self.files() == before, "nothing has changed"
        return " ".join(done.stderr.split())

    @property
    def version(self) -> str:
        done = self.loket("--version")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def files(self) -> dict[str, bytes]:
        """All but data/, the environment and what Python compiled."""
        return {
            file.relative_to(self.folder).as_posix(): file.read_bytes()
            for file in self.folder.rglob("*")
            if file.is_file()
            and not {"data", ".venv", "__pycache__"} & set(file.relative_to(self.folder).parts)
        }


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(installed_program(tmp_path / "Loket kantor"))


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The next version, unpacked: a new module, one that went, a new letter and a new service."""
    folder = copy_release(tmp_path / "unduhan" / "loket-main")
    change(
        folder / "sync/__init__.py",
        lambda text: re.sub(r'(__version__ = ").*"', r'\g<1>0.2.0"', text),
    )
    (folder / "sync/core/brand_new.py").write_text('"""New in this version."""\n')
    (folder / "sync/core/limits.py").rename(folder / "sync/core/limits_moved.py")
    change(folder / "templates/letters/domisili.html", lambda text: text + "<!-- 0.2.0 -->\n")
    change(folder / "templates/letters/pindah.html", lambda text: text + "<!-- 0.2.0 -->\n")
    (folder / "workflows/akta.yaml").write_text("title: Akta\n")
    for file in folder.glob("sync/**/*.py"):
        change(file, lambda text: text.replace("core.limits import", "core.limits_moved import"))
    done = subprocess.run([sys.executable, "-m", "sync.cli.shipped"], cwd=folder, check=False)
    assert done.returncode == 0
    return folder


def change(file: Path, how: Callable[[str], str]) -> None:
    file.write_text(how(file.read_text(encoding="utf-8")), encoding="utf-8")


def zipped(folder: Path) -> Path:
    """As GitHub packs a repository: in one folder."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(folder.parent))
    return target


def newer_schema(release: Path) -> None:
    """The next version's ledger has one table more."""
    source = (release / "sync/ledger/schema.py").read_text(encoding="utf-8")
    [head] = re.findall(r'^HEAD = "(\w+)"', source, re.MULTILINE)
    change(
        release / "sync/ledger/schema.py",
        lambda text: text.replace(f'HEAD = "{head}"', 'HEAD = "9999"'),
    )
    (release / "sync/ledger/migrations/versions/9999_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "9999"\ndown_revision = "{head}"\nbranch_labels = depends_on = None\n'
        'def upgrade() -> None:\n    op.create_table("more", sa.Column("id", sa.Integer, primary_key=True))\n'
        "def downgrade() -> None:\n    pass\n",
        encoding="utf-8",
    )


def schema(office: Path) -> str:
    with closing(sqlite3.connect(office / "data" / "ledger.sqlite3")) as ledger:
        return str(ledger.execute("SELECT version_num FROM alembic_version").fetchone()[0])


# --- forth --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [zipped, lambda folder: folder], ids=["zip", "folder"])
def test_a_new_version_comes_and_what_the_office_made_stays(
    program: Program, release: Path, pack: Callable[[Path], Path]
) -> None:
    """A changed letter, a service thrown away, settings and key; the new letter lies beside and is named."""
    root = program.folder
    change(root / "templates/letters/domisili.html", lambda text: text + "<p>Salam dari Berau</p>")
    (root / "settings.yaml").write_text("office: {name: Berau}\n")
    (root / "workflows/pindah.yaml").unlink()
    before = program.files()

    looked = program.does("upgrade", str(pack(release)), "--check")
    assert "0.1.0 → 0.2.0" in looked
    assert program.files() == before

    told = program.does("upgrade", str(pack(release)))

    assert "0.2.0 terpasang" in " ".join(told.split())
    assert "domisili.html.baru" in told
    assert program.version == "0.2.0"
    after = program.files()
    new = Program(release).files()
    kept = {"templates/letters/domisili.html", "settings.yaml"}
    assert all(after[name] == before[name] for name in kept)
    assert after["templates/letters/domisili.html.baru"] == new["templates/letters/domisili.html"]
    assert after["workflows/akta.yaml.baru"] == b"title: Akta\n", "no service begins by itself"
    beside = {"templates/letters/domisili.html.baru", "workflows/akta.yaml.baru"}
    not_taken = {"workflows/akta.yaml", "workflows/pindah.yaml"}
    assert set(after) == (set(new) - not_taken) | kept | beside
    assert {n: after[n] for n in new if n not in kept | not_taken} == {
        n: new[n] for n in new if n not in kept | not_taken
    }
    again = program.does("upgrade", str(pack(release)), "--check")
    assert "tidak ada yang perlu diganti" in " ".join(again.split())


def test_back_is_the_version_of_before_to_the_byte(program: Program, release: Path) -> None:
    """Also the office's own letter that had been laid beside; a second time there is nothing to take back."""
    before = program.files()
    program.does("upgrade", str(release))
    told = program.does("upgrade", "--back")
    assert "0.1.0 terpasang" in " ".join(told.split())
    assert program.files() == before
    assert program.version == "0.1.0"
    assert "Tidak ada pembaruan" in program.refuses("upgrade", "--back")


def test_a_version_that_does_not_start_can_be_taken_back(program: Program, release: Path) -> None:
    """The launcher does it, with the standard library alone."""
    change(release / "sync/cli/app.py", lambda text: text + '\nraise RuntimeError("broken")\n')
    assert program.loket("upgrade", str(release)).returncode != 0
    assert program.loket("--version").returncode != 0
    program.does("upgrade", "--back")
    assert program.version == "0.1.0"


def test_without_a_network_for_its_libraries_the_old_version_stays(
    program: Program, release: Path
) -> None:
    """They are installed before the first file is replaced; the old version starts as before."""
    change(release / "requirements.txt", lambda text: text + "pustaka-baru-loket>=1,<2\n")
    told = program.refuses("upgrade", str(release))
    assert "Loket tetap versi 0.1.0" in told
    assert "tidak dapat dihubungi" in told
    assert program.version == "0.1.0"


def test_a_running_worker_is_not_upgraded_under_its_feet(program: Program, release: Path) -> None:
    with only_worker(program.folder / "data"):
        told = program.refuses("upgrade", str(release))
    assert f"proses {os.getpid()}" in told
    program.does("upgrade", str(release))
    with only_worker(program.folder / "data"):
        assert "sedang berjalan" in program.refuses("upgrade", "--back")


# --- the ledger ---------------------------------------------------------------------------------------------


def test_the_ledger_is_copied_and_brought_up_and_goes_back_while_nothing_has_happened(
    program: Program, release: Path, office: Office
) -> None:
    """One letter, whatever is put in and taken back in between; the newer ledger is set aside, not deleted."""
    newer_schema(release)
    at = ("--root", str(office.folder))
    office.applies(*CITRA)
    program.does(*at, "run", "--once")
    old = schema(office.folder)

    program.does(*at, "upgrade", str(release))
    assert schema(office.folder) == "9999"
    program.does(*at, "run", "--once")  # it looks, and there is nothing to do
    program.does(*at, "upgrade", "--back")

    assert schema(office.folder) == old
    assert list((program.folder / "data" / "upgrades").glob("*/ledger-disisihkan/ledger.sqlite3"))
    office.types(CITRA[0], "Keputusan", "Setujui")
    program.does(*at, "run", "--once")
    program.does(*at, "run", "--once")
    letters = [mail for mail in office.mailbox() if mail["attachments"]]
    assert len(letters) == 1


def test_a_letter_that_went_out_since_is_never_forgotten(
    program: Program, release: Path, office: Office
) -> None:
    """The old version can't read the new ledger, and would send that letter once more with the old one."""
    newer_schema(release)
    at = ("--root", str(office.folder))
    office.applies(*CITRA)
    program.does(*at, "run", "--once")
    program.does(*at, "upgrade", str(release))
    office.types(CITRA[0], "Keputusan", "Setujui")
    program.does(*at, "run", "--once")

    told = program.refuses(*at, "upgrade", "--back")

    assert "terkirim dua kali" in told
    assert (program.version, schema(office.folder)) == ("0.2.0", "9999")


def test_where_the_ledger_is_the_same_only_the_program_goes_back(
    program: Program, release: Path, office: Office
) -> None:
    """What was done meanwhile stays known."""
    at = ("--root", str(office.folder))
    program.does(*at, "run", "--once")
    program.does(*at, "upgrade", str(release))
    office.applies(*DONI)
    program.does(*at, "run", "--once")
    reference = office.rows()[DONI[0]]["No. Permohonan"]
    program.does(*at, "upgrade", "--back")
    assert program.version == "0.1.0"
    assert json.loads(program.loket(*at, "show", reference, "--json").stdout)


# --- what is no release -------------------------------------------------------------------------------------


def hostile(release: Path, name: str, **facts: int) -> Path:
    target = zipped(release)
    entry = zipfile.ZipInfo(name)
    for fact, value in facts.items():
        setattr(entry, fact, value)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(entry, "isi")
    return target


@pytest.mark.parametrize(
    "name",
    [
        "../jahat.py",
        "loket-main/../../jahat.py",
        "/tmp/jahat.py",
        "loket-main/sync\\..\\..\\jahat.py",
        "loket-main/C:/jahat.py",
        "loket-main//jahat.py",
    ],
)
def test_a_zip_that_would_write_elsewhere_is_refused(
    program: Program, release: Path, name: str
) -> None:
    assert "luar folder" in program.refuses("upgrade", str(hostile(release, name)))
    assert not list(program.folder.parent.rglob("jahat.py"))


def test_what_is_no_release_is_refused_with_nothing_changed(
    program: Program, release: Path, tmp_path: Path
) -> None:
    """A link in it, two files that Windows takes for one, a download that broke off, a part cut off, an older version."""
    link = hostile(release, "loket-main/tautan", external_attr=0o120777 << 16)
    assert "tautan" in program.refuses("upgrade", str(link))
    alike = hostile(release, "loket-main/LOKET.PY")
    assert "bernama sama" in program.refuses("upgrade", str(alike))
    whole = zipped(release)
    broken = tmp_path / "putus.zip"
    broken.write_bytes(whole.read_bytes()[:-5000])
    assert "rusak" in program.refuses("upgrade", str(broken))
    damaged = bytearray(whole.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    broken.write_bytes(bytes(damaged))
    assert "rusak" in program.refuses("upgrade", str(broken))
    assert "tidak terbaca" in program.refuses("upgrade", str(tmp_path / "tidak ada.zip"))
    (release / "sync/core/nik.py").write_text("def cut(")
    assert "sync/core/nik.py" in program.refuses("upgrade", str(release))
    change(release / "sync/core/nik.py", lambda _text: "")
    change(release / "sync/__init__.py", lambda text: text.replace("0.2.0", "0.0.9"))
    assert "0.0.9" in program.refuses("upgrade", str(release))
    (release / "loket.py").unlink()
    assert "loket.py" in program.refuses("upgrade", str(release))


# --- in a cluster -------------------------------------------------------------------------------------------


def test_a_member_is_not_upgraded_under_the_others(
    program: Program, release: Path, new_postgresql_database: str
) -> None:
    """The new version migrates, and another machine works: it is named and nothing has changed; once it has stopped, the
    upgrade goes on."""
    url = new_postgresql_database
    settings = f"ledger: {{url: '{url}'}}\nworker: {{cluster: true}}\n"
    (program.folder / "settings.yaml").write_text(settings, encoding="utf-8")
    now = datetime.now(UTC)
    roles = ("sheets", "letters", "senders")
    other = Presence("b", "server-2", "/srv/loket", 7, roles, "0.1.0", now, now)
    with closing(Ledger.open(url)) as ledger, ledger.begin() as tx:
        be_there(tx, other, now)
    newer_schema(release)
    told = program.refuses("upgrade", str(zipped(release)))
    assert "anggota-klaster-berjalan" in told
    assert "server-2 (/srv/loket)" in told
    assert "anggota-klaster-berjalan" in program.refuses("upgrade", str(release), "--check")
    with closing(Ledger.open(url)) as ledger, ledger.begin() as tx:
        leave(tx, other, now)
    program.does("upgrade", str(zipped(release)))
    assert program.version == "0.2.0"
