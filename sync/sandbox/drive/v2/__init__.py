"""Drive v2 as far as clients still call it, told in v2's words over v3's deeds.

Only words are translated here: what may be done and what it does is decided in the modules of the same names above.
"""

from sync.sandbox.drive.v2 import about, files, permissions, revisions
from sync.sandbox.frame import Route

ROUTES: list[Route] = [*about.ROUTES, *files.ROUTES, *permissions.ROUTES, *revisions.ROUTES]
