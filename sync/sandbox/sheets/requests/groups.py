"""Groups of rows or columns that an officer folds away. They are kept by depth, as Google tells of them:

a row's depth is how many groups lie over it, and the groups of a depth are the runs of rows that are at least as deep.
"""

from itertools import groupby

from sync.sandbox.drive import masks
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets.answers import told
from sync.sandbox.sheets.book import Book, Thing
from sync.sandbox.sheets.grid import Grid
from sync.sandbox.sheets.requests.cell_data import fields_of, merged
from sync.sandbox.sheets.requests.dimensions import dimension_range
from sync.sandbox.sheets.shift import Dimension


def _things(book: Book, grid: Grid, dimension: Dimension) -> list[Thing]:
    return [
        thing
        for thing in book.objects("dimensionGroup", grid.sheet)
        if thing.body["range"]["dimension"] == dimension
    ]


def _deepened(book: Book, body: Json, where: str, by: int) -> Json:
    """One group more or less over the range; the groups of this dimension afterwards."""
    grid, dimension, start, end = dimension_range(book, body.get("range"), where)
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    if end > count:
        raise invalid(f"{where}range.endIndex[{end}] is outside the grid ({count}).")
    old = _things(book, grid, dimension)
    depth: dict[int, int] = {}
    for at in range(start, end):
        depth[at] = by
    for thing in old:
        span = thing.body["range"]
        for at in range(span["startIndex"], span["endIndex"]):
            depth[at] = depth.get(at, 0) + 1
    if by < 0 and any(depth[at] < 0 for at in range(start, end)):
        raise invalid(where + "Cannot delete a group that does not exist.")
    folded = {
        (thing.body["depth"], at)
        for thing in old
        if thing.body.get("collapsed")
        for at in range(thing.body["range"]["startIndex"], thing.body["range"]["endIndex"])
    }
    for thing in old:
        thing.delete()
    groups = []
    for level in range(1, max(depth.values(), default=0) + 1):
        deep = sorted(at for at, found in depth.items() if found >= level)
        for _, run in groupby(enumerate(deep), lambda pair: pair[1] - pair[0]):
            rows = [at for _, at in run]
            span = {
                "sheetId": grid.sheet.sheet_id,
                "dimension": dimension,
                "startIndex": rows[0],
                "endIndex": rows[-1] + 1,
            }
            group: Json = {"range": span, "depth": level}
            if (level, rows[0]) in folded:
                group["collapsed"] = True
            book.add_object("dimensionGroup", grid.sheet, group)
            groups.append(group)
    return {"dimensionGroups": told(groups)} if groups else {}


def add(book: Book, body: Json, where: str) -> Json:
    return _deepened(book, body, where, 1)


def delete(book: Book, body: Json, where: str) -> Json:
    return _deepened(book, body, where, -1)


def update(book: Book, body: Json, where: str) -> Json:
    """Folds or unfolds the group of this range and depth."""
    given, mask = body["dimensionGroup"], fields_of(body, where)
    grid, dimension, start, end = dimension_range(book, given.get("range"), where)
    wanted: masks.Mask = {"collapsed": {}} if "*" in mask else mask
    for thing in _things(book, grid, dimension):
        span = thing.body["range"]
        same = (span["startIndex"], span["endIndex"]) == (start, end)
        if same and given.get("depth", thing.body["depth"]) == thing.body["depth"]:
            thing.body = merged(thing.body, given, wanted)
            thing.save()
            return {}
    raise invalid(where + "Cannot update a group that does not exist.")


REQUESTS = {
    "addDimensionGroup": add,
    "deleteDimensionGroup": delete,
    "updateDimensionGroup": update,
}
