"""What happened on a day is found by its moment: the dashboard counts every day's letters."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
