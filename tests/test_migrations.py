"""The migrations build what the models say, on SQLite and on PostgreSQL alike."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import JSON, MetaData, insert, inspect, text

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


def test_no_id_is_given_twice_in_the_migrated_database(bare_app, settings):
    if not settings.embedded:
        pytest.skip("PostgreSQL never gives an id twice")
    upgrade()
    with db.engine.connect() as connection:
        tables = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    once = {name for name, sql in tables if "AUTOINCREMENT" in sql}
    assert once == {table.name for table in db.metadata.tables.values() if "id" in table.c}


def test_a_migration_can_be_run_again_and_taken_back(bare_app):
    upgrade()
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def _row(table, **known) -> dict:
    """A row with something in every column that needs it."""
    filling = {str: "x", int: 1, bool: False, dict: {}, datetime: datetime(2026, 12, 1, tzinfo=UTC)}
    needed = [c for c in table.columns if not c.nullable and not c.primary_key]
    return {c.name: "{}" if isinstance(c.type, JSON) else filling[c.type.python_type] for c in needed} | known


def test_what_a_first_version_held_is_there_after_the_upgrade(bare_app):
    upgrade(revision="0001")
    old = MetaData()
    old.reflect(db.engine)
    tables = old.tables
    evening = datetime(2099, 12, 12, 19, tzinfo=UTC)
    with db.engine.begin() as connection:
        add = lambda name, **known: connection.execute(insert(tables[name]).values(_row(tables[name], **known)))  # noqa: E731
        for id, slug in ((1, "lamp"), (2, "lamp-rehearsal")):
            add("campaigns", id=id, slug=slug, timezone="Europe/Lisbon")
        add("rehearsals", campaign_id=2)
        add("people", id=1, email="olga@example.com", confirmed_at=evening)
        add("staff", person_id=1, role="owner")
        add("live_events", id=1, campaign_id=1, at=evening)
        add("live_events", id=2, campaign_id=1, at=datetime(2020, 1, 1, tzinfo=UTC))
        add("live_events", id=3, campaign_id=2, at=evening)
    upgrade()
    with db.engine.connect() as connection:
        ask = lambda words: [tuple(row) for row in connection.execute(text(words))]  # noqa: E731
        moments = ask("SELECT campaign_id, name, letters, silent FROM milestones ORDER BY name")
        keys = ask("SELECT person_id, role, until FROM staff")
    assert [(campaign, name, bool(letters), bool(silent)) for campaign, name, letters, silent in moments] == [
        (1, "event_1_begins", True, False),
        (1, "event_1_reminder", True, False),
        (1, "event_2_begins", False, True),
        (2, "event_3_begins", False, True),
    ]
    assert keys == [(1, "owner", None)]
