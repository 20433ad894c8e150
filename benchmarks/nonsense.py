"""Requests to every method of Google's discovery documents, drawn by Hypothesis: half sense, half nonsense.

The shapes are Google's own; ids that exist, ranges, formulas and searches come from small lists, the rest from
anywhere. Sending them and judging the answers is fuzz_sandbox.py's affair.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import googleapiclient
from hypothesis import strategies as st

from sync.sandbox.sheets.discovery import language

DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
APIS = ("sheets.v4", "drive.v3", "drive.v2", "gmail.v1", "forms.v1")
DEPTH_AT_MOST = 9
_OF_THE_FORM = {"alt", "callback", "$.xgafv"}
"""Options that change the form of every answer."""

TEXTS = st.one_of(
    st.sampled_from(
        (
            *(
                "",
                "A1",
                "Sheet1",
                "Sheet1!A1:B2",
                "'Sheet1'!A:A",
                "R1C1:R2C2",
                "A0",
                "ZZZ1:A99999999",
            ),
            *(
                "=1+1",
                "=SUM(A1:A",
                "=A1",
                "=HYPERLINK(",
                "'007",
                "2026-11-24",
                "50%",
                "Rp 1.000",
                "TRUE",
            ),
            *(
                "name = 'x'",
                "name contains 'a' and (not trashed = true",
                "'me' in owners",
                "in:sent",
            ),
            *(
                "files(id,name)",
                "*",
                "sheets/properties(title",
                "userEnteredValue",
                "a.b.c",
                "items/*",
            ),
            *(
                "../../etc/passwd",
                "..%2f..",
                "\0",
                "\ud800",
                "🌵",
                "timestamp > 2026-01-01T00:00:00Z",
            ),
            *(
                "root",
                "me",
                "anyoneWithLink",
                "RAW",
                "ROWS",
                "application/vnd.google-apps.spreadsheet",
            ),
            *(
                "text/csv",
                "media",
                "multipart",
                "resumable",
                "1" * 400,
                "-1",
                "1e400",
                "0x10",
                "[]",
                "{}",
            ),
        )
    ),
    st.text(max_size=12),
)
NUMBERS = st.one_of(
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(-2, 30),
    st.sampled_from((2**31, 2**31 - 1, 2**63, 2**64, -(2**63), 10**30, 1e308, -0.5)),
    st.floats(allow_nan=False),
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
MOSTLY_3, MOSTLY_9, MOSTLY_29 = (st.sampled_from((True,) * n + (False,)) for n in (3, 9, 29))
NEEDED = (
    *(
        "range",
        "fields",
        "properties",
        "dimension",
        "startIndex",
        "endIndex",
        "start",
        "destination",
    ),
    *(
        "source",
        "rows",
        "cell",
        "sheetId",
        "values",
        "requests",
        "valueInputOption",
        "rule",
        "filter",
    ),
)
"""What most methods refuse to go without: left out only one time in four, so that they get on to the rest."""
Draw = Any


@dataclass
class Method:
    """One method of a discovery document."""

    id: str
    verb: str
    path: str
    path_parts: list[str]
    query: dict[str, Any]
    body: str | None
    schemas: dict[str, Any]


@dataclass
class Asked:
    """One request, as Hypothesis shows it when it was answered wrongly."""

    verb: str
    path: str
    body: bytes | None
    kind: str = "application/json"


@dataclass
class Things:
    """What there is in the sandbox: ids to ask for. Renewed each round, since fuzzing deletes."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    wild: bool = True
    """Whether the request at hand may hold anything; a tame one gets past the door, to what lies behind it."""

    def of(self, name: str) -> list[str]:
        return self.ids.get(name, [])


def methods() -> list[Method]:
    found: list[Method] = []
    for name in APIS:
        document = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
        base = "/" + document["servicePath"]
        todo: list[dict[str, Any]] = [document]
        while todo:
            node = todo.pop()
            todo += node.get("resources", {}).values()
            for each in node.get("methods", {}).values():
                parameters = each.get("parameters", {})
                parts = [n for n, p in parameters.items() if p.get("location") == "path"]
                query = {n: p for n, p in parameters.items() if n not in parts}
                paths = [base + each["path"]]
                if upload := each.get("mediaUpload"):
                    paths += [p["path"] for p in upload["protocols"].values()]
                common = {**document["parameters"], **query}
                body = each.get("request", {}).get("$ref")
                for path in dict.fromkeys(paths):
                    found.append(
                        Method(
                            f"{name} {each['id']}",
                            each["httpMethod"],
                            re.sub(r"\{\+?(\w+)\}", r"{\1}", path),
                            parts,
                            common,
                            body,
                            document["schemas"],
                        )
                    )
    return found


