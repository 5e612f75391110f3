"""What robots do: what a table would, and never what the server has to refuse."""

import random

import pytest

from opgavebord.rehearsal.robot import NOTES_PER_STEP, Person, next_wish
from opgavebord.sprint.ask import Ask
from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import (
    AnyCommand,
    Command,
    FoundSprint,
    GoToStep,
    MakeGroup,
    OpenRound,
    Reveal,
)
from opgavebord.sprint.decide import decide
from opgavebord.sprint.past import Past
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sight import lens_of, see
from opgavebord.sprint.sprint import Record, Seat, Sprint, Stem, Table
from opgavebord.werkvormen.reading import lay_out, werkvorm

from .test_twin import an_evening

FIEN = Seat("seat-fien", "begeleider")
ROBOTS = 6


class Rehearsal:
    """A hall of robots around one sprint in memory."""

    def __init__(self, seed: int) -> None:
        self.sprint = Sprint()
        self.past = Past()
        self.chance = random.Random(seed)
        self.done: list[tuple[Seat, AnyCommand]] = []
        self.people = [Person(f"robot-{place}", f"tafel-{place % 2}") for place in range(ROBOTS)]
        laid: list[Record] = []
        for place, name in enumerate(("T1", "T2", "T3", "T4", "T8")):
            laid += lay_out(werkvorm(name), "rehearsal", place)
        evening = an_evening().evening
        assert evening is not None
        fresh = type(evening)(id="evening", title="Repetitie", question="Hoe?", rehearsal=True)
        tables = [Table(id=f"tafel-{n}", number=n) for n in range(2)]
        stems = [Stem(id="stem-io", code="IO", title="inwoner 65+")]
        self.ask(Seat("desk", "bureau"), FoundSprint((fresh, *laid, *tables, *stems)))

    def ask(self, seat: Seat, command: Command) -> None:
        entropy = self.chance.randbytes(32)
        verdict = decide(self.sprint, Ask(command, seat, 1_000, entropy), self.past)  # type: ignore[arg-type]
        assert not isinstance(verdict, Refusal), f"{verdict.code}: {command}"
        apply(self.sprint, verdict)
        self.sprint.head += 1
        self.done.append((seat, command))  # type: ignore[arg-type]

    def play(self, rounds: int) -> None:
        for _ in range(rounds):
            for person in self.people:
                seat = Seat(person.seat, "deelnemer")
                wish = next_wish(person, see(self.sprint, lens_of(seat)), self.chance)
                if wish is not None:
                    self.ask(seat, wish)

    def steps(self, name: str) -> list[str]:
        boards = self.sprint.records["board"]
        found = [
            step
            for step in self.sprint.records["step"].values()
            if boards[step.board].werkvorm == name
        ]
        return [step.id for step in sorted(found, key=lambda step: step.rank)]


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_evening_is_played_and_nothing_is_refused(seed: int) -> None:
    hall = Rehearsal(seed)
    for name in ("T1", "T2", "T3", "T4"):
        for step in hall.steps(name):
            hall.ask(FIEN, GoToStep(step))
            hall.play(8)
            hall.ask(FIEN, Reveal(to="zaal"))
    for place in range(3):
        notes = [note.id for note in hall.sprint.notes.values() if not note.hidden]
        hall.ask(FIEN, MakeGroup(f"group-{place}", f"Groep {place}", tuple(notes[place::3])))
    for step in hall.steps("T8"):
        hall.ask(FIEN, GoToStep(step))
        if "stemmen" in hall.sprint.records["step"][step].may:
            hall.ask(FIEN, OpenRound("round-1", "Kies"))
        hall.play(10)
    did = {type(command).__struct_config__.tag for _, command in hall.done}
    assert {"note.create", "vote.give", "place.sit", "place.done", "arrival.tap"} <= did
    assert hall.sprint.records["round"]["round-1"].voters == ROBOTS
    assert {note.table for note in hall.sprint.notes.values()} == {"tafel-0", "tafel-1"}


def test_robots_lay_together_what_their_own_table_said() -> None:
    hall = Rehearsal(3)
    steps = hall.steps("T2")
    for step in steps[:4]:
        hall.ask(FIEN, GoToStep(step))
        hall.play(12)
        hall.ask(FIEN, Reveal(to="zaal"))
    piles = [note for note in hall.sprint.notes.values() if note.cluster is not None]
    assert piles
    for cluster in {note.cluster for note in piles}:
        assert len({note.table for note in piles if note.cluster == cluster}) == 1


def test_nobody_writes_without_end() -> None:
    hall = Rehearsal(4)
    writing = hall.steps("T2")[1]
    hall.ask(FIEN, GoToStep(writing))
    hall.play(30)
    assert len(hall.sprint.notes) == ROBOTS * NOTES_PER_STEP
