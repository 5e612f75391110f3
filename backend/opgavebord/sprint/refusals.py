"""Every reason for which a command that was understood can be refused.

A refusal is kept in the log under the command's name like an event, so a repeat gets the same
answer. The sentence a person reads for each code is in `frontend/src/words/`.
"""

from typing import Literal, TypeAlias, get_args

from msgspec import Struct

RefusalCode: TypeAlias = Literal[
    "bad_command",  # not one of the commands, or a field is missing, unknown or malformed
    "bad_text",  # control characters, half a surrogate pair, too many marks on one letter
    "too_long",  # the text is over the limit
    "empty",  # a note, a name, a reason without a letter; nothing to choose, nothing tapped
    "bad_edit",  # the edit does not fit the text it says it was made on
    "not_allowed",  # this role never may
    "not_in_this_step",  # this step does not allow it
    "not_yours",  # a note that is hidden from one, or words that only who said them may change
    "unknown",  # no such note, zone, cluster, step, voice or own command to undo here
    "exists",  # a record with this id, an open round, the dots of this table: there already
    "in_the_bin",  # first take it out of the bin
    "full",  # the sprint has as many notes, clusters or events as it can hold
    "changed_since",  # undo: somebody changed it after you
    "wrong_device",  # this command name belongs to another seat's device
    "founded",  # a sprint is founded once
    "frozen",  # even luisteren: the facilitator froze the board
    "closed",  # the evening is closed
    "removed",  # the facilitator took this seat away
    "no_table",  # first sit down at a table
    "not_your_table",  # of another table than one's own
    "no_dots",  # more dots than one has, or than may lie on one item
    "own_item",  # this round: not on an item with an own note in it
    "round_closed",  # this round of dots is over
    "op_reis",  # the board is on a journey, on the laptop of a hall; here it rests until it is back
]
REFUSAL_CODES: tuple[str, ...] = get_args(RefusalCode)


class Refusal(Struct, frozen=True):
    """The answer no, with its one code."""

    code: RefusalCode


class Refused(Exception):
    """Raised inside a rule to refuse; `decide` turns it into a value. Carries one code."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code)
        self.code: RefusalCode = code
