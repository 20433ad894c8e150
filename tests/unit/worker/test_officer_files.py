"""A file that the officer names is what goes out, as it was when the officer decided; never another one in its place.

Whether a PDF is good is contract/letter/test_foreign_pdf.py's affair: here its first word says it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.core.outcomes import CannotKnow, Never
from sync.core.states import State
from sync.ledger.engine import sqlite_url
from sync.worker import officer_files
from tests.fakes.fuse import Fuse, FusedLedger, PowerCut, power_cut
from tests.unit.worker.conftest import CITRA, DONI
from tests.unit.worker.officer_world import AKTA, AKTA_ID, BUSY, KK, KK_ID, Drive, Office, checked


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(officer_files, "is_signed", checked)
    ledger = FusedLedger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    assert isinstance(ledger, FusedLedger)
    ledger.fuse = Fuse()
    office = Office(ledger, tmp_path)
    office.files = Drive()
    yield office
    ledger.close()


def test_the_file_goes_out_byte_for_byte_by_every_channel(office: Office) -> None:
    """The same bytes in ledger, disk, mail and Drive; no number of Loket's, and none is taken."""
    row = office.arrives()
    office.names(row, KK_ID)
    office.cycle(times=2)
    application = office.application(row)
    with office.ledger.reading() as look:
        document = look.documents.of(application.id)
    assert document is not None
    assert (office.data / document.path).read_bytes() == KK
    assert document.sha256 == hashlib.sha256(KK).hexdigest()
    assert document.size_bytes == len(KK)
    assert [letter.pdf for letter in office.mailed()] == [KK]
    assert [message.letter.pdf for _, message in office.drive.arrived if message.letter] == [KK]
    assert document.number == application.letter_number == office.mailed()[0].number == ""
    assert office.serials() == []
    assert office.press.printed == 0
    assert application.state is State.DELIVERED
    assert (
        row.system["note"] == "Berkas Petugas sudah dikirim ke email pemohon dan ke Drive pemohon."
    )


def test_numbers_stay_gapless_beside_it(office: Office) -> None:
    """The next letter that the office makes itself has the next number."""
    citra, doni = office.arrives(), office.arrives(DONI)
    office.names(citra, KK_ID)
    office.decides(doni, "Setujui")
    office.cycle(times=2)
    assert office.application(doni).letter_number == "470/0001/DKPS/2026"
    assert office.serials() == [1]


def test_a_file_without_signature_goes_out_and_the_officer_is_told(office: Office) -> None:
    """Some of the files have none; the row keeps saying so when it has arrived."""
    row = office.arrives()
    office.names(row, AKTA_ID)
    office.cycle(times=2)
    assert [letter.pdf for letter in office.mailed()] == [AKTA]
    assert "(tanpa tanda tangan elektronik) sudah dikirim" in row.system["note"]


def test_a_file_that_changes_afterwards_changes_nothing(office: Office) -> None:
    """What was approved is sent, also after a failure, by "Kirim ulang", and when the file is gone from Drive."""
    row = office.arrives()
    office.names(row, KK_ID)
    office.email.failures = [Never("Alamat email pemohon ditolak.")]
    office.cycle()
    assert office.application(row).state is State.FAILED
    office.files.files[KK_ID] = b"%PDF KK Doni dari SIAK"
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle()
    office.files.files[KK_ID] = Never("Berkas Petugas ada di tempat sampah Drive.")
    office.clears(row)
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle()
    assert [letter.pdf for letter in office.mailed()] == [KK, KK]
    assert office.files.asked == [KK_ID]


def test_another_file_does_not_take_the_place_of_what_was_approved(office: Office) -> None:
    """ "Kirim ulang" beside another link sends neither: the old one would not be what the officer means."""
    row = office.arrives()
    office.names(row, KK_ID)
    office.cycle(times=2)
    office.names(row, AKTA_ID, "Kirim ulang")
    office.cycle(times=2)
    assert len(office.mailed()) == 1
    assert row.system["status"] == "Selesai"
    assert "tidak menggantikannya" in row.system["note"]
    office.clears(row)
    office.decides(row, "Kirim ulang")  # the cell is empty: the same letter, as ever
    office.cycle()
    assert [letter.pdf for letter in office.mailed()] == [KK, KK]


def test_a_file_named_after_a_letter_was_made_is_not_passed_over_in_silence(
    office: Office,
) -> None:
    """The office's own letter went out; the file beside "Kirim ulang" cannot replace it."""
    row = office.arrives()
    office.decides(row, "Setujui")
    office.cycle(times=2)
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle(times=2)
    assert len(office.mailed()) == 1
    assert "tidak menggantikannya" in row.system["note"]
    assert office.files.asked == []


