"""What is past its term is erased: since when, and what is left to take away from the disk and from Drive."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("applications", sa.Column("erased_at", sa.DateTime(), nullable=True))
    op.create_index(
        op.f("ix_applications_workflow_erased_at_received_at"),
        "applications",
        ["workflow", "erased_at", "received_at"],
        unique=False,
    )
    op.create_table(
        "left_to_erase",
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("place", "name", name=op.f("pk_left_to_erase")),
    )
