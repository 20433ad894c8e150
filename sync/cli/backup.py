"""`backup`: a copy of the ledger, now."""

import sqlite3

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.cli.root import unwritable


def backup(context: typer.Context, as_json: AsJson = False, root: RootFolder = None) -> int:
    """Salin ledger sekarang: ke data/backup dan ke Google Drive akun kantor.

    Pekerja yang berjalan melakukannya sendiri setiap hari. Salinan utuh, juga ketika pekerja sedang menulis; dikunci
    jika kata sandi cadangan diatur (backup.passphrase_env di settings.yaml).
    """
    from sync.cli.wiring import assembled

    office = root_of(context, root)
    with assembled(office) as wiring:
        try:
            made = wiring.backups.make()
        except OSError as error:
            raise unwritable(office.data / "backup", error) from error
        except sqlite3.Error as error:
            raise unwritable(office.data / "backup", OSError(str(error))) from error
    if as_json:
        screen.as_json({"file": str(made.file), "in_drive": made.in_drive, "trouble": made.trouble})
    else:
        screen.say(f"Cadangan: {made.file}" + (" dan di Google Drive." if made.in_drive else ""))
        if made.trouble:
            screen.say(f"{made.trouble} Salinan di komputer ini ada.", style="red")
    return 1 if made.trouble else 0
