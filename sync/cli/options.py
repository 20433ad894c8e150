"""Options that several verbs share."""

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, cast, get_type_hints

import typer

from sync.cli.root import Root
from sync.cli.tenant import FOLDER
from sync.core.mendable import Mendable

AsJson = Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")]
RootFolder = Annotated[
    Path | None,
    typer.Option("--root", help="Sama dengan --root sebelum perintah.", show_default=False),
]
OfficeName = Annotated[
    str | None,
    typer.Option(
        "--office",
        help="Kantor yang dimaksud, bila satu Loket melayani beberapa kantor (folder offices/).",
        show_default=False,
    ),
]
OF_THE_WHOLE = ("run", "service", "upgrade", "report")
"""The verbs that need no office named where there are several."""


worked_on: ContextVar[Root | None] = ContextVar("worked_on", default=None)
"""Whose folder this command works on: there a mistake of ours is kept."""


def root_of(context: typer.Context, folder: Path | None) -> Root:
    """The root named after the verb, else the one before it."""
    return Root.of(folder) if folder else cast(Root, context.obj)


def with_office(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The same verb with `--office`, where it works on a root; where there are several offices, it wants one named."""
    signature = inspect.signature(verb)
    if not {"root", "context"} <= signature.parameters.keys():
        return verb

    @wraps(verb)
    def of_office(context: typer.Context, **given: Any) -> Any:
        root, name = root_of(context, given.pop("root")), given.pop("office")
        if name:
            root = root.office(name)
        elif verb.__name__ not in OF_THE_WHOLE and root.offices():
            raise which_office(root)
        worked_on.set(root)
        context.obj = root
        return verb(context=context, root=None, **given)

    option = inspect.Parameter(
        "office", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=OfficeName
    )
    shown = signature.replace(parameters=[*signature.parameters.values(), option])
    of_office.__signature__ = shown  # type: ignore[attr-defined]
    hints = get_type_hints(verb, include_extras=True)
    of_office.__annotations__ = {**hints, "office": OfficeName}
    return of_office


def which_office(root: Root) -> Mendable:
    """Where one of several offices has to be named."""
    names = ", ".join(office.tenant for office in root.offices())
    return Mendable.one(
        "kantor-belum-disebut",
        where=str(root.folder / FOLDER),
        found="Loket ini melayani beberapa kantor",
        allowed=f"salah satu: {names}",
        run=f"ulangi perintah itu dengan --office NAMA, misalnya --office {root.offices()[0].tenant}",
    )
