"""Alembic's environment: the app's database, the models' metadata."""

from alembic import context

import launchpad.models  # noqa: F401  the tables register themselves
from launchpad.database import db


def _foreign_keys(connection, word: str) -> None:
    """SQLite changes a table by making it anew: with its foreign keys on, dropping the old one takes the rows of others."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"pragma foreign_keys={word}")  # outside of any transaction


with db.engine.connect() as connection:
    _foreign_keys(connection, "off")
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="launchpad.database.",
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            lost = connection.exec_driver_sql("pragma foreign_key_check").all()
            if lost:
                raise RuntimeError(f"the migration would leave rows without what they belong to: {lost[:5]}")
    connection.commit()
    _foreign_keys(connection, "on")
