"""Folders that a program copies to a cloud, by their names and by what the system says of them.

Neither secrets nor the ledger may lie in one: a secret leaves the computer, and a database copied while it is written
is a damaged one. A folder that was given another name is not recognised.
"""

import re
from collections.abc import Mapping

_NAMES = {
    "OneDrive": r"onedrive( - .+)?",
    "Dropbox": r"dropbox( \(.+\))?",
    "Google Drive": r"google ?drive(-.+)?|my drive|drive saya|drivefs",
    "iCloud": r"icloud ?drive|com~apple~clouddocs|mobile documents",
    "Nextcloud": r"nextcloud",
    "ownCloud": r"owncloud",
    "pCloud": r"pcloud ?drive",
    "Box": r"box|box sync",
}
_VARIABLES = {
    "ONEDRIVE": "OneDrive",
    "ONEDRIVECONSUMER": "OneDrive",
    "ONEDRIVECOMMERCIAL": "OneDrive",
}
"""Where Windows says that its OneDrive folders are."""


def synced_by(path: str, environment: Mapping[str, str]) -> str:
    """The program that copies what lies at this absolute path; "" when none is known to. Either kind of slash."""
    parts = _parts(path)
    for variable, value in environment.items():
        folder = _parts(value)
        if variable.upper() in _VARIABLES and folder and parts[: len(folder)] == folder:
            return _VARIABLES[variable.upper()]
    for service, pattern in _NAMES.items():
        if any(re.fullmatch(pattern, part) for part in parts):
            return service
    return ""


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"[\\/]+", path.casefold()) if part]
