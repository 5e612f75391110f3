"""Rounds of dots: open, give, count stickers, close.

Whoever gives dots is a *voter*: a seat (of a tablet that goes round, one turn of it), or in a
round per table the table. A voter has one ballot, which only the voter sees, and for it holds at
every moment, whatever is sent twice or from two tabs:

    0 ≤ dots on one item ≤ round.most,   their sum ≤ round.budget

A command says how many dots lie on an item from now on, so saying it twice is saying it once. Nobody
is told how it stands until the round is closed: before that only the number of voters goes up, by a
voter's first answer, whatever it is. The id of a ballot is drawn, so that it tells nobody whose it is.

Stickers on paper are counted by hand, per table or for the hall, into one ballot that counting
anew replaces.
"""

import hashlib
from typing import Final

from . import disclosure, limits, permissions, writing
from .ask import Ask
from .change import Change
from .commands import CloseRound, CountPaper, GiveDots, OpenRound
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sight import turn_of
from .sprint import Ballot, Group, Place, Round, Seat, Sprint

_ID_BYTES: Final = 16


def open_round(sprint: Sprint, ask: Ask, command: OpenRound, past: Past) -> Change:
    """A new round over the groups there are now. One at a time."""
    rounds = sprint.records["round"]
    if command.round in rounds or any(one.open for one in rounds.values()):
        raise Refused("exists")
    if len(rounds) >= limits.ROUNDS_PER_SPRINT:
        raise Refused("full")
    writing.check_title(command.title)
    if not 1 <= command.budget <= limits.DOTS_PER_VOTER:
        raise Refused("bad_command")
    if not 1 <= command.most <= command.budget:
        raise Refused("bad_command")
    groups: dict[str, Group] = sprint.records["group"]
    there = sorted((one for one in groups.values() if not one.gone), key=_in_order)
    items = command.items or tuple(one.id for one in there)
    if not items:
        raise Refused("empty")
    if len(items) > limits.ITEMS_PER_ROUND:
        raise Refused("full")
    if len(set(items)) != len(items):
        raise Refused("bad_command")
    if not set(items) <= {one.id for one in there}:
        raise Refused("unknown")
    evening = sprint.evening
    draft = Draft(sprint)
    draft.put(
        Round(
            id=command.round,
            title=command.title,
            step=evening.step if evening else None,
            per=command.per,
            budget=command.budget,
            most=command.most,
            own=command.own,
            items=items,
            at=ask.now,
        )
    )
    return draft.change()


def close_round(sprint: Sprint, ask: Ask, command: CloseRound, past: Past) -> Change:
    """The dots are counted and told. For good, and twice is once."""
    round = _round(sprint, command.round)
    draft = Draft(sprint)
    if round.open:
        _count(draft, round)
    return draft.change()


def close_all(draft: Draft) -> None:
    """The evening is over: what was given counts, also where nobody closed the round."""
    for round in draft.sprint.records["round"].values():
        if round.open:
            _count(draft, round)


def _count(draft: Draft, round: Round) -> None:
    cast = [one for one in _ballots(draft.sprint, round.id) if one.dots]
    result = disclosure.results(draft.sprint, round, cast)
    draft.set(round, open=False, voters=sum(one.voters for one in cast), result=result)


def give(sprint: Sprint, ask: Ask, command: GiveDots, past: Past) -> Change:
    if not permissions.step_allows(ask.seat, GiveDots, sprint.step_on):
        raise Refused("not_in_this_step")
    round = _open(sprint, command.round)
    if command.item not in round.items:
        raise Refused("unknown")
    if command.dots < 0:
        raise Refused("bad_command")
    place: Place | None = sprint.records["place"].get(ask.seat.id)
    table = place.table if place else None
    if round.per == "tafel":
        if table is None:
            raise Refused("no_table")
        if _paper(sprint, round.id, table) is not None:
            raise Refused("exists")  # its stickers were counted
    if command.dots and not round.own and _is_own(sprint, ask.seat, round, table, command.item):
        raise Refused("own_item")
    ballot = ballot_of(sprint, round, ask.seat)
    dots = dict(ballot.dots) if ballot else {}
    dots.pop(command.item, None)
    if command.dots:
        dots[command.item] = command.dots
    if command.dots > round.most or sum(dots.values()) > round.budget:
        raise Refused("no_dots")
    draft = Draft(sprint)
    if ballot is None:
        shared = round.per == "tafel"
        draft.put(
            Ballot(
                id=drawn_id(ask, b"ballot"),
                round=round.id,
                seat=None if shared else ask.seat.id,
                turn=0 if shared else turn_of(place),
                table=table,
                stem=None if shared or place is None else place.stem,
                shared=shared,
                dots=dots,
            )
        )
        draft.set(round, voters=round.voters + 1)
    else:
        stem = ballot.stem if ballot.shared or place is None else place.stem
        draft.set(ballot, dots=dots, stem=stem)
    return draft.change()


