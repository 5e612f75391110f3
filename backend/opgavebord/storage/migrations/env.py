"""Runs the steps on the connection it is given. See `__init__.py`."""

from alembic import context

from opgavebord.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
