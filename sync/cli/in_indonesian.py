"""What Typer itself says, in Indonesian: the headings of a verb's help, and what is wrong with a command."""

import sys
from typing import Any

from typer.core import TyperCommand, TyperGroup

from sync.core.headers import nearest
from sync.core.mendable import Problem

_HELP = (
    ("Usage: ", "Pemakaian: "),
    ("[OPTIONS]", "[PILIHAN]"),
    ("COMMAND [ARGS]...", "PERINTAH ..."),
    ("\nArguments:\n", "\nIsian:\n"),
    ("\nOptions:\n", "\nPilihan:\n"),
    ("\nCommands:\n", "\nPerintah:\n"),
    ("Show this message and exit.", "Tampilkan bantuan ini."),
    ("[default:", "[bawaan:"),
    ("[required]", "[wajib]"),
)


def _translated(text: str) -> str:
    for english, indonesian in _HELP:
        text = text.replace(english, indonesian)
    return text


class Verb(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _translated(super().get_help(ctx))


class Verbs(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return _translated(super().get_help(ctx))


def wrong_command(error: Exception) -> Problem:
    """`error`: Typer's, of any of its classes for wrong verbs, options and arguments; it does not name them all."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "python loket.py"
    return Problem(
        "perintah-salah",
        where="python loket.py " + " ".join(sys.argv[1:]),
        found=_found(error, context),
        allowed="perintah dan pilihan yang disebut oleh --help",
        run=f"{command} --help",
    )


def _found(error: Any, context: Any) -> str:
    parameter = getattr(error, "param", None)
    name = max(parameter.opts, key=len) if parameter else getattr(error, "option_name", "")
    match type(error).__name__:
        case "NoSuchOption":
            near = ", ".join(sorted(error.possibilities or ()))
            return f"pilihan {name} tidak dikenal" + (f"; yang mirip: {near}" if near else "")
        case "BadOptionUsage":
            return f"pilihan {name} tanpa isi yang harus ada, atau dengan isi yang tidak boleh ada"
        case "MissingParameter":
            return f"{name} belum diisi"
        case "BadParameter":
            return f"isi {name} tidak dapat dipakai"
    if isinstance(getattr(context, "command", None), TyperGroup):
        word = error.message.partition("'")[2].partition("'")[0]
        near = ", ".join(nearest(word, sorted(context.command.commands), 1))
        return f'perintah "{word}" tidak dikenal' + (f"; yang mirip: {near}" if near else "")
    return "ada kata yang berlebih"
