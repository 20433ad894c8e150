"""A quota of calls a minute, kept for all the machines that use one account. PostgreSQL only: a cluster's ledger."""

import json

from sqlalchemy import Connection, func, select

from sync.ledger.desks import Desks

_MINUTE_S = 60.0


class Calls:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next(self, quota: str, a_minute: int) -> float:
        """Counts one more call, of which so many may begin in any minute: in how many seconds this one may. By the
        database's clock; others who ask wait until this transaction ends."""
        desks, name = Desks(self._connection), f"calls {quota}"[:160]
        moments: list[float] = json.loads(desks.choose_resource(name, "[]"))
        clock = select(func.extract("epoch", func.clock_timestamp()))
        now = float(self._connection.execute(clock).scalar_one())
        full = len(moments) >= a_minute
        then = max(now, moments[-a_minute] + _MINUTE_S) if full else now
        latest = [*moments, then][-a_minute:]
        desks.set_resource(name, json.dumps(latest))
        return then - now
