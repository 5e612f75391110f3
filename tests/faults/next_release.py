"""The release after this one, as far as an upgrade can tell: it speaks one version of the protocol more, and its
tables are one step further. Runs the real command line with that put into it:

    python -P tests/faults/next_release.py FOLDER serve --json

The step is an expansion as the rules want it (docs/upgrading.md): a column with a default on a table that is
written all evening, filled for what was there, and a table of its own. FOLDER is for the steps.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

VERSION: Final = 4
STEP: Final = "9001"

_STEP: Final = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = {before!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("note", sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("event", sa.Column("release", sa.Text(), nullable=True))
    op.create_table("of_the_next", sa.Column("id", sa.Text(), primary_key=True))
    op.execute("UPDATE note SET weight = 1")
"""


def become(folder: Path) -> None:
    """From here on this process is the next release. Before anything else of the product is loaded."""
    from opgavebord import protocol
    from opgavebord.storage import migrations

    protocol.VERSION = VERSION  # type: ignore[misc]
    protocol.VERSIONS = (*protocol.VERSIONS, VERSION)  # type: ignore[misc,assignment]
    shutil.copytree(migrations._HERE, folder, dirs_exist_ok=True)
    (folder / "versions" / f"{STEP}_next.py").write_text(_STEP.format(before=migrations.NEWEST))
    migrations._HERE = folder  # type: ignore[misc]
    migrations.NEWEST = STEP  # type: ignore[misc]


def program(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-P", __file__, str(folder), *arguments]


if __name__ == "__main__":
    become(Path(sys.argv.pop(1)))
    from opgavebord.cli import app

    app()