@pytest.mark.parametrize("link", ["KK Citra.pdf", "https://evil.example/file/d/" + KK_ID + "/view"])
def test_what_is_no_drive_link_is_refused_and_nothing_is_asked_for(
    office: Office, link: str
) -> None:
    """The officer mends the cell and decides again; until then nothing goes out."""
    row = office.arrives()
    office.names(row, link)
    office.cycle(times=2)
    assert row.system["status"] == "Menunggu petugas"
    assert "bukan tautan" in row.system["note"]
    assert "putuskan lagi" in row.system["note"]
    assert office.files.asked == []
    assert not office.email.arrived
    office.clears(row)
    office.names(row, f"https://drive.google.com/file/d/{KK_ID}/view?usp=sharing")
    office.cycle(times=2)
    assert [letter.pdf for letter in office.mailed()] == [KK]


@pytest.mark.parametrize(
    "found", [Never("Berkas Petugas tidak ditemukan atau belum dibagikan."), b"PK bukan PDF"]
)
def test_a_file_that_cannot_be_sent_leaves_the_application_undecided(
    office: Office, found: bytes | Exception
) -> None:
    """Not shared, or no good PDF: asked for once, told in the row, decided again when it is mended."""
    row = office.arrives()
    office.files.files[KK_ID] = found
    office.names(row, KK_ID)
    office.cycle(times=3)
    assert office.application(row).state is State.IN_REVIEW
    assert row.system["note"].startswith("Berkas Petugas ")
    assert len(office.files.asked) == 1
    assert office.serials() == []
    office.files.files[KK_ID] = KK
    office.clears(row)
    office.names(row, KK_ID)
    office.cycle(times=2)
    assert [letter.pdf for letter in office.mailed()] == [KK]


def test_while_drive_is_away_the_decision_waits_and_is_carried_out_later(office: Office) -> None:
    """The row says so, and the officer has nothing to do."""
    row = office.arrives()
    office.files.files[KK_ID] = BUSY
    office.names(row, KK_ID)
    office.cycle(times=3)
    assert row.system["status"] == "Menunggu petugas"
    assert "belum dapat diambil. Google sedang sibuk. Dicoba lagi sendiri." in row.system["note"]
    assert row.system["note"].count("sibuk") == 1
    office.files.files[KK_ID] = KK
    office.cycle(times=2)
    assert row.system["status"] == "Selesai"
    assert [letter.pdf for letter in office.mailed()] == [KK]


