"""The desk: accounts and who is signed in, opgaven, and the clock of their sprints."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.AutoString(), nullable=False),
        sa.Column("name_key", sqlmodel.AutoString(), nullable=False),
        sa.Column("password_hash", sqlmodel.AutoString(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "desk_session",
        sa.Column("token_hash", sqlmodel.AutoString(), nullable=False),
        sa.Column("account", sqlmodel.AutoString(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "desk_invitation",
        sa.Column("secret_hash", sqlmodel.AutoString(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("secret_hash"),
    )
    op.create_table(
        "opgave",
        sa.Column("id", sqlmodel.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("title", sqlmodel.AutoString(), nullable=False),
        sa.Column("question", sqlmodel.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.AutoString(), nullable=False),
        sa.Column("level", sqlmodel.AutoString(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("fixed", "free", "words", "kernen", "stemmen", "domeinen")
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "desk_sprint",
        sa.Column("sprint", sqlmodel.AutoString(), nullable=False),
        sa.Column("opgave", sqlmodel.AutoString(), nullable=True),
        sa.Column("day", sqlmodel.AutoString(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("tablets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sprint"], ["sprint.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["opgave"], ["opgave.id"]),
        sa.PrimaryKeyConstraint("sprint"),
    )


def downgrade() -> None:
    for table in ("desk_sprint", "opgave", "desk_invitation", "desk_session", "account"):
        op.drop_table(table)
