"""JSON as Google's front door reads it into a message: a null is a field that is not there, `snake_case` is `camelCase`,
numbers and booleans may come as text, a list within a list is more of the same list. What is unknown or of another kind
is refused, all of it at once, in Google's words.

The messages are the schemas of Google's discovery document. What values mean is for those who carry out the request.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sync.sandbox.frame import Json, invalid

_ANY = "type.googleapis.com/"
_LIST_VALUE = _ANY + "google.protobuf.ListValue"
_INT32 = range(-(2**31), 2**31)
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_WELL_KNOWN = {"google-fieldmask": "FieldMask", "google-datetime": "Timestamp"}


class Unfit(Exception):
    """A value that is none of the kind that belongs there."""


@dataclass(frozen=True)
class Language:
    """An API's messages: the schemas of its discovery document, and what that does not tell."""

    schemas: Json
    package: str
    nested: Mapping[str, str] = field(default_factory=dict)
    """Messages that Google defines within another: their full names."""
    enums: Mapping[str, str] = field(default_factory=dict)
    """Fields (or `Message.field`) whose enum has a name of its own; all others are taken for their message's."""
    oneofs: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """By message and group: the fields of which only one may be set."""
    wrapped: frozenset[str] = frozenset()
    """`Message.field`s that Google keeps in a message of their own: a place below them ends in `.value`."""

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """By message: its fields by both of their spellings."""
        return {
            message: {spelt: name for name in fields for spelt in (name, snake(name))}
            for message, schema in self.schemas.items()
            if (fields := schema.get("properties"))
        }

    @cached_property
    def groups(self) -> dict[str, dict[str, str]]:
        """By message: the group of each field that is in one."""
        return {
            message: {name: group for group, names in groups.items() for name in names}
            for message, groups in self.oneofs.items()
        }


