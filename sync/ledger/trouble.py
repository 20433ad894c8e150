"""Trouble with the database itself, told once, here: what an office can mend, in its own words.

A full or read-only disk, a damaged file, a lock that is not let go, a server that is gone. Mistakes of ours stay what
they are. What was not committed did not happen: once the trouble is over, the next cycle does it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from sync.core.mendable import Mendable, Problem

Kind = tuple[str, str, str, str]
"""The problem's name, what was found, what is allowed, what to run."""

_GOES_ON = "tidak ada yang hilang, dan Loket melanjutkan sendiri setelah itu"

FULL = (
    "ledger-penuh",
    "ruang penyimpanan habis; tidak ada yang dapat dicatat",
    f"ruang kosong di disk itu; {_GOES_ON}",
    "kosongkan ruang penyimpanan, lalu python loket.py status",
)
READ_ONLY = (
    "ledger-tidak-dapat-ditulis",
    "ledger hanya dapat dibaca",
    f"izin menulis di folder data/ dan berkas di dalamnya; {_GOES_ON}",
    "pulihkan izin menulis, lalu python loket.py status",
)
DAMAGED = (
    "ledger-rusak",
    "isi berkas rusak, atau berkas itu bukan ledger",
    "salinan ledger yang utuh; jangan hapus yang rusak",
    "python loket.py restore",
)
LOCKED = (
    "ledger-terkunci",
    "program lain menahan ledger terlalu lama",
    f"tidak ada program lain yang membuka berkas itu; {_GOES_ON}",
    "tutup program itu, lalu python loket.py status",
)
UNREADABLE = (
    "ledger-tidak-terbaca",
    "penyimpanan tidak dapat dibaca atau ditulis",
    f"disk yang terpasang, sehat, dan tidak penuh; {_GOES_ON}",
    "periksa disknya, lalu python loket.py status",
)
AWAY = (
    "ledger-tidak-terhubung",
    "sambungan ke server basis data terputus",
    f"server basis data yang berjalan; {_GOES_ON}",
    "periksa server basis data, lalu python loket.py status",
)
NEWER = (
    "ledger-lebih-baru",
    "ledger ini sudah diperbarui oleh Loket yang lebih baru; versi ini tidak mengubah apa pun di dalamnya",
    "Loket versi yang sama dengan yang memperbaruinya",
    "python loket.py upgrade BERKAS.zip",
)

_SQLITE = {  # primary result codes: https://sqlite.org/rescode.html
    3: READ_ONLY,
    5: LOCKED,
    6: LOCKED,
    8: READ_ONLY,
    10: UNREADABLE,
    11: DAMAGED,
    13: FULL,
    14: UNREADABLE,
    15: LOCKED,
    26: DAMAGED,
}
_POSTGRESQL = {
    "53100": FULL,
    "25006": READ_ONLY,
    "55P03": LOCKED,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
_AWAY_CLASSES = ("08", "57", "53")


class LedgerTrouble(Mendable):
    """Nothing can be done without the ledger: whoever meets this lets it pass."""


def place_of(url: URL) -> str:
    """Where the ledger is, for people: its file, or its server without the password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


@contextmanager
def told(where: str, afterwards: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Raises LedgerTrouble, after `afterwards`, for what the database could not do."""
    try:
        yield
    except DBAPIError as error:
        found = _kind(error)
        if found is None:
            raise
        afterwards()
        raise trouble(found, where) from error


def trouble(kind: Kind, where: str) -> LedgerTrouble:
    name, found, allowed, run = kind
    return LedgerTrouble(Problem(name, where=where, found=found, allowed=allowed, run=run))


def _kind(error: DBAPIError) -> Kind | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    if "decode to UTF-8" in str(error.orig):  # SQLite's driver, of a text that is none any more
        return DAMAGED
    state = getattr(error.orig, "sqlstate", "") or ""
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    lost = error.connection_invalidated or state[:2] in _AWAY_CLASSES
    return AWAY if lost or (isinstance(error, OperationalError) and not state) else None
