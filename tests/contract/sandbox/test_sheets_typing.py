"""What is typed becomes a value, and a value is shown by its pattern, in American and in Indonesian."""

from datetime import date
from typing import Any

import pytest

from sync.sandbox.sheets import serials
from sync.sandbox.sheets.parse_input import typed
from sync.sandbox.sheets.render import shown
from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.sheets_desk import Desk, cells

TYPED = [
    # locale, typed, value, as it is shown
    ("en_US", "1,234.5", 1234.5, "1,234.50"),
    ("en_US", "1,23", "1,23", "1,23"),
    ("en_US", "50%", 0.5, "50%"),
    ("en_US", "12.5%", 0.125, "12.50%"),
    ("en_US", "$1,234", 1234, "$1,234"),
    ("en_US", "-$5.5", -5.5, "-$5.50"),
    ("en_US", "1e5", 100000, "1.00E+05"),
    ("en_US", "1e999", "1e999", "1e999"),
    ("en_US", "1/31/2026", 46053, "1/31/2026"),
    ("en_US", "31/1/2026", "31/1/2026", "31/1/2026"),
    ("en_US", "2026-01-31", 46053, "2026-01-31"),
    ("en_US", "January 31, 2026", 46053, "January 31, 2026"),
    ("en_US", "13:30", 0.5625, "13:30"),
    ("en_US", "1:30 pm", 0.5625, "1:30 PM"),
    ("en_US", "30:15:00", 30.25 / 24, "30:15:00"),
    ("en_US", "2026-01-31 06:00", 46053.25, "2026-01-31 6:00"),
    ("en_US", "true", True, "TRUE"),
    ("en_US", "'0812", "0812", "0812"),
    ("en_US", "2/30/2026", "2/30/2026", "2/30/2026"),
    ("en_US", "31/1", "31/1", "31/1"),
    ("en_US", "RT 05", "RT 05", "RT 05"),
    ("en_US", "001/002", "001/002", "001/002"),
    ("en_US", "May 2026", 46143, "May 2026"),
    ("id_ID", "Mei 2026", 46143, "Mei 2026"),
    ("id_ID", "1.234,5", 1234.5, "1.234,50"),
    ("id_ID", "12,5%", 0.125, "12,50%"),
    ("id_ID", "12.5", "12.5", "12.5"),
    ("id_ID", "Rp1.234.567", 1234567, "Rp1.234.567"),
    ("id_ID", "31/1/2026", 46053, "31/01/2026"),
    ("id_ID", "17 Agustus 1945", 16666, "17 Agustus 1945"),
    ("id_ID", "1,5", 1.5, "1,5"),
]


@pytest.mark.parametrize(("locale", "text", "value", "told"), TYPED)
def test_what_is_typed_is_read_and_shown_in_the_sheets_locale(
    locale: str, text: str, value: Any, told: str
) -> None:
    """What cannot be read stays text; what can keeps the shape it was typed in."""
    found, number_format = typed(text, locale)
    assert (found, type(found)) == (
        pytest.approx(value) if isinstance(value, float) else value,
        type(value),
    )
    assert shown(found, number_format, locale) == told


@pytest.mark.parametrize(
    ("locale", "text", "told"),
    [
        ("en_US", "02/01", "2/1"),
        ("en_US", "2-1", "2-1"),
        ("id_ID", "01/02", "1/2"),
        ("en_US", "Feb 1", "Feb 1"),
        ("id_ID", "1 Februari", "1 Februari"),
    ],
)
def test_a_day_without_its_year_is_of_this_year(locale: str, text: str, told: str) -> None:
    """What an officer types as a house number, 01/02, is a date at Google."""
    this_year = serials.of_date(date(serials.now().year, 2, 1))
    value, number_format = typed(text, locale)
    assert value == this_year
    assert shown(value, number_format, locale) == told


