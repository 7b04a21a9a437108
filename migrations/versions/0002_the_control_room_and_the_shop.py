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
        "pulls",
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("until", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_pulls")),
    )
    op.create_table(
        "allowed_networks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=250), nullable=False),
        sa.Column("made_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_allowed_networks_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowed_networks")),
        sa.UniqueConstraint("campaign_id", "network", name=op.f("uq_allowed_networks_campaign_id_network")),
        sqlite_autoincrement=True,
    )
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
        "line_blocks",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=40), nullable=False),
        sa.Column("until", sa.String(length=40), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_line_blocks_counted")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_line_blocks_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "first", name=op.f("pk_line_blocks")),
    )
    op.create_table(
        "line_exits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(length=40), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_line_exits_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_exits")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("line_exits", schema=None) as batch_op:
        batch_op.create_index("ix_line_exits_at", ["campaign_id", "id"], unique=False)
        batch_op.create_index("ix_line_exits_rank", ["campaign_id", "rank"], unique=False)

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
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("referrer_id", sa.Integer(), nullable=False),
        sa.Column("friend_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("reasons", sa.String(length=250), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=True),
        sa.Column("joined_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("confirmed_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("bought_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_referrals_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_referrals_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["friend_id"], ["people.id"], name=op.f("fk_referrals_friend_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["referrer_id"], ["people.id"], name=op.f("fk_referrals_referrer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("campaign_id", "friend_id", name=op.f("uq_referrals_campaign_id_friend_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index("ix_referrals_by", ["campaign_id", "referrer_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referrals_friend_id"), ["friend_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referrals_referrer_id"), ["referrer_id"], unique=False)
        batch_op.create_index("ix_referrals_state", ["campaign_id", "state", "id"], unique=False)

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
        "rewards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("gives", sa.String(length=250), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=60), nullable=True),
        sa.Column("tier_before", sa.String(length=60), nullable=True),
        sa.Column("reached_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("lost_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("handed_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("handed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_rewards_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["handed_by"], ["people.id"], name=op.f("fk_rewards_handed_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rewards_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint("campaign_id", "person_id", "at", name=op.f("uq_rewards_campaign_id_person_id_at")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rewards_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sharers",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shown_as", sa.String(length=250), nullable=False),
        sa.Column("hidden_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("trusted_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("asked", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_sharers_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sharers_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_sharers")),
    )
    with op.batch_alter_table("sharers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sharers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "store_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("pooled", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sku", sa.String(length=250), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("made_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("given_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("until", launchpad.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_store_codes_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_store_codes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_codes")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_store_codes_campaign_id_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("store_codes", schema=None) as batch_op:
        batch_op.create_index("ix_store_codes_campaign_id_person_id", ["campaign_id", "person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_codes_person_id"), ["person_id"], unique=False)

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

    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("came_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_waiting_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waiting_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("campaign_id", "person_id", name=op.f("uq_waiting_campaign_id_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_came", ["campaign_id", "came_at", "id"], unique=False)
        batch_op.create_index("ix_waiting_draw", ["campaign_id", "lot"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_person_id"), ["person_id"], unique=False)

    op.create_table(
        "doubts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("raised_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("due", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("used_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_doubts_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_doubts_decided_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_doubts_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubts")),
        sa.UniqueConstraint("place_id", name=op.f("uq_doubts_place_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("doubts", schema=None) as batch_op:
        batch_op.create_index("ix_doubts_campaign_id_state", ["campaign_id", "state", "id"], unique=False)

    op.create_table(
        "passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=60), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("given_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("until", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=60), nullable=False),
        sa.Column("sent_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_passes_units")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_passes_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["of_id"], ["passes.id"], name=op.f("fk_passes_of_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passes_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_passes_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
        sa.UniqueConstraint("of_id", name=op.f("uq_passes_of_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("passes", schema=None) as batch_op:
        batch_op.create_index("ix_passes_campaign_id_ended_at", ["campaign_id", "ended_at", "until"], unique=False)
        batch_op.create_index(batch_op.f("ix_passes_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_passes_place_id"), ["place_id"], unique=False)

    op.create_table(
        "place_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("exits", sa.Integer(), nullable=False),
        sa.Column("back_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_moves_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_moves")),
        sa.UniqueConstraint("place_id", "reason", "subject", name=op.f("uq_place_moves_place_id_reason_subject")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "store_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("ref", sa.String(length=250), nullable=False),
        sa.Column("number", sa.String(length=250), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("address_key", sa.String(length=250), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("created_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("seen_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_store_orders_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["code_id"], ["store_codes.id"], name=op.f("fk_store_orders_code_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_store_orders_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_orders")),
        sa.UniqueConstraint("provider", "ref", name=op.f("uq_store_orders_provider_ref")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("store_orders", schema=None) as batch_op:
        batch_op.create_index("ix_store_orders_campaign_id_person_id", ["campaign_id", "person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_orders_code_id"), ["code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_orders_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_store_orders_provider_number", ["provider", "number"], unique=False)

    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("made_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("used_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("came", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_claims_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_claims_order_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_claims_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_claims_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_person_id"), ["person_id"], unique=False)

    op.create_table(
        "hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=250), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=True),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("due_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("worked_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_hooks_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_hooks_order_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_hooks_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hooks")),
        sa.UniqueConstraint("provider", "event_id", name=op.f("uq_hooks_provider_event_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("hooks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hooks_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hooks_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hooks_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_hooks_provider_subject", ["provider", "subject"], unique=False)
        batch_op.create_index("ix_hooks_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(length=250), nullable=True),
        sa.Column("intent", sa.String(length=250), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=60), nullable=True),
        sa.Column("paid_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("pending_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("failed_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("expired_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("dispute", sa.String(length=60), nullable=True),
        sa.Column("ending", sa.String(length=60), nullable=True),
        sa.Column("begun_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("asked_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("order_id", name=op.f("uq_payments_order_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_intent"), ["intent"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_session"), ["session"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("ref", sa.String(length=250), nullable=True),
        sa.Column("why", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_refunds_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_ref"), ["ref"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("done_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_tasks_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_tasks_order_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tasks_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_tasks_kind_subject")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_campaign_id_state", ["campaign_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_order_id"), ["order_id"], unique=False)

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draw_seed", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("vat", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("shipping_note", sa.String(length=250), server_default="", nullable=False))
        batch_op.add_column(sa.Column("store", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("referrals", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("list_first_until", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("prequeue", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("joins_paused_at", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("joins_message", sa.String(length=250), server_default="", nullable=False))

    with op.batch_alter_table("live_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host", sa.String(length=250), server_default="", nullable=False))
        batch_op.add_column(sa.Column("text", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("ended_at", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", launchpad.database.Moment(timezone=True), nullable=True))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pass_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("came_by", sa.String(length=250), nullable=True))
        batch_op.add_column(sa.Column("touch", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("matched", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("refunded", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_orders_pass_id"), ["pass_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_orders_pass_id"), "passes", ["pass_id"], ["id"], ondelete="SET NULL")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_people_merged_into"), ["merged_into"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_people_merged_into"), "people", ["merged_into"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.add_column(sa.Column("touch", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("points", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("rank", sa.String(length=40), nullable=True))
        batch_op.create_index("ix_places_rank", ["campaign_id", "rank"], unique=False)

    with op.batch_alter_table("prompts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

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

    with op.batch_alter_table("prompts", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_index("ix_places_rank")
        batch_op.drop_column("rank")
        batch_op.drop_column("points")
        batch_op.drop_column("touch")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_people_merged_into"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_people_merged_into"))
        batch_op.drop_column("merged_into")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_orders_pass_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_orders_pass_id"))
        batch_op.drop_column("refunded")
        batch_op.drop_column("matched")
        batch_op.drop_column("touch")
        batch_op.drop_column("came_by")
        batch_op.drop_column("pass_id")

    with op.batch_alter_table("live_events", schema=None) as batch_op:
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("version")
        batch_op.drop_column("text")
        batch_op.drop_column("host")

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_column("joins_message")
        batch_op.drop_column("joins_paused_at")
        batch_op.drop_column("prequeue")
        batch_op.drop_column("list_first_until")
        batch_op.drop_column("referrals")
        batch_op.drop_column("store")
        batch_op.drop_column("shipping_note")
        batch_op.drop_column("vat")
        batch_op.drop_column("draw_seed")

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_order_id"))
        batch_op.drop_index("ix_tasks_campaign_id_state")

    op.drop_table("tasks")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_ref"))
        batch_op.drop_index(batch_op.f("ix_refunds_order_id"))

    op.drop_table("refunds")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_session"))
        batch_op.drop_index(batch_op.f("ix_payments_intent"))

    op.drop_table("payments")
    with op.batch_alter_table("hooks", schema=None) as batch_op:
        batch_op.drop_index("ix_hooks_state_due_at")
        batch_op.drop_index("ix_hooks_provider_subject")
        batch_op.drop_index(batch_op.f("ix_hooks_person_id"))
        batch_op.drop_index(batch_op.f("ix_hooks_order_id"))
        batch_op.drop_index(batch_op.f("ix_hooks_campaign_id"))

    op.drop_table("hooks")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_person_id"))
        batch_op.drop_index(batch_op.f("ix_claims_other_id"))
        batch_op.drop_index(batch_op.f("ix_claims_order_id"))
        batch_op.drop_index(batch_op.f("ix_claims_campaign_id"))

    op.drop_table("claims")
    with op.batch_alter_table("store_orders", schema=None) as batch_op:
        batch_op.drop_index("ix_store_orders_provider_number")
        batch_op.drop_index(batch_op.f("ix_store_orders_person_id"))
        batch_op.drop_index(batch_op.f("ix_store_orders_code_id"))
        batch_op.drop_index("ix_store_orders_campaign_id_person_id")

    op.drop_table("store_orders")
    op.drop_table("place_moves")
    with op.batch_alter_table("passes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passes_place_id"))
        batch_op.drop_index(batch_op.f("ix_passes_person_id"))
        batch_op.drop_index("ix_passes_campaign_id_ended_at")

    op.drop_table("passes")
    with op.batch_alter_table("doubts", schema=None) as batch_op:
        batch_op.drop_index("ix_doubts_campaign_id_state")

    op.drop_table("doubts")
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_person_id"))
        batch_op.drop_index("ix_waiting_draw")
        batch_op.drop_index("ix_waiting_came")

    op.drop_table("waiting")
    with op.batch_alter_table("test_letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_test_letters_person_id"))
        batch_op.drop_index(batch_op.f("ix_test_letters_campaign_id"))

    op.drop_table("test_letters")
    with op.batch_alter_table("store_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_store_codes_person_id"))
        batch_op.drop_index("ix_store_codes_campaign_id_person_id")

    op.drop_table("store_codes")
    with op.batch_alter_table("sharers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sharers_person_id"))

    op.drop_table("sharers")
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rewards_person_id"))

    op.drop_table("rewards")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_person_id"))
        batch_op.drop_index(batch_op.f("ix_reminders_campaign_id"))

    op.drop_table("reminders")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index("ix_referrals_state")
        batch_op.drop_index(batch_op.f("ix_referrals_referrer_id"))
        batch_op.drop_index(batch_op.f("ix_referrals_friend_id"))
        batch_op.drop_index("ix_referrals_by")

    op.drop_table("referrals")
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duties_person_id"))

    op.drop_table("duties")
    with op.batch_alter_table("calendar_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_keys_campaign_id"))

    op.drop_table("calendar_keys")
    op.drop_table("removals")
    op.drop_table("mishaps")
    with op.batch_alter_table("line_exits", schema=None) as batch_op:
        batch_op.drop_index("ix_line_exits_rank")
        batch_op.drop_index("ix_line_exits_at")

    op.drop_table("line_exits")
    op.drop_table("line_blocks")
    with op.batch_alter_table("crowd_refusals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crowd_refusals_campaign_id"))

    op.drop_table("crowd_refusals")
    op.drop_table("allowed_networks")
    op.drop_table("pulls")
    with op.batch_alter_table("kept_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_reports_slug"))

    op.drop_table("kept_reports")
