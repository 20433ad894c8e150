"""The URLs of Sheets v4, and how a call becomes a transaction on one spreadsheet.

A call that changes anything is one transaction: a refused request leaves nothing behind. The work itself is in
reading.py, writing.py and requests/.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sync.sandbox.drive import masks, registry
from sync.sandbox.frame import Answer, Call, Json, denied, invalid, not_found, route
from sync.sandbox.sheets import (
    a1,
    answers,
    creation,
    data_filters,
    discovery,
    ranges,
    snapshot,
    writing,
)
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.native import copy_sheet
from sync.sandbox.sheets.reading import Reader
from sync.sandbox.sheets.requests import perform_all
from sync.sandbox.sheets.requests.unsupported import unsupported
from sync.sandbox.sheets.writing import Written


@contextmanager
def reading(call: Call) -> Iterator[Book]:
    with call.store.read() as db:
        yield Book.open(db, call.path["spreadsheetId"], call.account, "reader")


@contextmanager
def changing(call: Call) -> Iterator[Book]:
    """One transaction; the file's version in Drive goes up with it."""
    with call.store.write() as db:
        book = Book.open(db, call.path["spreadsheetId"], call.account, "writer")
        yield book
        registry.touch(db, book.id, call.account)


def masked(api: str, handler: Callable[[Call], Json]) -> Callable[[Call], Answer]:
    """Refuses what Google does not describe, and cuts the answer to the caller's `fields`."""

    def answer(call: Call) -> Answer:
        call = discovery.described(call, api)
        for name, had in _OPTIONS.items():
            if (asked := call.first(name)) not in had:
                raise unsupported(f"{name}={asked}")
        mask = discovery.answer_mask(call, api)
        kept: Json = masks.keep(handler(call), mask)
        return kept

    return answer


_OPTIONS = {"alt": ("", "json"), "callback": ("",), "$.xgafv": ("", "2")}
"""What the sandbox has of those options of every method that change the answer's form."""


# Spreadsheets


def create(call: Call) -> Json:
    """In the caller's My Drive, which a service account does not have."""
    if registry.is_service_account(call.account):
        raise denied()
    book_id = registry.new_id(44)
    properties = call.message.get("properties", {})
    with call.store.write() as db:
        registry.new_file(
            db,
            id=book_id,
            name=properties.get("title") or "Untitled spreadsheet",
            mime=registry.SPREADSHEET,
            owner=call.account,
        )
        book = Book.create(db, book_id, call.account, properties)
        creation.lay(book, call.message)
        return snapshot.spreadsheet(book)


def get(call: Call) -> Json:
    mask = discovery.answer_mask(call, "sheets.spreadsheets.get")
    with reading(call) as book:
        asked = [ranges.named(book, text) for text in call.query.get("ranges", [])]
        cells = snapshot.wants_cells(mask) if mask else call.flag("includeGridData")
        return snapshot.spreadsheet(book, asked, grid_data=cells)


def get_by_data_filter(call: Call) -> Json:
    mask = discovery.answer_mask(call, "sheets.spreadsheets.getByDataFilter")
    with reading(call) as book:
        asked = [named for each in _filters(call) for named in data_filters.areas(book, each)]
        cells = snapshot.wants_cells(mask) if mask else bool(call.message.get("includeGridData"))
        return snapshot.spreadsheet(book, asked, grid_data=cells)


def _filters(call: Call) -> list[Json]:
    filters: list[Json] = call.message.get("dataFilters", [])
    if not filters:
        raise invalid("Must specify at least one dataFilter.")
    return filters


def batch_update(call: Call) -> Json:
    with changing(call) as book:
        return _apply(book, call.message)


def apply(book: Book, body: Json) -> Json:
    """A body of spreadsheets.batchUpdate that did not come through the door."""
    return _apply(book, discovery.read(body, "BatchUpdateSpreadsheetRequest"))


def _apply(book: Book, message: Json) -> Json:
    """All of it or an error."""
    replies = perform_all(book, message.get("requests", []))
    answer: Json = {"spreadsheetId": book.id, "replies": replies}
    if message.get("includeSpreadsheetInResponse"):
        asked = [ranges.named(book, text) for text in message.get("responseRanges", [])]
        answer["updatedSpreadsheet"] = snapshot.spreadsheet(
            book, asked, grid_data=bool(message.get("responseIncludeGridData"))
        )
    return answer


def copy_to(call: Call) -> Json:
    target_id = call.message.get("destinationSpreadsheetId", "")
    with call.store.write() as db:
        source = Book.open(db, call.path["spreadsheetId"], call.account, "reader")
        target = Book.open(db, target_id, call.account, "writer")
        sheet = source.by_id(int(call.path["sheetId"]))
        if sheet is None:
            raise not_found()
        title = f"Copy of {sheet.title}"
        number = 2
        while target.by_title(title) is not None:
            title, number = f"Copy of {sheet.title} {number}", number + 1
        new = copy_sheet(source, sheet, target, title=title, sheet_id=target.free_sheet_id())
        registry.touch(db, target.id, call.account)
        return snapshot.sheet_properties(Grid(target, new))


