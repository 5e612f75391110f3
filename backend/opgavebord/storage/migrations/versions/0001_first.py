"""The first tables: sprints, their records, their log, and who may come in."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sprint",
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("evening", sqlmodel.AutoString(), nullable=True),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sqlmodel.AutoString(), nullable=False),
        sa.Column("date", sqlmodel.AutoString(), nullable=False),
        sa.Column("notice", sqlmodel.AutoString(), nullable=False),
        sa.Column("board", sqlmodel.AutoString(), nullable=True),
        sa.Column("step", sqlmodel.AutoString(), nullable=True),
        sa.Column("timer_started", sa.BigInteger(), nullable=True),
        sa.Column("timer_ends", sa.BigInteger(), nullable=True),
        sa.Column("doors_open", sa.Boolean(), nullable=False),
        sa.Column("code", sqlmodel.AutoString(), nullable=False),
        sa.Column("token", sqlmodel.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sprint_code", "sprint", ["code"])
    op.create_index("sprint_token", "sprint", ["token"])

    op.create_table(
        "board",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("werkvorm", sqlmodel.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.AutoString(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
    )
    op.create_table(
        "event",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("device", sqlmodel.AutoString(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seat", sqlmodel.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.AutoString(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("shape", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("refusal", sqlmodel.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "seq"),
        sa.UniqueConstraint("sprint", "device", "number", name="event_name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitation",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.AutoString(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sqlmodel.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "role"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_table(
        "seat",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.AutoString(), nullable=False),
        sa.Column("token_hash", sqlmodel.AutoString(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("seat_role", "seat", ["sprint", "role"])

    op.create_table(
        "stem",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
    )
    op.create_table(
        "step",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("board", sqlmodel.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("instruction", sqlmodel.AutoString(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("visible", sqlmodel.AutoString(), nullable=False),
        sa.Column("may", sqlmodel.AutoString(), nullable=False),
        sa.Column("scene", sqlmodel.AutoString(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("visited", sa.Boolean(), nullable=False),
        sa.Column("revealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sprint", "board"], ["board.sprint", "board.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
    )
    op.create_table(
        "zone",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("board", sqlmodel.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.AutoString(), nullable=False),
        sa.Column("colour", sqlmodel.AutoString(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sprint", "board"], ["board.sprint", "board.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
    )
    op.create_table(
        "cluster",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.AutoString(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sprint", "zone"], ["zone.sprint", "zone.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
    )
    op.create_table(
        "note",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("zone", sqlmodel.AutoString(), nullable=False),
        sa.Column("cluster", sqlmodel.AutoString(), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sqlmodel.AutoString(), nullable=True),
        sa.Column("stem", sqlmodel.AutoString(), nullable=True),
        sa.Column("step", sqlmodel.AutoString(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("literal", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sprint", "zone"], ["zone.sprint", "zone.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "id"),
    )


def downgrade() -> None:
    for table in (
        "note",
        "cluster",
        "zone",
        "step",
        "stem",
        "seat",
        "invitation",
        "event",
        "board",
        "sprint",
    ):
        op.drop_table(table)
