"""What Alembic runs for each command; the connection is the one that `migrate.py` opened."""

from alembic import context

from services.contracts.bronze.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
)
context.run_migrations()
