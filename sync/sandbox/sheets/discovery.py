"""Google's own description of the requests (the discovery document that its Python client brings along): which fields
a body and which names a query may have. What is not described is refused in Google's words.

Whether the values make sense is for those who carry out the request.
"""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from sync.sandbox.frame import Call, GoogleError, Json, invalid

_DOCUMENT = "discovery_cache/documents/sheets.v4.json"


def described(call: Call, api: str) -> Call:
    """The call with its fields' names as they are documented: Google takes `update_cells` for `updateCells`."""
    method = _methods()[api]
    unknown = (
        call.query.keys() - method.get("parameters", {}).keys() - _document()["parameters"].keys()
    )
    if unknown:
        raise _unknown(
            f"Unknown name \"{min(unknown)}\": Cannot bind query parameter. Field '{min(unknown)}'"
            " could not be found in request message."
        )
    if not call.body or "request" not in method:
        return call
    body = call.json()
    named = _named(body, method["request"], "")
    return call if named is body else replace(call, body=json.dumps(named).encode())


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


def _named(value: Any, schema: Json, at: str) -> Any:
    """The value itself when all its names are as documented."""
    schema = _document()["schemas"][schema["$ref"]] if "$ref" in schema else schema
    if isinstance(value, list) and "items" in schema:
        inner = schema["items"]
        if "$ref" not in inner and "items" not in inner:
            return value  # plain values, a sheet's thousands of cells among them
        new = [_named(item, inner, f"{at}[{number}]") for number, item in enumerate(value)]
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    known = schema.get("properties")
    if not isinstance(value, dict) or known is None:
        return value
    result: Json = {}
    for name, part in value.items():
        documented = name if name in known else _camel(name)
        if documented not in known:
            place = f" at '{at}'" if at else ""
            raise _unknown(f'Unknown name "{name}"{place}: Cannot find field.', at)
        below = f"{at}.{_snake(documented)}" if at else _snake(documented)
        result[documented] = _named(part, known[documented], below)
    same = result.keys() == value.keys() and all(result[name] is value[name] for name in value)
    return value if same else result


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _unknown(problem: str, field: str = "") -> GoogleError:
    message = "Invalid JSON payload received. " + problem
    violation = {"description": message} | ({"field": field} if field else {})
    kind = "type.googleapis.com/google.rpc.BadRequest"
    return invalid(message, details=[{"@type": kind, "fieldViolations": [violation]}])
