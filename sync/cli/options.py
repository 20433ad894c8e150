"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated, cast

import typer

from sync.cli.root import Root

AsJson = Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")]
RootFolder = Annotated[
    Path | None,
    typer.Option("--root", help="Sama dengan --root sebelum perintah.", show_default=False),
]


def root_of(context: typer.Context, folder: Path | None) -> Root:
    """The root named after the verb, else the one before it."""
    return Root.of(folder) if folder else cast(Root, context.obj)
