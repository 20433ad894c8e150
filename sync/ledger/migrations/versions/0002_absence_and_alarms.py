"""Rows that were deleted are reported, one sender's flood is counted, and the responsible person is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("applications", sa.Column("missing_at", sa.DateTime(), nullable=True))
    op.add_column("applications", sa.Column("approved_on", sa.Date(), nullable=True))
    op.create_index(
        op.f("ix_replaced_rows_application_id"), "replaced_rows", ["application_id"], unique=False
    )
    op.create_index(
        op.f("ix_applications_received_at_email"),
        "applications",
        ["received_at", "email"],
        unique=False,
    )
    op.create_index(
        op.f("ix_intents_planned_at_address"), "intents", ["planned_at", "address"], unique=False
    )
    op.create_table(
        "alarms",
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_alarms")),
    )
