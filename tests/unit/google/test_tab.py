"""Writes and reads stay within what Google takes in one call."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from sync.core.mendable import Mendable
from sync.google import tab as limits
from sync.google.tab import Tab
from sync.google.transport import Transport
from tests.fakes.loopback_http import LoopbackServer, Prepared, google_error

MakeTransport = Callable[..., Transport]


def test_many_rows_take_few_calls(make_transport: MakeTransport, google: LoopbackServer) -> None:
    """Sixty writes a minute is all an office has."""
    Tab(make_transport(), "s", "Tab").write([(n, 2, ["a", "b"]) for n in range(2, 2502)])

    bodies = [json.loads(asked.body) for asked in google.asked]
    assert [len(body["data"]) for body in bodies] == [1000, 1000, 500]
    assert {body["valueInputOption"] for body in bodies} == {"RAW"}
    assert bodies[2]["data"][-1] == {"range": "'Tab'!C2501", "values": [["a", "b"]]}


def test_long_texts_take_more_calls(make_transport: MakeTransport, google: LoopbackServer) -> None:
    """Google advises 2 MB a call, and a cell holds 50,000 characters."""
    Tab(make_transport(), "s", "Tab").write([(n, 0, ["x" * 60_000]) for n in range(2, 62)])

    assert len(google.asked) > 1
    assert max(len(asked.body) for asked in google.asked) < 2_000_000
    cells = [row["values"][0][0] for a in google.asked for row in json.loads(a.body)["data"]]
    assert len(cells) == 60
    assert {len(cell) for cell in cells} == {limits.LONGEST_CELL}


def test_rows_side_by_side_are_read_together(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """A read-back costs what was written, not the sheet."""
    google.answers = [
        Prepared(
            body={
                "valueRanges": [
                    {"values": [["NIK"]]},
                    {"values": [["2"], ["3"]]},
                    {},
                ]
            }
        )
    ]
    header, rows = Tab(make_transport(), "s", "Bu Ratna's").rows([3, 9, 2, 3])

    assert header == ["NIK"]
    assert rows == {2: ["2"], 3: ["3"], 9: []}
    query = parse_qs(urlsplit(google.asked[0].path).query)
    assert query["ranges"] == ["'Bu Ratna''s'!1:1", "'Bu Ratna''s'!2:3", "'Bu Ratna''s'!9:9"]
    assert query["valueRenderOption"] == ["UNFORMATTED_VALUE"]
    assert query["dateTimeRenderOption"] == ["SERIAL_NUMBER"]


def test_a_renamed_tab_is_named_with_those_that_are_there(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """Google only says "Unable to parse range"."""
    google.answers = [
        google_error(400, message="Unable to parse range: 'Respons'"),
        Prepared(
            body={
                "properties": {"title": "Domisili", "timeZone": "Asia/Makassar"},
                "sheets": [{"properties": {"sheetId": 1, "title": "Respons Formulir 1"}}],
            }
        ),
    ]
    with pytest.raises(Mendable) as caught:
        Tab(make_transport(), "s", "Respons").read_all()
    assert caught.value.problems[0].name == "tab-tidak-ditemukan"
    assert '"Respons Formulir 1"' in caught.value.problems[0].found