def test_a_full_disk_is_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not on the disk is not approved."""
    row = office.arrives()
    office.names(row, KK_ID)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(officer_files, "write_durably", full)
        office.cycle()
    assert row.system["status"] == "Menunggu petugas"
    assert "tidak dapat disimpan" in row.system["note"]
    office.cycle(times=2)
    assert row.system["status"] == "Selesai"


def test_while_it_waits_the_officer_may_think_better_of_it(office: Office) -> None:
    """Another decision, or another link, is what counts then."""
    citra, doni = office.arrives(), office.arrives(DONI)
    office.files.files[KK_ID] = BUSY
    office.names(citra, KK_ID)
    office.names(doni, KK_ID)
    office.cycle()
    office.names(citra, KK_ID, "Batalkan")
    office.names(doni, AKTA_ID)
    office.files.files[KK_ID] = KK
    office.cycle(times=2)
    assert office.application(citra).state is State.CANCELLED
    assert [letter.pdf for letter in office.mailed("doni@example.org")] == [AKTA]
    assert office.mailed() == []


def test_answers_that_change_while_it_waits_void_the_decision(office: Office) -> None:
    """The officer approved other answers: nothing goes out before they were seen."""
    row = office.arrives()
    office.files.files[KK_ID] = BUSY
    office.names(row, KK_ID)
    office.cycle()
    office.files.files[KK_ID] = KK
    office.edits(row, Alamat="Jl. Kenanga 9")
    office.cycle(times=2)
    assert row.system["status"] == "Menunggu petugas"
    assert "keputusan tidak berlaku" in row.system["note"]
    assert office.mailed() == []


def test_a_file_that_never_comes_holds_up_nobody_else(office: Office) -> None:
    """The other rows are decided first; after some failures in a row the rest is left for the next cycle, where
    those that have not been tried come first."""
    stuck = [
        office.arrives({**CITRA, "Nama Lengkap": f"Citra {n}", "NIK": f"64020141019000{n:02}"})
        for n in range(11, 16)
    ]
    doni = office.arrives(DONI)
    letter = office.arrives({**DONI, "Nama Lengkap": "Eka", "NIK": "6402010101900003"})
    office.files.files[AKTA_ID] = BUSY
    for row in stuck:
        office.names(row, AKTA_ID)
    office.names(doni, KK_ID)
    office.decides(letter, "Setujui")
    office.cycle()
    assert len(office.files.asked) == 3
    assert office.application(letter).state is State.DELIVERED
    office.cycle()
    assert office.application(doni).state is State.DELIVERED


def test_a_mistake_of_ours_is_told_in_the_row_and_stops_nothing(office: Office) -> None:
    citra, doni = office.arrives(), office.arrives(DONI)
    office.files.files[AKTA_ID] = RuntimeError("planted")
    office.names(citra, AKTA_ID)
    office.names(doni, KK_ID)
    office.cycle(times=2)
    assert "kesalahan program" in citra.system["note"]
    assert office.application(doni).state is State.DELIVERED


def test_a_letter_that_could_not_be_made_may_be_replaced_by_a_file(office: Office) -> None:
    """The template is broken; the officer takes the PDF from SIAK and chooses "Kirim ulang"."""
    row = office.arrives()
    office.press.fails_for = {"Citra Lestari"}
    office.decides(row, "Setujui")
    office.cycle()
    assert office.application(row).state is State.FAILED
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle(times=2)
    assert [(letter.pdf, letter.number) for letter in office.mailed()] == [(KK, "")]
    assert office.application(row).letter_number == ""


def test_an_email_nobody_can_know_of_is_an_officers_choice_as_ever(office: Office) -> None:
    """The row names the file, not a number."""
    row = office.arrives()
    office.names(row, KK_ID)
    office.email.failures = [CannotKnow("Sambungan putus.")]
    office.cycle()
    assert row.system["status"] == "Perlu dicek"
    assert row.system["note"].startswith("Berkas Petugas mungkin sudah dikirim.")
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle(times=2)
    assert [letter.pdf for letter in office.mailed()] == [KK]


def test_what_was_decided_on_can_be_read_in_the_events(office: Office) -> None:
    """The Drive file and its sha256; refusals too. No citizen's data."""
    row = office.arrives()
    office.names(row, "KK Citra.pdf")
    office.cycle()
    office.clears(row)
    office.names(row, KK_ID)
    office.cycle()
    events = {event.kind: event.detail for event in office.events(row)}
    assert events["officer_file_refused"] == {}
    assert events["approved"] == {
        "from": "in_review",
        "to": "delivering",
        "officer_file": KK_ID,
        "sha256": hashlib.sha256(KK).hexdigest(),
        "size_bytes": len(KK),
        "signed": True,
    }


def test_the_file_is_named_as_the_service_names_its_letters(office: Office) -> None:
    """The name that the file has in the officer's Drive is the office's own affair."""
    office.workflow["letter"] = {**office.workflow["letter"], "file": "KK {{ nama }} {{ nomor }}"}
    row = office.arrives()
    office.names(row, KK_ID)
    office.cycle()
    assert office.mailed()[0].file_name == "KK Citra Lestari.pdf"


def test_a_file_whose_bytes_are_lost_is_never_replaced_by_a_letter_of_lokets(
    office: Office,
) -> None:
    """Ledger and PDF were lost, and a recovery knows no number: the officer names the file once more."""
    row = office.arrives()
    office.names(row, KK_ID)
    office.cycle(times=2)
    with office.ledger.begin() as tx:
        tx.recovering.forget_letter(office.application(row).id, office.now)
    office.clears(row)
    office.decides(row, "Kirim ulang")
    office.cycle(times=2)
    assert row.system["status"] == "Gagal kirim"
    assert "Isi Berkas Petugas." in row.system["note"]
    assert office.press.printed == 0
    assert len(office.email.arrived) == 1  # no message without its letter either
    office.clears(row)
    office.names(row, KK_ID, "Kirim ulang")
    office.cycle(times=2)
    assert [letter.pdf for letter in office.mailed()] == [KK, KK]


@pytest.mark.parametrize("step", range(1, 17))
def test_a_power_cut_at_any_commit_leads_to_the_same_end(office: Office, step: int) -> None:
    """Before and after each: the file goes out once, as it is, without a number."""
    row = office.arrives()
    office.names(row, KK_ID)
    assert isinstance(office.ledger, FusedLedger)
    office.ledger.fuse.light(step, power_cut)
    try:
        office.cycle()
    except PowerCut:
        office.cycle(times=2)
    office.ledger.fuse.put_out()
    office.cycle(times=2)
    application = office.application(row)
    emailed = [letter.pdf for letter in office.mailed()]
    assert set(emailed) <= {KK}
    assert len(emailed) <= 1
    assert {message.letter.pdf for _, message in office.drive.arrived if message.letter} == {KK}
    assert application.state in (State.DELIVERED, State.UNCERTAIN)
    if application.state is State.DELIVERED:
        assert emailed == [KK]
    assert office.serials() == []
    assert office.press.printed == 0
