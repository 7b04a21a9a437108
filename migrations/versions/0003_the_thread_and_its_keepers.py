"""What the thread and those who keep it gained: see CHANGELOG."""

import sqlalchemy as sa
from alembic import op

import launchpad.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite changes a table by making it anew, and forgets that each id is given once (see launchpad.models) unless told again.
ONCE = {"sqlite_autoincrement": True}
FORGOTTEN = ("orders", "people", "staff")  # by 0002


def upgrade():
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("decided_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_flags_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_flags_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("kind", "subject_id", "person_id", name=op.f("uq_flags_kind_subject_id_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index("ix_flags_campaign_id_state", ["campaign_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_flags_person_id"), ["person_id"], unique=False)

    op.create_table(
        "link_visits",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_link_visits_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_link_visits_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", "day", name=op.f("pk_link_visits")),
    )
    with op.batch_alter_table("link_visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_visits_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sanctions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("until", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=250), nullable=False),
        sa.Column("answered_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_sanctions_answered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_sanctions_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_sanctions_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sanctions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sanctions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sanctions_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sanctions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "entry_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("alt", sa.String(length=250), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_photos_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_photos")),
        sa.UniqueConstraint("key", name=op.f("uq_entry_photos_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("entry_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_photos_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "reaction_counts",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_reaction_counts_number")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_reaction_counts_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_reaction_counts_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "kind", name=op.f("pk_reaction_counts")),
    )
    with op.batch_alter_table("reaction_counts", schema=None) as batch_op:
        batch_op.create_index("ix_reaction_counts_campaign_id_changed_at", ["campaign_id", "changed_at"], unique=False)

    op.create_table(
        "reactions",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_reactions_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reactions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "person_id", "kind", name=op.f("pk_reactions")),
    )
    with op.batch_alter_table("reactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reactions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "testimonials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=250), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("by_clock", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("released_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_testimonials_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_testimonials_entry_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_testimonials_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonials")),
        sa.UniqueConstraint("campaign_id", "person_id", name=op.f("uq_testimonials_campaign_id_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("testimonials", schema=None) as batch_op:
        batch_op.create_index("ix_testimonials_campaign_id_state", ["campaign_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_testimonials_person_id"), ["person_id"], unique=False)

    op.create_table(
        "inquiries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("name_agreed", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(length=250), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.Column("waits_since", launchpad.database.Moment(timezone=True), nullable=True),
        sa.Column("public_question", sa.Text(), nullable=False),
        sa.Column("public_answer", sa.Text(), nullable=False),
        sa.Column("published_at", launchpad.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_inquiries_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_inquiries_order_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_inquiries_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("campaign_id", "person_id", "key", name=op.f("uq_inquiries_campaign_id_person_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.create_index("ix_inquiries_campaign_id_waits_since", ["campaign_id", "waits_since"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_person_id"), ["person_id"], unique=False)

    op.create_table(
        "purchase_lines",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_purchase_lines_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_purchase_lines_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_purchase_lines_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_purchase_lines")),
    )
    with op.batch_alter_table("purchase_lines", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_lines_campaign_id_at", ["campaign_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_lines_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_purchase_lines_untold",
            ["entry_id"],
            unique=False,
            sqlite_where=sa.text("NOT told"),
            postgresql_where=sa.text("NOT told"),
        )

    op.create_table(
        "inquiry_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=250), nullable=True),
        sa.Column("at", launchpad.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_inquiry_lines_inquiry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_inquiry_lines_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_lines")),
        sa.UniqueConstraint("inquiry_id", "key", name=op.f("uq_inquiry_lines_inquiry_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inquiry_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_lines_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("per_order", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("thread_message", sa.String(length=250), server_default="", nullable=False))
        batch_op.add_column(sa.Column("thread_rules", sa.JSON(), nullable=True))

    with op.batch_alter_table("entries", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.add_column(sa.Column("answer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("poll_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("held", sa.String(length=60), nullable=True))
        batch_op.create_index(
            "ix_entries_answered",
            ["campaign_id", "answer_id"],
            unique=False,
            sqlite_where=sa.text("answer_id IS NOT NULL"),
            postgresql_where=sa.text("answer_id IS NOT NULL"),
        )
        batch_op.create_index("ix_entries_campaign_id_kind_id", ["campaign_id", "kind", "id"], unique=False)
        batch_op.create_index(
            "ix_entries_held",
            ["campaign_id", "id"],
            unique=False,
            sqlite_where=sa.text("held IS NOT NULL"),
            postgresql_where=sa.text("held IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_pinned",
            ["campaign_id", "pinned_at"],
            unique=False,
            sqlite_where=sa.text("pinned_at IS NOT NULL"),
            postgresql_where=sa.text("pinned_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_entries_poll_id"), ["poll_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_entries_poll_id"), "polls", ["poll_id"], ["id"], ondelete="SET NULL")
        batch_op.create_foreign_key(
            batch_op.f("fk_entries_answer_id"), "entries", ["answer_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_entry_id", ["entry_id"], unique=False)

    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("hidden_from", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("hidden_why", sa.String(length=250), nullable=True))

    with op.batch_alter_table("joinings", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.add_column(sa.Column("about", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("decided_at", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=250), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_joinings_decided_by"), "people", ["decided_by"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_at", launchpad.database.Moment(timezone=True), nullable=True))

    with op.batch_alter_table("pulls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tried_at", launchpad.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("trouble", sa.String(length=250), server_default="", nullable=False))

    if op.get_bind().dialect.name == "sqlite":
        for name in FORGOTTEN:
            with op.batch_alter_table(name, schema=None, recreate="always", table_kwargs=ONCE):
                pass


def downgrade():
    with op.batch_alter_table("pulls", schema=None) as batch_op:
        batch_op.drop_column("trouble")
        batch_op.drop_column("tried_at")

    with op.batch_alter_table("polls", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.drop_column("opened_at")

    with op.batch_alter_table("joinings", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_joinings_decided_by"), type_="foreignkey")
        batch_op.drop_column("reason")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("state")
        batch_op.drop_column("about")

    with op.batch_alter_table("ideas", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.drop_column("hidden_why")
        batch_op.drop_column("hidden_from")
        batch_op.drop_column("held")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_entry_id")

    with op.batch_alter_table("entries", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_entries_answer_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_entries_poll_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_entries_poll_id"))
        batch_op.drop_index(
            "ix_entries_pinned",
            sqlite_where=sa.text("pinned_at IS NOT NULL"),
            postgresql_where=sa.text("pinned_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_entries_held", sqlite_where=sa.text("held IS NOT NULL"), postgresql_where=sa.text("held IS NOT NULL")
        )
        batch_op.drop_index("ix_entries_campaign_id_kind_id")
        batch_op.drop_index(
            "ix_entries_answered",
            sqlite_where=sa.text("answer_id IS NOT NULL"),
            postgresql_where=sa.text("answer_id IS NOT NULL"),
        )
        batch_op.drop_column("held")
        batch_op.drop_column("poll_id")
        batch_op.drop_column("answer_id")

    with op.batch_alter_table("campaigns", schema=None, table_kwargs=ONCE) as batch_op:
        batch_op.drop_column("thread_rules")
        batch_op.drop_column("thread_message")
        batch_op.drop_column("per_order")

    with op.batch_alter_table("inquiry_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiry_lines_person_id"))

    op.drop_table("inquiry_lines")
    with op.batch_alter_table("purchase_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_purchase_lines_untold", sqlite_where=sa.text("NOT told"), postgresql_where=sa.text("NOT told")
        )
        batch_op.drop_index(batch_op.f("ix_purchase_lines_entry_id"))
        batch_op.drop_index("ix_purchase_lines_campaign_id_at")

    op.drop_table("purchase_lines")
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiries_person_id"))
        batch_op.drop_index(batch_op.f("ix_inquiries_order_id"))
        batch_op.drop_index("ix_inquiries_campaign_id_waits_since")

    op.drop_table("inquiries")
    with op.batch_alter_table("testimonials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_testimonials_person_id"))
        batch_op.drop_index("ix_testimonials_campaign_id_state")

    op.drop_table("testimonials")
    with op.batch_alter_table("reactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reactions_person_id"))

    op.drop_table("reactions")
    with op.batch_alter_table("reaction_counts", schema=None) as batch_op:
        batch_op.drop_index("ix_reaction_counts_campaign_id_changed_at")

    op.drop_table("reaction_counts")
    with op.batch_alter_table("entry_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_photos_entry_id"))

    op.drop_table("entry_photos")
    with op.batch_alter_table("sanctions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sanctions_person_id"))
        batch_op.drop_index(batch_op.f("ix_sanctions_campaign_id"))

    op.drop_table("sanctions")
    with op.batch_alter_table("link_visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_visits_person_id"))

    op.drop_table("link_visits")
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flags_person_id"))
        batch_op.drop_index("ix_flags_campaign_id_state")

    op.drop_table("flags")
