"""A thousand responses from one sender: nothing is lost, an officer looks first, and the mail quota is not used up."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import event

from sync.core.settings import Settings, Worker
from sync.core.states import State
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, World

BEYOND = "Pengirim ini mengajukan {} permohonan dalam 24 jam; periksa dahulu."
UNTOLD = "Pemohon tidak diberi tahu"


def again(world: World, times: int, **other: str) -> list[SheetRow]:
    """Citra's address sends so many responses, each with other answers."""
    first = len(world.desk.rows)
    return [
        world.applies({**CITRA, "Alamat": f"Jl. Mawar {first + number}", **other})
        for number in range(times)
    ]


@pytest.fixture
def flooded(world: World) -> World:
    world.workflow = {**world.workflow, "duplicates": None}
    world.settings = Settings(worker=Worker(per_applicant_per_day=3))
    return world


def test_a_thousand_responses_within_a_minute_are_all_registered_and_cheaply(world: World) -> None:
    """One question a transaction about the senders, and as many emails as one applicant may cause."""
    world.workflow = {**world.workflow, "duplicates": None}
    rows = again(world, 1000, NIK="1234")
    asked: list[str] = []
    listen = (world.ledger._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    event.listen(*listen)
    started = time.perf_counter()
    world.cycle()
    took_s = time.perf_counter() - started
    event.remove(*listen)
    assert len({row.system["reference"] for row in rows}) == 1000
    assert {row.system["status"] for row in rows} == {"Perlu perbaikan"}
    assert len([one for one in asked if "GROUP BY applications.email" in one]) == 20
    assert len(asked) < 20 * len(rows)
    assert len(world.email.arrived) == 10
    assert sum(UNTOLD in row.system["note"] for row in rows) == 990
    assert took_s < 30
    world.cycle(times=3)
    assert len(world.email.arrived) == 10


def test_beyond_the_measure_an_officer_looks_first(flooded: World) -> None:
    """Where letters go out by themselves, a script must not print them by the hundred."""
    flooded.workflow = {**flooded.workflow, "review": "otomatis"}
    rows = again(flooded, 5)
    flooded.cycle()
    statuses = [row.system["status"] for row in rows]
    assert statuses == ["Selesai"] * 3 + ["Menunggu petugas"] * 2
    assert BEYOND.format(4) in rows[3].system["note"]
    assert BEYOND.format(5) in rows[4].system["note"]
    assert "Periksa jawaban, lalu pilih Keputusan." in rows[4].system["note"]


def test_an_edit_is_no_way_round_the_officer(flooded: World) -> None:
    """A response beyond the measure is edited: it stays with the officer."""
    flooded.workflow = {**flooded.workflow, "review": "otomatis"}
    rows = again(flooded, 4)
    flooded.cycle()
    flooded.edits(rows[3], Alamat="Jl. Kenanga 9")
    flooded.cycle(times=2)
    assert rows[3].system["status"] == "Menunggu petugas"
    assert "permohonan dalam 24 jam" in rows[3].system["note"]
    flooded.decides(rows[3], "Setujui")
    flooded.cycle()
    assert rows[3].system["status"] == "Selesai"


def test_an_address_is_the_same_in_capitals(flooded: World) -> None:
    """Mail arrives all the same, so it is the same sender."""
    rows = again(flooded, 2)
    rows += again(flooded, 2, **{"Alamat Email": "CITRA@Example.ORG"})
    flooded.cycle()
    assert BEYOND.format(4) in rows[3].system["note"]


def test_others_are_not_held_up(flooded: World) -> None:
    """Doni applies in the midst of it."""
    again(flooded, 30)
    doni = flooded.applies(DONI)
    again(flooded, 30)
    flooded.cycle()
    assert doni.system["status"] == "Menunggu petugas"
    assert doni.system["note"] == "Periksa jawaban, lalu pilih Keputusan."


def test_a_day_later_the_measure_is_new(flooded: World) -> None:
    """An RT's helper who applies for neighbours every day is no flood."""
    again(flooded, 3)
    flooded.cycle()
    flooded.now += timedelta(hours=24)
    [row] = again(flooded, 1)
    flooded.cycle()
    assert row.system["note"] == "Periksa jawaban, lalu pilih Keputusan."


def test_without_an_email_a_sender_is_known_by_the_phone(flooded: World) -> None:
    """An office that asks for no email is flooded all the same."""
    applicant = {"name": "Nama Lengkap", "phone": "Nomor WhatsApp"}
    flooded.workflow = {**flooded.workflow, "applicant": applicant, "deliver": ["drive"]}
    rows = again(flooded, 4, **{"Alamat Email": "", "Nomor WhatsApp": "0812-3456-7890"})
    other = again(flooded, 1, **{"Alamat Email": "", "Nomor WhatsApp": "0812-3456-7891"})
    flooded.cycle()
    with flooded.ledger.reading() as look:
        notes = {row.system["reference"]: row.system["note"] for row in (*rows, *other)}
        assert look.applications.came_since(flooded.now - timedelta(days=1)) == {
            "+6281234567890": 4,
            "+6281234567891": 1,
        }
    assert sum("permohonan dalam 24 jam" in note for note in notes.values()) == 1


def test_one_response_edited_again_and_again_uses_up_no_quota(flooded: World) -> None:
    """One response edited in every cycle would cause a notice each time."""
    [row] = again(flooded, 1, NIK="1")
    for number in range(8):
        flooded.cycle()
        flooded.edits(row, Alamat=f"Jl. Melati {number}")
    flooded.cycle()
    assert len(flooded.email.arrived) == 3
    assert UNTOLD in row.system["note"]
    assert "Pemohon diberi tahu" not in row.system["note"]


def test_an_officers_refusals_beyond_the_measure_are_not_mailed_and_say_so(flooded: World) -> None:
    """Clearing up after a flood must not become one."""
    rows = again(flooded, 5)
    flooded.cycle()
    for row in rows:
        flooded.decides(row, "Tolak", "Bukan permohonan.")
    flooded.cycle()
    assert {row.system["status"] for row in rows} == {"Ditolak"}
    assert len(flooded.email.arrived) == 3
    assert sum(UNTOLD in row.system["note"] for row in rows) == 2


def test_a_letter_is_never_held_back(flooded: World) -> None:
    """An officer approved it: however many they are, each applicant's letter goes out."""
    rows = again(flooded, 6)
    flooded.cycle()
    for row in rows:
        flooded.decides(row, "Setujui")
    flooded.cycle()
    assert {row.system["status"] for row in rows} == {"Selesai"}


def test_zero_is_no_limit(flooded: World) -> None:
    """An office whose helpers apply for everybody turns it off."""
    flooded.settings = Settings(worker=Worker(per_applicant_per_day=0))
    rows = again(flooded, 20, NIK="1")
    flooded.cycle()
    assert len(flooded.email.arrived) == 20
    with flooded.ledger.reading() as look:
        assert len(look.applications.in_state(State.NEEDS_FIXING)) == 20
    assert not any("dalam 24 jam" in row.system["note"] for row in rows)


def test_an_emptied_decision_leaves_the_warning(flooded: World) -> None:
    """The officer typed something that was not possible and cleared it: the warning is still true."""
    rows = again(flooded, 4)
    flooded.cycle()
    flooded.decides(rows[3], "Kirim ulang")
    flooded.cycle()
    flooded.decides(rows[3], "")
    flooded.cycle()
    assert BEYOND.format(4) in rows[3].system["note"]
