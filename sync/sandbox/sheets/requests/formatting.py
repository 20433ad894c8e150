"""How cells look and what they take: validation, borders, merges."""

from sync.sandbox.drive.masks import Mask
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import protection, ranges
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.requests.cell_data import Looks, repeat, set_look


def set_validation(book: Book, body: Json, where: str) -> Json:
    """No rule clears. As at Google, a rule judges people, not the API: writing past it is not refused."""
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    rule = body.get("rule")
    if rule is not None and not (rule.get("condition") or {}).get("type"):
        raise invalid(where + "DataValidationRule.condition is required.")
    repeat(grid, area, {"dataValidation": rule} if rule else {}, {"dataValidation": {}})
    return {}


def update_borders(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    looks = Looks(grid)
    rows = grid.rows(area.row_start, area.row_end)
    given: dict[tuple[tuple[str, str], ...], Json] = {}
    for at, row in enumerate(rows):
        for across, slot in enumerate(area.sheet.columns[area.column_start : area.column_end]):
            names = {
                "top": "top" if at == 0 else "innerHorizontal",
                "bottom": "bottom" if at == area.height - 1 else "innerHorizontal",
                "left": "left" if across == 0 else "innerVertical",
                "right": "right" if across == area.width - 1 else "innerVertical",
            }
            sides = tuple((side, name) for side, name in names.items() if name in body)
            if not sides:
                continue
            # The same object for the same sides: Looks works each out once.
            borders = given.setdefault(
                sides, {"userEnteredFormat": {"borders": {s: body[n] for s, n in sides}}}
            )
            mask: Mask = {"userEnteredFormat": {"borders": {side: {} for side, _ in sides}}}
            changed = looks.changed(grid.look_of(row, slot), borders, mask)
            set_look(grid, row, slot, changed)
    grid.save(rows)
    return {}


def merge(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    kind = body.get("mergeType", "MERGE_ALL")
    if kind == "MERGE_ROWS":
        pieces = [
            Area(area.sheet, row, row + 1, area.column_start, area.column_end)
            for row in range(area.row_start, area.row_end)
        ]
    elif kind == "MERGE_COLUMNS":
        pieces = [
            Area(area.sheet, area.row_start, area.row_end, column, column + 1)
            for column in range(area.column_start, area.column_end)
        ]
    elif kind == "MERGE_ALL":
        pieces = [area]
    else:
        raise invalid(f"{where}Invalid mergeType: {kind}")
    unmerge(book, area, where)
    for piece in pieces:
        if piece.height * piece.width > 1:
            _empty_all_but_first(grid, piece)
            book.add_object("merge", piece.sheet, ranges.grid_range(piece))
    return {}


def _empty_all_but_first(grid: Grid, area: Area) -> None:
    slots = area.sheet.columns[area.column_start : area.column_end]
    rows = grid.rows(area.row_start, area.row_end)
    for at, row in enumerate(rows):
        for slot in slots[1:] if at == 0 else slots:
            row.values.pop(slot, None)
    grid.save(rows)


def unmerge_cells(book: Book, body: Json, where: str) -> Json:
    _, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    unmerge(book, area, where)
    return {}


def unmerge(book: Book, area: Area, where: str) -> None:
    """Merges within the area go; one that sticks out of it is refused."""
    for thing in book.objects("merge", area.sheet):
        body = thing.body
        apart = (
            body["endRowIndex"] <= area.row_start
            or body["startRowIndex"] >= area.row_end
            or body["endColumnIndex"] <= area.column_start
            or body["startColumnIndex"] >= area.column_end
        )
        if apart:
            continue
        if (
            body["startRowIndex"] < area.row_start
            or body["endRowIndex"] > area.row_end
            or body["startColumnIndex"] < area.column_start
            or body["endColumnIndex"] > area.column_end
        ):
            raise invalid(
                where + "You must select all cells in a merged range to merge or unmerge them."
            )
        thing.delete()


REQUESTS = {
    "setDataValidation": set_validation,
    "updateBorders": update_borders,
    "mergeCells": merge,
    "unmergeCells": unmerge_cells,
}
