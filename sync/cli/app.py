"""The command line: the verbs, and what every one of them does about problems.

Exit codes: 0 done · 1 the user can mend it · 3 a mistake of ours (traceback in data/log/) · 130 Ctrl-C.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from sync import __version__
from sync.cli import screen
from sync.cli.in_indonesian import Verb, Verbs, wrong_command
from sync.cli.options import OfficeName, with_office, worked_on
from sync.cli.root import Root
from sync.core.mendable import Mendable

VERBS = (
    "assistant",
    "demo",
    "run",
    "setup",
    "new",
    "check",
    "doctor",
    "preview",
    "status",
    "show",
    "register",
    "report",
    "retry",
    "backup",
    "restore",
    "repair",
    "publish-verifier",
    "publish",
    "revoke",
    "export",
    "forget",
    "serve",
    "service",
    "upgrade",
    "sandbox",
    "test",
)
"""Each is a module of this folder with a function of the same name; its docstring is the verb's help."""

app = typer.Typer(
    name="loket",
    cls=Verbs,
    help="Loket: Google Form menjadi loket pelayanan. Surat sampai kepada pemohon tepat satu kali.",
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback would show citizens' data
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=True)
def everywhere(
    context: typer.Context,
    root: Annotated[
        Path | None,
        typer.Option(
            help="Folder settings.yaml, workflows/, templates/ dan data/. Bawaan: folder loket.py."
        ),
    ] = None,
    office: OfficeName = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Cetak versi Loket, lalu selesai.")
    ] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit
    context.obj = Root.of(root).office(office) if office else Root.of(root)
    worked_on.set(context.obj)
    if context.invoked_subcommand is None:  # a double click, or nothing but the program's name
        raise typer.Exit(import_module("sync.cli.assistant").open_assistant(context.obj))


for verb in VERBS:
    name = verb.replace("-", "_")
    module = import_module(f"sync.cli.{name}")
    passes_on = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    app.command(verb, cls=Verb, context_settings=passes_on if verb == "test" else None)(
        with_office(getattr(module, name))
    )


_WRONG_COMMAND = typer.BadParameter.__mro__[1]
"""Typer's class for every wrong verb, option or argument; Typer does not name it itself."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb and returns the exit code."""
    try:
        code = app(arguments, prog_name="python loket.py", standalone_mode=False)
        return int(code or 0)
    except Mendable as error:
        screen.problems(error.problems)
        return 1
    except typer.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away: nobody is left to tell
        sys.stderr.close()
        return 0
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # typer's own; its message is the help
            print(error)
            return 0
        if isinstance(error, _WRONG_COMMAND):
            screen.problems([wrong_command(error)])
            return 1
        from sync.cli.log_file import keep_traceback

        data = (worked_on.get() or Root.of(None)).data
        where = keep_traceback(arguments if arguments is not None else sys.argv[1:], data)
        screen.mistake(error, where)
        return 3
