"""Alembic's environment: the app's database, the models' metadata."""

from alembic import context

import launchpad.models  # noqa: F401  the tables register themselves
from launchpad.database import db

with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="launchpad.database.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

