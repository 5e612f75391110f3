"""The wall: one record says what stands on every wall of the sprint.

It is directed: a scene comes on by a command, or with the step that comes on, unless the wall was
made to stand still. What stands on it are *shown* things: an id with the words and the caption that
`disclosure.py` lets be read in public. Notes that are hidden, in the bin or covered never stand on it,
nor groups that are gone. Because a note can be thrown away, redacted or covered while it stands
there, every change that is drafted sees to it (`scenes.stands`): a wall that stands still lets go of
such a thing as well. And a wall that shows the quotes of the tables, or the harvest, as they are keeps
showing them as they are, when a table chooses another quote or a group is made.
"""

from typing import Final

import msgspec

from . import limits
from .ask import Ask
from .change import Change
from .commands import CoverOnWall, FreezeWall, QueueForWall, ShowOnWall
from .draft import Draft
from .past import Past
from .refusals import Refused
from .scenes import there
from .sprint import Id, Scene, Sprint, Wall

WALL: Final = "wand"
"""The id of the one wall of a sprint."""


def show(sprint: Sprint, ask: Ask, command: ShowOnWall, past: Past) -> Change:
    """A scene, now. Without items a scene of quotes or of the harvest takes what there is: the
    quotes of the tables, the groups, so many on each page. What is shown no longer waits."""
    if command.page < 0:
        raise Refused("bad_command")
    for id in command.items:
        _known(sprint, id)
    wall = wall_of(sprint)
    now = there(sprint)
    items = command.items or now.by_itself(command.scene, command.page)
    draft = Draft(sprint)
    _write(
        draft,
        scene=command.scene,
        items=now.shown(items, wall.covered),
        page=command.page,
        frozen=False,
        queue=tuple(id for id in wall.queue if id not in command.items),
    )
    return draft.change()


def freeze(sprint: Sprint, ask: Ask, command: FreezeWall, past: Past) -> Change:
    draft = Draft(sprint)
    _write(draft, frozen=command.on)
    return draft.change()


def cover(sprint: Sprint, ask: Ask, command: CoverOnWall, past: Past) -> Change:
    """Off the wall at once, and never on it until it may again."""
    _known(sprint, command.item)
    wall = wall_of(sprint)
    covered = _with(wall.covered, command.item, command.on)
    draft = Draft(sprint)
    _write(
        draft,
        covered=covered,
        items=tuple(one for one in wall.items if one.id not in covered),
        queue=tuple(id for id in wall.queue if id not in covered),
    )
    return draft.change()


def queue(sprint: Sprint, ask: Ask, command: QueueForWall, past: Past) -> Change:
    """Keep something ready for the wall, or no longer. Two who harvest add to one row."""
    wall = wall_of(sprint)
    if command.on:
        _known(sprint, command.item)
        note = sprint.note(command.item)
        if note is not None and note.hidden:
            raise Refused("not_yours")
        if note is not None and note.gone:
            raise Refused("in_the_bin")
        if command.item not in wall.queue and len(wall.queue) >= limits.WALL_QUEUE:
            raise Refused("full")
    draft = Draft(sprint)
    _write(draft, queue=_with(wall.queue, command.item, command.on))
    return draft.change()


def follow(draft: Draft, scene: Scene) -> None:
    """A step comes on: its scene as well, unless the wall was made to stand still."""
    wall = wall_of(draft.sprint)
    if not wall.frozen:
        now = there(draft.sprint)
        items = now.shown(now.by_itself(scene, 0), wall.covered)
        _write(draft, scene=scene, items=items, page=0)


def wall_of(sprint: Sprint) -> Wall:
    """The wall, also where nothing was shown yet."""
    wall: Wall | None = sprint.records["wall"].get(WALL)
    return Wall(id=WALL) if wall is None else wall


def _write(draft: Draft, **fields: object) -> None:
    wall = wall_of(draft.sprint)
    if WALL in draft.sprint.records["wall"]:
        draft.set(wall, **fields)
    else:
        draft.put(msgspec.structs.replace(wall, **fields))


def _known(sprint: Sprint, id: str) -> None:
    if sprint.note(id) is None and id not in sprint.records["group"]:
        raise Refused("unknown")


def _with(ids: tuple[Id, ...], id: Id, there: bool) -> tuple[Id, ...]:
    if there:
        return ids if id in ids else (*ids, id)
    return tuple(one for one in ids if one != id)
