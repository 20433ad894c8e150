"""The models of a workflow file (docs/workflow.md). Reading text into them is workflow/read.py's affair.

The names are those an office writes. Every value arrives as text (YAML read without types).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import Field as PydanticField

ReviewKind = Literal["petugas", "otomatis"]
ChannelName = Literal["email", "drive", "whatsapp", "sms"]
DIGITS = frozenset({"nik", "kk", "nip", "phone"})
"""Types of answers that are digits and no amounts: core.cells.digits_of."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _from_indonesian(value: object) -> object:
    return {"ya": True, "tidak": False}.get(value, value) if isinstance(value, str) else value


InIndonesian = Annotated[bool, BeforeValidator(_from_indonesian)]
"""`ya` and `tidak` besides YAML's own words."""


class Applicant(_Model):
    """The headers of the questions that tell who applies. `reference` is the optional question that a
    mended answer carries its old reference in."""

    name: str
    email: str | None = None
    phone: str | None = None
    reference: str | None = None


class Field(_Model):
    """One field of the letter: the header of its question, its type, and what is allowed."""

    question: str
    type: str = "text"
    required: InIndonesian = True
    min: str | None = None  # read by the type: characters of a text, a number, a date
    max: str | None = None
    options: tuple[str, ...] = ()


class Rule(_Model):
    """A sentence about the fields. Exactly one of `unless` (the applicant must mend), `warn_if` (for the officer)."""

    unless: str | None = None
    warn_if: str | None = None
    say: str


class Duplicates(_Model):
    same: tuple[str, ...]
    within_days: int = 30
    then: Literal["warn", "refuse"] = "warn"


class Letter(_Model):
    """`template` is relative to templates/; `number` and `file` are Jinja texts. `series` is the numbers' row that
    several workflows may share; `start` the first serial of a year, by year: an office moves in mid-year."""

    template: str
    number: str
    file: str = "{{ referensi }}"
    valid_months: Annotated[int, PydanticField(ge=1, le=120)] | None = None  # None: no term
    classification: str = ""
    series: str | None = None  # empty: the workflow's own
    start: dict[str, str] = {}  # years and serials as they were written; check.py reads them

    def first_serial(self, year: int) -> int:
        return int(self.start.get(str(year), 1))


class Public(_Model):
    """What citizens' pages say of the service. `show` None: shown where there is a form to fill in. `requirements` empty:
    the files that the form asks for. `form`: the public link of the form; without it the one of the workflow's own id."""

    show: InIndonesian | None = None
    summary: str = ""
    requirements: tuple[str, ...] = ()
    form: str = ""


class Workflow(_Model):
    """One service of the counter. `name` is the file's name without `.yaml`; `sheet` and `form` are ids."""

    name: str
    title: str
    prefix: str
    sheet: str
    tab: str
    form: str | None = None
    applicant: Applicant
    fields: dict[str, Field]
    rules: tuple[Rule, ...] = ()
    duplicates: Duplicates | None = None
    review: ReviewKind = "petugas"
    letter: Letter
    deliver: tuple[ChannelName, ...] = ("email",)
    messages: dict[str, str] = {}  # kind → a template under templates/ instead of the default
    receipt: InIndonesian = False  # the applicant is told by email that the application came in
    promised_days: Annotated[int, PydanticField(ge=1, le=365)] | None = None  # then: sorry, once
    attach: dict[str, str] = {}  # kind of notice → the template of a letter that accompanies it
    public: Public = Public()
    retention_days: Annotated[int, PydanticField(ge=1, le=36_500)] | None = None  # None: kept
    retention_drive: Literal["keep", "trash"] = (
        "keep"  # the applicant's letter in Drive, afterwards
    )

    @property
    def series(self) -> str:
        """What its letters are numbered within."""
        return self.letter.series or self.name

    @property
    def questions(self) -> tuple[str, ...]:
        """The headers this workflow reads, each once, the applicant's first."""
        of_applicant = (
            self.applicant.name,
            self.applicant.email,
            self.applicant.phone,
            self.applicant.reference,
        )
        named = [header for header in of_applicant if header]
        return tuple(dict.fromkeys(named + [field.question for field in self.fields.values()]))

    @property
    def digit_questions(self) -> tuple[str, ...]:
        """The headers of answers that the sheet must keep as text, to the last digit."""
        typed = [field.question for field in self.fields.values() if field.type in DIGITS]
        return tuple(dict.fromkeys(filter(None, (self.applicant.phone, *typed))))
