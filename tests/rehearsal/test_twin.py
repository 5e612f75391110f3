"""What a rehearsal begins with: the set-up of the evening, and not one word that was said."""

import msgspec

from opgavebord.rehearsal.twin import twin
from opgavebord.sprint.ask import Ask
from opgavebord.sprint.change import apply
from opgavebord.sprint.decide import decide
from opgavebord.sprint.past import Past
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import (
    Belofte,
    Board,
    Evening,
    Kern,
    Note,
    Seat,
    Sprint,
    Stem,
    Step,
    Table,
    Zone,
)

ENTROPY = bytes(range(64))


def an_evening() -> Sprint:
    sprint = Sprint()
    for record in (
        Evening(
            id="evening", title="Vitale kernen", question="Hoe?", board="board-2", step="step-3",
            code="ABCDEF", token="0" * 32, phase="closed", frozen=True, published=True,
            timer_started=1, timer_ends=2, bedoeling="note-said",
        ),
        Board(id="board-1", werkvorm="T1", title="Welkom", rank=1),
        Board(id="board-2", werkvorm="T4", title="Wat doen we al?", rank=2),
        Zone(id="zone-1", board="board-1", title="Wie is er?", tap=True),
        Zone(id="zone-2", board="board-2", title="Dit loopt nu"),
        Step(id="step-0", board="board-1", title="Te vroeg", instruction="", rank=0, skipped=True),
        Step(id="step-1", board="board-1", title="Kom binnen", instruction="", rank=1, visited=True),
        Step(
            id="step-3", board="board-2", title="Vul aan", instruction="", rank=1, visited=True,
            revealed=True,
        ),
        Stem(id="stem-1", code="IO", title="inwoner 65+"),
        Kern(id="kern-1", code="LOT", title="Lottum"),
        Table(id="tafel-1", number=1, people=6, quote="note-said", volgcode="merel-fiets-appel"),
        Note(id="note-said", zone="zone-2", rank=1, text="Dit zei iemand.", author="seat-anna"),
        Note(
            id="note-ready", zone="zone-2", rank=2, text="Er is een potje.", author="seat-desk",
            origin="organisatie", domains=("dom-1",), group="group-1",
        ),
        Belofte(id="belofte-1", who="gemeente", what="bellen", when="1 mei"),
    ):  # fmt: skip
        sprint.put(record)
    return sprint


def rehearsed() -> Sprint:
    founding = twin(an_evening(), "rehearsal", ENTROPY)
    assert founding is not None
    made = Sprint()
    verdict = decide(made, Ask(founding, Seat("desk", "bureau"), 0, ENTROPY), Past())
    assert not isinstance(verdict, Refusal)
    apply(made, verdict)
    return made


def test_it_begins_at_the_first_step_with_open_doors_of_its_own() -> None:
    evening = rehearsed().evening
    assert evening is not None
    assert evening.rehearsal
    assert (evening.board, evening.step) == ("board-1", "step-1")
    assert (evening.phase, evening.frozen, evening.published) == ("open", False, False)
    assert evening.doors_open
    assert evening.timer_ends is None
    assert evening.code != "ABCDEF"
    assert evening.token != "0" * 32


def test_nothing_that_was_said_comes_along() -> None:
    made = rehearsed()
    everything = msgspec.json.encode(list(made)).decode()
    for said in ("Dit zei iemand", "merel-fiets-appel", "bellen", "seat-anna", "seat-desk"):
        assert said not in everything
    assert made.records["table"]["tafel-1"] == Table(id="tafel-1", number=1, people=6)


def test_cards_that_were_laid_ready_come_along() -> None:
    made = rehearsed()
    assert list(made.notes) == ["note-ready"]
    assert made.notes["note-ready"].text == "Er is een potje."
    assert made.notes["note-ready"].group is None
    assert made.notes["note-ready"].domains == ()


def test_steps_begin_anew() -> None:
    steps = rehearsed().records["step"]
    assert {id for id, step in steps.items() if step.visited} == {"step-1"}
    assert not any(step.revealed for step in steps.values())


def test_a_sprint_without_an_evening_has_nothing_to_rehearse() -> None:
    assert twin(Sprint(), "rehearsal", ENTROPY) is None
