"""How cells look: formats and their masks, conditional formats, filters; and what Google leaves out of its answers."""

from typing import Any

import pytest

from tests.contract.sandbox.sheets_desk import Desk, cells, rows, told


def shown(desk: Desk, part: str, where: str = "A1:C9") -> list[list[Any]]:
    """One part of each cell; None where it is not told."""
    mask = "sheets.data.rowData.values." + part
    (data,) = desk.shown(fields=mask, ranges=[where])["sheets"][0]["data"]
    return [[cell.get(part) for cell in line.get("values", [])] for line in data.get("rowData", [])]


def rule(kind: str, *values: str, where: dict[str, Any] | None = None) -> dict[str, Any]:
    """Bold where the condition holds."""
    condition = {"type": kind, "values": [{"userEnteredValue": value} for value in values]}
    bold = {"textFormat": {"bold": True}}
    made = {
        "ranges": [where or cells(0, 9, 0, 1)],
        "booleanRule": {"condition": condition, "format": bold},
    }
    return {"addConditionalFormatRule": {"rule": made, "index": 0}}


def bold(desk: Desk, where: str = "A1:A9") -> list[bool]:
    """Down one column: whether the format that is seen is bold."""
    lines = shown(desk, "effectiveFormat", where)
    return [bool(line and line[0] and line[0]["textFormat"].get("bold")) for line in lines]


# Masks and defaults


def test_a_mask_goes_through_a_repeated_field(desk: Desk) -> None:
    """As formatting clients name the parts of text runs; the first run's start, 0, is not told."""
    runs = [
        {"startIndex": 0, "format": {"bold": True, "fontSize": 20}},
        {"startIndex": 1, "format": {"italic": True}},
    ]
    mask = "textFormatRuns.format.bold,textFormatRuns.format.italic,textFormatRuns.startIndex"
    desk.write([["Ab"]])
    repeat = {"range": cells(0, 1, 0, 1), "cell": {"textFormatRuns": runs}, "fields": mask}
    desk.does({"repeatCell": repeat})
    assert shown(desk, "textFormatRuns") == [
        [[{"format": {"bold": True}}, {"startIndex": 1, "format": {"italic": True}}]]
    ]
    desk.does({"repeatCell": {**repeat, "cell": {}}})
    assert shown(desk, "textFormatRuns") == [[None]]


def test_a_repeated_cell_is_clipped_to_the_grid(desk: Desk) -> None:
    """Clients that format a table one row too far are not refused; a range wholly outside is."""
    cell = {"userEnteredValue": {"numberValue": 1}}
    desk.does(
        {
            "repeatCell": {
                "range": cells(999, 1001, 25, 30),
                "cell": cell,
                "fields": "userEnteredValue",
            }
        }
    )
    assert desk.rows("Y999:Z1000") == [[], ["", 1]]
    beyond = {"range": cells(1000, 1001, 0, 1), "cell": cell, "fields": "userEnteredValue"}
    code, message = desk.refuses({"repeatCell": beyond})
    assert code == 400
    assert "exceeds grid limits" in message


