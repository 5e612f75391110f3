"""Whether the database really keeps something: a row that is written and gone again in one transaction.

Nobody ever sees the row, and yet the transaction went to the disk: reading alone would call a database well
that is full, locked or read-only.
"""

import secrets
from typing import Final

from sqlalchemy import Connection, delete, insert

from .migrations import version
from .tables import DeskInvitationRow, table

_rows: Final = table(DeskInvitationRow)  # of one column that counts, and nothing points to it


def probe(connection: Connection) -> str | None:
    """Write, and tell at which step the tables are."""
    mark = f"probe {secrets.token_hex(8)}"  # no hash looks like this, so it opens nothing
    connection.execute(insert(_rows).values(secret_hash=mark, until=0))
    connection.execute(delete(_rows).where(_rows.c.secret_hash == mark))
    return version(connection)
