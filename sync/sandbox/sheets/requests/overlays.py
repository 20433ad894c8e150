"""Things laid over cells: filters, conditional formats, banding, named ranges."""

from collections.abc import Callable

from sync.sandbox.drive import masks
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import ranges
from sync.sandbox.sheets.book import Book, Sheet, Thing
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.requests.cell_data import merged
from sync.sandbox.sheets.requests.moving import sort


def placed(book: Book, grid_range: Json, where: str) -> tuple[Sheet, Json]:
    """The sheet of a range, and the range with its sheet's id written out: by that it is found when rows move."""
    sheet, _ = ranges.span_of(book, grid_range, where)
    return sheet, {**grid_range, "sheetId": sheet.sheet_id}


# Basic filter


def set_filter(book: Book, body: Json, where: str) -> Json:
    given = dict(body["filter"])
    sheet, given["range"] = placed(book, given.get("range") or {}, where)
    for old in book.objects("basicFilter", sheet):
        old.delete()
    book.add_object("basicFilter", sheet, given)
    if given.get("sortSpecs"):
        grid = Grid(book, sheet)
        area = ranges.area(grid, ranges.span_of(book, given["range"], where)[1], where=where)
        if area.height > 1:
            below = Area(
                sheet, area.row_start + 1, area.row_end, area.column_start, area.column_end
            )
            sort(grid, below, given["sortSpecs"], where)
    return {}


def clear_filter(book: Book, body: Json, where: str) -> Json:
    sheet, _ = placed(book, {"sheetId": body.get("sheetId", 0)}, where)
    for old in book.objects("basicFilter", sheet):
        old.delete()
    return {}


# Conditional formats: an ordered list, by sheet


def add_rule(book: Book, body: Json, where: str) -> Json:
    rule = dict(body["rule"])
    if not rule.get("ranges"):
        raise invalid(where + "At least one range must be specified.")
    rule["ranges"] = [placed(book, each, where)[1] for each in rule["ranges"]]
    sheet, _ = placed(book, rule["ranges"][0], where)
    index = body.get("index", 0)
    rules = book.objects("conditionalFormat", sheet)
    if index > len(rules):
        raise invalid(f"{where}No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    new = book.add_object("conditionalFormat", sheet, rule)
    _in_order([*rules[:index], new, *rules[index:]])
    return {}


def _rule_at(book: Book, body: Json, where: str) -> tuple[Sheet, list[Thing], int]:
    sheet, _ = placed(book, {"sheetId": body.get("sheetId", 0)}, where)
    rules, index = book.objects("conditionalFormat", sheet), body.get("index", 0)
    if index >= len(rules):
        raise invalid(f"{where}No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    return sheet, rules, index


def update_rule(book: Book, body: Json, where: str) -> Json:
    if "rule" in body and "sheetId" not in body:
        body = {**body, "sheetId": body["rule"]["ranges"][0].get("sheetId", 0)}
    _, rules, index = _rule_at(book, body, where)
    old = rules[index].body
    if "rule" in body:
        rule = dict(body["rule"])
        rule["ranges"] = [placed(book, each, where)[1] for each in rule["ranges"]]
        rules[index].body = rule
        rules[index].save()
        return {"oldRule": old, "newRule": rule, "newIndex": index}
    new_index = body["newIndex"]
    if new_index >= len(rules):
        raise invalid(
            f"{where}No conditional format on sheet: {body.get('sheetId', 0)} at index: {new_index}"
        )
    moved = rules.pop(index)
    rules.insert(new_index, moved)
    _in_order(rules)
    return {"oldRule": old, "oldIndex": index, "newRule": old, "newIndex": new_index}


def delete_rule(book: Book, body: Json, where: str) -> Json:
    _, rules, index = _rule_at(book, body, where)
    gone = rules.pop(index)
    gone.delete()
    _in_order(rules)
    return {"rule": gone.body}


def _in_order(rules: list[Thing]) -> None:
    for place, rule in enumerate(rules):
        rule.place = place
        rule.save()


# Things with an id and a range: added, updated by a mask, deleted

Handler = Callable[[Book, Json, str], Json]


def family(kind: str, id_name: str, *, on_sheet: bool) -> tuple[Handler, Handler, Handler]:
    """The three requests for one kind of object."""

    def add(book: Book, body: Json, where: str) -> Json:
        given = dict(body[field])
        sheet, given["range"] = placed(book, given.get("range") or {}, where)
        object_id = given.get(id_name)
        if object_id is None:
            object_id = book.new_object_id()
            given[id_name] = str(object_id) if id_name == "namedRangeId" else object_id
        elif book.object(kind, object_id) is not None:
            raise invalid(f"{where}{id_name} {object_id} already exists.")
        book.add_object(kind, sheet if on_sheet else None, given, id=object_id)
        return {field: given}

    def update(book: Book, body: Json, where: str) -> Json:
        given = dict(body[field])
        thing = _find(book, given.get(id_name), where)
        if "range" in given:
            given["range"] = placed(book, given["range"], where)[1]
        mask = masks.parse(body.get("fields") or "*")
        if "*" in mask:
            mask = {name: {} for name in given}
        thing.body = merged(thing.body, given, mask)
        thing.save()
        return {}

    def delete(book: Book, body: Json, where: str) -> Json:
        _find(book, body.get(id_name, body.get("filterId")), where).delete()
        return {}

    def _find(book: Book, object_id: str | int | None, where: str) -> Thing:
        thing = book.object(kind, object_id) if object_id is not None else None
        if thing is None:
            raise invalid(f"{where}No {field} with id: {object_id}")
        return thing

    field = "filter" if kind == "filterView" else kind
    return add, update, delete


_add_banding, _update_banding, _delete_banding = family(
    "bandedRange", "bandedRangeId", on_sheet=True
)
_add_name, _update_name, _delete_name = family("namedRange", "namedRangeId", on_sheet=False)
_add_view, _update_view, _delete_view = family("filterView", "filterViewId", on_sheet=True)


def duplicate_view(book: Book, body: Json, where: str) -> Json:
    source = book.object("filterView", body.get("filterId", ""))
    if source is None:
        raise invalid(f"{where}No filter with id: {body.get('filterId')}")
    title = "Copy of " + str(source.body.get("title", "filter"))
    copy = {**source.body, "title": title, "filterViewId": book.new_object_id()}
    sheet = next(each for each in book.sheets if each.key == source.sheet_key)
    book.add_object("filterView", sheet, copy, id=copy["filterViewId"])
    return {"filter": copy}


REQUESTS = {
    "setBasicFilter": set_filter,
    "clearBasicFilter": clear_filter,
    "addConditionalFormatRule": add_rule,
    "updateConditionalFormatRule": update_rule,
    "deleteConditionalFormatRule": delete_rule,
    "addBanding": _add_banding,
    "updateBanding": _update_banding,
    "deleteBanding": _delete_banding,
    "addNamedRange": _add_name,
    "updateNamedRange": _update_name,
    "deleteNamedRange": _delete_name,
    "addFilterView": _add_view,
    "updateFilterView": _update_view,
    "deleteFilterView": _delete_view,
    "duplicateFilterView": duplicate_view,
}