# Values


def _read_options(call: Call) -> Json:
    names = ("majorDimension", "valueRenderOption", "dateTimeRenderOption")
    return {name: call.first(name) for name in names}


def values_get(call: Call) -> Json:
    with reading(call) as book:
        named = ranges.named(book, call.path["range"])
        return Reader(book).value_range(named, _read_options(call))


def values_batch_get(call: Call) -> Json:
    with reading(call) as book:
        reader, asked = Reader(book), _read_options(call)
        answers = [
            reader.value_range(ranges.named(book, text), asked)
            for text in call.query.get("ranges", [])
        ]
    return _without_zeros({"spreadsheetId": book.id, "valueRanges": answers})


def values_batch_get_by_filter(call: Call) -> Json:
    with reading(call) as book:
        reader = Reader(book)
        wanted: dict[tuple[int, a1.Span], tuple[ranges.Named, list[Json]]] = {}
        for each in _filters(call):
            for named in data_filters.areas(book, each):
                _, by = wanted.setdefault((named.sheet.key, named.span), (named, []))
                by.append(each)
        answers = [
            {"valueRange": reader.value_range(named, call.message), "dataFilters": by}
            for named, by in wanted.values()
        ]
    return _without_zeros({"spreadsheetId": book.id, "valueRanges": answers})


def _update_answer(book: Book, written: Written, asked: Json) -> Json:
    answer: Json = {"spreadsheetId": book.id, "updatedRange": written.area.text}
    if written.cells or written.rows:
        answer |= {
            "updatedRows": written.rows,
            "updatedColumns": written.columns,
            "updatedCells": written.cells,
        }
    if asked.get("includeValuesInResponse") in (True, "true"):
        answer["updatedData"] = Reader(book).answer(
            written.area,
            {
                "valueRenderOption": asked.get("responseValueRenderOption"),
                "dateTimeRenderOption": asked.get("responseDateTimeRenderOption"),
            },
        )
    return answer


def values_update(call: Call) -> Json:
    body, asked = call.message, {name: values[0] for name, values in call.query.items()}
    with changing(call) as book:
        option = writing.input_option(asked)
        lines = writing.lines_of(body)
        named = ranges.named(book, call.path["range"])
        _same_range(book, named, call.path["range"], body)
        return _update_answer(book, writing.update(book, named, lines, option), asked)


def _same_range(book: Book, named: ranges.Named, text: str, body: Json) -> None:
    """A body that names a range names the one that the path names."""
    if other := body.get("range"):
        found = ranges.named(book, other)
        if (found.sheet.key, found.span) != (named.sheet.key, named.span):
            raise invalid(f"Request range[{text}] does not match value's range[{other}]")


def values_batch_update(call: Call) -> Json:
    def targets(book: Book, each: Json) -> list[ranges.Named]:
        return [ranges.named(book, each.get("range", ""))]

    return _batch_update(call, targets, lambda answer, _: answer)


def values_batch_update_by_filter(call: Call) -> Json:
    def targets(book: Book, each: Json) -> list[ranges.Named]:
        return data_filters.areas(book, each.get("dataFilter"))

    def told(answer: Json, each: Json) -> Json:
        del answer["spreadsheetId"]
        return {**answer, "dataFilter": each["dataFilter"]}

    return _batch_update(call, targets, told)


def _batch_update(
    call: Call,
    targets: Callable[[Book, Json], list[ranges.Named]],
    told: Callable[[Json, Json], Json],
) -> Json:
    """`targets` finds the ranges that an entry means; `told` shapes the answer to it."""
    body = call.message
    data: list[Json] = body.get("data", [])
    with changing(call) as book:
        option = writing.input_option(body)
        done: list[tuple[Json, Written]] = []
        for at, each in enumerate(data):
            lines = writing.lines_of(each)
            where = f"Invalid data[{at}]: "
            done += [
                (each, writing.update(book, named, lines, option, where))
                for named in targets(book, each)
            ]
        written = [one for _, one in done]
        answer = {
            "spreadsheetId": book.id,
            "totalUpdatedRows": sum(len(rows) for rows in _by_sheet(written, rows=True)),
            "totalUpdatedColumns": sum(len(columns) for columns in _by_sheet(written, rows=False)),
            "totalUpdatedCells": sum(one.cells for one in written),
            "totalUpdatedSheets": len({one.area.sheet.key for one in written if one.cells}),
            "responses": [told(_update_answer(book, one, body), each) for each, one in done],
        }
        return _without_zeros(answer)


