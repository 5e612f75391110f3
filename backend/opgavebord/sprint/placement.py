"""Order among siblings: integer ranks with room between them.

A rank says nothing by itself, only less or more. New neighbours are `GAP` apart; one that comes
between two others gets the rank halfway (rounded down). Where there is no room left all siblings are
*tidied*: numbered anew, `GAP` apart, in the order they have. Siblings are given as (rank, id),
sorted; equal ranks are ordered by id and count as no room.

Laws (test_placement.py): the order is as asked, no two ranks are equal afterwards,
and tidying keeps the order. The same algorithm is in `frontend/src/sprint/placement.ts`,
both held to `tests/vectors/placement.json`.
"""

from collections.abc import Sequence
from typing import Final

from .sprint import Sibling

GAP: Final = 65_536  # sixteen times between the same two before they must be tidied


def ranks_before(
    siblings: Sequence[Sibling], before: str | None, count: int = 1
) -> tuple[list[int], dict[str, int]]:
    """Ranks for `count` newcomers before a sibling, or (None, or no such sibling) at the end.

    Also returns the new ranks of siblings, where they had to be tidied.
    """
    at = len(siblings)
    if before is not None:
        at = next((index for index, (_, id) in enumerate(siblings) if id == before), at)
    if not siblings:
        return [GAP * (i + 1) for i in range(count)], {}
    if at == len(siblings):
        last = siblings[-1][0]
        return [last + GAP * (i + 1) for i in range(count)], {}
    high = siblings[at][0]
    if at == 0:
        return [high - GAP * (count - i) for i in range(count)], {}
    low = siblings[at - 1][0]
    if high - low > count:
        return [low + (high - low) * (i + 1) // (count + 1) for i in range(count)], {}
    return (
        [GAP * (at + i + 1) for i in range(count)],
        {
            id: new
            for index, (rank, id) in enumerate(siblings)
            if (new := GAP * (index + 1 + (count if index >= at else 0))) != rank
        },
    )


def rank_before(siblings: Sequence[Sibling], before: str | None) -> tuple[int, dict[str, int]]:
    """The rank for one newcomer, and the new ranks of tidied siblings."""
    ranks, tidied = ranks_before(siblings, before)
    return ranks[0], tidied
