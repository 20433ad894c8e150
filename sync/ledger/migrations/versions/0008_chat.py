"""How far messages by WhatsApp and SMS came, who wants none, and which incoming ones were heard."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "chat_reports",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("arrival", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", "arrival", name=op.f("pk_chat_reports")),
    )
    op.create_index(op.f("ix_chat_reports_taken"), "chat_reports", ["taken"], unique=False)
    op.create_index(op.f("ix_intents_key"), "intents", ["key"], unique=False)
    op.create_table(
        "chat_stops",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_chat_stops")),
    )
    op.create_table(
        "chat_heard",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_heard")),
    )
