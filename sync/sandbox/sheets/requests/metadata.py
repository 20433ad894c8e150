"""Developer metadata: keys and values that a program hangs on the spreadsheet, a sheet, rows or columns."""

from sync.sandbox.drive import masks
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import data_filters
from sync.sandbox.sheets.answers import told
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.requests.cell_data import merged


def create(book: Book, body: Json, where: str) -> Json:
    given = dict(body["developerMetadata"])
    if not given.get("metadataKey") or not given.get("visibility"):
        raise invalid(where + "metadataKey and visibility are required.")
    given["location"], place = data_filters.located(book, given.get("location") or {}, where)
    given.setdefault("metadataId", book.new_object_id())
    if book.object("developerMetadata", given["metadataId"]) is not None:
        raise invalid(f"{where}metadataId {given['metadataId']} already exists.")
    if int(given["metadataId"]) <= 0:
        raise invalid(where + "metadataId must be positive.")
    book.add_object("developerMetadata", place.sheet, given, id=given["metadataId"])
    return {"developerMetadata": told(given)}


def update(book: Book, body: Json, where: str) -> Json:
    given = dict(body["developerMetadata"])
    mask = masks.parse(body.get("fields") or "*")
    if "*" in mask:
        mask = {name: {} for name in given if name != "metadataId"}
    if "metadataId" in mask:
        raise invalid(where + "metadataId cannot be changed.")
    place = None
    if "location" in mask:
        given["location"], place = data_filters.located(book, given.get("location") or {}, where)
    found = {
        thing.number: thing
        for each in body.get("dataFilters") or []
        for thing in data_filters.metadata(book, each, where)
    }
    for thing in found.values():
        if place is not None:
            thing.sheet_key = place.sheet.key if place.sheet else None
        thing.body = merged(thing.body, given, mask)
        thing.save()
    return {"developerMetadata": [told(each.body) for each in found.values()]} if found else {}


def delete(book: Book, body: Json, where: str) -> Json:
    gone = data_filters.metadata(book, body.get("dataFilter") or {}, where)
    for thing in gone:
        thing.delete()
    return {"deletedDeveloperMetadata": [told(each.body) for each in gone]} if gone else {}


REQUESTS = {
    "createDeveloperMetadata": create,
    "updateDeveloperMetadata": update,
    "deleteDeveloperMetadata": delete,
}
