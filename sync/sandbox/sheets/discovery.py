"""Google's own description of the requests (the discovery document that its Python client brings along): what a path, a
query, a body and a mask may hold. What is not described is refused in Google's words.

How JSON is read is protojson.py's affair; whether the values make sense is for those who carry out the request.
"""

import json
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs

from sync.sandbox.drive import masks
from sync.sandbox.frame import Call, GoogleError, Json, invalid
from sync.sandbox.protojson import Language, Reading

_DOCUMENT = "discovery_cache/documents/sheets.v4.json"
_PREFIX = "sheets.spreadsheets."
_BODY_IS = {"create": "spreadsheet", "values.update": "data", "values.append": "data"}
"""Methods whose body is one field of their request: every place in it begins with that."""

_TOO_DEEP = "Invalid JSON payload received. Message too deep. Max recursion depth reached."

_TOP_ENUMS = {
    "dimension": "Dimension",
    "majorDimension": "Dimension",
    "shiftDimension": "Dimension",
    "horizontalAlignment": "HorizontalAlign",
    "verticalAlignment": "VerticalAlign",
    "valueInputOption": "ValueInputOption",
    "valueRenderOption": "ValueRenderOption",
    "responseValueRenderOption": "ValueRenderOption",
    "dateTimeRenderOption": "DateTimeRenderOption",
    "responseDateTimeRenderOption": "DateTimeRenderOption",
    "sortOrder": "SortOrder",
    "insertDataOption": "InsertDataOption",
    "themeColor": "ThemeColorType",
    "colorType": "ThemeColorType",
    "relativeDate": "RelativeDate",
    "visibility": "DeveloperMetadataVisibility",
    "locationType": "DeveloperMetadataLocationType",
    "locationMatchingStrategy": "DeveloperMetadataLocationMatchingStrategy",
    "pasteType": "PasteType",
    "pasteOrientation": "PasteOrientation",
    "sheetType": "SheetType",
    "hyperlinkDisplayType": "HyperlinkDisplayType",
    "textDirection": "TextDirection",
    "autoRecalc": "RecalculationInterval",
    "NumberFormat.type": "NumberFormat.NumberFormatType",
    "BooleanCondition.type": "ConditionType",
    "InterpolationPoint.type": "InterpolationPointType",
    "ErrorValue.type": "ErrorType",
    "TextToColumnsRequest.delimiterType": "TextToColumnsRequest.DelimiterType",
}
_NESTED = {"Request": "BatchUpdateSpreadsheetRequest.Request"}
_ONEOFS: dict[str, dict[str, tuple[str, ...]]] = {
    "ExtendedValue": {
        "value": ("numberValue", "stringValue", "boolValue", "formulaValue", "errorValue")
    },
    "DataFilter": {"filter": ("developerMetadataLookup", "a1Range", "gridRange")},
    "DeveloperMetadataLocation": {"location": ("spreadsheet", "sheetId", "dimensionRange")},
    "UpdateCellsRequest": {"area": ("start", "range")},
    "ConditionalFormatRule": {"rule": ("booleanRule", "gradientRule")},
    "UpdateConditionalFormatRuleRequest": {"instruction": ("rule", "newIndex")},
    "ConditionValue": {"value": ("relativeDate", "userEnteredValue")},
    "ColorStyle": {"kind": ("rgbColor", "themeColor")},
    "FindReplaceRequest": {"scope": ("range", "sheetId", "allSheets")},
    "PasteDataRequest": {"kind": ("delimiter", "html")},
    "TextRotation": {"type": ("angle", "vertical")},
}
_WRAPPED = frozenset(
    f"GridRange.{name}"
    for name in ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
)


def described(call: Call, api: str) -> Call:
    """The call as Google understands it: typed, complete, its fields under the names that are documented."""
    method = _methods()[api]
    form = call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    query = dict(call.query)
    if form and call.body:
        text = call.body.decode("utf-8", "replace")
        query |= parse_qs(text, keep_blank_values=True) or {text: [""]}
    given = {} if form else call.json()
    reading = Reading(language())
    asked, bound = _query(reading, query, method)
    parts = dict(call.path)
    for name, part in call.path.items():
        if method["parameters"][name]["type"] != "string":
            parts[name] = str(reading.scalar(part, method["parameters"][name], name))
    message: Json = {}
    if "request" in method:
        at = _BODY_IS.get(api.removeprefix(_PREFIX), "")
        try:
            message = reading.message({**bound, **given}, method["request"]["$ref"], at)
        except RecursionError:
            raise invalid(_TOO_DEEP) from None
    reading.finish()
    return replace(call, query=asked, path=parts, message=message)


