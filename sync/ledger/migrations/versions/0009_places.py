"""Where each application's row was last seen, whether it shows the ledger's last word, and how far the rows were read."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.String(length=80), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_places_application_id_applications"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_workflow_row"), "places", ["workflow", "row"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("workflow", sa.String(length=80), nullable=False),
        sa.Column("survey", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", name=op.f("pk_surveys")),
    )
    op.add_column(
        "applications",
        sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for columns in (["workflow", "shown"], ["workflow", "missing_at"]):
        name = op.f(f"ix_applications_{'_'.join(columns)}")
        op.create_index(name, "applications", columns, unique=False)
    op.create_index(
        op.f("ix_replaced_rows_workflow_submitted"),
        "replaced_rows",
        ["workflow", "submitted"],
        unique=False,
    )
