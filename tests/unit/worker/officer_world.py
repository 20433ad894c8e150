"""An office whose officers keep PDFs from SIAK in Drive, in memory: what a test of officers' files says and looks at."""

from datetime import timedelta

from sync.core.application import Event
from sync.core.delivery import LetterFile
from sync.core.officer_file import DriveLink
from sync.core.outcomes import Never, TryAgain
from sync.worker.cycle import CycleReport, run_cycle
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World

KK, AKTA = b"%PDF KK Citra dari SIAK", b"%PDF akta Citra"
KK_ID, AKTA_ID = "1KK-Citra-dari-SIAK-dengan-TTE", "1Akta-Citra-dari-SIAK-dengan-TTE"
BUSY = TryAgain("Google sedang sibuk. Dicoba lagi sendiri.")


class Drive:
    """The officers' files by id, or what Drive says instead; `asked` are the ids that were fetched."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {KK_ID: KK, AKTA_ID: AKTA}
        self.asked: list[str] = []

    def fetch(self, link: DriveLink) -> bytes:
        self.asked.append(link.id)
        found = self.files[link.id]
        if isinstance(found, Exception):
            raise found
        return found


class Office(World):
    """A counter whose officers have files in Drive."""

    files: Drive

    def cycle(self, times: int = 1) -> CycleReport:
        counter = self.counter()
        counter.fetch_file = self.files.fetch
        for _ in range(times):
            self.now += timedelta(minutes=1)
            report = run_cycle(counter)
        return report

    def arrives(self, person: dict[str, str] = CITRA) -> SheetRow:
        row = self.applies(person)
        self.cycle()
        return row

    def names(self, row: SheetRow, link: str, decision: str = "Setujui") -> None:
        self.decides(row, decision)
        row.officer["officer_file"] = link

    def clears(self, row: SheetRow) -> None:
        self.decides(row, "")
        self.cycle()

    def mailed(self, address: str = "citra@example.org") -> list[LetterFile]:
        return [one.letter for one in self.email.letters_to(address) if one.letter]

    def events(self, row: SheetRow) -> list[Event]:
        with self.ledger.reading() as look:
            return look.applications.events(self.application(row).id)

    def serials(self) -> list[int]:
        with self.ledger.reading() as look:
            return look.numbers.letters("domisili", 2026)


def checked(pdf: bytes) -> bool:
    """In the place of letter.foreign_pdf.is_signed."""
    if not pdf.startswith(b"%PDF"):
        raise Never("Berkas Petugas bukan PDF yang utuh.")
    return b"dari SIAK" in pdf
