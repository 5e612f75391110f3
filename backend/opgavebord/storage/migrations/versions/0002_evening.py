"""The whole evening: villages, tables, places, the harvest, votes, promises, the wall, checkpoints.

What was written before gets the same defaults as the fields of `sprint/sprint.py` have, because the
log of an older sprint is read with those.
"""

from typing import Any, Final

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED: Final[dict[str, tuple[tuple[str, str, str | None], ...]]] = {
    "sprint": (
        ("source", "word", ""),
        ("level", "word", ""),
        ("fixed", "text", "[]"),
        ("free", "text", "[]"),
        ("goal", "word", ""),
        ("frozen", "bool", "0"),
        ("phase", "word", "open"),
        ("bedoeling", "maybe", None),
        ("answer_from", "word", ""),
        ("published", "bool", "0"),
        ("rehearsal", "bool", "0"),
    ),
    "board": (
        ("form", "word", "kolommen"),
        ("types", "text", "[]"),
        ("fields", "text", "[]"),
        ("hints", "word", "privacy"),
    ),
    "zone": (
        ("world", "word", ""),
        ("write", "word", "iedereen"),
        ("type", "word", ""),
        ("source", "word", ""),
        ("tap", "bool", "0"),
    ),
    "step": (
        ("write", "word", "iedereen"),
        ("input", "word", "eigen_telefoon"),
        ("late", "word", "direct"),
        ("skipped", "bool", "0"),
        ("turn_seconds", "int", "0"),
    ),
    "note": (
        ("at_table", "bool", "0"),
        ("table", "maybe", None),
        ("turn", "maybe whole", None),
        ("scribed", "bool", "0"),
        ("type", "word", ""),
        ("fields", "text", "{}"),
        ("about", "maybe", None),
        ("of", "word", ""),
        ("origin", "word", ""),
        ("card", "word", ""),
        ("kern", "maybe", None),
        ("domains", "word", ""),
        ("group", "maybe", None),
    ),
}

MADE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "kern": (
        ("code", "word"),
        ("title", "word"),
        ("column", "whole"),
        ("row", "whole"),
        ("rank", "whole"),
    ),
    "domein": (("code", "word"), ("title", "word"), ("rank", "whole")),
    "hall_table": (
        ("number", "whole"),
        ("people", "whole"),
        ("quote", "maybe"),
        ("volgcode", "word"),
    ),
    "place": (
        ("role", "word"),
        ("table", "maybe"),
        ("stand", "word"),
        ("turn", "whole"),
        ("stem", "maybe"),
        ("kern", "maybe"),
        ("help", "maybe whole"),
        ("done", "maybe"),
        ("removed", "bool"),
        ("check", "text"),
        ("checked", "maybe whole"),
    ),
    "arrival": (("seat", "maybe"), ("table", "maybe"), ("kern", "maybe"), ("stem", "maybe")),
    "tally": (("people", "whole"), ("kernen", "text"), ("stemmen", "text"), ("done", "whole")),
    "harvest_group": (("title", "word"), ("rank", "whole"), ("gone", "bool")),
    "round": (
        ("title", "word"),
        ("step", "maybe"),
        ("per", "word"),
        ("budget", "whole"),
        ("most", "whole"),
        ("own", "bool"),
        ("items", "text"),
        ("open", "bool"),
        ("voters", "whole"),
        ("result", "text"),
        ("at", "whole"),
    ),
    "ballot": (
        ("round", "word"),
        ("seat", "maybe"),
        ("turn", "whole"),
        ("table", "maybe"),
        ("stem", "maybe"),
        ("shared", "bool"),
        ("paper", "bool"),
        ("voters", "whole"),
        ("dots", "text"),
    ),
    "mark": (
        ("note", "word"),
        ("what", "word"),
        ("seat", "maybe"),
        ("turn", "whole"),
        ("stem", "maybe"),
        ("gone", "bool"),
    ),
    "redaction": (
        ("note", "word"),
        ("text", "text"),
        ("role", "word"),
        ("reason", "word"),
        ("required", "bool"),
        ("at", "whole"),
        ("gone", "bool"),
    ),
    "belofte": (
        ("who", "word"),
        ("what", "word"),
        ("when", "word"),
        ("author", "maybe"),
        ("table", "maybe"),
        ("at", "whole"),
        ("gone", "bool"),
    ),
    "wall": (
        ("scene", "word"),
        ("items", "text"),
        ("page", "whole"),
        ("frozen", "bool"),
        ("queue", "text"),
        ("covered", "text"),
    ),
    "checkpoint": (("name", "word"), ("seq", "whole"), ("at", "whole"), ("step", "maybe")),
}

SORTS: Final[dict[str, Any]] = {
    "word": sqlmodel.AutoString,
    "text": sa.Text,
    "bool": sa.Boolean,
    "int": sa.Integer,
    "whole": sa.BigInteger,
    "maybe": sqlmodel.AutoString,
    "maybe whole": sa.BigInteger,
}


def _column(name: str, sort: str, default: str | None = None) -> sa.Column[Any]:
    nullable = sort.startswith("maybe")
    return sa.Column(name, SORTS[sort](), nullable=nullable, server_default=default)


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, _column(*column))
    for table, fields in MADE.items():
        op.create_table(
            table,
            _column("sprint", "word"),
            _column("id", "word"),
            *(_column(*field) for field in fields),
            sa.ForeignKeyConstraint(["sprint"], ["sprint.id"]),
            sa.PrimaryKeyConstraint("sprint", "id"),
        )


def downgrade() -> None:
    for table in reversed(MADE):
        op.drop_table(table)
    for table, columns in ADDED.items():
        for name, *_ in reversed(columns):
            op.drop_column(table, name)
