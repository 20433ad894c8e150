"""What a step is: a question with a page, and what to do with the answer."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from sync.core.mendable import Mendable, Problem
from sync.google.credentials import account_of, load_credentials
from sync.google.transport import Transport
from sync.web.assistant.lent import Lent
from sync.web.assistant.place import Place, Progress
from sync.web.local.files import digest_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SEEN = "dilihat"
"""A form's field: the digest of the values that it was filled with."""
GOOGLE_TIMEOUT_S = 20
GOOGLE_ATTEMPTS = 2

Form = Mapping[str, str]


class Wrong(Exception):
    """The page is shown again with what was typed. `fields`: what is wrong beside a field; `theirs`: what somebody
    else saved there meanwhile."""

    def __init__(
        self,
        *problems: Problem,
        fields: Mapping[str, str] | None = None,
        theirs: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__("; ".join(problem.found for problem in problems))
        self.problems: Sequence[Problem] = problems
        self.fields = fields or {}
        self.theirs = theirs or {}


@dataclass
class Desk:
    """What every step works with. `address` is where the assistant itself answers."""

    place: Place
    lent: Lent
    address: str
    lock: Lock = field(default_factory=Lock)

    @property
    def progress(self) -> Progress:
        return self.place.progress()

    @property
    def service(self) -> str:
        """The name of the service that is being set up; of an office that came with its own, the first; "" for none."""
        there = self.place.services()
        chosen = self.progress.service
        return chosen if chosen in there else next(iter(there), "")

    @property
    def is_outdated(self) -> bool:
        """Whether a worker runs that began before the last change of settings or services."""
        with suppress(Mendable):  # a folder that can't be looked into is told where it is needed
            since = self.lent.worker().since
            return since is not None and self.place.changed_after(since)
        return False

    def finish(self, step: str, **values: Any) -> None:
        """Notes a step as done, and what it found. Raises Mendable."""
        progress = self.place.progress()
        if step not in progress.done:
            progress.done.append(step)
        for name, value in values.items():
            setattr(progress, name, value)
        self.place.keep_progress(progress)

    def google(self) -> "AbstractContextManager[Transport]":
        """Closed at the end of the block; gives up soon, for somebody waits. Raises Mendable where access is not set up."""
        return self.google_by(None)

    def google_by(
        self, file: Any = None, *, subject: str | None = None, gmail: bool = False
    ) -> "AbstractContextManager[Transport]":
        """With this credentials file instead of the one in use. Raises Mendable."""
        from contextlib import closing

        google = self.place.settings().google
        credentials = load_credentials(
            file or self.place.folder / google.credentials,
            subject=google.subject if subject is None else subject,
            endpoint=google.endpoint,
            gmail=gmail,
        )
        return closing(
            Transport(
                credentials,
                endpoint=google.endpoint,
                timeout_s=GOOGLE_TIMEOUT_S,
                attempts=GOOGLE_ATTEMPTS,
                calls_a_minute=0,
            )
        )

    def account(self) -> str:
        """The address that a sheet is shared with; "" where it is not known. Raises Mendable without access."""
        google = self.place.settings().google
        return google.subject or account_of(self.place.folder / google.credentials)


class Step(Protocol):
    """`name` is its place in the address; its page is pages/`name`.html."""

    name: str
    title: str

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        """What the page shows. Raises Mendable, Failure."""
        ...

    def take(self, form: Form) -> str:
        """The address to go to afterwards. Raises Wrong, Mendable, Failure; then nothing was written."""
        ...


def ensure_unchanged(form: Form, stored: Mapping[str, str]) -> None:
    """Of two people who fill in one page, the second sees what the first saved before writing over it."""
    if form.get(SEEN) == digest_of(dict(stored)):
        return
    theirs = {name: value for name, value in stored.items() if form.get(name, value) != value}
    if theirs or SEEN not in form or not stored.keys() <= form.keys():
        raise Wrong(
            Problem(
                "diubah-orang-lain",
                "halaman ini",
                "isinya sudah diubah dari tempat lain sesudah halaman ini dibuka",
                "periksa yang tersimpan sekarang (tertulis di bawah isian yang berbeda); simpan sekali lagi untuk memakai isian di layar ini",
            ),
            theirs=theirs,
        )


def beside(error: Mendable, names: Mapping[str, str]) -> Wrong:
    """A settings file's problems beside their fields. `names`: setting → field."""
    fields, others = {}, []
    for problem in error.problems:
        named = next((one for path, one in names.items() if path in problem.found), None)
        if named is None:
            others.append(problem)
        else:
            fields[named] = problem.allowed or problem.found
    return Wrong(*others, fields=fields)
