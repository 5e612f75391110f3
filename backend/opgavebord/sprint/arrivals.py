"""*Tik op je dorp*: one person more, and the counts that the hall may see.

An arrival says from which village and in which way somebody is here; nobody but the seat it was
tapped on sees it. The one `Tally` of a sprint holds what may be told of all of them together, decided in
`disclosure.py`. It also holds how many seats are ready with the step that is on (`seating.py`).
"""

from collections import Counter
from typing import Final

import msgspec

from . import disclosure, limits
from .ask import Ask
from .change import Change
from .commands import TapArrival
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Arrival, Place, Sprint, Tally
from .votes import drawn_id

TALLY: Final = "telling"
"""The id of the one tally of a sprint."""


def tap(sprint: Sprint, ask: Ask, command: TapArrival, past: Past) -> Change:
    """Somebody is here. A village, a way, or both; a tablet taps for several people."""
    arrivals = sprint.records["arrival"]
    if len(arrivals) >= limits.ARRIVALS_PER_SPRINT:
        raise Refused("full")
    if command.kern is None and command.stem is None:
        raise Refused("empty")
    if command.kern is not None and command.kern not in sprint.records["kern"]:
        raise Refused("unknown")
    if command.stem is not None and command.stem not in sprint.records["stem"]:
        raise Refused("unknown")
    place: Place | None = sprint.records["place"].get(ask.seat.id)
    arrival = Arrival(
        id=drawn_id(ask, b"arrival"),
        seat=ask.seat.id,
        table=place.table if place else None,
        kern=command.kern,
        stem=command.stem,
    )
    draft = Draft(sprint)
    draft.put(arrival)
    people = [*arrivals.values(), arrival]
    tell(
        draft,
        people=len(people),
        kernen=disclosure.counted(
            Counter(one.kern for one in people if one.kern is not None),
            len(sprint.records["kern"]),
            len(people),
        ),
        stemmen=disclosure.counted(
            Counter(one.stem for one in people if one.stem is not None),
            len(sprint.records["stem"]),
            len(people),
        ),
    )
    return draft.change()


def tally_of(sprint: Sprint) -> Tally:
    """The tally, also where nothing was counted yet."""
    tally: Tally | None = sprint.records["tally"].get(TALLY)
    return Tally(id=TALLY) if tally is None else tally


def tell(draft: Draft, **counts: object) -> None:
    """Write other counts in the tally; make it where there is none."""
    tally = tally_of(draft.sprint)
    if TALLY in draft.sprint.records["tally"]:
        draft.set(tally, **counts)
    else:
        draft.put(msgspec.structs.replace(tally, **counts))
