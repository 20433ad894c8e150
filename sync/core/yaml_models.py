"""A file's table → a pydantic model, with every mismatch as a problem that has a line.

The models say what is allowed; this module only puts what pydantic found into Indonesian, with the nearest word.
"""

from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sync.core.headers import nearest
from sync.core.masking import mask_numbers
from sync.core.mendable import Problem
from sync.core.yaml_text import RUN, Node

Model = TypeVar("Model", bound=BaseModel)
GIVEN = frozenset({"name"})
"""What a workflow knows from its file's name, and the file may not say."""


def read_model(
    model: type[Model], root: Node, *, file: str, given: dict[str, Any] | None = None
) -> tuple[Model | None, list[Problem]]:
    """The model, or None and what is wrong. `given` are values that don't stand in the file."""
    plain = root.plain()
    if not isinstance(plain, dict):
        raise TypeError("a model is read from a table")
    try:
        return model.model_validate({**plain, **(given or {})}), []
    except ValidationError as error:
        return None, [_problem(detail, model, root, file) for detail in error.errors()]


def _problem(detail: ErrorDetails, model: type[BaseModel], root: Node, file: str) -> Problem:
    path = tuple(detail["loc"])
    where = f"{file}:{root.at(path).line}"
    key = str(path[-1]) if path else ""
    at = ".".join(str(step) for step in path)
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            known = sorted(_keys_at(model, path[:-1]))
            near = nearest(key, known, 1)
            hint = f"; maksudnya {near[0]}?" if near else ""
            return Problem("kunci-tidak-dikenal", where, f'"{at}"{hint}', ", ".join(known), RUN)
        case "missing":
            return Problem("kunci-kurang", where, f'"{at}" belum ada', f"{key}: …", RUN)
        case "literal_error":
            found = str(detail["input"])
            expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            near = nearest(found, expected.split(", "), 1)
            hint = f"; maksudnya {near[0]}?" if near else ""
            return Problem(
                "nilai-tidak-dikenal", where, f'{at}: "{_short(found)}"{hint}', expected, RUN
            )
        case _:
            return Problem(
                "nilai-salah-bentuk",
                where,
                f'{at}: "{_short(detail["input"])}"',
                _expected(detail["type"], context),
                RUN,
            )


_EXPECTED = {
    "string_type": "teks",
    "bool_parsing": "true atau false",
    "bool_type": "true atau false",
    "int_parsing": "bilangan bulat",
    "int_type": "bilangan bulat",
    "float_parsing": "angka, dengan titik untuk pecahan",
    "float_type": "angka",
    "tuple_type": "daftar, misalnya [satu, dua]",
    "dict_type": "tabel kunci: nilai",
    "model_type": "tabel kunci: nilai",
    "model_attributes_type": "tabel kunci: nilai",
}


def _expected(kind: str, context: dict[str, Any]) -> str:
    if kind in ("greater_than", "greater_than_equal"):
        return f"paling sedikit {context.get('ge', context.get('gt'))}"
    if kind in ("less_than", "less_than_equal"):
        return f"paling banyak {context.get('le', context.get('lt'))}"
    return _EXPECTED.get(kind, kind.replace("_", " "))


def _short(found: object) -> str:
    text = found if isinstance(found, str) else type(found).__name__
    text = {"dict": "tabel", "list": "daftar"}.get(text, text)
    return mask_numbers(text[:60])


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> set[str]:
    """The keys of the model that the path leads to, through tables, lists and optional parts."""
    found: Any = model
    for step in path:
        found = _below(found, str(step))
    keys = next(
        (set(part.model_fields) for part in (found, *get_args(found)) if _is_model(part)), set()
    )
    return keys if path else keys - GIVEN


def _below(annotation: Any, key: str) -> Any:
    if _is_model(annotation):
        field = annotation.model_fields.get(key)
        return field.annotation if field else None
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    if get_origin(annotation) is tuple:
        return arguments[0]
    inside = (_below(argument, key) for argument in arguments)  # `X | None`
    return next((found for found in inside if found is not None), None)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
