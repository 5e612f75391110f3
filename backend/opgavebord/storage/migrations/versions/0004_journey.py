"""A board that is on a journey, in the case of a laptop."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sprint", sa.Column("away", sqlmodel.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("sprint", "away")