def test_what_is_false_or_unset_is_left_out_of_answers(desk: Desk) -> None:
    """Recorded at Google: a range in sheet 0 has no sheetId, but the sheet's properties have; only true is told."""
    for given, seen in ((True, True), (False, None)):
        properties = {"sheetId": 0, "rightToLeft": given, "hidden": False}
        desk.does(
            {"updateSheetProperties": {"properties": properties, "fields": "rightToLeft,hidden"}}
        )
        found = desk.sheet()["properties"]
        assert found.get("rightToLeft") is seen
        assert (found["sheetId"], found["index"], "hidden" in found) == (0, 0, False)
    frozen = {"properties": {"gridProperties": {"frozenRowCount": 0, "hideGridlines": False}}}
    desk.does({"updateSheetProperties": {**frozen, "fields": "gridProperties(frozenRowCount,hideGridlines)"}})  # fmt: skip
    assert desk.sheet()["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    dropdown = {"condition": {"type": "BOOLEAN"}, "strict": False, "inputMessage": ""}
    replies = desk.does(
        {"setDataValidation": {"range": cells(0, 1, 0, 1), "rule": dropdown}},
        {"updateDimensionProperties": {"range": rows(0, 1), "properties": {"hiddenByUser": False}, "fields": "hiddenByUser"}},
        {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}, "warningOnly": False}}},
        {"addDimensionGroup": {"range": rows(0, 2)}},
        {"addNamedRange": {"namedRange": {"name": "nama", "range": cells(0, 1, 0, 1)}}},
    )["replies"]  # fmt: skip
    assert shown(desk, "dataValidation") == [[{"condition": {"type": "BOOLEAN"}}]]
    data = desk.shown(includeGridData=True, ranges=["A1"])["sheets"][0]["data"][0]
    assert data["rowMetadata"] == [{"pixelSize": 21}]
    guard = replies[2]["addProtectedRange"]["protectedRange"]
    assert (guard["range"], "warningOnly" in guard) == ({}, False)
    (group,) = replies[3]["addDimensionGroup"]["dimensionGroups"]
    assert group["range"] == {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    (name,) = desk.shown()["namedRanges"]
    assert name["range"] == told(cells(0, 1, 0, 1))


def test_a_colour_is_told_in_both_of_its_fields(desk: Desk) -> None:
    """Old clients read the colour, new ones its style; the style is what counts, and zeros are not told."""
    red = {"red": 1, "green": 0, "blue": 0}
    place, mask = cells(0, 1, 0, 1), "userEnteredFormat.backgroundColor"
    cell = {"userEnteredFormat": {"backgroundColor": red}}
    desk.does({"repeatCell": {"range": place, "cell": cell, "fields": mask}})
    both = {"backgroundColor": {"red": 1}, "backgroundColorStyle": {"rgbColor": {"red": 1}}}
    assert shown(desk, "userEnteredFormat") == [[both]]
    ((seen,),) = shown(desk, "effectiveFormat")
    assert seen["backgroundColorStyle"] == {"rgbColor": {"red": 1}}
    link = {
        "userEnteredFormat": {"textFormat": {"foregroundColorStyle": {"themeColor": "ACCENT2"}}}
    }
    desk.does({"repeatCell": {"range": place, "cell": link, "fields": "userEnteredFormat(backgroundColor,textFormat.foregroundColorStyle)"}})  # fmt: skip
    ((own,),) = shown(desk, "userEnteredFormat")
    assert own == {
        "textFormat": {
            "foregroundColorStyle": {"themeColor": "ACCENT2"},
            "foregroundColor": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
        }
    }
    ((seen,),) = shown(desk, "effectiveFormat")
    assert seen["textFormat"]["fontSize"] == 10
    tab = {"properties": {"sheetId": 0, "tabColor": {"green": 1}}, "fields": "tabColor"}
    desk.does({"updateSheetProperties": tab})
    assert desk.sheet()["properties"]["tabColorStyle"] == {"rgbColor": {"green": 1}}


def test_grid_data_ends_with_the_last_row_that_has_anything(desk: Desk) -> None:
    """Recorded at Google; an empty sheet has no rowData."""
    (empty,) = desk.shown(includeGridData=True)["sheets"][0]["data"]
    assert ("rowData" in empty, len(empty["rowMetadata"])) == (False, 1000)
    desk.write([["a"], [], ["", "b"]])
    (data,) = desk.shown(fields="sheets.data.rowData.values.formattedValue")["sheets"][0]["data"]
    assert data["rowData"] == [
        {"values": [{"formattedValue": "a"}]},
        {},
        {"values": [{}, {"formattedValue": "b"}]},
    ]


@pytest.mark.parametrize("mask", ["*", "sheets", "sheets/*"])
def test_a_mask_over_all_of_a_sheet_is_over_its_cells(desk: Desk, mask: str) -> None:
    """They are a part of it like any other."""
    desk.write([["a"]])
    (data,) = desk.shown(fields=mask, ranges=["A1"])["sheets"][0]["data"]
    assert data["rowData"][0]["values"][0]["formattedValue"] == "a"
    assert "data" not in desk.sheet()


# Things that cannot stand beside others


def test_bands_do_not_overlap_and_names_are_one_word_given_once(desk: Desk) -> None:
    """In Google's words for bands."""
    band = {"rowProperties": {"firstBandColor": {"red": 1}, "secondBandColor": {}}}
    made = desk.does({"addBanding": {"bandedRange": {"range": cells(0, 4, 0, 2), **band}}})
    key = made["replies"][0]["addBanding"]["bandedRange"]["bandedRangeId"]
    over = {"bandedRange": {"range": cells(3, 9, 1, 5), **band}}
    assert desk.refuses({"addBanding": over}) == (
        400,
        "Invalid requests[0].addBanding: You cannot add alternating background colors to a range that"
        " already has alternating background colors.",
    )
    moved = {"bandedRangeId": key, "range": cells(1, 5, 0, 2)}
    desk.does({"updateBanding": {"bandedRange": moved, "fields": "range"}})
    name = {"name": "Nama_1", "range": cells(0, 1, 0, 1)}
    desk.does({"addNamedRange": {"namedRange": name}})
    for wrong in ("dua kata", "A1", "R1C1", "true", "", "nama_1"):
        code, _ = desk.refuses({"addNamedRange": {"namedRange": {**name, "name": wrong}}})
        assert code == 400, wrong


def test_a_time_zone_and_a_locale_must_exist(desk: Desk) -> None:
    """Dates are worked out in them."""
    for name, wrong, right in (
        ("timeZone", "Asia/Loket", "Asia/Jakarta"),
        ("locale", "Bahasa", "id_ID"),
    ):
        asked = {"properties": {name: wrong}, "fields": name}
        assert desk.refuses({"updateSpreadsheetProperties": asked})[0] == 400
        desk.does({"updateSpreadsheetProperties": {"properties": {name: right}, "fields": name}})
        assert desk.shown()["properties"][name] == right


# Conditional formats


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        ("TEXT_CONTAINS", ["set"], [True, False, False, False]),
        ("TEXT_CONTAINS", ["s*j"], [True, False, False, False]),
        ("TEXT_NOT_CONTAINS", ["set"], [False, True, True, True]),
        ("TEXT_STARTS_WITH", ["to"], [False, True, False, False]),
        ("TEXT_ENDS_WITH", ["lak"], [False, True, False, False]),
        ("TEXT_EQ", ["tolak"], [False, True, False, False]),
        ("NUMBER_GREATER", ["6"], [False, False, False, True]),
        ("NUMBER_GREATER_THAN_EQ", ["5"], [False, False, True, True]),
        ("NUMBER_LESS", ["7"], [False, False, True, False]),
        ("NUMBER_LESS_THAN_EQ", ["=A3"], [False, False, True, False]),
        ("NUMBER_EQ", ["7"], [False, False, False, True]),
        ("NUMBER_NOT_EQ", ["7"], [False, False, True, False]),
        ("NUMBER_BETWEEN", ["6", "4"], [False, False, True, False]),
        ("NUMBER_NOT_BETWEEN", ["6", "8"], [False, False, True, False]),
        ("NOT_BLANK", [], [True, True, True, True]),
        ("BLANK", [], [False, False, False, False]),
        ("CUSTOM_FORMULA", ['=A1="Tolak"'], [False, True, False, False]),
        ("CUSTOM_FORMULA", ["=$A$3=5"], [True, True, True, True]),
        ("CUSTOM_FORMULA", ["=A1/0"], [False, False, False, False]),
    ],
)
def test_a_conditional_format_is_seen_where_it_holds(
    desk: Desk, kind: str, values: list[str], wanted: list[bool]
) -> None:
    """What the officer sees in colour, a program sees in effectiveFormat; relative parts go along with the cell."""
    values = ["=$A$3" if value == "=A3" else value for value in values]
    desk.write([["Setujui"], ["Tolak"], [5], [7]])
    desk.does(rule(kind, *values, where=cells(0, 4, 0, 1)))
    assert bold(desk, "A1:A4") == wanted
    assert not any(map(any, shown(desk, "userEnteredFormat")))


