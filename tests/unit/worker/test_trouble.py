"""What goes wrong at a counter, and what must not come of it: nothing lost, nothing twice, nothing stuck in silence."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, World
from tests.unit.worker.test_cycle import PowerCut, status


def approved(world: World, person: dict[str, str] = CITRA) -> SheetRow:
    """A row whose approval was typed and not yet read."""
    row = world.applies(person)
    world.cycle()
    world.decides(row, "Setujui")
    return row


def test_a_lost_ledger_serves_nobody_a_second_time(world: World, tmp_path: Path) -> None:
    """A new PC without the old data folder: the sheet's references are not its own, so it stops and says why."""
    approved(world)
    world.cycle()
    world.ledger.close()
    world.ledger = Ledger.open(sqlite_url(tmp_path / "new-pc.sqlite3"))
    world.applies(DONI)
    report = world.cycle(times=3)
    assert "ledger" in report.trouble
    assert len(world.email.arrived) == 1
    with world.ledger.reading() as look:
        assert look.applications.is_empty("domisili")


def test_a_decision_typed_before_the_row_was_read_does_not_count(world: World) -> None:
    """A dropdown dragged down, or an officer faster than the checks: nothing is approved unseen."""
    row = world.applies(CITRA)
    world.decides(row, "Setujui")
    world.cycle(times=3)
    assert status(row) == "Menunggu petugas"
    assert "kosongkan keputusan" in row.system["note"].lower()
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Selesai"


def test_a_response_edited_before_its_reference_arrived_is_one_application(world: World) -> None:
    """The applicant changes the answer between Loket's read and its write: the same application goes on."""
    row = world.applies(CITRA)
    world.desk.meanwhile = lambda: world.edits(row, Alamat="Jl. Baru 5")
    world.cycle(times=3)
    with world.ledger.reading() as look:
        [application] = list(look.applications.of_workflow("domisili"))
    assert application.answers["Alamat"] == "Jl. Baru 5"
    assert row.system["reference"] == application.reference
    assert status(row) == "Menunggu petugas"


def test_two_applicants_are_not_mixed_up_when_one_edits_at_once(world: World) -> None:
    """Only the same person's changed row is taken for the application that lost its row."""
    citra = world.applies(CITRA)

    def meanwhile() -> None:
        world.edits(citra, Alamat="Jl. Baru 5")
        world.applies(DONI)

    world.desk.meanwhile = meanwhile
    world.cycle(times=3)
    with world.ledger.reading() as look:
        names = sorted(one.name for one in look.applications.of_workflow("domisili"))
    assert names == ["Citra Lestari", "Doni Pratama"]


