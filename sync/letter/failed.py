"""Why a letter could not be made: a sentence for the officer's row, and a line for the log."""


class LetterFailed(Exception):
    """`reason` is Indonesian, for the officer; `detail` is for the log and holds no citizen's data."""

    def __init__(self, reason: str, *, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail or reason
