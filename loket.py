"""Starts Loket: `python3 loket.py VERB …`, on a machine that has nothing but Python.

This file must parse on any old Python, so that its owner gets a sentence and not a traceback. What a start
does is in sync/launcher/, which needs the standard library only.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place where Python may be any Python
    sys.exit(
        "Loket memerlukan Python 3.11 atau yang lebih baru, sedangkan ini Python {}.{}:"
        " pasang dari https://www.python.org/downloads/ lalu jalankan lagi.".format(
            *sys.version_info
        )
    )

if __name__ == "__main__":
    # Found by its real place, also through a link and where Python is told to trust no script's folder.
    root = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120
    sys.path.insert(0, root)
    from sync.launcher.swap import finish

    finish(root)
    from sync.launcher.handover import main

    sys.exit(main(root, sys.argv[1:]))
