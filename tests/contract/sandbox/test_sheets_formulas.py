"""Formulas as an office writes them: what they are worth, how errors travel, and how far a column may count up."""

from typing import Any

import gspread
import pytest

from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.sheets_desk import Desk, cells, columns, rows


def worth(desk: Desk, where: str) -> list[list[Any]]:
    asked = {"range": where, "valueRenderOption": "UNFORMATTED_VALUE"}
    return list(desk.api.values().get(spreadsheetId=desk.id, **asked).execute().get("values", []))


def test_a_column_may_count_up_as_far_as_it_likes(desk: Desk) -> None:
    """Numbering by =A1+1 is every office's habit: a long chain is no loop."""
    desk.write([[1]] + [[f"=A{row}+1"] for row in range(1, 1000)])
    assert worth(desk, "A998:A1000") == [[998], [999], [1000]]


def test_what_looks_at_itself_is_an_error(desk: Desk) -> None:
    """Directly, through others, through a range; who only looks at them has the error, too."""
    desk.write([["=B1", "=C1", "=A1+1", "=A1", "=SUM(E:E)", "=COUNTA(A1:C1)"]])
    assert worth(desk, "A1:F1") == [["#REF!"] * 5 + [3]]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ('=SUM("a",1)', "#VALUE!"),
        ('=SUM(TRUE,"2",1)', 4),
        ("=SUM(A1:D1)", 3),
        ("=SUM()", "#N/A"),
        ("=COUNT(A1:E1)", 2),
        ("=COUNTA(A1:E1)", 5),
        ("=SUM(A1:E1)", "#DIV/0!"),
        ('=COUNTIF(A1:E1,">1")', 1),
        ("=A1:B1", "#VALUE!"),
        ('=RIGHT("abc",0)&"x"', "x"),
        ("=IF(A1=1,,5)&\"-\"", "-"),
        ("=IFERROR(E1,\"salah\")", "salah"),
        ('="50%"+1', 1.5),
        ('="nan"+1', "#VALUE!"),
        ("=AND(A1:D1)", True),
        ("=SUM(jumlah)*2", 6),
        ("=Jumlah2", "#NAME?"),
        ("=XLOOKUP(1,B:B,C:C)", "#NAME?"),
    ],
)  # fmt: skip
def test_each_formula_is_worth_what_it_is_at_google(desk: Desk, formula: str, wanted: Any) -> None:
    """Cells that hold no number are passed over in ranges, and refused where they are written out; names are ranges."""
    name = {"name": "Jumlah", "range": cells(0, 1, 0, 2)}
    desk.does({"addNamedRange": {"namedRange": name}})
    desk.write([[1, 2, "teks", True, "=1/0"], [formula]])
    assert worth(desk, "A2") == [[wanted]]


def test_ten_digits_are_shown(desk: Desk) -> None:
    """A third of one has ten threes, whatever stands before the point."""
    desk.write([["=1/3", "=100/3", "=1/300", "=2/3*1000000"]])
    answer = desk.api.values().get(spreadsheetId=desk.id, range="A1:D1").execute()
    assert answer["values"] == [["0.3333333333", "33.33333333", "0.003333333333", "666666.6667"]]


def test_an_indonesian_sheet_writes_formulas_with_comma_and_semicolon(
    sandbox: Sandbox, officer: gspread.Client
) -> None:
    """There a comma is in numbers, and what it would part elsewhere cannot be read."""
    book = officer.create("Kas")
    book.update_locale("id_ID")
    desk = Desk(sandbox.google("sheets.v4"), book.id)
    desk.write([["=SUM(1;2)", "=1,5+1", "=SUM(1,2)", "=SUM(A1,A1)", "=1.5+1"]])
    assert worth(desk, "A1:E1") == [[3, 2.5, 1.2, "#ERROR!", "#ERROR!"]]


def test_a_repeated_formula_goes_along(desk: Desk) -> None:
    """Google's example: =A1 over B2:C4."""
    cell = {"userEnteredValue": {"formulaValue": "=A1+$A$1"}}
    request = {"range": cells(1, 4, 1, 3), "cell": cell, "fields": "userEnteredValue"}
    desk.does({"repeatCell": request})
    assert desk.rows("B2:C4") == [
        ["=A1+$A$1", "=B1+$A$1"],
        ["=A2+$A$1", "=B2+$A$1"],
        ["=A3+$A$1", "=B3+$A$1"],
    ]


def test_formulas_follow_a_sheet_that_is_renamed_and_break_with_it(desk: Desk) -> None:
    """However its title was written; a cell that is gone is #REF!, also in another sheet."""
    tab = {"properties": {"sheetId": 7, "title": "Dua Lipat"}}
    desk.does({"addSheet": tab})
    desk.write([["=sheet1!B1*2", "=SUM(Sheet1!B:B)", "=Sheet1!A1&1"]], "Dua Lipat!A1")
    desk.write([["a", 3]])
    desk.does(
        {"insertDimension": {"range": rows(0, 1)}}, {"deleteDimension": {"range": columns(0, 1)}}
    )
    renamed = {"properties": {"sheetId": 0, "title": "Kas 2026"}, "fields": "title"}
    desk.does({"updateSheetProperties": renamed})
    (line,) = desk.rows("Dua Lipat!A1:C1")
    assert line[:2] == ["='Kas 2026'!A2*2", "=SUM('Kas 2026'!A:A)"]
    assert worth(desk, "Dua Lipat!A1:C1") == [[6, 3, "#REF!"]]
    desk.does({"deleteSheet": {"sheetId": 0}})
    assert desk.rows("Dua Lipat!A1:B1") == [["=#REF!*2", "=SUM(#REF!)"]]
    assert worth(desk, "Dua Lipat!A1:B1") == [["#REF!", "#REF!"]]
