"""Which scopes open which method: as Google's discovery documents, which its Python client brings along, say it."""

import json
from functools import cache
from importlib.resources import files

_DOCUMENTS = ("drive.v2", "drive.v3", "forms.v1", "gmail.v1", "sheets.v4")


def opening(api: str) -> frozenset[str]:
    """Any one of these admits; empty for what is no method of Google's."""
    return _by_method().get(api, frozenset())


@cache
def _by_method() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    folder = files("googleapiclient").joinpath("discovery_cache", "documents")
    resources = [
        json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
        for name in _DOCUMENTS
    ]
    while resources:
        each = resources.pop()
        for method in each.get("methods", {}).values():
            known = found.get(method["id"], frozenset())
            found[method["id"]] = known | frozenset(method.get("scopes", ()))
        resources += each.get("resources", {}).values()
    return found