def value(
    draw: Draw,
    schema: dict[str, Any],
    schemas: dict[str, Any],
    name: str,
    things: Things,
    depth: int,
) -> Any:
    """What the schema asks for; in a wild request one time in thirty anything."""
    if things.wild and not draw(MOSTLY_29):
        return draw(JUNK)
    if name == "fields" and draw(MOSTLY_3):
        return "*"
    known = things.of(name)
    if known and draw(MOSTLY_3):
        return draw(st.sampled_from(known))
    if reference := schema.get("$ref"):
        return message(draw, reference, schemas, things, depth + 1)
    if choices := schema.get("enum"):
        return draw(st.sampled_from(choices))
    kind = schema.get("type")
    if kind == "array":
        if depth > DEPTH_AT_MOST:
            return []
        return [
            value(draw, schema["items"], schemas, name, things, depth + 1)
            for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3, 0))))
        ]
    if kind == "object":
        properties = schema.get("properties")
        return fields(draw, properties, schemas, things, depth + 1) if properties else draw(JUNK)
    if kind == "boolean":
        return draw(st.booleans())
    if kind in ("integer", "number"):
        return draw(NUMBERS)
    return draw(TEXTS) if kind == "string" else draw(JUNK)


def fields(
    draw: Draw, properties: dict[str, Any], schemas: dict[str, Any], things: Things, depth: int
) -> Any:
    if depth > DEPTH_AT_MOST or not properties:
        return {}
    names = draw(st.lists(st.sampled_from(sorted(properties)), max_size=4, unique=True))
    if draw(MOSTLY_3):
        names = list(dict.fromkeys([*names, *(n for n in NEEDED if n in properties)]))
    return {n: value(draw, properties[n], schemas, n, things, depth) for n in names}


def message(
    draw: Draw, reference: str, schemas: dict[str, Any], things: Things, depth: int = 0
) -> Any:
    schema = schemas[reference]
    if reference == "Request" and draw(
        st.integers(0, 9)
    ):  # of a batch's request exactly one kind is allowed
        one = draw(st.sampled_from(sorted(schema["properties"])))
        return {one: value(draw, schema["properties"][one], schemas, one, things, depth)}
    drawn = fields(draw, schema.get("properties", {}), schemas, things, depth)
    groups = {} if things.wild else language().groups.get(reference, {})
    taken = {groups[name]: name for name in drawn if name in groups}  # of each group one
    return {name: each for name, each in drawn.items() if taken.get(groups.get(name), name) == name}


def asked(draw: Draw, method: Method, things: Things) -> Asked:
    things.wild = draw(st.integers(0, 2)) == 0
    path = method.path
    for part in method.path_parts:
        known = things.of(part)
        chosen = draw(st.sampled_from(known)) if known and draw(MOSTLY_9) else draw(TEXTS)
        path = path.replace("{" + part + "}", quote(str(chosen) or "x", safe="", errors="replace"))
    query: list[tuple[str, str]] = []
    names = sorted(method.query.keys() - (() if things.wild else _OF_THE_FORM))
    for name in draw(st.lists(st.sampled_from(names), max_size=4, unique=True)):
        drawn = value(draw, method.query[name], method.schemas, name, things, 0)
        for one in drawn if isinstance(drawn, list) else [drawn]:
            told = one if isinstance(one, str) else json.dumps(one)
            query.append((name, told))
    if query:
        path += "?" + urlencode(query, errors="replace")
    body, kind = None, "application/json"
    if method.verb not in ("GET", "DELETE"):
        content = message(draw, method.body, method.schemas, things) if method.body else {}
        text = json.dumps(content)
        shape = draw(st.integers(0, 19)) if things.wild or "/upload/" in path else 19
        if shape == 0:
            body = draw(st.binary(max_size=40))
        elif shape == 1:
            body = text[: draw(st.integers(0, len(text)))].encode()
        elif shape == 2:
            body = json.dumps(draw(JUNK)).encode()
        elif shape == 3:
            body = b'{"requests":' + b"[" * 5000
        elif shape == 4 or "/upload/" in path:
            kind = draw(
                st.sampled_from(("multipart/related; boundary=b", "multipart/related", "text/csv"))
            )
            body = b"--b\r\nContent-Type: application/json\r\n\r\n" + text.encode()
            body += b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nisi\r\n--b--"
        else:
            body = text.encode()
    return Asked(method.verb, path, body, kind)
