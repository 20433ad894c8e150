"""An answer that cannot be accepted, with the reasons as sentences.

The reasons are Indonesian, short and kind, and say what to do; they never repeat a NIK. Whoever shows them puts
the question's name before them (core/answers.py).
"""


class Refused(ValueError):
    """One or more reasons why an answer cannot be read as what was asked for."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons: tuple[str, ...] = reasons
