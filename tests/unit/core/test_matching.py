"""Whose row is this: by reference and by what the row holds, never by position."""

from hypothesis import given
from hypothesis import strategies as st

from sync.core.matching import Identity, Kind, Known, Match, SeenRow, match

CITRA = Known(1, "SKD-26-00001F", ("citra", "1"))
DONI = Known(2, "SKD-26-00002K", ("doni", "2"))


def matched(
    *rows: SeenRow,
    known: tuple[Known, ...] = (CITRA, DONI),
    replaced: dict[Identity, int] | None = None,
) -> list[Match]:
    by_identity: dict[Identity, list[Known]] = {}
    for one in known:
        by_identity.setdefault(one.identity, []).append(one)
    return match(rows, {one.reference: one for one in known}, by_identity, replaced or {})


def row(index: int, reference: str, *identity: str) -> SeenRow:
    return SeenRow(index, reference, (identity[0], identity[1]))


def test_a_row_that_is_as_it_was_is_its_applications() -> None:
    """Reference and answers agree."""
    assert matched(row(0, DONI.reference, "doni", "2")) == [Match(0, Kind.SAME, 2)]


def test_a_lost_reference_is_found_by_what_the_row_holds() -> None:
    """Somebody emptied the cell, or the program died before it was written."""
    assert matched(row(0, "", "citra", "1")) == [Match(0, Kind.SAME, 1)]


def test_a_reference_in_the_wrong_row_does_not_win_over_the_answers() -> None:
    """A part of the sheet was sorted without the system columns."""
    found = matched(row(0, DONI.reference, "citra", "1"), row(1, CITRA.reference, "doni", "2"))
    assert [one.application_id for one in found] == [1, 2]


def test_other_answers_under_a_known_reference_are_an_edit() -> None:
    """The applicant edited the response, or the officer corrected it."""
    assert matched(row(0, CITRA.reference, "citra-baru", "1")) == [Match(0, Kind.EDITED, 1)]


def test_a_copied_row_is_not_the_application_however_it_is_sorted() -> None:
    """Original and copy are alike; one of them is the row, the other one says that it is a copy."""
    found = matched(row(0, CITRA.reference, "citra", "1"), row(1, CITRA.reference, "citra", "1"))
    assert [one.kind for one in found] == [Kind.SAME, Kind.COPY]


def test_a_copied_row_with_other_answers_does_not_replace_the_original() -> None:
    """The officer uses a row as a pattern for another: the original stays as it is, the copy says what it is."""
    found = matched(row(0, CITRA.reference, "lain", "1"), row(1, CITRA.reference, "citra", "1"))
    assert [one.kind for one in found] == [Kind.COPY, Kind.SAME]


def test_a_pasted_reference_does_not_make_a_new_applicant_vanish() -> None:
    """System cells were pasted over a new response: it is an application all the same."""
    found = matched(row(0, CITRA.reference, "eka", "9"), row(1, CITRA.reference, "citra", "1"))
    assert [one.kind for one in found] == [Kind.NEW, Kind.SAME]


def test_a_row_that_was_answered_again_elsewhere_stays_replaced() -> None:
    """It still carries the reference, but its application has another row now."""
    found = matched(
        row(0, CITRA.reference, "citra-lama", "0"),
        row(1, CITRA.reference, "citra", "1"),
        replaced={("citra-lama", "0"): CITRA.id},
    )
    assert found == [Match(0, Kind.REPLACED, CITRA.id), Match(1, Kind.SAME, CITRA.id)]


def test_an_unknown_row_without_a_reference_is_new() -> None:
    """A response that was just sent."""
    assert matched(row(0, "", "eka", "3")) == [Match(0, Kind.NEW, None)]


def test_a_reference_that_this_ledger_never_gave_is_left_alone() -> None:
    """The ledger was lost, or is an old copy: serving such a row again would send a second letter."""
    assert matched(row(0, "SKD-26-99999X", "eka", "3")) == [Match(0, Kind.FOREIGN, None)]


def test_a_row_copied_before_it_was_ever_read_is_one_application() -> None:
    """Alike to the millisecond: Forms gives no two responses the same moment."""
    found = matched(row(0, "", "eka", "3"), row(1, "", "eka", "3"))
    assert [one.kind for one in found] == [Kind.NEW, Kind.COPY]


def test_two_applicants_alike_to_the_second_keep_a_row_each() -> None:
    """Equal rows, two applications: no row is taken for both."""
    twin = Known(3, "SKD-26-00003P", CITRA.identity)
    found = matched(row(0, "", "citra", "1"), row(1, "", "citra", "1"), known=(CITRA, twin))
    assert {one.application_id for one in found} == {1, 3}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", CITRA.reference, DONI.reference, "SKD-26-99999X"]),
            st.sampled_from([("citra", "1"), ("doni", "2"), ("eka", "3")]),
        ),
        max_size=8,
    )
)
def test_an_application_never_gets_two_rows(cells: list[tuple[str, Identity]]) -> None:
    """Whatever references were pasted where."""
    found = matched(*(SeenRow(index, ref, identity) for index, (ref, identity) in enumerate(cells)))
    owned = [one.application_id for one in found if one.kind in (Kind.SAME, Kind.EDITED)]
    assert len(owned) == len(set(owned))
    assert [one.index for one in found] == list(range(len(cells)))


@given(st.permutations(range(4)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    """Officers sort: who owns a row does not depend on where it stands."""
    rows = [
        row(0, CITRA.reference, "citra", "1"),
        row(1, DONI.reference, "doni-baru", "2"),
        row(2, "", "eka", "3"),
        row(3, CITRA.reference, "lain", "1"),
    ]
    kinds = {one.index: one.kind for one in matched(*(rows[index] for index in order))}
    assert kinds == {0: Kind.SAME, 1: Kind.EDITED, 2: Kind.NEW, 3: Kind.COPY}
