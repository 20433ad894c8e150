"""The office's key: what it signed is genuine, everything else is not, and the key itself stays where it belongs."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sync.core.mendable import Mendable
from sync.core.verification import Code, Facts, NotACode, read_code, write_code
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.letter.office_key import OfficeKey, verifies
from sync.worker.office_keys import of_id, rotate, signing_key

AT = datetime(2026, 11, 24, tzinfo=UTC)
FACTS = Facts("470/1", "C***", "Surat", date(2026, 11, 24), None, "ABCDEFGHIJKL2")


def code_of(key: OfficeKey, facts: Facts = FACTS) -> Code:
    return read_code(key.link("https://x.example/", facts).partition("#")[2])


@pytest.fixture
def ledger(tmp_path: Path):
    opened = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield opened
    opened.close()


def test_what_a_key_signed_is_genuine_for_that_key_alone():
    """Another office's key, and a code that claims another key's name, are refused."""
    ours, theirs = OfficeKey.new(), OfficeKey.new()
    code = code_of(ours)
    assert verifies(code, ours.point)
    assert not verifies(code, theirs.point)
    claimed = Code(theirs.id, code.facts, code.signed, code.signature)
    assert not verifies(claimed, ours.point)


def test_a_code_with_any_byte_changed_is_not_genuine():
    """Every bit of facts and signature counts; so does what is cut off or put on."""
    key = OfficeKey.new()
    whole = (code := code_of(key)).signed + code.signature
    changed = [
        whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
        for at in range(len(whole))
        for bit in (0, 3, 7)
    ]
    changed += [whole[:-1], whole[1:], whole + b"\0", whole[: len(code.signed)] + bytes(64)]
    for content in changed:
        try:
            read = read_code(write_code(content[:-64], content[-64:]))
        except NotACode:
            continue
        assert not verifies(read, key.point)


def test_the_mark_of_the_answers_is_the_keys_own():
    """Who has the code alone can't try answers until one fits: another key gives another mark."""
    ours, theirs = OfficeKey.new(), OfficeKey.new()
    assert ours.mark(b"answers") == OfficeKey.from_pem(ours.pem()).mark(b"answers")
    assert len({ours.mark(b"answers"), theirs.mark(b"answers"), ours.mark(b"others")}) == 3


def test_the_key_is_made_once_and_is_on_the_disk_before_it_signs(ledger, tmp_path):
    """A worker that starts again signs with the same key."""
    first = signing_key(ledger, tmp_path, AT)
    assert signing_key(ledger, tmp_path, AT).id == first.id
    assert [file.stem for file in (tmp_path / "keys").iterdir()] == [f"verifikasi-{first.id}"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_on_the_computer_may_read_the_key(ledger, tmp_path):
    """Also while it is being written: the file is closed before there is anything in it."""
    key = signing_key(ledger, tmp_path, AT)
    file = tmp_path / "keys" / f"verifikasi-{key.id}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_new_key_signs_and_the_old_one_stays_known(ledger, tmp_path):
    """Old letters are verified by the old key, which the page goes on carrying."""
    old = signing_key(ledger, tmp_path, AT)
    new = rotate(ledger, tmp_path, AT + timedelta(days=1))
    assert signing_key(ledger, tmp_path, AT).id == new.id
    with ledger.reading() as look:
        assert [key.id for key in look.verification.public_keys()] == [new.id, old.id]


def test_a_revoked_key_signs_nothing_any_more(ledger, tmp_path):
    """Where it was the only one, the next letter has a new one."""
    leaked = signing_key(ledger, tmp_path, AT)
    with ledger.begin() as tx:
        assert tx.verification.revoke_key(leaked.id, AT)
        assert not tx.verification.revoke_key("ABCDEFGH", AT)
    assert signing_key(ledger, tmp_path, AT).id != leaked.id


def test_a_restored_ledger_still_verifies_and_holds_no_private_key(ledger, tmp_path):
    """On a new computer: the copy has every public key, old codes are genuine, and a new key is made to sign with."""
    old = signing_key(ledger, tmp_path, AT)
    code = code_of(old)
    secret = old.private.private_numbers().private_value.to_bytes(32)
    ledger.close()
    copy = (tmp_path / "ledger.sqlite3").read_bytes()
    assert secret not in copy
    assert secret.hex().encode() not in copy
    assert b"PRIVATE KEY" not in copy

    new_pc = tmp_path / "new"
    new_pc.mkdir()
    (new_pc / "ledger.sqlite3").write_bytes(copy)
    restored = Ledger.open(sqlite_url(new_pc / "ledger.sqlite3"))
    new = signing_key(restored, new_pc, AT + timedelta(days=1))
    with restored.reading() as look:
        points = {key.id: bytes.fromhex(key.point) for key in look.verification.public_keys()}
    restored.close()
    assert set(points) == {old.id, new.id}
    assert old.id != new.id
    assert verifies(code, points[code.key_id])


def test_a_damaged_key_is_told_with_its_file(ledger, tmp_path):
    """Never a new key in silence: the office may have the file elsewhere."""
    key = signing_key(ledger, tmp_path, AT)
    file = tmp_path / "keys" / f"verifikasi-{key.id}.pem"
    file.write_bytes(b"-----BEGIN PRIVATE KEY-----\nrusak\n-----END PRIVATE KEY-----\n")
    with pytest.raises(Mendable) as caught:
        signing_key(ledger, tmp_path, AT)
    assert caught.value.problems[0].where == str(file)


def test_a_key_that_is_not_here_is_none(tmp_path):
    """On another computer."""
    assert of_id(tmp_path, "ABCDEFGH") is None


def test_several_that_need_a_key_at_once_make_one(ledger, tmp_path):
    """A worker and `publish-verifier` that start in the same second."""
    with ThreadPoolExecutor(8) as crew:
        made = list(crew.map(lambda _: signing_key(ledger, tmp_path, AT).id, range(8)))
    assert len(set(made)) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1
