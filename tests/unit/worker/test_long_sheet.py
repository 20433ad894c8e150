"""A sheet that is too long to be read whole: what is read of it, how soon everything is found, and that nobody is confused."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sync.core.desk import DeskReading, Glance, Span
from sync.core.survey import Reach
from sync.worker import intake
from sync.worker.cycle import run_cycle
from sync.worker.versions import Versions
from tests.fakes.desk import FakeDesk, SheetRow
from tests.unit.worker.conftest import CITRA, World

LONG = Reach(
    whole_rows=0,
    anchor=3,
    near=6,
    awake=5,
    spans=2,
    gap=1,
    tail=6,
    search=4,
    survey=4,
    reread=2,
    survey_at_least_every=timedelta(days=1),
)
PEOPLE = 12


class ReadDesk(FakeDesk):
    """Remembers which rows were read whole, and how many in narrow cells."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: set[int] = set()
        self.narrow = 0

    def glance(self, spans: Sequence[Span], tail: Span | None = None) -> Glance:
        glance = super().glance(spans, tail)
        self.whole |= {row.number for row in glance.tail.rows}
        self.narrow += len(glance.glimpses)
        return glance

    def look_at(self, numbers: Collection[int]) -> DeskReading:
        reading = super().look_at(numbers)
        self.whole |= {row.number for row in reading.rows}
        return reading

    def read(self) -> DeskReading:
        raise AssertionError("the whole sheet was read")

    def forget(self) -> None:
        self.whole, self.narrow = set(), 0


def someone(number: int) -> dict[str, str]:
    name = f"Warga {chr(ord('A') + number // 26)}{chr(ord('a') + number % 26)}"
    return {
        **CITRA,
        "Nama Lengkap": name,
        "Alamat Email": f"w{number}@example.org",
        "NIK": f"640201410190{number + 1:04}",
    }


@pytest.fixture
def served(world: World) -> tuple[World, list[SheetRow]]:
    """Everybody has had a letter, but for the last three, who wait for the officer; the survey came to its end."""
    world.reach = LONG
    rows: list[SheetRow] = []
    world.desk = ReadDesk()
    for number in range(PEOPLE):
        rows.append(world.applies(someone(number)))
    comes_to_rest(world)
    for row in rows[:-3]:
        world.decides(row, "Setujui")
    comes_to_rest(world)
    assert [status(row) for row in rows] == ["Selesai"] * (PEOPLE - 3) + ["Menunggu petugas"] * 3
    desk(world).forget()
    return world, rows


def desk(world: World) -> ReadDesk:
    assert isinstance(world.desk, ReadDesk)
    return world.desk


def status(row: SheetRow) -> str:
    return row.system.get("status", "")


def comes_to_rest(world: World) -> None:
    """Cycles of one worker."""
    worker = world.counter()
    for _ in range(200):
        world.now += timedelta(seconds=15)
        report = run_cycle(worker, turn_s=60)
        assert not report.trouble
        if report.idle:
            return
    raise AssertionError(f"never at rest: {report}")


def places(world: World) -> dict[str, int]:
    """Whose row Loket thinks stands where."""
    with world.ledger.reading() as look:
        found = look.places.within("domisili", 2, 10_000)
        names = {one.id: one.name for one in look.applications.of_workflow("domisili")}
    return {names[one]: row for one, row in found.items()}


def stand(world: World) -> dict[str, int]:
    return {row.owner: number for number, row in enumerate(world.desk.rows, start=2)}


Served = tuple[World, list[SheetRow]]


def test_a_decision_is_found_without_the_answers_of_other_rows(served: Served) -> None:
    """At the first look, in a row in the midst of the others."""
    world, rows = served
    waiting = rows[-2]
    worker = world.counter()
    worker.surveyed_at = world.now
    world.decides(waiting, "Tolak", "alasan")
    run_cycle(worker, turn_s=60)
    assert status(waiting) == "Ditolak"
    assert desk(world).whole == {
        PEOPLE,
        PEOPLE + 1,
    }  # its own, and the last row, after which new ones come
    assert desk(world).narrow <= LONG.awake + LONG.anchor


def test_new_responses_cost_what_they_are(served: Served) -> None:
    world, _ = served
    worker = world.counter()
    worker.surveyed_at = world.now
    new = [world.applies(someone(100 + number)) for number in range(4)]
    run_cycle(worker, turn_s=60)
    assert [status(row) for row in new] == ["Menunggu petugas"] * 4
    assert desk(world).whole == set(range(PEOPLE + 1, PEOPLE + 6))
    assert desk(world).narrow <= LONG.awake + LONG.anchor


