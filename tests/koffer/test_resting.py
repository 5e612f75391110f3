"""A board that is on a journey, in the room that has it open: it rests, and the log with it."""

from opgavebord import protocol
from opgavebord.sprint.commands import BringBack, SetPhase, TakeAway, TellEvening
from opgavebord.sprint.decide import RULES
from opgavebord.sprint.permissions import rests
from tests.sync.hall import Hall, note


def refusals(screen) -> dict[str, tuple[int, str | None]]:  # type: ignore[no-untyped-def]
    return {
        ack.id: (ack.seq, ack.refusal)
        for frame in screen.of(protocol.Frame)
        for ack in frame.acks
        if ack.refusal
    }


def test_what_is_asked_meanwhile_is_refused_and_not_kept() -> None:
    hall = Hall()
    anna, regie = hall.screen("anna"), hall.screen("regie", "begeleider")
    regie.ask(TakeAway("reis1"))
    hall.keep()
    hall.wait(1)
    head = hall.room.head
    name = anna.ask(note("note1", "Onderweg"))
    regie.ask(SetPhase("closed"))
    hall.keep()
    hall.wait(1)
    assert hall.room.head == head, "the log rests too"
    assert refusals(anna)[name] == (0, "op_reis")
    assert not hall.room.unsettled
    again = regie.ask(BringBack("reis1"))
    hall.keep()
    hall.wait(1)
    assert again not in refusals(regie)
    anna.ask(note("note1", "Weer thuis"))
    hall.keep()
    assert hall.room.sprint.note("note1") is not None


def test_nobody_is_refused_before_the_journey_itself_is_kept() -> None:
    """The command that left and the one behind it are decided together; should the log have gone on
    elsewhere, then nothing was said yet that is not true."""
    hall = Hall()
    anna, regie = hall.screen("anna"), hall.screen("regie", "begeleider")
    anna.ask(note("note0"))  # the log is busy with this one
    regie.ask(TakeAway("reis1"))
    name = anna.ask(note("note1"))
    hall.keep()
    hall.wait(1)
    assert refusals(anna)[name] == (0, "op_reis")
    assert hall.room.sprint.note("note0") is not None
    assert hall.room.sprint.note("note1") is None


def test_nothing_but_coming_back_is_asked_of_a_board_that_is_away() -> None:
    hall = Hall()
    regie = hall.screen("regie", "begeleider")
    regie.ask(TakeAway("reis1"))
    hall.keep()
    assert rests(hall.room.sprint, TellEvening(title="x"))
    assert rests(hall.room.sprint, None)
    assert not rests(hall.room.sprint, BringBack("reis1"))
    assert BringBack in RULES


def test_another_journey_does_not_bring_it_back() -> None:
    hall = Hall()
    regie = hall.screen("regie", "begeleider")
    regie.ask(TakeAway("reis1"))
    hall.keep()
    regie.ask(BringBack("reis2"))
    hall.keep()
    assert hall.room.evening.away == "reis1"  # type: ignore[union-attr]
