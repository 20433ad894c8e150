"""An exchange of versions that is interrupted anywhere is finished by the next start, and no file is ever half-written."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sync.launcher import swap

OLD = {
    "loket.py": "old",
    "sync/__init__.py": "old",
    "sync/gone/module.py": "old",
    "templates/a.html": "old",
}
NEW = {
    "loket.py": "new",
    "sync/__init__.py": "new",
    "sync/come/module.py": "new",
    "templates/a.html": "new",
}


class PowerCut(BaseException):
    """Nothing may catch it."""


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def lies(root: Path) -> dict[str, str]:
    return {
        file.relative_to(root).as_posix(): file.read_text()
        for file in root.rglob("*")
        if file.is_file() and "data" not in file.relative_to(root).parts
    }


def planned(root: Path, *, began: bool = True) -> dict[str, Any]:
    lay(root, {**OLD, "sync/__pycache__/old.pyc": "compiled"})
    lay(swap.upgrades(root) / "20261128-000000Z" / "new", {**NEW, "ledger.sqlite3": "copy"})
    lay(root, {"data/ledger.sqlite3": "newer", "data/ledger.sqlite3-wal": "newer"})
    folder = swap.upgrades(root) / "20261128-000000Z"
    plan = {
        "stamp": folder.name,
        "put": list(NEW),
        "remove": ["sync/gone/module.py"],
        "ledger": {
            "new": str(folder / "new" / "ledger.sqlite3"),
            "place": str(root / "data" / "ledger.sqlite3"),
            "aside": str(folder / "aside"),
        },
        "began": began,
    }
    swap.write_plan(root, plan)
    return plan


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The power goes before the n-th change of the disk; `cut[0]` is how many are left."""
    left = [10_000]

    def counting(change: Any) -> Any:
        def changed(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCut
            return change(*arguments, **options)

        return changed

    for name in ("replace", "unlink", "rmdir", "mkdir"):
        monkeypatch.setattr(Path, name, counting(getattr(Path, name)))
    monkeypatch.setattr(shutil, "rmtree", counting(shutil.rmtree))
    return left


@pytest.mark.parametrize("steps", range(40))
def test_an_exchange_cut_off_anywhere_is_finished_by_the_next_start(
    tmp_path: Path, cut: list[int], steps: int
) -> None:
    """Each file is the old one or the new one meanwhile; in the end all are new, once, and the ledger is set aside whole."""
    planned(tmp_path)
    cut[0] = steps
    try:
        swap.finish(str(tmp_path))
    except PowerCut:
        meanwhile = lies(tmp_path)
        assert set(meanwhile.values()) <= {"old", "new", "compiled"}
        assert {"loket.py", "sync/__init__.py"} <= set(meanwhile), "it can be started"
    cut[0] = 10_000
    swap.finish(str(tmp_path))
    swap.finish(str(tmp_path))

    assert lies(tmp_path) == NEW
    assert swap.waiting(tmp_path) is None
    folder = swap.upgrades(tmp_path) / "20261128-000000Z"
    assert json.loads((folder / "done.json").read_text())["put"] == list(NEW)
    assert (tmp_path / "data" / "ledger.sqlite3").read_text() == "copy"
    assert not (tmp_path / "data" / "ledger.sqlite3-wal").exists()
    aside = {file.name: file.read_text() for file in (folder / "aside").iterdir()}
    assert aside == {"ledger.sqlite3": "newer", "ledger.sqlite3-wal": "newer"}


def test_the_cuts_reach_the_end(tmp_path: Path, cut: list[int]) -> None:
    """Else the test above would cut in the same place for ever."""
    planned(tmp_path)
    swap.finish(str(tmp_path))
    assert 10 < 10_000 - cut[0] < 40


def test_a_plan_that_has_not_begun_changes_nothing_by_itself(tmp_path: Path) -> None:
    """The libraries of the new version may not be there."""
    plan = planned(tmp_path, began=False)
    swap.finish(str(tmp_path))
    assert lies(tmp_path) == {**OLD, "sync/__pycache__/old.pyc": "compiled"}
    swap.abandon(tmp_path, plan)
    assert swap.waiting(tmp_path) is None


def test_a_file_that_cannot_be_replaced_is_named_and_the_rest_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows another window may hold it; the next start goes on."""
    planned(tmp_path)
    right = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if target.name == "a.html":
            raise PermissionError(13, "Permission denied", str(target))
        return right(self, target)

    with monkeypatch.context() as busy:
        busy.setattr(Path, "replace", refused)
        with pytest.raises(SystemExit, match=r"a\.html tidak dapat diganti.*pembaruan dilanjutkan"):
            swap.finish(str(tmp_path))
    swap.finish(str(tmp_path))
    assert lies(tmp_path) == NEW


def test_data_on_another_disk_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be moved from one to the other in a single step."""
    planned(tmp_path)
    right = Path.replace

    def across(self: Path, target: Path) -> Path:
        if "new" in self.parts and "data" not in target.relative_to(tmp_path).parts:
            raise OSError(18, "Invalid cross-device link")
        return right(self, target)

    monkeypatch.setattr(Path, "replace", across)
    swap.finish(str(tmp_path))
    assert lies(tmp_path) == NEW


def test_it_stands_beside_any_other_version() -> None:
    """Between two files of an exchange it is imported with whatever lies there: nothing of sync, and no surprise at all."""
    file = Path(str(swap.__file__))
    code = f"import runpy; found = runpy.run_path({str(file)!r}); found['finish']({os.devnull!r})"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
