"""What several processes must know of each other: stoelcodes, rehearsals, and who guessed wrong."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WIDER = (("sprint", "number"), ("step", "minutes"), ("step", "turn_seconds"))


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # for SQLite every number is as wide as it is
        for table, column in WIDER:
            op.alter_column(table, column, type_=sa.BigInteger(), existing_nullable=False)
    op.create_table(
        "stoelcode",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("code_hash", sqlmodel.AutoString(), nullable=False),
        sa.Column("seat", sqlmodel.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.AutoString(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
        sa.PrimaryKeyConstraint("sprint", "code_hash"),
    )
    op.create_table(
        "rehearsal",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("of", sqlmodel.AutoString(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["of"], ["sprint.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sprint"),
    )
    op.create_table(
        "failure",
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("what", sqlmodel.AutoString(), nullable=False),
        sa.Column("who", sqlmodel.AutoString(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("failure_who", "failure", ["what", "who", "at"])


def downgrade() -> None:
    for table in ("failure", "rehearsal", "stoelcode"):
        op.drop_table(table)
