"""The migrations build what the models say, on SQLite and on PostgreSQL alike."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from launchpad.app import create_app
from launchpad.database import db


@pytest.fixture
def bare_app(settings, tmp_path):
    """An app on a database without any table."""
    from dataclasses import replace

    if settings.embedded:
        app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'bare.sqlite'}"))
    else:
        app = create_app(settings)
    with app.app_context():
        db.drop_all()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        yield app
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        db.drop_all()
        db.create_all()  # the other tests of this database go on
        db.engine.dispose()


def test_migrations_and_models_agree(bare_app):
    upgrade()
    with db.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata)
    assert found == []


def test_checks_stand_in_the_migrated_database(bare_app):
    upgrade()
    names = {check["name"] for check in inspect(db.engine).get_check_constraints("variants")}
    assert "ck_variants_taken" in names


def test_a_migration_can_be_run_again_and_taken_back(bare_app):
    upgrade()
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
