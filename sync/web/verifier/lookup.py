"""What became of the letter that a code belongs to: genuine, revoked or unknown. Each question is recorded, not who asked.

A letter counts as revoked when the office withdrew it, or when its application no longer stands as decided.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sync.core.application import Application
from sync.core.states import State
from sync.core.verification import Code, NotACode, answers_text, mask_name, read_code
from sync.ledger.ledger import Ledger
from sync.ledger.verification import Verification
from sync.letter.office_key import OfficeKey, verifies

STANDING = frozenset(
    {State.APPROVED, State.DELIVERING, State.UNCERTAIN, State.FAILED, State.DELIVERED}
)
"""States in which a letter that was made is the office's word."""


class Outcome(StrEnum):
    GENUINE = "genuine"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # no code of this office's, or no letter of it in the ledger


def look_up(
    ledger: Ledger, text: str, *, private_key: Callable[[str], OfficeKey | None], at: datetime
) -> Outcome:
    """`private_key` gives the key of an id when this computer has it: with it the answers are compared as well.

    Raises LedgerTrouble.
    """
    with ledger.reading() as look:
        application, outcome = _judge(look.verification, text, private_key)
    with ledger.begin() as tx:
        tx.verification.looked_up(at, application.reference if application else "", outcome.value)
    return outcome


def _judge(
    known: Verification, text: str, private_key: Callable[[str], OfficeKey | None]
) -> tuple[Application | None, Outcome]:
    try:
        code = read_code(text)
    except NotACode:
        return None, Outcome.UNKNOWN
    keys = [key for key in known.public_keys() if key.id == code.key_id]
    if not keys or not verifies(code, bytes.fromhex(keys[0].point)):
        return None, Outcome.UNKNOWN
    application = _letter(known, code, private_key(code.key_id))
    if application is None:
        return None, Outcome.UNKNOWN
    standing = application.state in STANDING and not known.withdrawn([application.id])
    trusted = keys[0].revoked_at is None
    return application, Outcome.GENUINE if standing and trusted else Outcome.REVOKED


def _letter(known: Verification, code: Code, key: OfficeKey | None) -> Application | None:
    """The application whose letter this is: number and date, and the answers where they can be compared."""
    for application in known.of_number(code.facts.number):
        if application.erased_at is not None:  # the register still has the name
            same = code.facts.name == mask_name(application.name)
        else:
            same = key is None or code.facts.mark == key.mark(
                answers_text(application.reference, application.answers)
            )
        if same and application.approved_on in (None, code.facts.dated):
            return application
    return None
