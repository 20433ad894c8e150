"""The ledger's tables, for SQLite and PostgreSQL alike. Changes to them are made by migrations/, never here alone:
a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0013"
"""The newest migration: a ledger that stands there needs no Alembic, whose import is dear at start-up."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC: SQLite has no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger takes aware moments only")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(32), nullable=False, unique=True),
    Column("workflow", String(80), nullable=False),
    Column("state", String(20), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("submitted", String(64), nullable=False),
    Column("same_key", String(64)),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("decision_seen", String(120), nullable=False, default=""),
    Column("officer_note", Text, nullable=False, default=""),
    Column("letter_number", String(120), nullable=False, default=""),
    Column("approved_at", Moment),
    Column("approved_on", Date),  # in the time zone that the office had then
    Column("link", Text, nullable=False, default=""),
    Column("queued", Boolean, nullable=False, default=False),
    Column("placed", Boolean, nullable=False, default=False),  # its reference was seen in the sheet
    Column("received_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("missing_at", Moment),  # since when no row of the sheet is this application's
    Column("erased_at", Moment),  # since when its personal data are no longer here
    # Its row was seen to say what is said here. Whatever changes an application unsays it.
    Column("shown", Boolean, nullable=False, default=False, onupdate=False),
    Index(None, "workflow", "fingerprint"),
    Index(None, "workflow", "state"),
    Index(None, "workflow", "same_key"),
    Index(None, "received_at", "email"),
    Index(None, "letter_number"),
    Index(None, "workflow", "erased_at", "received_at"),
    Index(None, "workflow", "shown"),
    Index(None, "workflow", "missing_at"),
)

places = Table(
    "places",
    metadata,
    Column("application_id", ForeignKey("applications.id"), primary_key=True),
    Column("workflow", String(80), nullable=False),
    Column("row", Integer, nullable=False),  # where its row was last seen: stale at once
    Index(None, "workflow", "row"),
)

replaced_rows = Table(
    "replaced_rows",
    metadata,
    Column("workflow", String(80), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("submitted", String(64), primary_key=True),
    Column("application_id", ForeignKey("applications.id"), nullable=False, index=True),
    Index(None, "workflow", "submitted"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_id", ForeignKey("applications.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("detail", JSON, nullable=False),
    Index(None, "at"),
)

documents = Table(
    "documents",
    metadata,
    Column("application_id", ForeignKey("applications.id"), primary_key=True),
    Column("number", String(120), nullable=False),
    Column("path", Text, nullable=False),  # relative to the data folder
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("kind", String(20), primary_key=True),  # reference | letter
    Column("scope", String(80), primary_key=True),  # a prefix | a series, a workflow
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

letter_numbers = Table(
    "letter_numbers",
    metadata,
    Column("workflow", String(80), primary_key=True),  # its series
    Column("year", Integer, primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("application_id", ForeignKey("applications.id"), nullable=False, unique=True),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_id", ForeignKey("applications.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("series", Integer, nullable=False),  # 1, and one more for each "Kirim ulang"
    Column("key", String(255), nullable=False),
    Column("address", Text, nullable=False),
    Column("facts", JSON, nullable=False),  # what a notice says: problems, the officer's note
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_tried_at", Moment),
    Column("next_try_at", Moment),
    Column("reason", Text, nullable=False, default=""),
    Column("receipt", Text, nullable=False, default=""),
    Column("link", Text, nullable=False, default=""),
    Column("planned_at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("application_id", "kind", "channel", "series"),
    Index(None, "state", "next_try_at"),
    Index(None, "channel", "settled_at"),
    Index(None, "planned_at", "address"),
    Index(None, "key"),
)

desks = Table(
    "desks",
    metadata,
    Column("workflow", String(80), primary_key=True),
    Column(
        "version", String(120), nullable=False
    ),  # of the spreadsheet, when it was last read to the end
    Column("cycle_at", Moment, nullable=False),
    Column("trouble", Text, nullable=False, default=""),
)

surveys = Table(
    "surveys",
    metadata,
    Column("workflow", String(80), primary_key=True),
    Column("survey", JSON, nullable=False),  # core/survey.py
)

writes_in_hand = Table(
    "writes_in_hand",
    metadata,
    Column("workflow", String(80), primary_key=True),
    Column("look", Text, nullable=False),  # google/write_in_hand.py
)

resources = Table(
    "resources",
    metadata,
    Column("name", String(160), primary_key=True),  # e.g. "drive folder domisili"
    Column("value", Text, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("subject", String(160), primary_key=True),  # what is the matter, e.g. "cycle domisili"
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("told_at", Moment),  # when the responsible person was emailed
)

verification_keys = Table(
    "verification_keys",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("point", String(130), nullable=False),  # the public key, uncompressed, in hexadecimal
    Column("made_at", Moment, nullable=False),
    Column("published_at", Moment),  # when it was first in a verification page
    Column("revoked_at", Moment),  # since when no code of it is trusted
)

lookups = Table(
    "lookups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("reference", String(32), nullable=False),  # "" where no letter is known by the code
    Column("outcome", String(20), nullable=False),  # genuine | revoked | unknown
)

left_to_erase = Table(
    "left_to_erase",
    metadata,
    Column("place", String(20), primary_key=True),  # ledger/forgetting.py Place
    Column("name", String(255), primary_key=True),
)

daily_reports = Table(
    "daily_reports",
    metadata,
    Column("day", Date, primary_key=True),  # the office's
    Column("made_at", Moment, nullable=False),
    Column("over", Boolean, nullable=False),  # the day was over: the figures are final
    Column("report", JSON, nullable=False),  # core/report/report.py
    Column("published_at", Moment),  # when its line was last written for the province
)

office_mails = Table(
    "office_mails",
    metadata,
    Column("about", String(20), primary_key=True),  # ledger/office_mails.py About
    Column("day", Date, primary_key=True),
    Column("address", String(254), primary_key=True),
    Column("series", Integer, nullable=False),  # 1, and one more each time a person sends it again
    Column("key", String(255), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("reason", Text, nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Index(None, "settled_at"),
)

letter_links = Table(
    "letter_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of a one-time link's token
    Column("application_id", ForeignKey("applications.id"), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

chat_reports = Table(
    "chat_reports",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("key", String(255), primary_key=True),  # the intent's
    Column("arrival", String(20), primary_key=True),  # core/chat.py Arrival
    Column("at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("taken", Boolean, nullable=False, default=False),  # the worker has seen it
    Index(None, "taken"),
)

chat_stops = Table(
    "chat_stops",
    metadata,
    Column("mark", String(64), primary_key=True),  # core/chat.py number_mark
    Column("since", Moment, nullable=False),
)

chat_heard = Table(
    "chat_heard",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the message's id
    Column("at", Moment, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("work", String(20), primary_key=True),  # ledger/claims.py Work
    Column("id", Integer, primary_key=True),  # an application's, or an intent's
    Column("by", String(40), nullable=False),  # a worker of the cluster
    Column("until", Moment, nullable=False),
)

letter_files = Table(
    "letter_files",
    metadata,
    Column("application_id", ForeignKey("applications.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # where several machines serve one ledger
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(254), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),  # of its mail: core.delivery.IntentState
    Column("key", String(255), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("settled_at", Moment),
    Column(
        "token_hash", String(64), unique=True
    ),  # SHA-256 of the link's token, once its mail is made
    Column("expires_at", Moment),
    Column("used_at", Moment),
    Index(None, "address", "asked_at"),
    Index(None, "state"),
    Index(None, "asked_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of the cookie's token
    Column("address", String(254), nullable=False),
    Column("role", String(20), nullable=False),  # as it was at sign-in
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("address", String(254), nullable=False),  # "" where nobody is known
    Column("page", String(60), nullable=False),
    Column("about", String(200), nullable=False),
)
