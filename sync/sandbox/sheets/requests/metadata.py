"""Developer metadata: keys and values that a program hangs on the spreadsheet, a sheet, rows or columns."""

from sync.sandbox.drive import masks
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import ranges
from sync.sandbox.sheets.book import Book, Sheet, Thing
from sync.sandbox.sheets.requests.cell_data import merged


def _located(book: Book, given: Json, where: str) -> tuple[Sheet | None, Json]:
    """The location as Google tells it, with its type."""
    if given.get("spreadsheet"):
        return None, {"locationType": "SPREADSHEET", "spreadsheet": True}
    along = given.get("dimensionRange")
    sheet_id = along.get("sheetId", 0) if along else given.get("sheetId", 0)
    sheet, _ = ranges.span_of(book, {"sheetId": sheet_id}, where)
    if not along:
        return sheet, {"locationType": "SHEET", "sheetId": sheet.sheet_id}
    kind = {"ROWS": "ROW", "COLUMNS": "COLUMN"}[along["dimension"]]
    return sheet, {"locationType": kind, "dimensionRange": {**along, "sheetId": sheet.sheet_id}}


def create(book: Book, body: Json, where: str) -> Json:
    given = dict(body["developerMetadata"])
    if not given.get("metadataKey") or not given.get("visibility"):
        raise invalid(where + "metadataKey and visibility are required.")
    sheet, given["location"] = _located(book, given.get("location") or {}, where)
    given.setdefault("metadataId", book.new_object_id())
    if book.object("developerMetadata", given["metadataId"]) is not None:
        raise invalid(f"{where}metadataId {given['metadataId']} already exists.")
    book.add_object("developerMetadata", sheet, given, id=given["metadataId"])
    return {"developerMetadata": given}


def _matching(book: Book, data_filter: Json) -> list[Thing]:
    wanted = [
        body["metadataId"]
        for body in ranges.metadata_matching(book, data_filter["developerMetadataLookup"])
    ]
    return [
        thing for thing in book.objects("developerMetadata") if thing.body["metadataId"] in wanted
    ]


def update(book: Book, body: Json, where: str) -> Json:
    given = dict(body["developerMetadata"])
    mask = masks.parse(body.get("fields") or "*")
    if "*" in mask:
        mask = {name: {} for name in given}
    changed = []
    for each in body.get("dataFilters") or []:
        for thing in _matching(book, each):
            if "location" in mask:
                sheet, given["location"] = _located(book, given.get("location") or {}, where)
                thing.sheet_key = sheet.key if sheet else None
            thing.body = merged(thing.body, given, mask)
            thing.save()
            changed.append(thing.body)
    return {"developerMetadata": changed} if changed else {}


def delete(book: Book, body: Json, _where: str) -> Json:
    gone = _matching(book, body.get("dataFilter") or {})
    for thing in gone:
        thing.delete()
    return {"deletedDeveloperMetadata": [thing.body for thing in gone]} if gone else {}


REQUESTS = {
    "createDeveloperMetadata": create,
    "updateDeveloperMetadata": update,
    "deleteDeveloperMetadata": delete,
}