def test_the_first_rule_that_holds_decides(desk: Desk) -> None:
    """In their order; a rule on no cell, and one whose dates go with the day, do nothing here."""
    desk.write([["a"], ["b"]])
    desk.does(
        rule("TEXT_EQ", "a"), rule("NOT_BLANK"), rule("TEXT_EQ", "b", where=cells(1, 1, 0, 1))
    )
    plain = {"ranges": [cells(0, 1, 0, 1)], "booleanRule": {"condition": {"type": "NOT_BLANK"}}}
    desk.does({"addConditionalFormatRule": {"rule": {**plain, "booleanRule": {**plain["booleanRule"], "format": {"backgroundColor": {"red": 1}}}}, "index": 0}})  # fmt: skip
    assert bold(desk) == [False, True]
    ((seen,),) = shown(desk, "effectiveFormat", "A1")
    assert seen["backgroundColor"] == {"red": 1}
    assert len(desk.sheet()["conditionalFormats"]) == 4


# Filters


def test_a_filter_hides_rows_from_eyes_but_not_from_values(desk: Desk) -> None:
    """Bu Ratna filters while the worker reads: it must see every row, and can see which are hidden."""
    lines = [["Status", "n"], ["Setujui", 1], ["Tolak", 2], ["", 3], ["Setujui", 40]]
    desk.write(lines)

    def hidden(**how: Any) -> list[int]:
        desk.does({"setBasicFilter": {"filter": {"range": cells(0, 5, 0, 2), **how}}})
        data = desk.shown(includeGridData=True)["sheets"][0]["data"][0]
        marks = [row.get("hiddenByFilter") for row in data["rowMetadata"]]
        assert set(marks) <= {None, True}
        return [at for at, mark in enumerate(marks) if mark]

    def greater(value: str) -> dict[str, Any]:
        return {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": value}]}

    assert hidden() == []
    assert hidden(criteria={"0": {"hiddenValues": ["Tolak", ""]}}) == [2, 3]
    assert desk.rows() == lines
    spec = {"columnIndex": 1, "filterCriteria": {"condition": greater("2")}}
    assert hidden(filterSpecs=[spec]) == [1, 2]
    both = [spec, {"columnIndex": 0, "filterCriteria": {"hiddenValues": ["Setujui"]}}]
    assert hidden(filterSpecs=both) == [1, 2, 4]
    desk.does({"clearBasicFilter": {"sheetId": 0}})
    data = desk.shown(includeGridData=True)["sheets"][0]["data"][0]
    assert not any("hiddenByFilter" in row for row in data["rowMetadata"])


def test_a_filter_the_sandbox_cannot_judge_is_refused_by_name(desk: Desk) -> None:
    """Better no filter than one that hides the wrong rows."""
    for criteria in (
        {"visibleBackgroundColor": {"red": 1}},
        {"condition": {"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}},
    ):
        asked = {"range": cells(0, 5, 0, 2), "criteria": {"0": criteria}}
        code, message = desk.refuses({"setBasicFilter": {"filter": asked}})
        assert (code, "The sandbox does not have" in message) == (501, True)
    outside = {"range": cells(0, 5, 0, 2), "criteria": {"2": {"hiddenValues": ["a"]}}}
    assert desk.refuses({"setBasicFilter": {"filter": outside}})[0] == 400
