"""How much of an answer a letter takes: hard limits, and the reading of a workflow file's own min and max."""

import re

from sync.core.refused import Refused

TEXT_MAX = 500
PARAGRAPH_MAX = 5_000
FILES_MAX = 20


def count(text: str) -> int:
    """A min or max that counts something."""
    if not re.fullmatch(r"\d{1,6}", text.strip()):
        raise Refused("tulis bilangan bulat.")
    return int(text)
