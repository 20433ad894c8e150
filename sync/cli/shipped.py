"""`python -m sync.cli.shipped`: writes down what templates/ and workflows/ this version comes with.

An upgrade tells by it which of them an office has changed. Run it after changing one; a test asks for it.
"""

import json

from sync.cli.root import PROGRAM
from sync.cli.upgrade_release import SHIPPED, editable_files


def text() -> str:
    return json.dumps(editable_files(PROGRAM), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (PROGRAM / SHIPPED).write_text(text(), encoding="utf-8", newline="\n")