def test_more_responses_than_a_look_takes_in_come_at_once_one_look_after_another(
    served: Served,
) -> None:
    """The report says that there is more."""
    world, _ = served
    new = [world.applies(someone(100 + number)) for number in range(20)]
    worker = world.counter()
    looks = 0
    more = True
    while more:
        more = run_cycle(worker, turn_s=60).more
        looks += 1
    assert [status(row) for row in new] == ["Menunggu petugas"] * 20
    assert looks > 20 // LONG.tail
    with world.ledger.reading() as look:
        came = [one.name for one in look.applications.of_workflow("domisili")][PEOPLE:]
    assert came == [row.owner for row in new], "out of their order"


def test_one_whole_cycle_takes_in_everything_that_is_new(served: Served) -> None:
    """`run --once` has no further look."""
    world, rows = served
    new = [world.applies(someone(100 + number)) for number in range(20)]
    for row in rows[-3:]:
        world.decides(row, "Tolak", "alasan")
    run_cycle(world.counter())
    assert [status(row) for row in new] == ["Menunggu petugas"] * 20
    assert [status(row) for row in rows[-3:]] == ["Ditolak"] * 3


def test_a_crowd_that_waits_is_looked_at_in_turn(world: World) -> None:
    """More than one look takes in: every decision is found within a round of looks."""
    world.reach = LONG
    world.desk = ReadDesk()
    rows = [world.applies(someone(number)) for number in range(PEOPLE)]
    comes_to_rest(world)
    for row in (rows[0], rows[PEOPLE // 2], rows[-1]):
        world.decides(row, "Tolak", "alasan")
    comes_to_rest(world)
    assert [status(row) for row in rows].count("Ditolak") == 3


KIRIM_ULANG = 5


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda world, row: world.decides(row, "Kirim ulang"), "sudah dikirim"),
        (lambda world, row: row.system.clear(), ""),
        (lambda world, row: row.answers.update({"Alamat": "Jl. Lain"}), "tetap memuat"),
        (lambda world, row: world.edits(row, Alamat="Jl. Lain"), "tetap memuat"),
    ],
    ids=["sent again", "wiped", "corrected in the cell", "edited in the form"],
)
def test_the_survey_finds_what_nobody_waits_for(
    served: Served, change: Callable[[World, SheetRow], None], expected: str
) -> None:
    """In a row that is long at rest: not at once, but before the sheet counts as read."""
    world, rows = served
    row = rows[KIRIM_ULANG]
    reference = row.system["reference"]
    sent = len(world.email.arrived)
    change(world, row)
    world.desk.changes += 1
    comes_to_rest(world)
    assert row.system["reference"] == reference
    assert expected in row.system["note"]
    assert len(world.email.arrived) - sent == (expected == "sudah dikirim")


@pytest.mark.parametrize("where", [0, 7, PEOPLE], ids=["top", "middle", "end"])
@pytest.mark.parametrize("whose", [KIRIM_ULANG, PEOPLE - 2], ids=["at rest", "waiting"])
@pytest.mark.parametrize("decided", [True, False], ids=["decided", "as it was"])
def test_a_copy_of_a_row_says_so_wherever_it_is_pasted(
    served: Served, where: int, whose: int, decided: bool
) -> None:
    """One of two alike is the row and the other a copy, as in a short sheet, and nobody applies twice."""
    world, rows = served
    original = rows[whose]
    parts = {name: dict(getattr(original, name)) for name in ("answers", "system", "officer")}
    copy = replace(original, **parts)
    if decided:
        copy.officer = {"decision": "Tolak", "officer_note": "x"}
    world.desk.rows.insert(where, copy)
    world.desk.changes += 1
    comes_to_rest(world)
    assert [status(row) for row in (copy, original)].count("Salinan") == 1
    with world.ledger.reading() as look:
        assert len(list(look.applications.of_workflow("domisili"))) == PEOPLE
    if where == PEOPLE:
        assert status(copy) == "Salinan", "the first of two alike is the row"
        assert status(original) == ("Selesai" if whose == KIRIM_ULANG else "Menunggu petugas")


