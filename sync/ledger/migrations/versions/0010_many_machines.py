"""Several machines on one ledger: what each has in hand, and the letters that all of them send."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("work", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("work", "id", name=op.f("pk_claims")),
    )
    op.create_table(
        "letter_files",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_letter_files_application_id_applications"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_letter_files")),
    )