def _query(
    reading: Reading, query: dict[str, list[str]], method: Json
) -> tuple[dict[str, list[str]], Json]:
    """The query's own values, and those that are fields of a body that is the whole request."""
    schemas, short = _document()["schemas"], method["id"].removeprefix(_PREFIX)
    known, everywhere = method.get("parameters", {}), _document()["parameters"]
    fields: Json = {}
    if "request" in method and short not in _BODY_IS:
        fields = schemas[method["request"]["$ref"]].get("properties", {})
    asked: dict[str, list[str]] = {}
    bound: Json = {}
    for spelt, values in query.items():
        name = camel(spelt)
        if spelt in everywhere:
            asked[spelt] = values
        elif name in known and known[name]["location"] == "query":
            typed = [reading.scalar(value, known[name], name) for value in values]
            asked[name] = [_as_text(value) for value in typed]
        elif "type" in fields.get(name, {}) and fields[name]["type"] != "array":
            bound[name] = values[-1]
        else:
            reading.unknown(
                spelt,
                "",
                "Cannot bind query parameter. "
                + (
                    f"'{spelt}' is a message type. Parameters can only be bound to primitive types."
                    if name in fields
                    else f"Field '{spelt}' could not be found in request message."
                ),
            )
    return asked, bound


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(given: Json, name: str) -> Json:
    """An object as this message of Google's. Raises 400."""
    reading = Reading(language())
    message = reading.message(given, name)
    reading.finish()
    return message


# Field masks


def answer_mask(call: Call, api: str) -> masks.Mask:
    """What of the answer the caller wants. Raises Google's 400 for a field that the answer cannot have."""
    text = call.first("fields")
    if not text:
        return {}
    try:
        if " " in text:  # Drive takes blanks, Sheets does not
            raise masks.invalid_selection(text)
        mask = masks.parse(text)
    except GoogleError:
        raise _bad_mask(text, text) from None
    unknown = strange(mask, _methods()[api]["response"])
    if unknown:
        raise _bad_mask(text, unknown)
    return spelt(mask)


def _bad_mask(text: str, path: str) -> GoogleError:
    words = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    violation = {"field": text, "description": words}
    kind = "type.googleapis.com/google.rpc.BadRequest"
    return invalid(
        "Request contains an invalid argument.",
        details=[{"@type": kind, "fieldViolations": [violation]}],
    )


def strange(mask: masks.Mask, schema: Json, at: str = "") -> str:
    """The first path of the mask that leads to no field, or nothing."""
    while "items" in schema or "additionalProperties" in schema:
        schema = schema.get("items") or schema["additionalProperties"]
    known = _document()["schemas"].get(schema.get("$ref"), {}).get("properties", {})
    for name, below in mask.items():
        path = f"{at}.{name}" if at else name
        if name == "*":
            continue
        if camel(name) not in known:
            while below:
                name, below = next(iter(below.items()))
                path += "." + name
            return path
        if found := strange(below, known[camel(name)], path):
            return found
    return ""


def spelt(mask: masks.Mask) -> masks.Mask:
    """The mask with the names that are documented."""
    return {camel(name): spelt(below) for name, below in mask.items()}


def camel(name: str) -> str:
    """`update_cells` is `updateCells`; a name in any other spelling stays what it is."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


# The document


@cache
def language() -> Language:
    schemas = _document()["schemas"]
    kind = {"kind": tuple(schemas["Request"]["properties"])}
    return Language(
        schemas=schemas,
        package="google.apps.sheets.v4",
        nested=_NESTED,
        enums=_TOP_ENUMS,
        oneofs=_ONEOFS | {"Request": kind},
        wrapped=_WRAPPED,
    )


@cache
def _document() -> Json:
    text = files("googleapiclient").joinpath(_DOCUMENT).read_text(encoding="utf-8")
    found: Json = json.loads(text)
    return found


@cache
def _methods() -> dict[str, Json]:
    """By Google's name of the method."""
    found: dict[str, Json] = {}
    resources = [_document()]
    while resources:
        each = resources.pop()
        found |= {method["id"]: method for method in each.get("methods", {}).values()}
        resources += each.get("resources", {}).values()
    return found