@pytest.mark.parametrize(
    ("pattern", "value", "told"),
    [
        ("#,##0.00", 1234567.891, "1,234,567.89"),
        ("0.00", 0.125, "0.13"),
        ("0.00", -0.001, "0.00"),
        ("000", 5, "005"),
        ("0000-0000", 8123456, "0812-3456"),
        ("0.0##", 5.1, "5.1"),
        ("0%", 0.285, "29%"),
        ('#,##0" orang"', 1200, "1,200 orang"),
        ("$#,##0;($#,##0)", -1234, "($1,234)"),
        ('0;-0;"nihil"', 0, "nihil"),
        ("[Red]0.0", 2, "2.0"),
        ('0.0,,"M"', 12345678, "12.3M"),
        ("0.00E+00", 0.00012, "1.20E-04"),
    ],
)
def test_a_number_is_shown_by_its_pattern(pattern: str, value: float, told: str) -> None:
    """Sections, grouping, literals, scaling; halves go away from zero."""
    assert shown(value, {"type": "NUMBER", "pattern": pattern}, "en_US") == told


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("dddd, d mmmm yyyy", "Sabtu, 31 Januari 2026"),
        ("dd-mmm-yy", "31-Jan-26"),
        ("yyyy-mm-dd hh:mm:ss", "2026-01-31 18:05:09"),
        ('h"."mm am/pm', "6.05 PM"),
        ("[h]:mm", "1105290:05"),
    ],
)
def test_a_moment_is_shown_by_its_pattern(pattern: str, told: str) -> None:
    """With Indonesian names; `mm` beside hours is minutes."""
    serial = 46053 + (18 * 3600 + 5 * 60 + 9) / 86400
    assert shown(serial, {"type": "DATE_TIME", "pattern": pattern}, "id_ID") == told


def test_values_are_rendered_by_the_format_of_their_cell(sandbox: Sandbox) -> None:
    """Typed through the API, shown formatted, plain, or dates as text, in an Indonesian spreadsheet."""
    service = sandbox.google("sheets.v4")
    made = service.spreadsheets().create(body={"properties": {"locale": "id_ID"}}).execute()
    desk = Desk(service, made["spreadsheetId"])
    desk.write([["Rp1.500", "31/1/2026", "12,5%", "1.5"]])
    get = desk.api.values().get
    asked = {"spreadsheetId": desk.id, "range": "A1:D1"}
    assert get(**asked).execute()["values"] == [["Rp1.500", "31/01/2026", "12,50%", "1.5"]]
    plain = get(**asked, valueRenderOption="UNFORMATTED_VALUE")
    assert plain.execute()["values"] == [[1500, 46053, 0.125, "1.5"]]
    money = {"userEnteredFormat": {"numberFormat": {"type": "CURRENCY"}}}
    span = cells(0, 1, 0, 1) | {"sheetId": made["sheets"][0]["properties"]["sheetId"]}
    desk.does(
        {"repeatCell": {"range": span, "cell": money, "fields": "userEnteredFormat.numberFormat"}}
    )
    assert get(**asked).execute()["values"][0][0] == "Rp1.500,00"


def test_formulas_of_an_office_are_worked_out(sandbox: Sandbox) -> None:
    """Those that officers type; an unknown function is #NAME? in its own cell."""
    service = sandbox.google("sheets.v4")
    made = service.spreadsheets().create(body={}).execute()
    desk = Desk(service, made["spreadsheetId"])
    desk.write([[1, 2, "x", ""]])
    formulas = {
        "=SUM(A1:D1)": 3, "=AVERAGE(A1:B1)": 1.5, "=COUNT(A1:D1)": 2, "=COUNTA(A1:C1)": 3,
        "=IF(A1>=B1,\"ya\",\"tidak\")": "tidak", "=HYPERLINK(\"https://a.example\",\"surat\")": "surat",
        "=A1&\"-\"&C1": "1-x", "=2^3*2-1": 15, "=A1<>B1": True, "=VLOOKUPP(1)": "#NAME?",
        "=A1/0": "#DIV/0!", "=C1+1": "#VALUE!", "=SUM(A1:B1)%": 0.03,
    }  # fmt: skip
    desk.write([[each] for each in formulas], "F1")
    shown_ = desk.api.values().get(
        spreadsheetId=desk.id, range="F1:F13", valueRenderOption="UNFORMATTED_VALUE"
    )
    assert [line[0] for line in shown_.execute()["values"]] == list(formulas.values())
    (data,) = desk.shown(ranges=["F6"], includeGridData=True)["sheets"][0]["data"]
    assert data["rowData"][0]["values"][0]["hyperlink"] == "https://a.example"
