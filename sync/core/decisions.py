"""The five words an officer may choose in the decision column. What a decision does is core/review.py's affair."""

from enum import StrEnum


class Decision(StrEnum):
    """The value is the word in the sheet's dropdown."""

    APPROVE = "Setujui"
    REJECT = "Tolak"
    MEND = "Minta perbaikan"
    RESEND = "Kirim ulang"
    CANCEL = "Batalkan"


class UnknownDecision(ValueError):
    """A word that is none of the five. `sentence` is for the officer's row."""

    def __init__(self, found: str) -> None:
        self.found = found
        self.allowed: tuple[str, ...] = tuple(decision.value for decision in Decision)
        self.sentence = f"Keputusan tidak dikenal. Pilih salah satu: {', '.join(self.allowed)}."
        super().__init__(self.sentence)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_BY_WORD = {_bare(decision.value): decision for decision in Decision}


def read_decision(text: str) -> Decision | None:
    """None for an empty cell; case, spaces and punctuation don't matter. Raises UnknownDecision."""
    word = _bare(text)
    if not word:
        if text.strip():
            raise UnknownDecision(text.strip())
        return None
    if word not in _BY_WORD:
        raise UnknownDecision(text.strip())
    return _BY_WORD[word]
