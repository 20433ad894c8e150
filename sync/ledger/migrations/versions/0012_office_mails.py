"""What the office itself is mailed in one table: the daily report, and the reminder of what waits too long."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_KEPT = "day, address, series, key, state, attempts, next_try_at, reason, planned_at, settled_at"


def upgrade() -> None:
    op.create_table(
        "office_mails",
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("about", "day", "address", name=op.f("pk_office_mails")),
    )
    op.create_index(op.f("ix_office_mails_settled_at"), "office_mails", ["settled_at"])
    op.execute(
        f"INSERT INTO office_mails (about, {_KEPT}) SELECT 'report', {_KEPT} FROM report_mails"  # noqa: S608
    )
    op.drop_table("report_mails")
