"""One-time links by which applicants have their letter again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "letter_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_letter_links_application_id_applications"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_letter_links")),
    )
    op.create_index(
        op.f("ix_letter_links_application_id"), "letter_links", ["application_id"], unique=False
    )
