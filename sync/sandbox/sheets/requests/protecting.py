"""Protected ranges: added, changed and removed by those who may."""

from sync.sandbox.drive import masks, registry
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import protection
from sync.sandbox.sheets.book import Book, Thing
from sync.sandbox.sheets.requests.cell_data import merged
from sync.sandbox.sheets.requests.overlays import placed


def add(book: Book, body: Json, where: str) -> Json:
    """Who adds a protection may edit what it covers, and so may the spreadsheet's owner."""
    given = dict(body["protectedRange"])
    if "range" in given:
        sheet, given["range"] = placed(book, given["range"], where)
    elif "namedRangeId" in given:
        name = book.object("namedRange", given["namedRangeId"])
        if name is None:
            raise invalid(f"{where}No named range with id: {given['namedRangeId']}")
        sheet, given["range"] = placed(book, name.body["range"], where)
    else:
        raise invalid(where + "Must specify a range to protect.")
    given["unprotectedRanges"] = [
        placed(book, each, where)[1] for each in given.get("unprotectedRanges") or []
    ]
    if not given["unprotectedRanges"]:
        del given["unprotectedRanges"]
    given.setdefault("protectedRangeId", book.new_object_id())
    if book.object("protectedRange", given["protectedRangeId"]) is not None:
        raise invalid(f"{where}protectedRangeId {given['protectedRangeId']} already exists.")
    if not given.get("warningOnly"):
        given["editors"] = _with_creator(book, given.get("editors") or {})
    thing = book.add_object("protectedRange", sheet, given, id=given["protectedRangeId"])
    return {"protectedRange": protection.answer(book, thing)}


def _with_creator(book: Book, editors: Json) -> Json:
    row = registry.find(book.db, book.id)
    owner = row["owner"] if row is not None and row["drive_id"] is None else book.account
    users = [*editors.get("users", []), book.account, owner]
    return {**editors, "users": list(dict.fromkeys(user.lower() for user in users if user))}


def _find(book: Book, object_id: int | None, where: str) -> Thing:
    thing = book.object("protectedRange", object_id) if object_id is not None else None
    if thing is None:
        raise invalid(f"{where}No protected range with id: {object_id}")
    if not thing.body.get("warningOnly") and not protection.may_edit(book, thing):
        raise invalid(where + protection.REFUSAL)
    return thing


def update(book: Book, body: Json, where: str) -> Json:
    given = dict(body["protectedRange"])
    thing = _find(book, given.get("protectedRangeId"), where)
    mask = masks.parse(body.get("fields") or "*")
    if "*" in mask:
        mask = {name: {} for name in given}
    if "range" in given:
        sheet, given["range"] = placed(book, given["range"], where)
        thing.sheet_key = sheet.key if "range" in mask else thing.sheet_key
    mask.pop("requestingUserCanEdit", None)
    thing.body = merged(thing.body, given, mask)
    thing.save()
    return {}


def delete(book: Book, body: Json, where: str) -> Json:
    _find(book, body.get("protectedRangeId"), where).delete()
    return {}


REQUESTS = {
    "addProtectedRange": add,
    "updateProtectedRange": update,
    "deleteProtectedRange": delete,
}
