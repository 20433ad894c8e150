"""The torture's memory: who sent which answers, and what every cell of a person's hand was last made to say.

A citizen is known by a token in the name (W0012), each version of the answers by a code in the address
(kode-W0012-03): so whose row, letter or mail something is, and which answers it holds, can be told from itself.
"""

import random
import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"\bW\d{4}\b")  # not within an id of Google's
CODE = re.compile(r"kode-(W\d{4}-\d{2})")

HOSTILE = (
    "=HYPERLINK(A1)",
    "<script>alert(1)</script>",
    "{{ kantor }}",
    "'; DROP TABLE applications; --",
    '<b>tebal</b> & "kutip"',
    "‮terbalik‬",
    "é è ñ ü",
)
NONSENSE = ("1234", "0000000000000000", "abc", "=1+1", "64020199999990001")


@dataclass
class Response:
    """One response of a form, as last sent. `row` is the mark of its row once an officer has seen it."""

    id: str
    answers: dict[str, str]
    row: str = ""


@dataclass
class Person:
    token: str
    service: str
    name: str
    email: str
    nik: str
    versions: int = 0
    responses: list[Response] = field(default_factory=list)
    good: set[str] = field(default_factory=set)  # codes of answers that nothing is wrong with
    bad: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)  # codes an officer saw when typing Setujui
    words: set[str] = field(default_factory=set)  # decisions that an officer typed, valid as typed
    resend_orders: int = 0
    deleted: bool = False  # an officer deleted the row
    moved: bool = (
        False  # an officer cut the row and pasted it elsewhere: the form no longer knows it
    )
    copies: int = 0
    pasted: bool = False  # an officer pasted over its reference, and it is not back yet
    reference: str = ""  # the one that was pasted over
    pending: bool = False  # the ledger does not know yet what stands in the row
    arrived_before: int = 0  # letters in the mailbox when the last "Kirim ulang" was typed
    again: bool = False  # answered again, and the old row does not say so yet
    final: str = ""  # the word that a calm officer typed last
    exact_mails: int | None = (
        None  # how many letters there must be by email, where it is known for certain
    )

    @property
    def steady(self) -> bool:
        """Nothing is under way that makes a further change of its row ambiguous."""
        return not (self.deleted or self.copies or self.pasted or self.again)

    def write(self, rng: random.Random, *, good: bool, own_email: bool = False) -> dict[str, str]:
        """A new version of the answers. `own_email`: what is wrong is not the address, by which a person is known."""
        self.versions += 1
        code = f"{self.token}-{self.versions:02d}"
        (self.good if good else self.bad).add(code)
        spice = rng.choice(HOSTILE) if rng.random() < 0.3 else f"RT {rng.randint(1, 20)}"
        email, nik = self.email, self.nik
        if not good:
            if rng.random() < 0.25 and not own_email:
                email = rng.choice(("bukan alamat", "", "a@b@c", "dua@x.example, tiga@x.example"))
            else:
                nik = rng.choice(NONSENSE)
        return {
            "Nama Lengkap": self.name,
            "Surat Elektronik": email,
            "NIK": nik,
            "Alamat": f"{spice} kode-{code}",
            "Nomor Permohonan Lama": "",
        }


def new_person(rng: random.Random, number: int, service: str) -> Person:
    first = rng.choice(("Citra", "Doni", "Eka", "Fajar", "Gita", "Hasan", "Intan", "Joko"))
    token = f"W{number:04d}"
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(50, 99)
    nik = f"640201{day + rng.choice((0, 40)):02d}{month:02d}{year:02d}{number:04d}"
    domain = rng.choice(("warga", "surel", "penduduk"))
    return Person(token, service, f"{first} {token}", f"{token.lower()}@{domain}.example", nik)
