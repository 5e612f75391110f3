"""The evening itself: its founding, the timer, the doors and the join code."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from . import limits, writing
from .ask import Ask
from .change import Change, Put
from .commands import AddToTimer, FoundSprint, RenewCode, SetDoors, SetTimer
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sprint import Board, Cluster, Evening, Note, Record, Sprint, Step, Zone

JOIN_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # 31, without 0 O 1 I L
CODE_CHARACTERS: Final = 6
TOKEN_BYTES: Final = 16


def found(sprint: Sprint, ask: Ask, command: FoundSprint, past: Past) -> Change:
    """The records that were there before the first person: no notes, and one evening."""
    if any(sprint.records.values()):
        raise Refused("founded")
    evenings = [record for record in command.records if isinstance(record, Evening)]
    ids = [record.id for record in command.records]
    if len(evenings) != 1 or len(set(ids)) != len(ids):
        raise Refused("bad_command")
    if any(isinstance(record, Note | Cluster) for record in command.records):
        raise Refused("bad_command")
    boards = {record.id for record in command.records if isinstance(record, Board)}
    steps = {record.id: record for record in command.records if isinstance(record, Step)}
    for record in command.records:
        if isinstance(record, Zone | Step) and record.board not in boards:
            raise Refused("unknown")
        for written in _texts(record):
            writing.check_note(written)
    evening = evenings[0]
    if evening.board is not None and evening.board not in boards:
        raise Refused("unknown")
    if evening.step is not None:
        on = steps.get(evening.step)
        if on is None or on.board != evening.board or not on.visited:
            raise Refused("unknown")
    return tuple(Put(record) for record in command.records)


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


def _texts(record: Record) -> Iterator[str]:
    values: dict[str, Any] = msgspec.structs.asdict(record)
    for value in values.values():
        if isinstance(value, str):
            yield value
