"""One after the other, where a count and what follows from it must not be torn apart.

SQLite has one writer, so there every transaction is a turn already. PostgreSQL lets two count at the same
moment; a lock with a name, held to the end of the transaction, gives the second its turn after the first.
"""

import hashlib

from sqlalchemy import Connection


def take_turn(connection: Connection, what: str) -> None:
    """From here to the end of this transaction nobody else does `what`."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({number_of(what)})")


def number_of(what: str) -> int:
    """What PostgreSQL calls a lock of this name."""
    hashed = hashlib.sha256(f"opgavebord {what}".encode()).digest()
    return int.from_bytes(hashed[:8], "big", signed=True)
