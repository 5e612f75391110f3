"""The evening itself: its founding, what it is about, its phase, the timer, the doors and the join
code."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from . import limits, volgcode, votes, writing
from .ask import Ask
from .change import Change, Put
from .commands import (
    AddToTimer,
    BringBack,
    FoundSprint,
    FreezeEvening,
    Publish,
    RenewCode,
    SetDoors,
    SetPhase,
    SetTimer,
    TakeAway,
    TellEvening,
)
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import KIND_OF, Evening, Kind, Phase, Sprint, Table
from .steps import checkpoint

JOIN_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # 31, without 0 O 1 I L
CODE_CHARACTERS: Final = 6
TOKEN_BYTES: Final = 16


def found(sprint: Sprint, ask: Ask, command: FoundSprint, past: Past) -> Change:
    """The records a sprint begins with: one evening, its boards and steps and what else there is.
    Also a sprint that was exported: it begins again as it was."""
    if any(sprint.records.values()):
        raise Refused("founded")
    begun = Sprint()
    for record in command.records:
        if begun.find(KIND_OF[type(record)], record.id) is not None:
            raise Refused("bad_command")
        for written in _texts(record):
            writing.check_note(written)
        begun.put(record)
    if len(begun.records["sprint"]) != 1 or not _tells_apart(begun):
        raise Refused("bad_command")
    _within_limits(begun)
    _hangs_together(begun)
    return tuple(Put(record) for record in command.records)


def _tells_apart(begun: Sprint) -> bool:
    """What lies or holds has an id of its own (see `fresh_id`), and a rank of its own."""
    lying = [*begun.records["zone"], *begun.notes, *begun.clusters, *begun.records["group"]]
    if len(set(lying)) != len(lying):
        return False
    return all(
        len({rank for rank, _ in siblings}) == len(siblings) for siblings in begun.children.values()
    )


def _within_limits(begun: Sprint) -> None:
    for kind, most in _MOST.items():
        if len(begun.records[kind]) > most:
            raise Refused("full")


def _hangs_together(begun: Sprint) -> None:
    """Refuse what lies somewhere that is not there."""
    boards, evening = begun.records["board"], begun.evening
    for each in (*begun.records["zone"].values(), *begun.records["step"].values()):
        if each.board not in boards:
            raise Refused("unknown")
    for cluster in begun.clusters.values():
        if begun.zone(cluster.zone) is None:
            raise Refused("unknown")
    for note in begun.notes.values():
        pile = begun.cluster(note.cluster) if note.cluster is not None else None
        lost = note.cluster is not None and not note.gone
        if lost and (pile is None or pile.gone or pile.zone != note.zone):
            raise Refused("unknown")
        if begun.zone(note.zone) is None:
            raise Refused("unknown")
    assert evening is not None
    if evening.board is not None and evening.board not in boards:
        raise Refused("unknown")
    if evening.step is not None:
        on = begun.step(evening.step)
        if on is None or on.board != evening.board or not on.visited:
            raise Refused("unknown")


_MOST: Final[dict[Kind, int]] = {
    "note": limits.NOTES_PER_SPRINT,
    "cluster": limits.CLUSTERS_PER_SPRINT,
    "group": limits.GROUPS_PER_SPRINT,
    "table": limits.TABLES_PER_SPRINT,
    "step": limits.STEPS_PER_SPRINT,
    "round": limits.ROUNDS_PER_SPRINT,
    "place": limits.SEATS_PER_SPRINT,
    "arrival": limits.ARRIVALS_PER_SPRINT,
    "belofte": limits.BELOFTEN_PER_SPRINT,
}


def freeze(sprint: Sprint, ask: Ask, command: FreezeEvening, past: Past) -> Change:
    draft = Draft(sprint)
    draft.set(_evening(sprint), frozen=command.on)
    return draft.change()


def set_phase(sprint: Sprint, ask: Ask, command: SetPhase, past: Past) -> Change:
    """Closing lets devices send what they still have; closed, each table gets its volgcode. Who
    closed too early opens again, and the codes stay what they were."""
    evening = _evening(sprint)
    draft = Draft(sprint)
    if command.phase != evening.phase:
        checkpoint(draft, ask, _PHASES[command.phase])
        draft.set(evening, phase=command.phase)
        if command.phase == "closed":
            votes.close_all(draft)
            draft.set(evening, timer_started=None, timer_ends=None)
            _give_codes(draft, ask)
    return draft.change()


def _give_codes(draft: Draft, ask: Ask) -> None:
    tables: list[Table] = sorted(
        draft.sprint.records["table"].values(), key=lambda table: (table.number, table.id)
    )
    taken = {table.volgcode for table in tables}
    codes = (code for code in volgcode.codes_of(ask.entropy, 2 * len(tables)) if code not in taken)
    for table, code in zip([one for one in tables if not one.volgcode], codes, strict=False):
        draft.set(table, volgcode=code)


_PHASES: Final[dict[Phase, str]] = {
    "open": "weer open",
    "closing": "sluit af",
    "closed": "afgesloten",
}


def publish(sprint: Sprint, ask: Ask, command: Publish, past: Past) -> Change:
    draft = Draft(sprint)
    draft.set(_evening(sprint), published=command.on)
    return draft.change()


def tell(sprint: Sprint, ask: Ask, command: TellEvening, past: Past) -> Change:
    """What the evening is about. It always has a title and a question."""
    evening = _evening(sprint)
    said: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(command).items() if value is not None
    }
    for name, value in said.items():
        for written in (value,) if isinstance(value, str) else value:
            writing.check_note(written)
            if name not in ("question", "goal"):
                writing.check_title(written)
            if writing.is_empty(written) and name not in _MAY_BE_EMPTY:
                raise Refused("empty")
    draft = Draft(sprint)
    draft.set(evening, **said)
    return draft.change()


_MAY_BE_EMPTY: Final = frozenset({"place", "date", "goal", "source", "answer_from"})


def set_timer(sprint: Sprint, ask: Ask, command: SetTimer, past: Past) -> Change:
    evening = _evening(sprint)
    draft = Draft(sprint)
    if command.seconds is None:
        draft.set(evening, timer_started=None, timer_ends=None)
    else:
        if not 1 <= command.seconds <= limits.TIMER_SECONDS:
            raise Refused("bad_command")
        ends = ask.now + command.seconds * 1000
        draft.set(evening, timer_started=ask.now, timer_ends=ends)
    return draft.change()


def add_to_timer(sprint: Sprint, ask: Ask, command: AddToTimer, past: Past) -> Change:
    """Longer, or (below zero) shorter. A timer that has run out, or is not there, goes on from now."""
    evening = _evening(sprint)
    if not 0 < abs(command.seconds) <= limits.TIMER_SECONDS:
        raise Refused("bad_command")
    ends = max(evening.timer_ends or 0, ask.now) + command.seconds * 1000
    if ends > ask.now + limits.TIMER_SECONDS * 1000:
        raise Refused("bad_command")
    draft = Draft(sprint)
    started = evening.timer_started if evening.timer_ends is not None else None
    draft.set(
        evening,
        timer_started=ask.now if started is None else started,
        timer_ends=max(ends, ask.now),
    )
    return draft.change()


def set_doors(sprint: Sprint, ask: Ask, command: SetDoors, past: Past) -> Change:
    draft = Draft(sprint)
    draft.set(_evening(sprint), doors_open=command.open)
    return draft.change()


def renew_code(sprint: Sprint, ask: Ask, command: RenewCode, past: Past) -> Change:
    draft = Draft(sprint)
    draft.set(_evening(sprint), code=code_of(ask.entropy), token=token_of(ask.entropy))
    return draft.change()


def take_away(sprint: Sprint, ask: Ask, command: TakeAway, past: Past) -> Change:
    """From here on nothing is decided here (`permissions.admit`), so that the log of the journey
    and ours stay one. A rehearsal stays at home: it is wiped."""
    evening = _evening(sprint)
    if evening.rehearsal:
        raise Refused("not_allowed")
    draft = Draft(sprint)
    draft.set(evening, away=command.journey)
    return draft.change()


def bring_back(sprint: Sprint, ask: Ask, command: BringBack, past: Past) -> Change:
    """Nothing for a journey that is over already, or that another one followed."""
    evening = _evening(sprint)
    draft = Draft(sprint)
    if evening.away == command.journey:
        draft.set(evening, away=None)
    return draft.change()


def code_of(entropy: bytes) -> str:
    """A join code: `CODE_CHARACTERS` of the alphabet, each as likely."""
    # Bytes from 248 on would make some letters likelier, so they are passed over; of 64 bytes
    # more than 58 are then passed over less than once in the life of the universe.
    stretched = hashlib.blake2b(entropy, person=b"join code").digest()
    usable = 256 - 256 % len(JOIN_ALPHABET)
    fair = [byte for byte in stretched if byte < usable][:CODE_CHARACTERS]
    fair += [0] * (CODE_CHARACTERS - len(fair))
    return "".join(JOIN_ALPHABET[byte % len(JOIN_ALPHABET)] for byte in fair)


def token_of(entropy: bytes) -> str:
    """What the QR carries: 128 bits that tell nothing of the code."""
    return hashlib.blake2b(entropy, digest_size=TOKEN_BYTES, person=b"join token").hexdigest()


def _evening(sprint: Sprint) -> Evening:
    evening = sprint.evening
    if evening is None:
        raise Refused("unknown")
    return evening


def _texts(value: Any) -> Iterator[str]:
    """Every text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif isinstance(value, dict):
        for name, inside in value.items():
            yield name
            yield from _texts(inside)
    elif isinstance(value, tuple):
        for inside in value:
            yield from _texts(inside)
