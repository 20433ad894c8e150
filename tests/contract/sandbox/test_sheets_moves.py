"""What an officer's hand does in a spreadsheet: references, protections, groups and marks follow as at Google."""

from typing import Any

import pytest

from tests.contract.sandbox.sheets_desk import Desk, cells, columns, rows, told


def test_a_copied_formula_looks_from_its_new_place(desk: Desk) -> None:
    """Relative parts go along, `$` holds, beyond the edge is #REF!; values are copied as they were."""
    desk.write([[1, 10, "=A1+$B$1+B$1"], [2, 20]])
    desk.does({"copyPaste": {"source": cells(0, 1, 2, 3), "destination": cells(1, 3, 2, 3)}})
    assert [line[2] for line in desk.rows("A2:C2")] == ["=A2+$B$1+B$1"]
    assert desk.rows("C3") == [["=A3+$B$1+B$1"]]
    paste = {"source": cells(0, 1, 2, 3), "destination": cells(4, 5, 0, 1)}
    desk.does({"copyPaste": paste})
    assert desk.rows("A5") == [["=#REF!+$B$1+#REF!"]]
    desk.does({"copyPaste": {**paste, "pasteType": "PASTE_VALUES"}})
    assert desk.rows("A5") == [[21]]


def test_a_transposed_copy_turns_rows_into_columns(desk: Desk) -> None:
    """Merges turn with them."""
    desk.write([["a", "b", "c"]])
    desk.does({"mergeCells": {"range": cells(1, 2, 0, 2), "mergeType": "MERGE_ALL"}})
    turn = {"source": cells(0, 2, 0, 3), "destination": cells(4, 5, 0, 1)}
    desk.does({"copyPaste": {**turn, "pasteOrientation": "TRANSPOSE"}})
    assert desk.rows("A5:A7") == [["a"], ["b"], ["c"]]
    assert told(cells(4, 6, 1, 2)) in desk.sheet()["merges"]


def test_cut_cells_are_still_looked_at_in_their_new_place(desk: Desk) -> None:
    """Within a sheet and into another one; what the cut formula looks at stays what it was."""
    tab = desk.does({"addSheet": {"properties": {"title": "Arsip 1"}}})["replies"][0]
    tab_id = tab["addSheet"]["properties"]["sheetId"]
    desk.write([[5, "=A1*2", "=SUM(A1:B1)"]])
    desk.does(
        {"cutPaste": {"source": cells(0, 1, 0, 1), "destination": {"sheetId": 0, "rowIndex": 3}}}
    )
    assert desk.rows("A1:C1") == [["", "=A4*2", "=SUM(A1:B1)"]]
    desk.does({"cutPaste": {"source": cells(0, 1, 1, 2), "destination": {"sheetId": tab_id}}})
    assert desk.rows("'Arsip 1'!A1") == [["=Sheet1!A4*2"]]
    desk.does(
        {
            "cutPaste": {
                "source": cells(3, 4, 0, 1),
                "destination": {"sheetId": tab_id, "columnIndex": 2},
            }
        }
    )
    assert desk.rows("'Arsip 1'!A1:C1") == [["='Arsip 1'!C1*2", "", 5]]


def test_shifted_cells_are_still_looked_at(desk: Desk) -> None:
    """Cells pushed down by an inserted range, pulled up by a deleted one."""
    desk.write([["x", "=A3"], ["y"], ["z"]])
    desk.does({"insertRange": {"range": cells(1, 2, 0, 1), "shiftDimension": "ROWS"}})
    assert desk.rows("A1:B4") == [["x", "=A4"], [], ["y"], ["z"]]
    desk.does({"deleteRange": {"range": cells(1, 3, 0, 1), "shiftDimension": "ROWS"}})
    assert desk.rows("A1:B2") == [["x", "=A2"], ["z"]]


