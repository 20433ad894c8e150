"""Where the office signs its letters: what is sent is what was signed, and what could not be signed is not sent."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from sync.core.states import State
from sync.letter.failed import LetterFailed
from sync.worker.counter import Counter
from sync.worker.cycle import run_cycle
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World

REASON = "Tanda tangan elektronik kantor: sertifikat tanda tangan berakhir pada 23 November 2026."


@dataclass
class FakeSignature:
    """Signs by a mark at the end; while `expired`, not at all."""

    expired: bool = False
    moments: list[datetime] = field(default_factory=list)

    def sign(self, pdf: bytes, at: datetime) -> bytes:
        if self.expired:
            raise LetterFailed(REASON, detail="planted")
        self.moments.append(at)
        return pdf + b" signed"


def approved(world: World, signature: FakeSignature) -> tuple[Counter, SheetRow]:
    """Citra's application with its letter due."""
    row = world.applies(CITRA)
    counter = world.counter()
    counter.signature = signature
    run_cycle(counter)
    world.decides(row, "Setujui")
    run_cycle(counter)
    return counter, row


def test_the_signed_bytes_are_the_letter(world: World) -> None:
    """On the disk, in the ledger and in the mail the same; signed once, at the counter's own time, also when sent again."""
    signature = FakeSignature()
    counter, row = approved(world, signature)
    application = world.application(row)
    assert application.state is State.DELIVERED
    with world.ledger.reading() as look:
        document = look.documents.of(application.id)
    assert document is not None
    kept = (world.data / document.path).read_bytes()
    assert kept.endswith(b" signed")
    assert document.sha256 == hashlib.sha256(kept).hexdigest()
    assert document.size_bytes == len(kept)
    letters = [message.letter for message in world.email.letters_to("citra@example.org")]
    assert [letter.pdf for letter in letters if letter] == [kept]
    world.decides(row, "Kirim ulang")
    run_cycle(counter)
    letters = [message.letter for message in world.email.letters_to("citra@example.org")]
    assert [letter.pdf for letter in letters if letter] == [kept, kept]
    assert signature.moments == [world.now]


def test_without_a_valid_certificate_nothing_goes_out_unsigned(world: World) -> None:
    """The row says why; once it is mended, Kirim ulang makes the letter anew, under the same number."""
    signature = FakeSignature(expired=True)
    counter, row = approved(world, signature)
    application = world.application(row)
    assert application.state is State.FAILED
    assert REASON in application.note
    assert "Kirim ulang" in application.note
    assert not world.email.letters_to("citra@example.org")
    assert not list(world.data.glob("letters/**/*.pdf"))
    signature.expired = False
    world.decides(row, "Kirim ulang")
    run_cycle(counter)
    again = world.application(row)
    assert again.state is State.DELIVERED
    assert again.letter_number == application.letter_number
    assert len(world.email.letters_to("citra@example.org")) == 1
