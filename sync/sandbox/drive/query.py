"""Drive's search language (`q` of files.list) as an SQL condition over drive_files.

Values go in as parameters, never into the text. `and` and `or` bind alike, from the left, as Google documents it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.sandbox.drive.files import lacking
from sync.sandbox.drive.registry import ROLES
from sync.sandbox.frame import GoogleError

Condition = tuple[str, list[Any]]

_TOKEN = re.compile(
    r"""\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(<=|>=|!=|=|<|>|[(){}])|([A-Za-z][\w.]*))"""
)
_QUOTES = ("'", '"')  # Google documents the first only, and clients send both
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_COLUMNS = {"name": "f.name", "title": "f.name", "mimeType": "f.mime"}
_AT_GOOGLE = (
    "viewedByMeTime",
    "visibility",
    "shortcutDetails.targetId",
    "labels",
)
_TIMES = {"modifiedTime": "f.modified_at", "createdTime": "f.created_at"}


def _invalid() -> GoogleError:
    return GoogleError(400, "INVALID_ARGUMENT", "Invalid Value", reason="invalid")


@dataclass(frozen=True, slots=True)
class Search:
    """`sql` with its `values`, and the `folders` it asks into: Google answers 404 for one that cannot be seen."""

    sql: str
    values: list[Any]
    folders: list[str]


def search(text: str, *, account: str, root: str) -> Search:
    """`root` is the id that the alias 'root' stands for."""
    parser = _Parser(text, account.lower(), root)
    sql, values = parser.whole()
    return Search(sql, values, parser.folders)


def _like(value: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", value)


class _Parser:
    def __init__(self, text: str, account: str, root: str) -> None:
        self.account = account
        self.root = root
        self.folders: list[str] = []
        self.tokens: list[str] = []
        self.at = 0
        text = text.strip()
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise _invalid()
            self.tokens.append(match[1] or match[2] or match[3])
            position = match.end()
        self.tokens.append("")

    def peek(self) -> str:
        return self.tokens[self.at]

    def take(self, *allowed: str) -> str:
        token = self.tokens[self.at]
        if token == "" or (allowed and token not in allowed):
            raise _invalid()
        self.at += 1
        return token

    def string(self) -> str:
        token = self.take()
        if not token.startswith(_QUOTES):
            raise _invalid()
        return re.sub(r"\\(.)", r"\1", token[1:-1])

    def boolean(self) -> bool:
        word = self.take().lower()
        if word not in ("true", "false"):
            raise _invalid()
        return word == "true"

    def whole(self) -> Condition:
        found = self.expression()
        if self.peek() != "":
            raise _invalid()
        return found

    def expression(self) -> Condition:
        sql, values = self.negation()
        while self.peek() in ("and", "or"):
            word = self.take()
            right, more = self.negation()
            sql, values = f"({sql} {word.upper()} {right})", values + more
        return sql, values

    def negation(self) -> Condition:
        if self.peek() == "not":
            self.take()
            sql, values = self.negation()
            return f"NOT {sql}", values
        if self.peek() == "(":
            self.take()
            sql, values = self.expression()
            self.take(")")
            return f"({sql})", values
        return self.term()

    def term(self) -> Condition:
        if self.peek().startswith(_QUOTES):
            return self.membership(self.string())
        field = self.take()
        terms: dict[str, Callable[[], Condition]] = {
            "fullText": self.full_text,
            "trashed": lambda: self.flag("f.trashed"),
            "starred": lambda: self.flag("f.starred"),
            "sharedWithMe": self.shared_with_me,
            "properties": lambda: self.property("f.properties"),
            "appProperties": lambda: self.property("f.app_properties"),
        }
        if field in terms:
            return terms[field]()
        if field in _TIMES:
            return f"julianday({_TIMES[field]}) {self.take(*_COMPARISONS)} julianday(?)", [
                self.string()
            ]
        if field in _COLUMNS:
            return self.text(_COLUMNS[field])
        if field in _AT_GOOGLE:
            raise lacking(f"the search by {field}")
        raise _invalid()

    def text(self, column: str) -> Condition:
        operator = self.take("=", "!=", "contains")
        value = self.string()
        if operator != "contains":
            return f"{column} {operator} ?", [value]
        start = _like(value) + "%"
        if column == "f.mime":
            return f"{column} LIKE ? ESCAPE '\\'", [start]
        # Google matches beginnings of words only
        return (
            f"({column} LIKE ? ESCAPE '\\' OR {column} LIKE ? ESCAPE '\\')",
            [start, "% " + start],
        )

    def full_text(self) -> Condition:
        self.take("contains")
        value = f"%{_like(self.string())}%"
        return "(f.name LIKE ? ESCAPE '\\' OR f.description LIKE ? ESCAPE '\\')", [value, value]

    def flag(self, column: str) -> Condition:
        operator = self.take("=", "!=")
        wanted = self.boolean() == (operator == "=")
        return f"({column} != 0) = ?", [int(wanted)]

    def shared_with_me(self) -> Condition:
        wanted = True
        if self.peek() in ("=", "!="):
            operator = self.take()
            wanted = self.boolean() == (operator == "=")
        return (
            "(EXISTS (SELECT 1 FROM drive_permissions p WHERE p.file_id = f.id AND p.email = ?"
            " AND p.role != 'owner') AND f.drive_id IS NULL) = ?",
            [self.account, int(wanted)],
        )

    def property(self, column: str) -> Condition:
        self.take("has")
        self.take("{")
        given: dict[str, str] = {}
        for word in ("key", "value"):
            self.take(word)
            self.take("=")
            given[word] = self.string()
            if word == "key":
                self.take("and")
        self.take("}")
        return (
            f"EXISTS (SELECT 1 FROM json_each({column}) j WHERE j.key = ? AND j.value = ?)",  # noqa: S608
            [given["key"], given["value"]],
        )

    def membership(self, value: str) -> Condition:
        self.take("in")
        collection = self.take("parents", "owners", "writers", "readers")
        if collection == "parents":
            if value == "root":
                return "f.parent = ?", [self.root]
            self.folders.append(value)
            return "f.parent = ?", [value]
        weakest = {"owners": "owner", "writers": "writer", "readers": "reader"}[collection]
        return (
            "EXISTS (SELECT 1 FROM drive_permissions p WHERE p.file_id = f.id AND p.email = ?"
            " AND p.role IN (SELECT value FROM json_each(?)))",
            [value.lower(), json.dumps(ROLES[ROLES.index(weakest) :])],
        )
