"""What the desk is about to write is kept until it was seen to stand right: a crash in between is put right later."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "writes_in_hand",
        sa.Column("workflow", sa.String(length=80), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", name=op.f("pk_writes_in_hand")),
    )
