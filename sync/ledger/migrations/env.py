"""Alembic runs this; the connection comes from engine.py, inside one transaction."""

from alembic import context

from sync.ledger.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
