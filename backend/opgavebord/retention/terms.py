"""When an evening is wiped. Pure.

So many days after it was closed. An evening that was never closed is wiped a year after something happened
in it last: too late for tidiness, but nobody loses what they prepared because they forgot a button. While
an evening is on a journey it is not wiped here.
"""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from ..storage.retention import Over

DAY_MS: Final = 86_400_000
NEVER_CLOSED_DAYS: Final = 365

Rule = Literal["term", "never closed", "desk", "again"]


class Term(Struct, frozen=True):
    """When an evening is wiped, in milliseconds since 1970, and why then."""

    sprint: str
    title: str
    number: int
    closed: int | None
    wiped: int
    rule: Rule
    away: bool


def term(of: Over, keep_days: int) -> Term:
    if of.closed is None:
        wiped, rule = of.last + NEVER_CLOSED_DAYS * DAY_MS, "never closed"
    else:
        wiped, rule = of.closed + keep_days * DAY_MS, "term"
    return Term(of.sprint, of.title, of.number, of.closed, wiped, rule, of.away)  # type: ignore[arg-type]


def due(terms: Iterable[Term], now: int) -> list[Term]:
    return [one for one in terms if one.wiped <= now and not one.away]