@pytest.mark.parametrize("how", ["sorted", "deleted above", "inserted above", "moved to the end"])
def test_rows_that_were_moved_are_found_and_nobody_is_missed(served: Served, how: str) -> None:
    """Everybody's row is known again, and a decision typed in the same moment counts for whom it stands beside."""
    world, rows = served
    waiting = rows[-2]
    gone: list[str] = []
    if how == "sorted":
        world.desk.rows.reverse()
    elif how == "deleted above":
        gone = [world.desk.rows.pop(1).owner]
    elif how == "inserted above":
        world.desk.rows.insert(1, world.applies(someone(200)))
        world.desk.rows.pop()
    else:
        world.desk.rows.append(world.desk.rows.pop(world.desk.rows.index(waiting)))
    world.decides(waiting, "Tolak", "alasan")
    comes_to_rest(world)
    assert status(waiting) == "Ditolak"
    assert places(world) == stand(world)
    with world.ledger.reading() as look:
        missing = [
            one.name
            for one in look.applications.of_workflow("domisili")
            for event in look.applications.events(one.id)
            if event.kind == "row_missing"
        ]
    assert missing == gone


def test_a_row_that_could_not_be_taken_in_is_tried_at_every_look(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others that come after it do not hide it from the looks at what is new."""
    world, _ = served
    bad, *_, good = (world.applies(someone(100 + number)) for number in range(3))
    real = intake.check_answers

    def breaks(workflow, answers, **other):  # type: ignore[no-untyped-def]
        if answers["Nama Lengkap"] == bad.owner:
            raise RuntimeError("planned")
        return real(workflow, answers, **other)

    monkeypatch.setattr(intake, "check_answers", breaks)
    worker = world.counter()
    worker.surveyed_at = world.now
    run_cycle(worker, turn_s=60)
    assert (status(bad), status(good)) == ("", "Menunggu petugas")
    monkeypatch.undo()
    world.applies(someone(105))  # so that there is no time for the survey
    run_cycle(worker, turn_s=60)
    assert status(bad) == "Menunggu petugas"


def test_a_row_that_never_can_be_taken_in_stops_nobody_below_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many come after it."""
    world, _ = served
    bad, *others = (world.applies(someone(100 + number)) for number in range(3 * LONG.tail))
    real = intake.check_answers

    def breaks(workflow, answers, **other):  # type: ignore[no-untyped-def]
        if answers["Nama Lengkap"] == bad.owner:
            raise RuntimeError("planned")
        return real(workflow, answers, **other)

    monkeypatch.setattr(intake, "check_answers", breaks)
    worker = world.counter()
    for _ in range(8):
        worker.surveyed_at = world.now  # there is no time for the survey
        run_cycle(worker, turn_s=60)
    assert {status(row) for row in others} == {"Menunggu petugas"}
    assert status(bad) == ""


def test_what_the_ledger_changed_is_written_also_where_no_narrow_cell_tells(
    served: Served,
) -> None:
    """A letter was taken back from Drive: its link leaves the row, whose status and moment stay as they were."""
    world, rows = served
    row = rows[KIRIM_ULANG]
    with world.ledger.begin() as tx:
        application = tx.applications.find(row.system["reference"])
        assert application is not None
        tx.applications.change(application, at=application.updated_at, link="https://drive/1")
    world.desk.changes += 1
    comes_to_rest(world)
    assert row.system["document"] == "https://drive/1"
    with world.ledger.begin() as tx:
        tx.forgetting.take_back([application.id])
    world.desk.changes += 1
    worker = world.counter()
    worker.surveyed_at = world.now
    run_cycle(worker, turn_s=60)
    assert row.system["document"] == ""


def test_a_long_sheet_that_was_read_whole_so_far_is_gone_through_at_once(served: Served) -> None:
    """After an upgrade nobody knows where rows stand; a new response at the end does not wait for it."""
    world, _ = served
    with world.ledger.begin() as tx:
        tx.places.forget([one.id for one in tx.applications.of_workflow("domisili")])
        tx.desks.keep_survey("domisili", {})
    new = world.applies(someone(100))
    worker = world.counter()
    while run_cycle(worker, turn_s=60).more:
        pass
    assert status(new) == "Menunggu petugas"
    assert places(world) == stand(world)


def test_an_idle_cycle_reads_nothing(served: Served) -> None:
    world, _ = served
    assert run_cycle(world.counter()).idle
    assert (desk(world).whole, desk(world).narrow) == (set(), 0)


def test_workflows_of_one_spreadsheet_ask_once_whether_it_changed(world: World) -> None:
    """Within a round; a round that takes long asks again."""
    asked = []
    world.desk.version = lambda: str(asked.append(1) or len(asked))  # type: ignore[method-assign]
    versions = Versions()
    counters = [world.counter() for _ in range(3)]
    assert {versions.of(counter) for counter in counters} == {"1"}
    world.now += timedelta(seconds=10)
    assert versions.of(counters[0]) == "2"
