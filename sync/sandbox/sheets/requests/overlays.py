"""Things laid over cells: filters, conditional formats, banding, named ranges."""

import re
from collections.abc import Callable

from sync.sandbox.drive import masks
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import a1, conditions, data_filters, protection, ranges
from sync.sandbox.sheets.answers import coloured, told
from sync.sandbox.sheets.book import Book, Sheet, Thing
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.requests.cell_data import merged
from sync.sandbox.sheets.requests.moving import sort
from sync.sandbox.sheets.requests.unsupported import unsupported


def placed(
    book: Book, grid_range: Json, where: str, *, may_be_empty: bool = False
) -> tuple[Sheet, Json]:
    """The sheet of a range, and the range with its sheet's id written out: by that it is found when rows move."""
    sheet, _ = ranges.span_of(book, grid_range, where, may_be_empty=may_be_empty)
    return sheet, {**grid_range, "sheetId": sheet.sheet_id}


# Basic filter


def set_filter(book: Book, body: Json, where: str) -> Json:
    given = dict(body["filter"])
    sheet, given["range"] = placed(book, given.get("range") or {}, where)
    _check_criteria(book, given, where)
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
            protection.check(book, below, where)
            sort(grid, below, given["sortSpecs"], where)
    return {}


def _check_criteria(book: Book, given: Json, where: str) -> None:
    """A filter hides rows, so it is taken whole or not at all."""
    _, area = ranges.grid_area(book, given["range"], where)
    if strange := [key for key in given.get("criteria") or {} if not key.isdecimal()]:
        raise invalid(f"{where}Invalid criteria column: {strange[0]}")
    for column, each in conditions.criteria(given):
        if not area.column_start <= column < area.column_end:
            raise invalid(f"{where}filterSpecs.columnIndex[{column}] is outside the range.")
        if extra := each.keys() - {"hiddenValues", "condition"}:
            raise unsupported(f"{where}{min(extra)}")
        if "condition" in each and not conditions.known(each["condition"]):
            raise unsupported(f"{where}condition {each['condition'].get('type')}")


def clear_filter(book: Book, body: Json, where: str) -> Json:
    sheet, _ = placed(book, {"sheetId": body.get("sheetId", 0)}, where)
    for old in book.objects("basicFilter", sheet):
        old.delete()
    return {}


# Conditional formats: an ordered list, by sheet