@pytest.mark.parametrize("broken", [TypeError("template"), OSError("disk"), KeyError("x")])
def test_a_message_that_can_not_be_written_holds_up_nobody_else(
    world: World, broken: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a template raises: Doni's letter goes out, Citra's waits with a reason and is tried again."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    world.decides(citra, "Setujui")
    world.decides(doni, "Setujui")
    counter = world.counter()
    compose = counter.messages.compose

    def poisonous(kind, context, *, template=""):
        if context["nama"] == "Citra Lestari":
            raise broken
        return compose(kind, context, template=template)

    monkeypatch.setattr(
        type(counter.messages), "compose", lambda _self, *a, **k: poisonous(*a, **k)
    )
    world.cycle(times=3)
    assert (status(citra), status(doni)) == ("Sedang dikirim", "Selesai")
    assert "Pesan belum dapat disusun" in citra.system["note"]
    monkeypatch.undo()
    world.now += timedelta(hours=1)
    world.cycle()
    assert status(citra) == "Selesai"


def test_a_slip_in_a_message_is_told_with_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row and the tab Loket name the template: the applicant is waiting for it to be mended."""
    slip = Mendable.one(
        "pesan-rusak", where="templates/messages/letter.txt:3", found="'nmaa' tidak ada"
    )
    row = approved(world)

    def broken(*_: object, **__: object) -> None:
        raise slip

    monkeypatch.setattr(type(world.counter().messages), "compose", broken)
    report = world.cycle()
    for told in (report.trouble, row.system["note"]):
        assert "templates/messages/letter.txt:3: 'nmaa' tidak ada" in told


def test_an_interrupted_delivery_that_nobody_answers_for_ends_with_the_officer(
    world: World,
) -> None:
    """Drive can't be asked for two days: not silence for ever, but Perlu dicek."""
    world.workflow |= {"deliver": ["drive"]}
    row = approved(world)
    world.drive.crash_after_sending = PowerCut()
    with pytest.raises(PowerCut):
        world.cycle()

    def nobody_answers(_intent):
        raise TryAgain("Google tidak menjawab.")

    world.drive.happened = nobody_answers  # type: ignore[method-assign]
    world.cycle()
    assert "Google tidak menjawab." in row.system["note"]
    for _ in range(60):
        world.now += timedelta(hours=1)
        world.cycle()
    assert status(row) == "Perlu dicek"


def test_a_full_disk_is_told_in_the_row_and_the_letter_is_made_later(world: World) -> None:
    """Nothing is sent without the letter on disk, and no officer has to do anything when there is room again."""
    in_the_way = world.data / "letters"
    in_the_way.write_text("not a folder")
    row = approved(world)
    report = world.cycle(times=2)
    assert "tidak dapat disimpan" in report.trouble
    assert "belum dapat disimpan" in row.system["note"]
    assert not world.email.arrived
    in_the_way.unlink()
    world.cycle()
    assert status(row) == "Selesai"


def test_a_mended_address_is_where_the_letter_goes(world: World) -> None:
    """The first address bounced; the officer corrects it and sends again: the letter is the same, the address new."""
    row = approved(world)
    world.email.failures = [Never("Alamat email ditolak.")]
    world.cycle()
    assert status(row) == "Gagal kirim"
    world.edits(row, **{"Alamat Email": "citra.baru@example.org"})
    world.decides(row, "Kirim ulang")
    world.cycle(times=2)
    assert status(row) == "Selesai"
    assert len(world.email.letters_to("citra.baru@example.org")) == 1
    assert not world.email.letters_to("citra@example.org")


def test_two_applications_never_wait_for_each_other(world: World) -> None:
    """`then: refuse`: the later one is refused for the earlier one, never the other way round."""
    world.workflow |= {"duplicates": {"same": ["nik"], "within_days": 30, "then": "refuse"}}
    first, second = world.applies(CITRA), world.applies(CITRA)
    world.cycle()
    assert (status(first), status(second)) == ("Menunggu petugas", "Perlu perbaikan")
    world.edits(first, Alamat="Jl. Baru 5")
    world.cycle()
    assert status(first) == "Menunggu petugas"


def test_a_protected_row_is_reported_and_the_others_are_served(world: World) -> None:
    """One row that may not be written: the rest of the sheet and every letter go on."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.desk.protected = {"Citra Lestari"}
    report = world.cycle()
    assert status(doni) == "Menunggu petugas"
    assert status(citra) == ""
    assert "tidak dapat ditulis" in report.trouble
    world.desk.protected = set()
    world.cycle()
    assert status(citra) == "Menunggu petugas"


def test_an_unreadable_sheet_does_not_hold_up_what_is_approved(world: World) -> None:
    """The sharing was revoked while a letter waited for its second attempt."""
    approved(world)
    world.email.failures = [TryAgain("Server email tidak menjawab.")]
    world.cycle()
    world.desk.broken = Mendable.one(
        "sheet", where="Form Responses 1", found="sheet tidak dibagikan"
    )
    report = world.cycle(times=5)
    assert "tidak dibagikan" in report.trouble
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_a_dead_mail_server_is_left_alone_after_a_few_attempts(world: World) -> None:
    """Sixty letters must not wait out sixty time limits before anybody else is served."""
    world.workflow |= {"deliver": ["email"], "duplicates": None}
    rows = [world.applies({**CITRA, "Alamat Email": f"w{n}@example.org"}) for n in range(20)]
    world.cycle()
    for row in rows:
        world.decides(row, "Setujui")
    world.email.failures = [TryAgain("Server email tidak menjawab.") for _ in range(100)]
    report = world.cycle()
    assert len(world.email.failures) == 97
    assert "tidak menjawab" in report.trouble
    world.email.failures = []
    world.now += timedelta(minutes=2)
    world.cycle(times=2)
    assert [status(row) for row in rows] == ["Selesai"] * 20


def test_a_clock_set_back_by_days_delays_nothing(world: World) -> None:
    """The PC's battery was empty: what waits for a moment far ahead is tried now."""
    row = approved(world)
    world.email.failures = [TryAgain("Server email tidak menjawab.")]
    world.cycle()
    world.now -= timedelta(days=10)
    world.cycle(times=2)
    assert status(row) == "Selesai"


def test_confirming_an_email_does_not_hide_that_drive_failed(world: World) -> None:
    """Each channel keeps its own fate."""
    row = approved(world)
    world.email.failures = [CannotKnow("Tidak diketahui apakah surat sampai.")]
    world.drive.failures = [Never("Drive kantor penuh.")]
    world.cycle()
    assert status(row) == "Perlu dicek"
    assert "Drive kantor penuh." in row.system["note"]
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Gagal kirim"
    assert "Drive kantor penuh." in row.system["note"]
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert status(row) == "Selesai"
    assert not world.email.arrived


def test_a_refused_decision_leaves_the_problems_readable(world: World) -> None:
    """Setujui on a row that needs mending: why it needs mending still stands there."""
    row = world.applies(CITRA, NIK="123")
    world.cycle()
    problem = row.system["note"]
    world.decides(row, "Setujui")
    world.cycle()
    assert "tidak berlaku" in row.system["note"]
    assert problem in row.system["note"]


def test_an_old_approval_in_a_mended_row_says_how_to_decide_again(world: World) -> None:
    """Choosing Setujui again changes nothing that can be seen: the row asks to empty the cell first."""
    row = world.applies(CITRA, NIK="123")
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    world.edits(row, NIK=CITRA["NIK"])
    world.cycle()
    assert "kosongkan keputusan" in row.system["note"].lower()


def test_a_way_of_delivery_that_was_given_up_holds_up_no_letter(world: World) -> None:
    """`deliver` lost its drive while a letter waited for it: the email alone makes it Selesai."""
    row = approved(world)
    world.drive.failures = [TryAgain("Google sedang sibuk.")]
    world.cycle()
    world.workflow |= {"deliver": ["email"]}
    world.now += timedelta(hours=1)
    world.cycle()
    assert status(row) == "Selesai"


def test_a_letter_is_not_printed_from_answers_that_the_rules_refuse_now(world: World) -> None:
    """The workflow's file was changed between the approval and the letter."""
    row = approved(world)
    world.press.fails_for = {"Citra Lestari"}
    world.cycle()
    world.workflow |= {"rules": [{"unless": "false", "say": "Layanan ini ditutup."}]}
    world.press.fails_for = set()
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert status(row) == "Gagal kirim"
    assert "Layanan ini ditutup" in row.system["note"]


def test_a_letter_whose_only_way_was_taken_away_goes_the_new_way(world: World) -> None:
    """`deliver` changed from Drive to email while the letter waited: it must not be called Selesai with nothing sent."""
    world.workflow |= {"deliver": ["drive"]}
    row = approved(world)
    world.drive.failures = [TryAgain("Google sedang sibuk.")]
    world.cycle()
    world.workflow |= {"deliver": ["email"]}
    world.now += timedelta(hours=1)
    world.cycle(times=2)
    assert status(row) == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1
    assert not world.drive.arrived


def test_a_cycle_that_broke_is_no_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for everything to be done must not take a broken cycle for it."""
    from sync.worker import loop

    def breaks(_counter):
        raise RuntimeError("ledger")

    monkeypatch.setattr(loop, "run_cycle", breaks)
    [report] = loop.run_once([world.counter()], lambda _report: None)
    assert not report.at_rest
