"""What the control room and the shop gained: see CHANGELOG."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

import launchpad.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "kept_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("rehearsal_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Integer(), nullable=False),
        sa.Column("crowd", sa.Integer(), nullable=False),
        sa.Column("behind", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_reports")),
        sa.UniqueConstraint("rehearsal_id", name=op.f("uq_kept_reports_rehearsal_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("kept_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_reports_slug"), ["slug"], unique=False)

    op.create_table(
        "crowd_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_crowd_refusals_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crowd_refusals")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("crowd_refusals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crowd_refusals_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "mishaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("begun_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("begun", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("until", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("ended_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_mishaps_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mishaps")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_mishaps_campaign_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "removals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=250), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("moment", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_removals_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
        sa.UniqueConstraint("campaign_id", "mark", name=op.f("uq_removals_campaign_id_mark")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "calendar_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("made_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_calendar_keys_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_keys_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_keys")),
        sa.UniqueConstraint("person_id", "campaign_id", name=op.f("uq_calendar_keys_person_id_campaign_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("calendar_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_keys_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begins", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("ends", launchpad.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("begins < ends", name=op.f("ck_duties_length")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_duties_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duties_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint("campaign_id", "person_id", "begins", name=op.f("uq_duties_campaign_id_person_id_begins")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duties_person_id"), ["person_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("confirmed_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("stopped_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_reminders_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["live_events.id"], name=op.f("fk_reminders_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_reminders_event_id_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminders_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminders_person_id"), ["person_id"], unique=False)

    op.create_table(
        "test_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("arrived_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_test_letters_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_test_letters_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_letters")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("test_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_test_letters_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_test_letters_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("live_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host", sa.String(length=250), server_default="", nullable=False))
        batch_op.add_column(sa.Column("text", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("ended_at", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", launchpad.database.Moment(timezone=True), nullable=True))

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_staff_person_id_campaign_id"), type_="unique")
        batch_op.create_index(
            "uq_staff_everywhere",
            ["person_id", "role"],
            unique=True,
            sqlite_where=sa.text("campaign_id IS NULL"),
            postgresql_where=sa.text("campaign_id IS NULL"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_staff_person_id_campaign_id_role"), ["person_id", "campaign_id", "role"]
        )

    _live_events_as_moments()


def _live_events_as_moments():
    """Live events planned before this migration become moments of the timetable. Those of a rehearsal, and those that
    have begun, are recorded in silence: nobody is written to about them.
    """
    connection, now = op.get_bind(), datetime.now(UTC)
    when = launchpad.database.Moment(timezone=True)
    events = sa.table("live_events", sa.column("id"), sa.column("campaign_id"), sa.column("at", when))
    clocks = sa.table("rehearsals", sa.column("campaign_id"))
    milestones = sa.table(
        "milestones", sa.column("campaign_id"), sa.column("name"), sa.column("due", when),
        sa.column("waits", sa.Boolean), sa.column("letters", sa.Boolean), sa.column("silent", sa.Boolean),
    )  # fmt: skip
    rehearsed = set(connection.scalars(sa.select(clocks.c.campaign_id)))
    for id, campaign_id, at in connection.execute(sa.select(events)).all():
        silent = campaign_id in rehearsed or at <= now
        moments = {f"event_{id}_begins": at}
        if not silent and at - timedelta(minutes=15) > now:
            moments[f"event_{id}_reminder"] = at - timedelta(minutes=15)
        for name, due in moments.items():
            row = {"campaign_id": campaign_id, "name": name, "due": due}
            op.execute(milestones.insert().values(**row, waits=False, letters=not silent, silent=silent))


def downgrade():
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_staff_person_id_campaign_id_role"), type_="unique")
        batch_op.drop_index(
            "uq_staff_everywhere",
            sqlite_where=sa.text("campaign_id IS NULL"),
            postgresql_where=sa.text("campaign_id IS NULL"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_staff_person_id_campaign_id"), ["person_id", "campaign_id"])
        batch_op.drop_column("until")

    with op.batch_alter_table("live_events", schema=None) as batch_op:
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("version")
        batch_op.drop_column("text")
        batch_op.drop_column("host")

    with op.batch_alter_table("test_letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_test_letters_person_id"))
        batch_op.drop_index(batch_op.f("ix_test_letters_campaign_id"))

    op.drop_table("test_letters")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_person_id"))
        batch_op.drop_index(batch_op.f("ix_reminders_campaign_id"))

    op.drop_table("reminders")
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duties_person_id"))

    op.drop_table("duties")
    with op.batch_alter_table("calendar_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_keys_campaign_id"))

    op.drop_table("calendar_keys")
    op.drop_table("removals")
    op.drop_table("mishaps")
    with op.batch_alter_table("crowd_refusals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crowd_refusals_campaign_id"))

    op.drop_table("crowd_refusals")
    with op.batch_alter_table("kept_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_reports_slug"))

    op.drop_table("kept_reports")