def add_rule(book: Book, body: Json, where: str) -> Json:
    rule = _rule(book, body["rule"], where)
    sheet, _ = placed(book, {"sheetId": rule["ranges"][0]["sheetId"]}, where)
    index = body.get("index", 0)
    rules = book.objects("conditionalFormat", sheet)
    if index > len(rules):
        raise invalid(f"{where}No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    new = book.add_object("conditionalFormat", sheet, rule)
    _in_order([*rules[:index], new, *rules[index:]])
    return {}


def _rule(book: Book, given: Json, where: str) -> Json:
    """As it is kept. Its ranges may be empty; they must be of one sheet."""
    if not given.get("ranges"):
        raise invalid(where + "At least one range must be specified.")
    own = [placed(book, each, where, may_be_empty=True)[1] for each in given["ranges"]]
    if len({each["sheetId"] for each in own}) > 1:
        raise invalid(where + "All ranges must be on the same sheet.")
    if ("booleanRule" in given) == ("gradientRule" in given):
        raise invalid(where + "Exactly one of booleanRule or gradientRule must be specified.")
    return {**coloured(given), "ranges": own}


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
        rule = _rule(book, body["rule"], where)
        rules[index].body = rule
        rules[index].save()
        return {"oldRule": told(old), "newRule": told(rule), "newIndex": index}
    new_index = body["newIndex"]
    if new_index >= len(rules):
        raise invalid(
            f"{where}No conditional format on sheet: {body.get('sheetId', 0)} at index: {new_index}"
        )
    moved = rules.pop(index)
    rules.insert(new_index, moved)
    _in_order(rules)
    rule = told(old)
    return {"oldRule": rule, "oldIndex": index, "newRule": rule, "newIndex": new_index}


def delete_rule(book: Book, body: Json, where: str) -> Json:
    _, rules, index = _rule_at(book, body, where)
    gone = rules.pop(index)
    gone.delete()
    _in_order(rules)
    return {"rule": told(gone.body)}


def _in_order(rules: list[Thing]) -> None:
    for place, rule in enumerate(rules):
        rule.place = place
        rule.save()


# Things with an id and a range: added, updated by a mask, deleted

Handler = Callable[[Book, Json, str], Json]


Check = Callable[[Book, Sheet, Json, str], None]


def family(
    kind: str, id_name: str, check: Check, *, on_sheet: bool
) -> tuple[Handler, Handler, Handler]:
    """The three requests for one kind of object; `check` raises 400 for one that may not stand beside the others."""

    def add(book: Book, body: Json, where: str) -> Json:
        given = coloured(body[field])
        sheet, given["range"] = placed(book, given.get("range") or {}, where)
        check(book, sheet, given, where)
        object_id = given.get(id_name)
        if object_id is None:
            object_id = book.new_object_id()
            given[id_name] = str(object_id) if id_name == "namedRangeId" else object_id
        elif book.object(kind, object_id) is not None:
            raise invalid(f"{where}{id_name} {object_id} already exists.")
        book.add_object(kind, sheet if on_sheet else None, given, id=object_id)
        return {field: told(given)}

    def update(book: Book, body: Json, where: str) -> Json:
        given = dict(body[field])
        thing = _find(book, given.get(id_name), where)
        if "range" in given:
            given["range"] = placed(book, given["range"], where)[1]
        mask = masks.parse(body.get("fields") or "*")
        if "*" in mask:
            mask = {name: {} for name in given}
        after = merged(thing.body, given, mask)
        sheet, _ = placed(book, after["range"], where)
        check(book, sheet, after, where)
        thing.body, thing.sheet_key = after, sheet.key if on_sheet else None
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


def _alone(book: Book, sheet: Sheet, given: Json, where: str) -> None:
    """Bands do not lie over each other."""
    own = data_filters.Place(*ranges.span_of(book, given["range"], where))
    for thing in book.objects("bandedRange", sheet):
        other = data_filters.Place(*ranges.span_of(book, thing.body["range"]))
        if thing.body["bandedRangeId"] != given.get("bandedRangeId") and own.meets(other):
            raise invalid(
                where + "You cannot add alternating background colors to a range that already has"
                " alternating background colors."
            )


def _well_named(book: Book, _sheet: Sheet, given: Json, where: str) -> None:
    """A name is one word that nobody can take for a cell, and it is given once."""
    name = str(given.get("name", ""))
    if not _NAME.fullmatch(name) or name.upper() in ("TRUE", "FALSE") or a1.parse_span(name):
        raise invalid(f"{where}Invalid name: {name}")
    for thing in book.objects("namedRange"):
        same = thing.body["name"].lower() == name.lower()
        if same and thing.body["namedRangeId"] != given.get("namedRangeId"):
            raise invalid(f"{where}A named range with the name {name} already exists.")


def _any(_book: Book, _sheet: Sheet, _given: Json, _where: str) -> None:
    """Nothing to check."""


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,249}")
_add_banding, _update_banding, _delete_banding = family(
    "bandedRange", "bandedRangeId", _alone, on_sheet=True
)
_add_name, _update_name, _delete_name = family(
    "namedRange", "namedRangeId", _well_named, on_sheet=False
)
_add_view, _update_view, _delete_view = family("filterView", "filterViewId", _any, on_sheet=True)


def duplicate_view(book: Book, body: Json, where: str) -> Json:
    source = book.object("filterView", body.get("filterId", ""))
    if source is None:
        raise invalid(f"{where}No filter with id: {body.get('filterId')}")
    title = "Copy of " + str(source.body.get("title", "filter"))
    copy = {**source.body, "title": title, "filterViewId": book.new_object_id()}
    sheet = next(each for each in book.sheets if each.key == source.sheet_key)
    book.add_object("filterView", sheet, copy, id=copy["filterViewId"])
    return {"filter": told(copy)}


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
