"""Who comes into the dashboard: links that were asked for, their mails, and the sessions that began with one.

Of a link and of a session only the SHA-256 of its token is kept: who reads the ledger can use neither. A mail goes
PLANNED → SENDING → an outcome, as an intent does: SENDING is committed just before it is handed over.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update

from sync.core.delivery import IntentState
from sync.ledger import schema
from sync.ledger.applications import Overtaken

USABLE_FOR = timedelta(minutes=10)
"""A link, from when its mail is made (OWASP ASVS 4.0.3, 2.7.2)."""
LONGEST_SESSION = timedelta(hours=12)
LONGEST_PAUSE = timedelta(hours=2)
"""So long a session lives without a page."""
KEPT_FOR = timedelta(days=2)
"""Links are counted by the day."""

_asked, _sessions = schema.sign_ins, schema.sessions


@dataclass(frozen=True, slots=True)
class SignInMail:
    """`key` is "" until it is first tried."""

    id: int
    address: str
    asked_at: datetime
    state: IntentState
    key: str
    attempts: int
    next_try_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """`role`: as it was when the session began."""

    address: str
    role: str


class SignIns:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, address: str, at: datetime) -> None:
        """Plans the mail."""
        self._connection.execute(
            _asked.insert().values(
                address=address, asked_at=at, state=IntentState.PLANNED.value, key="", attempts=0
            )
        )

    def unused(self, address: str, since: datetime) -> tuple[int, datetime | None]:
        """How many links to that address, asked for since then, nobody came in by, and when the last was asked for."""
        count, last = self._connection.execute(
            select(func.count(), func.max(_asked.c.asked_at)).where(
                _asked.c.address == address,
                _asked.c.asked_at >= since,
                _asked.c.used_at.is_(None),
            )
        ).one()
        return int(count), last

    def unsettled(self) -> list[SignInMail]:
        """PLANNED and SENDING, the oldest first."""
        states = (IntentState.PLANNED.value, IntentState.SENDING.value)
        names = (_asked.c[name] for name in SignInMail.__slots__)
        rows = self._connection.execute(
            select(*names).where(_asked.c.state.in_(states)).order_by(_asked.c.id)
        )
        return [_mail(row) for row in rows]

    def move(self, mail: SignInMail, state: IntentState, **columns: Any) -> SignInMail:
        """Raises Overtaken when it is no longer as `mail` says."""
        done = self._connection.execute(
            update(_asked)
            .where(
                _asked.c.id == mail.id,
                _asked.c.state == mail.state.value,
                _asked.c.attempts == mail.attempts,
            )
            .values(state=state.value, **columns)
        )
        if done.rowcount != 1:
            raise Overtaken(f"sign-in {mail.id}")
        return replace(mail, state=state, **columns)

    def keep_link(self, mail: SignInMail, token: str, until: datetime) -> None:
        """The mail's link; the one of an attempt before leads nowhere from now on."""
        self._connection.execute(
            update(_asked)
            .where(_asked.c.id == mail.id)
            .values(token_hash=_hash(token), expires_at=until)
        )

    def linked(self, token: str, at: datetime) -> str | None:
        """The address that the link was mailed to; None when it is unknown, used or too old."""
        found: str | None = self._connection.execute(
            select(_asked.c.address).where(*_usable(token, at))
        ).scalar()
        return found

    def use_link(self, token: str, at: datetime) -> bool:
        """Whether it was still to be used: never twice, however many ask at once."""
        used = self._connection.execute(
            update(_asked).where(*_usable(token, at)).values(used_at=at)
        )
        return used.rowcount == 1

    def begin(self, token: str, session: Session, at: datetime) -> None:
        self._connection.execute(
            _sessions.insert().values(
                token_hash=_hash(token),
                address=session.address,
                role=session.role,
                began_at=at,
                seen_at=at,
            )
        )

    def session(self, token: str, at: datetime) -> Session | None:
        """None when there is none, or it has ended by its time."""
        row = self._connection.execute(
            select(_sessions.c.address, _sessions.c.role).where(
                _sessions.c.token_hash == _hash(token), *_lives(at)
            )
        ).first()
        return Session(*row) if row else None

    def seen(self, token: str, at: datetime) -> None:
        """A page was asked for in this session."""
        self._connection.execute(
            update(_sessions).where(_sessions.c.token_hash == _hash(token)).values(seen_at=at)
        )

    def end(self, token: str) -> None:
        self._connection.execute(_sessions.delete().where(_sessions.c.token_hash == _hash(token)))

    def forget_old(self, at: datetime) -> None:
        """Links that count no more, and sessions that have ended."""
        self._connection.execute(_asked.delete().where(_asked.c.asked_at < at - KEPT_FOR))
        self._connection.execute(
            _sessions.delete().where(
                or_(
                    _sessions.c.began_at <= at - LONGEST_SESSION,
                    _sessions.c.seen_at <= at - LONGEST_PAUSE,
                )
            )
        )


def _usable(token: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _asked.c.token_hash == _hash(token),
        _asked.c.used_at.is_(None),
        _asked.c.expires_at > at,
    )


def _lives(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _sessions.c.began_at > at - LONGEST_SESSION,
        _sessions.c.seen_at > at - LONGEST_PAUSE,
    )


def _hash(token: str) -> str:
    """The token is 256 random bits: no salt is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _mail(row: Row[Any]) -> SignInMail:
    return SignInMail(**row._asdict() | {"state": IntentState(row.state)})
