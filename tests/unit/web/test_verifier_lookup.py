"""What is answered about a code: only what the ledger stands by, and nothing for codes that the office never signed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.core.retention import Cause
from sync.core.verification import read_code, write_code
from sync.letter.office_key import OfficeKey
from sync.web.verifier.lookup import Outcome, look_up
from sync.worker.office_keys import of_id
from tests.fakes.recording_press import RecordingPress
from tests.fakes.serving import Served, counter_with_letters

URL = "https://verifikasi.contoh.go.id/"
AT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Served]:
    world, press = counter_with_letters(tmp_path / "data", URL)
    assert isinstance(press, RecordingPress)
    yield Served(URL, world, press)
    world.ledger.close()


@pytest.fixture
def ask(counter: Served) -> Callable[[str], Outcome]:
    def asked(code: str, *, with_key: bool = True) -> Outcome:
        def private_key(key_id: str) -> OfficeKey | None:
            return of_id(counter.world.data, key_id) if with_key else None

        return look_up(counter.world.ledger, code, private_key=private_key, at=AT)

    return asked


def change(counter: Served, sql: str) -> None:
    with counter.world.ledger.begin() as tx:
        tx._connection.exec_driver_sql(sql)


def test_a_letter_that_stands_is_genuine(counter, ask):
    """Also on a computer that has not the private key: after a restore."""
    assert ask(counter.code(0)) is Outcome.GENUINE
    assert ask(counter.code(0), with_key=False) is Outcome.GENUINE
    reference = counter.application(0).reference
    assert counter.lookups() == [(reference, "genuine")] * 2


@pytest.mark.parametrize("state", ["cancelled", "rejected", "in_review", "needs_fixing"])
def test_a_letter_whose_application_no_longer_stands_is_revoked(counter, ask, state):
    """Whatever way it got there."""
    change(counter, f"UPDATE applications SET state = '{state}'")
    assert ask(counter.code(0)) is Outcome.REVOKED


def test_a_code_of_a_revoked_key_is_revoked(counter, ask):
    """The page in somebody's cache may not know it yet."""
    change(counter, "UPDATE verification_keys SET revoked_at = '2026-11-30 00:00:00.000000'")
    assert ask(counter.code(0)) is Outcome.REVOKED


def test_other_answers_under_the_same_number_are_not_this_letter(counter, ask):
    """The mark in the code is of the answers that were approved."""
    change(counter, 'UPDATE applications SET answers = \'{"NIK": "1"}\'')
    assert ask(counter.code(0)) is Outcome.UNKNOWN


def test_a_letter_that_the_ledger_has_not_is_unknown(counter, ask):
    """Signed by the office's key, yet nowhere on record: a stolen key would do that."""
    change(counter, "UPDATE applications SET letter_number = 'x' || letter_number")
    assert ask(counter.code(0)) is Outcome.UNKNOWN
    assert counter.lookups() == [("", "unknown")]


def test_a_letter_whose_data_were_erased_still_stands(counter, ask):
    """Number, date and the name in the register are compared; the answers are no longer there."""
    erased = counter.application(0)
    with counter.world.ledger.begin() as tx:
        tx.forgetting.erase([erased.id], AT, Cause.TERM, key=b"k" * 32, drive=False)
    assert ask(counter.code(0)) is Outcome.GENUINE
    change(counter, "UPDATE applications SET name = 'Budi Utomo'")
    assert ask(counter.code(0)) is Outcome.UNKNOWN


def test_two_services_that_share_a_number_are_told_apart(counter, ask):
    """By the answers: one letter withdrawn says nothing about the other."""
    first, second = counter.application(0), counter.application(1)
    change(
        counter,
        f"UPDATE applications SET letter_number = '{first.letter_number}', state = 'cancelled' WHERE id = {second.id}",
    )
    assert ask(counter.code(0)) is Outcome.GENUINE


def test_what_the_office_never_signed_is_unknown(counter, ask):
    """Forged, altered, of another office, or no code at all."""
    code = read_code(counter.code(0))
    forged = write_code(code.signed.replace(b"C***", b"D***"), code.signature)
    foreign = OfficeKey.new().link(URL, code.facts).partition("#")[2]
    for text in (forged, foreign, counter.code(0)[:-1], "", "A" * 3000, "é", "\0"):
        assert ask(text) is Outcome.UNKNOWN
    assert set(counter.lookups()) == {("", "unknown")}