class Reading:
    """One request's values, read piece by piece; `finish` refuses it when there was anything to refuse."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._refused: list[tuple[str, str]] = []

    def finish(self) -> None:
        if not self._refused:
            return
        violations = [
            {"field": at, "description": words} if at else {"description": words}
            for at, words in self._refused
        ]
        message = "\n".join(words for _, words in self._refused)
        kind = _ANY + "google.rpc.BadRequest"
        raise invalid(message, details=[{"@type": kind, "fieldViolations": violations}])

    def unknown(self, name: str, at: str, why: str) -> None:
        words = f'Invalid JSON payload received. Unknown name "{name}"{_place(at)}: {why}'
        self._refused.append((at, words))

    def _refuse(self, at: str, kind: str, given: str) -> None:
        self._refused.append((at, f"Invalid value{_place(at)} ({kind}), {given}"))

    def message(self, given: Json, name: str, at: str = "") -> Json:
        """An object as this message, its fields under the names Google documents."""
        known = self._language.schemas[name].get("properties", {})
        names = self._language.names.get(name, {})
        groups = self._language.groups.get(name, {})
        taken: set[str] = set()
        result: Json = {}
        for spelt, part in given.items():
            documented = names.get(spelt)
            if documented is None:
                self.unknown(spelt, at, "Cannot find field.")
                continue
            if part is None:
                continue
            group = groups.get(documented)
            if group in taken:
                already = f"oneof field '{group}' is already set. Cannot set '{spelt}'"
                self._refuse(at, "oneof", already)
                continue
            if group is not None:
                taken.add(group)
            result[documented] = self._field(part, known[documented], name, documented, at, spelt)
        return result

    def _field(
        self, part: Any, schema: Json, message: str, name: str, parent: str, spelt: str
    ) -> Any:
        at = f"{parent}.{snake(name)}" if parent else snake(name)
        if schema.get("type") == "array":
            inner = schema["items"]
            if inner.get("type") == "array":
                return self._list_values(part, at)
            if isinstance(part, list):
                return self._elements(part, inner, message, name, at)
            return [self._one(part, inner, message, name, at, parent)]
        if isinstance(part, list):
            self.unknown(spelt, parent, "Proto field is not repeating, cannot start list.")
            return None
        if of := schema.get("additionalProperties"):
            if not isinstance(part, dict):
                self._refuse(at, self._kind(schema, message, name), _told(part))
                return None
            return {
                key: self._one(each, of, message, name, f"{at}[{key}]", at)
                for key, each in part.items()
                if each is not None
            }
        return self._one(part, schema, message, name, at, parent)

    def _elements(self, given: list[Any], schema: Json, message: str, name: str, at: str) -> Any:
        """A list in a list goes on with the same list; its place is that of the element before it, as at Google."""
        result: list[Any] = []
        count = 0
        for each in given:
            if isinstance(each, list):
                below = f"{at}[{count - 1}]" if count else at
                result += self._elements(each, schema, message, name, below)
            elif each is not None:
                result.append(self._one(each, schema, message, name, f"{at}[{count}]", at))
                count += 1
        return result

    def _list_values(self, given: Any, at: str) -> list[list[Any]]:
        """The rows of a ValueRange: nothing within is looked at, and a null there means something."""
        if not isinstance(given, list):
            given, places = [given], [at]
        else:
            places = [f"{at}[{number}]" for number in range(len(given))]
        for line, place in zip(given, places, strict=True):
            if isinstance(line, dict):
                for name in line:
                    self.unknown(name, place, "Cannot find field.")
            if not isinstance(line, list | dict):
                self._refuse(place, _LIST_VALUE, _told(line))
        return [line if isinstance(line, list) else [] for line in given]

    def _one(self, part: Any, schema: Json, message: str, name: str, at: str, parent: str) -> Any:
        reference = schema.get("$ref")
        if isinstance(part, dict):
            if reference is not None:
                return self.message(part, reference, at)
            self._refuse(parent, snake(name), "Starting an object on a scalar field")
            return None
        if reference is None:
            try:
                return scalar(part, schema)
            except Unfit:
                pass
        if f"{message}.{name}" in self._language.wrapped:
            at += ".value"
        self._refuse(at, self._kind(schema, message, name), _told(part))
        return None

    def scalar(self, part: Any, schema: Json, name: str) -> Any:
        """A value that stands alone in the path or the query."""
        try:
            return scalar(part, schema)
        except Unfit:
            self._refuse(snake(name), self._kind(schema, "", name), _told(part))
            return None

    def _kind(self, schema: Json, message: str, name: str) -> str:
        if reference := schema.get("$ref"):
            return self._url(self._language.nested.get(reference, reference))
        if "enum" in schema:
            enums = self._language.enums
            own = name[0].upper() + name[1:]
            other = f"{message}.{own}" if message else own
            return self._url(enums.get(f"{message}.{name}", enums.get(name, other)))
        if known := _WELL_KNOWN.get(schema.get("format", "")):
            return f"{_ANY}google.protobuf.{known}"
        kind = schema.get("format") or {"boolean": "bool"}.get(schema["type"], schema["type"])
        return "TYPE_" + str(kind).upper()

    def _url(self, name: str) -> str:
        return f"{_ANY}{self._language.package}.{name}"


def scalar(part: Any, schema: Json) -> Any:
    """The value as the schema's type. Raises Unfit."""
    if "enum" in schema:
        return _enum(part, schema["enum"])
    kind = schema.get("format") if schema.get("type") == "integer" else schema.get("type")
    as_kind: Callable[[Any], Any] = _SCALARS.get(str(kind), _text)
    return as_kind(part)


def _enum(part: Any, names: list[str]) -> str:
    """Capital or small letters, and `-` for `_`."""
    if isinstance(part, str):
        name = "".join(c.upper() if c.isascii() else c for c in part).replace("-", "_")
        if name in names:
            return name
    raise Unfit


def _text(part: Any) -> str:
    if isinstance(part, str):
        return part
    raise Unfit


def _boolean(part: Any) -> bool:
    if isinstance(part, str):
        word = part.lower() if part.isascii() else ""
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    elif part in (0, 1):
        return bool(part)
    raise Unfit


def _int32(part: Any) -> int:
    if isinstance(part, str) and _INTEGER.fullmatch(part) and len(part) < 20:
        part = int(part)
    if isinstance(part, float) and part.is_integer():
        part = int(part)
    if isinstance(part, int) and not isinstance(part, bool) and part in _INT32:
        return part
    raise Unfit


def _number(part: Any) -> float | int:
    if isinstance(part, str):
        try:
            part = float(part)
        except ValueError:
            raise Unfit from None
    if isinstance(part, bool) or not isinstance(part, int | float) or not math.isfinite(part):
        raise Unfit
    return part


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "int32": _int32,
    "number": _number,
}


def snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _place(at: str) -> str:
    return f" at '{at}'" if at else ""


def _told(part: Any) -> str:
    """A value as Google quotes it back."""
    if isinstance(part, str):
        return f'"{part}"'
    if part is None or isinstance(part, bool):
        return {None: "null", True: "true", False: "false"}[part]
    if isinstance(part, int) and part not in range(-(2**63), 2**64):
        part = float(part)
    return f"{part:.15g}" if isinstance(part, float) else str(part)