def count_paper(sprint: Sprint, ask: Ask, command: CountPaper, past: Past) -> Change:
    """The stickers of a table or of the hall: so many people, so many dots."""
    round = _open(sprint, command.round)
    if ask.seat.role == "tafelbegeleider":
        place: Place | None = sprint.records["place"].get(ask.seat.id)
        if place is None or place.table is None:
            raise Refused("no_table")
        if place.table != command.table:
            raise Refused("not_your_table")
    if command.table is not None and command.table not in sprint.records["table"]:
        raise Refused("unknown")
    if not command.dots.keys() <= set(round.items):
        raise Refused("unknown")
    most = limits.ARRIVALS_PER_SPRINT if command.table is None else limits.PEOPLE_PER_TABLE
    if round.per == "tafel" and command.table is not None:
        most = 1
        if any(one.shared and one.table == command.table for one in _ballots(sprint, round.id)):
            raise Refused("exists")  # this table gave its dots on a screen
    if not 0 <= command.voters <= most:
        raise Refused("bad_command")
    if any(many < 0 for many in command.dots.values()):
        raise Refused("bad_command")
    if any(many > command.voters * round.most for many in command.dots.values()):
        raise Refused("no_dots")
    if sum(command.dots.values()) > command.voters * round.budget:
        raise Refused("no_dots")
    dots = {item: many for item, many in command.dots.items() if many}
    before = _paper(sprint, round.id, command.table)
    draft = Draft(sprint)
    if before is None:
        draft.put(
            Ballot(
                id=drawn_id(ask, b"ballot"),
                round=round.id,
                table=command.table,
                paper=True,
                voters=command.voters,
                dots=dots,
            )
        )
    else:
        draft.set(before, voters=command.voters, dots=dots)
    counted = command.voters - (before.voters if before else 0)
    draft.set(round, voters=round.voters + counted)
    return draft.change()


def ballot_of(sprint: Sprint, round: Round, seat: Seat) -> Ballot | None:
    """The ballot this seat fills in now: its own of this turn, or the one of its table."""
    place: Place | None = sprint.records["place"].get(seat.id)
    turn = turn_of(place)
    for ballot in _ballots(sprint, round.id):
        if round.per == "tafel":
            if ballot.shared and place is not None and ballot.table == place.table:
                return ballot
        elif ballot.seat == seat.id and ballot.turn == turn:
            return ballot
    return None


def drawn_id(ask: Ask, for_what: bytes) -> str:
    """An id from chance, for a record that must not tell whose it is."""
    return hashlib.blake2b(ask.entropy, digest_size=_ID_BYTES, person=for_what).hexdigest()


def _is_own(sprint: Sprint, seat: Seat, round: Round, table: str | None, item: str) -> bool:
    """Whether a note of this voter is in the group."""
    return any(
        note.group == item
        and not note.gone
        and (note.author == seat.id or (round.per == "tafel" and note.table == table))
        for note in sprint.notes.values()
    )


def _ballots(sprint: Sprint, round: str) -> list[Ballot]:
    return [ballot for ballot in sprint.records["ballot"].values() if ballot.round == round]


def _paper(sprint: Sprint, round: str, table: str | None) -> Ballot | None:
    for ballot in _ballots(sprint, round):
        if ballot.paper and ballot.table == table:
            return ballot
    return None


def _round(sprint: Sprint, id: str) -> Round:
    round: Round | None = sprint.records["round"].get(id)
    if round is None:
        raise Refused("unknown")
    return round


def _open(sprint: Sprint, id: str) -> Round:
    round = _round(sprint, id)
    if not round.open:
        raise Refused("round_closed")
    return round


def _in_order(group: Group) -> tuple[int, str]:
    return group.rank, group.id
