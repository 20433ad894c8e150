"""Copies once a day, the oldest thrown away, and Drive's absence made up for later."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.ledger.engine import sqlite_url
from sync.worker.backing_up import Backups
from sync.worker.sealing import seal, unseal
from tests.unit.worker.conftest import CITRA, World


@dataclass
class FakeFolder:
    files: dict[str, bytes] = field(default_factory=dict)
    down: bool = False

    def names(self) -> dict[str, str]:
        if self.down:
            raise TryAgain("Google tidak dapat dihubungi. Dicoba lagi sendiri.")
        return {name: name for name in self.files}

    def upload(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def delete(self, file_id: str) -> None:
        del self.files[file_id]


def backups(world: World, folder: FakeFolder, *, keep: int = 3) -> Backups:
    return Backups(
        ledger_url=sqlite_url(world.data / "ledger.sqlite3"),
        data=world.data,
        ledger=world.ledger,
        folder=lambda: folder,
        passphrase=None,
        keep=keep,
        holder="0123456789abcdef",
        clock=lambda: world.now,
    )


def on_disk(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "backup").iterdir())


def test_one_copy_a_day_and_only_the_last_ones_are_kept(world: World) -> None:
    """Also across restarts; another computer's copies in the same Drive are not ours to delete."""
    folder = FakeFolder({"loket-20260101-000000Z-ffffffff.cadangan": b"another's"})
    for _ in range(20):
        assert backups(world, folder).daily() == ""
        world.now += timedelta(hours=8)
    assert len(on_disk(world.data)) == 3
    assert sorted(folder.files) == [
        "loket-20260101-000000Z-ffffffff.cadangan",
        *on_disk(world.data),
    ]


def test_two_copies_of_one_second_are_two(world: World) -> None:
    """A person asks for a copy just as the worker has made its own: neither takes the other's place, here or in Drive."""
    folder = FakeFolder()
    own = backups(world, folder)
    assert own.make().file != own.make().file
    assert len(on_disk(world.data)) == 2
    assert sorted(folder.files) == on_disk(world.data)


def test_drive_gets_the_copy_when_it_is_back(world: World) -> None:
    """The copy on the disk is there meanwhile, and nobody is told every second."""
    folder = FakeFolder(down=True)
    own = backups(world, folder)
    assert "belum tersimpan di Drive" in own.daily()
    assert len(on_disk(world.data)) == 1
    assert own.daily() == ""
    folder.down = False
    world.now += timedelta(minutes=16)
    assert own.daily() == ""
    assert list(folder.files) == on_disk(world.data)


def test_a_letter_that_is_not_in_drive_lies_beside_the_copy_once(world: World) -> None:
    """Its bytes were promised; one that Drive delivered is there already."""
    world.workflow["deliver"] = ["email"]
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    folder = FakeFolder()
    own = backups(world, folder)
    own.make()
    world.now += timedelta(days=1)
    own.make()
    assert sum(name.startswith("surat-") for name in folder.files) == 1


def test_a_changed_byte_or_another_passphrase_opens_nothing() -> None:
    """Authenticated: what opens is what was sealed."""
    sealed = seal(b"isi", "benar")
    assert unseal(sealed, "benar", where="x") == b"isi"
    for content, word in ((sealed, "salah"), (sealed, None), (sealed[:-1] + b"x", "benar")):
        with pytest.raises(Mendable) as caught:
            unseal(content, word, where="x")
        assert caught.value.problems[0].name == "cadangan-terkunci"


def test_names_tell_the_day_in_utc(world: World) -> None:
    world.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    made = backups(world, FakeFolder()).make()
    assert made.file.name == "loket-20261124-020000Z-01234567.cadangan"