def _by_sheet(done: list[Written], *, rows: bool) -> list[set[int]]:
    """The distinct rows (or columns) that were written, sheet by sheet."""
    found: dict[int, set[int]] = {}
    for each in done:
        area = each.area
        span = (
            range(area.row_start, area.row_start + each.rows)
            if rows
            else range(area.column_start, area.column_start + each.columns)
        )
        found.setdefault(area.sheet.key, set()).update(span)
    return list(found.values())


def values_append(call: Call) -> Json:
    body, asked = call.message, {name: values[0] for name, values in call.query.items()}
    with changing(call) as book:
        option = writing.input_option(asked)
        named = ranges.named(book, call.path["range"])
        _same_range(book, named, call.path["range"], body)
        table, written = writing.append(book, named, writing.lines_of(body), asked, option)
        answer: Json = {"spreadsheetId": book.id}
        if table is not None:
            answer["tableRange"] = table
        answer["updates"] = _update_answer(book, written, asked)
        return answer


def values_clear(call: Call) -> Json:
    with changing(call) as book:
        area = writing.clear(book, ranges.named(book, call.path["range"]))
        return {"spreadsheetId": book.id, "clearedRange": area.text}


def values_batch_clear(call: Call) -> Json:
    given: list[str] = call.message.get("ranges", [])
    with changing(call) as book:
        return _cleared(book, [ranges.named(book, text) for text in given])


def values_batch_clear_by_filter(call: Call) -> Json:
    given = _filters(call)
    with changing(call) as book:
        return _cleared(book, [named for each in given for named in data_filters.areas(book, each)])


def _cleared(book: Book, asked: list[ranges.Named]) -> Json:
    areas: list[Area] = [writing.clear(book, named) for named in asked]
    return _without_zeros(
        {"spreadsheetId": book.id, "clearedRanges": [area.text for area in areas]}
    )


def _without_zeros(answer: Json) -> Json:
    """A count of 0 and an empty list are not told."""
    return {name: value for name, value in answer.items() if value not in (0, [])}


# Developer metadata


def metadata_get(call: Call) -> Json:
    with reading(call) as book:
        thing = book.object("developerMetadata", call.path["metadataId"])
        if thing is None:
            raise not_found()
        told: Json = answers.told(thing.body)
        return told


def metadata_search(call: Call) -> Json:
    with reading(call) as book:
        found: dict[int, Json] = {}
        for each in _filters(call):
            for thing in data_filters.metadata(book, each):
                match = {"developerMetadata": answers.told(thing.body), "dataFilters": []}
                found.setdefault(thing.number, match)["dataFilters"].append(each)
    return {"matchedDeveloperMetadata": list(found.values())} if found else {}


def _sheets(method: str, path: str, name: str, handler: Callable[[Call], Json]) -> Any:
    api = "sheets.spreadsheets." + name
    return route(method, "/v4/spreadsheets" + path, api, masked(api, handler))


_ID = "/{spreadsheetId}"
ROUTES = [
    _sheets("POST", "", "create", create),
    _sheets("POST", _ID + ":batchUpdate", "batchUpdate", batch_update),
    _sheets("POST", _ID + ":getByDataFilter", "getByDataFilter", get_by_data_filter),
    _sheets("GET", _ID + "/values:batchGet", "values.batchGet", values_batch_get),
    _sheets("POST", _ID + "/values:batchUpdate", "values.batchUpdate", values_batch_update),
    _sheets("POST", _ID + "/values:batchClear", "values.batchClear", values_batch_clear),
    _sheets(
        "POST",
        _ID + "/values:batchGetByDataFilter",
        "values.batchGetByDataFilter",
        values_batch_get_by_filter,
    ),
    _sheets(
        "POST",
        _ID + "/values:batchUpdateByDataFilter",
        "values.batchUpdateByDataFilter",
        values_batch_update_by_filter,
    ),
    _sheets(
        "POST",
        _ID + "/values:batchClearByDataFilter",
        "values.batchClearByDataFilter",
        values_batch_clear_by_filter,
    ),
    _sheets("POST", _ID + "/values/{range}:append", "values.append", values_append),
    _sheets("POST", _ID + "/values/{range}:clear", "values.clear", values_clear),
    _sheets("GET", _ID + "/values/{range}", "values.get", values_get),
    _sheets("PUT", _ID + "/values/{range}", "values.update", values_update),
    _sheets("POST", _ID + "/sheets/{sheetId}:copyTo", "sheets.copyTo", copy_to),
    _sheets("POST", _ID + "/developerMetadata:search", "developerMetadata.search", metadata_search),
    _sheets("GET", _ID + "/developerMetadata/{metadataId}", "developerMetadata.get", metadata_get),
    _sheets("GET", _ID, "get", get),
]