def test_sorted_formulas_look_at_their_own_row(desk: Desk) -> None:
    """Whether rows move as a whole or only some of their cells."""
    desk.write([["b", "=A1"], ["a", "=A2"]])
    by_first = {"sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}
    desk.does({"sortRange": {"range": cells(0, 2, 0, 2), **by_first}})
    assert desk.rows() == [["a", "=A1"], ["b", "=A2"]]
    desk.write([["tetap"], ["di sini"]], "D1")
    by_first["sortSpecs"][0]["sortOrder"] = "DESCENDING"
    desk.does({"sortRange": {"range": cells(0, 2, 0, 2), **by_first}})
    assert desk.rows() == [["b", "=A1", "", "tetap"], ["a", "=A2", "", "di sini"]]


@pytest.mark.parametrize(
    ("dimension", "protected", "inside", "outside"),
    [
        (rows, cells(2, 5, 0, 26), 3, 2),
        (rows, {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2}, 7, None),
        (columns, cells(0, 5, 2, 5), 4, 5),
        (columns, {"sheetId": 0}, 1, None),
    ],
)
def test_nobody_else_inserts_into_what_is_protected(
    desk: Desk, workers_desk: Desk, dimension: Any, protected: Any, inside: int, outside: int | None
) -> None:
    """The worker is refused inside and not beside; the owner may."""
    desk.does({"addProtectedRange": {"protectedRange": {"range": protected}}})
    middle = {"insertDimension": {"range": dimension(inside, inside + 1)}}
    assert "protected cell" in workers_desk.refuses(middle)[1]
    if outside is not None:
        workers_desk.does({"insertDimension": {"range": dimension(outside, outside + 1)}})
    desk.does(middle)


def test_a_sheet_is_not_cut_down_through_a_protection(desk: Desk, workers_desk: Desk) -> None:
    """Fewer rows than before is a deletion, too."""
    desk.does({"addProtectedRange": {"protectedRange": {"range": cells(500, 600, 0, 1)}}})
    size = {"properties": {"sheetId": 0, "gridProperties": {"rowCount": 550}}}
    shrink = {"updateSheetProperties": {**size, "fields": "gridProperties.rowCount"}}
    assert "protected cell" in workers_desk.refuses(shrink)[1]
    desk.does(shrink)


def groups(answer: dict[str, Any]) -> list[tuple[int, int, int]]:
    (reply,) = answer["replies"]
    found = next(iter(reply.values()))["dimensionGroups"]
    return [(g["range"]["startIndex"], g["range"]["endIndex"], g["depth"]) for g in found]


def test_groups_lie_in_each_other_as_google_documents(desk: Desk) -> None:
    """The examples of its reference, with columns B to E as 1 to 5."""
    assert groups(desk.does({"addDimensionGroup": {"range": columns(2, 4)}})) == [(2, 4, 1)]
    assert groups(desk.does({"addDimensionGroup": {"range": columns(1, 5)}})) == [
        (1, 5, 1),
        (2, 4, 2),
    ]
    fold = {"range": columns(2, 4), "depth": 2, "collapsed": True}
    desk.does({"updateDimensionGroup": {"dimensionGroup": fold, "fields": "collapsed"}})
    assert desk.sheet()["columnGroups"][1]["collapsed"] is True
    assert groups(desk.does({"deleteDimensionGroup": {"range": columns(3, 5)}})) == [
        (1, 4, 1),
        (2, 3, 2),
    ]
    assert desk.refuses({"deleteDimensionGroup": {"range": columns(6, 8)}})[0] == 400


def test_text_is_taken_apart_pasted_trimmed_and_freed_of_doubles(desk: Desk) -> None:
    """What officers do with lists from elsewhere; case does not make a difference between doubles."""
    paste = {"coordinate": {"sheetId": 0}, "delimiter": "\t", "type": "PASTE_NORMAL"}
    desk.does({"pasteData": {**paste, "data": "Citra,1\nDoni , 2\ncitra,1\n"}})
    desk.does({"textToColumns": {"source": cells(0, 3, 0, 1), "delimiterType": "COMMA"}})
    trimmed = desk.does({"trimWhitespace": {"range": cells(0, 3, 0, 2)}})["replies"][0]
    assert trimmed == {"trimWhitespace": {"cellsChangedCount": 1}}
    told = desk.does({"deleteDuplicates": {"range": cells(0, 3, 0, 2)}})["replies"][0]
    assert told == {"deleteDuplicates": {"duplicatesRemovedCount": 1}}
    assert desk.rows() == [["Citra", 1], ["Doni", 2]]
    desk.does({"randomizeRange": {"range": cells(0, 2, 0, 2)}})
    assert sorted(desk.rows()) == [["Citra", 1], ["Doni", 2]]


@pytest.mark.parametrize(
    "request_",
    [
        {"copyPaste": {"source": cells(0, 1, 0, 1), "destination": cells(1, 2, 0, 1),
                       "pasteType": "PASTE_CONDITIONAL_FORMATTING"}},
        {"pasteData": {"coordinate": {"sheetId": 0}, "data": "<table>", "html": True}},
        {"textToColumns": {"source": cells(0, 1, 0, 1), "delimiterType": "AUTODETECT"}},
        {"sortRange": {"range": cells(0, 2, 0, 2), "sortSpecs": [{"backgroundColor": {"red": 1}}]}},
    ],
)  # fmt: skip
def test_an_option_that_is_missing_is_refused_by_name(desk: Desk, request_: dict[str, Any]) -> None:
    """Never half an answer."""
    code, message = desk.refuses(request_)
    assert (code, message.startswith("The sandbox does not have this of Google's: ")) == (501, True)


def test_found_text_is_replaced_by_pattern_in_formulas_and_in_all_sheets(desk: Desk) -> None:
    """Groups in the replacement, case, and formulas only when asked."""
    desk.does({"addSheet": {"properties": {"title": "Arsip"}}})
    desk.write([["Google Sheets", "=A1"], ["google docs"]])
    desk.write([["Google Docs"]], "Arsip!A1")
    asked = {
        "find": "G(o.*) (.*)",
        "replacement": "$2 $1",
        "searchByRegex": True,
        "matchCase": True,
    }
    told = desk.does({"findReplace": {**asked, "allSheets": True}})["replies"][0]["findReplace"]
    assert (told["valuesChanged"], told["sheetsChanged"]) == (2, 2)
    assert desk.rows() == [["Sheets oogle", "=A1"], ["google docs"]]
    told = desk.does(
        {"findReplace": {"find": "A1", "replacement": "A2", "includeFormulas": True, "sheetId": 0}}
    )
    assert told["replies"][0]["findReplace"]["formulasChanged"] == 1
    assert desk.rows("B1") == [["=A2"]]


def test_a_filter_view_is_copied_and_a_rule_moved(desk: Desk) -> None:
    """Each has its own id; a place beyond the list is refused."""
    view = {"filter": {"range": cells(0, 5, 0, 3), "title": "Menunggu"}}
    told = desk.does({"addFilterView": view})["replies"][0]["addFilterView"]["filter"]
    copy = desk.does({"duplicateFilterView": {"filterId": told["filterViewId"]}})["replies"][0]
    copied = copy["duplicateFilterView"]["filter"]
    assert (copied["title"], copied["filterViewId"] != told["filterViewId"]) == (
        "Copy of Menunggu",
        True,
    )
    rule = {"ranges": [cells(0, 5, 0, 1)], "booleanRule": {"condition": {"type": "BLANK"}}}
    other = {"ranges": [cells(0, 5, 0, 1)], "booleanRule": {"condition": {"type": "NOT_BLANK"}}}
    desk.does(
        {"addConditionalFormatRule": {"rule": rule}}, {"addConditionalFormatRule": {"rule": other}}
    )
    moved = {"sheetId": 0, "index": 0, "newIndex": 1}
    desk.does({"updateConditionalFormatRule": moved})
    kinds = [
        each["booleanRule"]["condition"]["type"] for each in desk.sheet()["conditionalFormats"]
    ]
    assert kinds == ["BLANK", "NOT_BLANK"]
    assert desk.refuses({"updateConditionalFormatRule": {**moved, "newIndex": 9}})[0] == 400
