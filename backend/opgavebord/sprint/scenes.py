"""What stands on the wall: chosen things, or what a scene shows by itself.

The quotes of the tables (*citaten*) and the groups of the harvest (*oogst*) need not be chosen: such a
scene shows what there is, so many on a page. `There` is what there is at one moment, before or after
a change; `stands` says what a change makes of the wall.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import NamedTuple

from . import disclosure, limits
from .sprint import Group, Id, Note, Redaction, Scene, Shown, Sprint, Table, Wall


class There(NamedTuple):
    sprint: Sprint  # for voices, villages and who arrived
    note: Callable[[str], Note | None]
    groups: Mapping[str, Group]
    tables: Mapping[str, Table]
    redactions: Mapping[str, Redaction]

    def shown(self, ids: Iterable[Id], covered: Container[Id]) -> tuple[Shown, ...]:
        """What may be read of these, in their order, each once and no more than can be read."""
        found = (
            disclosure.shown(
                self.sprint, self.note(id) or self.groups.get(id), self.redactions.values()
            )
            for id in dict.fromkeys(ids)
            if id not in covered
        )
        return tuple(shown for shown in found if shown is not None)[: limits.WALL_ITEMS]

    def by_itself(self, scene: Scene, page: int) -> list[Id]:
        """What a scene shows when nobody chose."""
        found: list[Id] = []
        if scene == "citaten":
            tables = sorted(self.tables.values(), key=lambda one: (one.number, one.id))
            found = [one.quote for one in tables if one.quote is not None]
        elif scene == "oogst":
            found = [
                id for _, id in sorted((g.rank, g.id) for g in self.groups.values() if not g.gone)
            ]
        return found[page * limits.WALL_ITEMS : (page + 1) * limits.WALL_ITEMS]


def there(sprint: Sprint) -> There:
    """What there is now."""
    records = sprint.records
    return There(sprint, sprint.note, records["group"], records["table"], records["redaction"])


def stands(wall: Wall, before: There, after: There, written: set[str]) -> tuple[Shown, ...]:
    """What stands on the wall after a change that wrote those notes and groups, or redactions of
    them. What may no longer stand there goes, also from a wall that was made to stand still."""
    if not wall.frozen and wall.scene in ("citaten", "oogst"):
        stood = before.shown(before.by_itself(wall.scene, wall.page), wall.covered)
        if [shown.id for shown in stood] == [shown.id for shown in wall.items]:
            return after.shown(after.by_itself(wall.scene, wall.page), wall.covered)
    if written.isdisjoint(shown.id for shown in wall.items):
        return wall.items
    still: list[Shown] = []
    for shown in wall.items:
        still += after.shown([shown.id], wall.covered) if shown.id in written else (shown,)
    return tuple(still)
