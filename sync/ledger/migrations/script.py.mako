"""${message}"""

import sqlalchemy as sa
from alembic import op

from sync.ledger.schema import Moment

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
