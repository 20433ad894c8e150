"""The order of rows against a plain list: a million rows must not become a riddle."""

import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sandbox.sheets import fills, row_order
from sync.sandbox.sheets.row_order import RowOrder
from sync.sandbox.sheets.shift import Change


def opened() -> tuple[sqlite3.Connection, RowOrder]:
    db = sqlite3.connect(":memory:")
    for statement in (row_order.SCHEMA + fills.SCHEMA).split(";\n"):
        db.execute(statement)
    return db, RowOrder(db, 1)


step = st.tuples(
    st.sampled_from(["insert", "insert", "delete", "move", "reverse"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(1, 1500),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(step, max_size=25))
def test_row_order_does_what_a_list_does(steps: list[tuple[str, float, float, int]]) -> None:
    """Whatever is inserted, deleted, moved and sorted; and the same when read anew from the file."""
    db, order = opened()
    model: list[int] = []
    for kind, first, second, count in steps:
        a, b = sorted((int(first * len(model)), int(second * len(model))))
        if kind == "insert":
            model[a:a] = order.insert(a, count)
        elif kind == "delete":
            assert order.delete(a, b) == model[a:b]
            del model[a:b]
        elif kind == "move":
            block = order.delete(a, b)
            del model[a:b]
            order.put(a // 2, block)
            model[a // 2 : a // 2] = block
        else:
            model[a:b] = model[a:b][::-1]
            order.reorder(a, model[a:b])
        assert len(order) == len(model)
        assert order.keys(a, a + 5) == model[a : a + 5]
    assert order.keys(0, len(model)) == model
    again = RowOrder(db, 1)
    assert again.keys(0, len(model)) == model
    assert [again.position(key) for key in model[::97]] == list(range(len(model)))[::97]
    db.close()


def test_inserting_at_one_place_for_ever_finds_room() -> None:
    """Forms insert above hand-written rows, always at the same seam; places between two blocks run out."""
    db, order = opened()
    order.insert(0, 2000)
    for _ in range(300):
        order.insert(1000, 700)
    assert len(order) == 2000 + 300 * 700
    assert len(set(order.keys(0, len(order)))) == len(order)
    db.close()


@given(
    st.sampled_from(["insert", "delete", "move"]),
    st.integers(0, 12),
    st.integers(1, 5),
    st.integers(0, 20),
    st.integers(0, 14),
    st.integers(1, 6),
)
def test_a_span_holds_the_rows_it_held(
    kind: str, start: int, count: int, destination: int, low: int, size: int
) -> None:
    """Compared row by row with a list of twenty: a protection covers what it covered, unless a block was torn."""
    end = start + count
    change = Change("ROWS", kind, start, end, destination)  # type: ignore[arg-type]
    before: list[int | None] = list(range(20))
    after = list(before)
    if kind == "insert":
        after[start:start] = [None] * count
    elif kind == "delete":
        del after[start:end]
    elif not start <= destination <= end:
        block = after[start:end]
        del after[start:end]
        landing = destination if destination < start else destination - count
        after[landing:landing] = block
    else:
        return
    held = set(range(low, low + size))
    places = [at for at, row in enumerate(after) if row in held]
    for at in range(20):
        assert change.point(at) == (after.index(at) if at in after else None)
    span = change.span(low, low + size)
    if not places:
        assert span is None
    elif kind != "move" or places[-1] - places[0] == size - 1:
        assert span == (places[0], places[-1] + 1)
