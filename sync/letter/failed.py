"""Why a letter could not be made: a sentence for the officer's row, and a line for the log."""


class LetterFailed(Exception):
    """`reason` is Indonesian, for the officer; `detail` is for the log and holds no citizen's data."""

    def __init__(self, reason: str, *, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail or reason

    def in_template(self, template: str) -> "LetterFailed":
        """The same, with the file for whoever has to mend it; where it names one, as it is."""
        if ".html" in self.reason:
            return self
        return LetterFailed(
            f"{self.reason.removesuffix('.')} ({template}).", detail=f"{template}: {self.detail}"
        )
