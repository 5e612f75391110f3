"""The checker, checked: for each rule an evening that is right, and the same one with this rule broken."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from opgavebord.protocol import Ack
from opgavebord.sprint.ask import ENTROPY_BYTES, Ask
from opgavebord.sprint.change import Change, Put, apply
from opgavebord.sprint.commands import (
    AnyCommand,
    CreateNote,
    FreezeEvening,
    GiveDots,
    MoveNote,
    OpenRound,
    RemoveSeat,
    Reveal,
    SitDown,
)
from opgavebord.sprint.decide import decide
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.past import Past
from opgavebord.sprint.refusals import Refusal, RefusalCode
from opgavebord.sprint.sight import lens_of, mine, see, see_all, see_change
from opgavebord.sprint.sprint import Seat, Sprint
from tests.history import happening
from tests.history.checker import RULES, USUAL, Evidence, Limits, State, check
from tests.history.happening import (
    Answered,
    Asked,
    Came,
    Fault,
    Gone,
    Happening,
    Moved,
    Note,
    Sample,
    Showed,
    Whole,
)
from tests.sync.world import founding

ANNA, BERT, REGIE = "device-anna", "device-bert", "device-regie"
SEATS = {
    ANNA: Seat("seat-anna", "deelnemer"),
    BERT: Seat("seat-bert", "deelnemer"),
    REGIE: Seat("seat-regie", "begeleider"),
}


class Story:
    """An evening told by hand: what is asked is decided, kept, answered and shown at once."""

    def __init__(self) -> None:
        self.at = 0.0
        self.happenings: list[Happening] = []
        self.log: list[Entry] = []
        self.sprint = Sprint()
        self.past = Past()
        self.number = dict.fromkeys(SEATS, 0)
        self.heads = dict.fromkeys(SEATS, 0)
        self._keep("desk.1", Seat("desk", "bureau"), founding("alleen_ik", "persoon"))
        for device, seat in SEATS.items():
            self.tell(Came(self.now(), device, seat.id, seat.role))
            self.whole(device)

    def now(self) -> float:
        self.at += 1
        return self.at

    def tell(self, *happenings: Happening) -> None:
        self.happenings += happenings

    def whole(self, device: str) -> None:
        lens = lens_of(SEATS[device])
        crowd = {record.id: record for record in see_all(self.sprint, lens)}
        crowd |= {record.id: record for record in mine(self.sprint, lens)}
        self.tell(Whole(self.now(), device, self.sprint.head, tuple(crowd.values())))
        self.heads[device] = self.sprint.head

    def name(self, device: str) -> str:
        self.number[device] += 1
        return f"{device}.{self.number[device]}"

    def say(self, device: str, command: AnyCommand, *, forced: Change | None = None) -> str:
        """`forced`: kept with this change, whatever the rules say."""
        name = self.name(device)
        self.tell(Asked(self.now(), device, name, command))
        entry = self._keep(name, SEATS[device], command, forced=forced)
        self.tell(Answered(self.now(), device, name, entry.seq, entry.refusal))
        return name

    def _keep(
        self,
        name: str,
        seat: Seat,
        command: AnyCommand | None,
        *,
        forced: Change | None = None,
        seq: int | None = None,
    ) -> Entry:
        device, _, number = name.rpartition(".")
        seq, at = seq or self.sprint.head + 1, int(self.now())
        verdict = decide(self.sprint, Ask(command, seat, at, bytes(ENTROPY_BYTES)), self.past)
        refusal: RefusalCode | None = None
        change: Change = ()
        if forced is not None:
            change = forced
        elif isinstance(verdict, Refusal):
            refusal = verdict.code
        else:
            change = verdict
        entry = Entry(seq, at, device, int(number), seat.id, seat.role, command, change, refusal)
        for device, head in self.heads.items():
            if head:
                self.tell(Moved(self.now(), device, head, seq))
                seen = see_change(self.sprint, change, lens_of(SEATS[device]))
                if seen:
                    self.tell(Showed(self.at, device, seq, seen))
                self.heads[device] = seq
        self.past.record(entry, apply(self.sprint, change))
        self.sprint.head = seq
        self.log.append(entry)
        return entry

    def evidence(self, limits: Limits = USUAL) -> Evidence:
        states = [State("server", self.sprint)]
        for device, seat in SEATS.items():
            states.append(State(device, see(self.sprint, lens_of(seat)), seat))
        return Evidence(self.happenings, self.log, states, before=1, limits=limits)

    def swap(self, old: Happening, **fields: object) -> None:
        """The same history with one happening told otherwise."""
        place = self.happenings.index(old)
        self.happenings[place] = msgspec.structs.replace(old, **fields)

    def last(self, kind: type[Happening], device: str | None = None) -> Happening:
        return next(
            one
            for one in reversed(self.happenings)
            if type(one) is kind and device in (None, getattr(one, "device", None))
        )


@pytest.fixture
def story() -> Story:
    """Anna and Bert write what only they see themselves; it is revealed; Anna sits down, gives dots."""
    story = Story()
    story.say(ANNA, CreateNote("note-a", "zone1", "geheim plan"))
    story.say(BERT, CreateNote("note-b", "zone1", "koffie"))
    story.say(BERT, MoveNote("nothing", "zone2"))  # refused
    story.whole(BERT)
    story.say(REGIE, Reveal())
    story.say(ANNA, SitDown("table1"))
    story.say(ANNA, GiveDots("round0", "group1", 2))
    return story


def broken(story: Story, limits: Limits = USUAL) -> set[str]:
    return {finding.rule for finding in check(story.evidence(limits))}


def test_an_evening_that_is_right_has_no_findings(story: Story) -> None:
    story.tell(Fault(story.now(), "kill", on=True), Fault(story.now(), "kill", on=False))
    story.say(BERT, SitDown("table2"))
    story.tell(Sample(story.now(), "server", "rss", 90e6))
    assert check(story.evidence(Limits(rate=0.9, most={"rss": 100e6}))) == []


# --- each rule, broken alone ----------------------------------------------------------------


def answer_of_nothing(story: Story) -> None:
    story.swap(story.last(Answered), seq=len(story.log) + 1)


def answer_of_another(story: Story) -> None:
    first = next(one for one in story.happenings if type(one) is Answered)
    story.swap(first, refusal="unknown")


def refusal_that_is_not_kept(story: Story) -> None:
    name = story.name(ANNA)
    story.tell(Asked(story.now(), ANNA, name, MoveNote("nothing", "zone1")))
    story.tell(Answered(story.now(), ANNA, name, 0, "unknown"))


def twice(story: Story) -> None:
    name = story.say(ANNA, SitDown("table2"))
    story._keep(name, SEATS[ANNA], SitDown("table2"))


def altered(story: Story) -> None:
    name = story.name(ANNA)
    story.tell(Asked(story.now(), ANNA, name, CreateNote("note-c", "zone1", "gevraagd")))
    entry = story._keep(name, SEATS[ANNA], CreateNote("note-c", "zone1", "geschreven"))
    story.tell(Answered(story.now(), ANNA, name, entry.seq))


def phantom(story: Story) -> None:
    story._keep(story.name(ANNA), SEATS[ANNA], CreateNote("note-c", "zone1", "spook"))


def of_another_seat(story: Story) -> None:
    name = story.name(ANNA)
    story.tell(Asked(story.now(), BERT, name, SitDown("table2")), Gone(story.now(), BERT))
    story._keep(name, SEATS[ANNA], SitDown("table2"))


def hole(story: Story) -> None:
    name = story.name(ANNA)
    story.tell(Asked(story.now(), ANNA, name, SitDown("table2")))
    entry = story._keep(name, SEATS[ANNA], SitDown("table2"), seq=len(story.log) + 2)
    story.tell(Answered(story.now(), ANNA, name, entry.seq))


def overtaken(story: Story) -> None:
    first, second = story.name(ANNA), story.name(ANNA)
    story.tell(Asked(story.now(), ANNA, first, SitDown("table2")))
    story.tell(Asked(story.at, ANNA, second, SitDown("table1")))
    entries = [
        story._keep(name, SEATS[ANNA], c.command)
        for name, c in ((second, story.happenings[-1]), (first, story.happenings[-2]))
    ]  # type: ignore[union-attr]
    for entry in entries:
        story.tell(Answered(story.now(), ANNA, entry.name, entry.seq))


def answered_before_it_was_asked(story: Story) -> None:
    later = story.name(BERT)
    entry = story._keep(later, SEATS[BERT], SitDown("table2"))
    story.say(ANNA, SitDown("table2"))
    story.tell(Asked(story.now(), BERT, later, SitDown("table2")))
    story.tell(Answered(story.now(), BERT, later, entry.seq))


def skipped(story: Story) -> None:
    story.happenings.remove(story.last(Showed, BERT))


def jumped(story: Story) -> None:
    moved = story.last(Moved, BERT)
    assert isinstance(moved, Moved)
    story.swap(moved, start=moved.start + 1)


def shown_twice(story: Story) -> None:
    showed = story.last(Showed, BERT)
    story.happenings.insert(story.happenings.index(showed) + 1, showed)


def back_in_time(story: Story) -> None:
    old = next(one for one in story.happenings if type(one) is Whole and one.device == ANNA)
    story.tell(old, Moved(story.now(), ANNA, 1, len(story.log)))
    for one in [one for one in story.happenings if type(one) is Showed and one.device == ANNA]:
        story.tell(one)


def board_without_a_note(story: Story) -> None:
    whole = story.last(Whole, BERT)
    assert isinstance(whole, Whole)
    fewer = tuple(record for record in whole.records if record.id != "note-b")
    story.swap(whole, records=fewer)


def not_understood(story: Story) -> None:
    story.tell(Note(story.now(), ANNA, "bad: shape"))


def verdict_of_another_seat(story: Story) -> None:
    answer = story.last(Answered, ANNA)
    assert isinstance(answer, Answered)
    story.tell(msgspec.structs.replace(answer, device=BERT))


def while_frozen(story: Story) -> None:
    story.say(REGIE, FreezeEvening(True))
    note = story.sprint.note("note-b")
    assert note is not None
    story.say(BERT, MoveNote("note-b", "zone2"), forced=(Put(msgspec.structs.replace(note)),))


def after_removal(story: Story) -> None:
    story.say(REGIE, RemoveSeat("seat-bert"))
    story.say(BERT, SitDown("table1"), forced=())


def too_many_dots(story: Story) -> None:
    ballot = next(iter(story.sprint.records["ballot"].values()))
    more = msgspec.structs.replace(ballot, dots={"group1": 2, "group2": 2})
    story.say(ANNA, GiveDots("round0", "group2", 2), forced=(Put(more),))


def not_of_this_role(story: Story) -> None:
    story.say(ANNA, OpenRound("round1", "r", "persoon", 3, 2), forced=())


def refused_without_reason(story: Story) -> None:
    story.say(ANNA, SitDown("table2"))
    entry = story.log[-1]
    apply(story.sprint, ())
    place = story.happenings.index(story.last(Answered))
    for number, one in enumerate(story.happenings[:place]):
        if type(one) is Showed and one.seq == entry.seq:
            story.happenings[number] = Fault(one.at, "", on=False)
    before = Story.__new__(Story)
    before.sprint = Sprint()
    for kept in story.log[:-1]:
        apply(before.sprint, kept.change)
    before.sprint.head = entry.seq
    story.sprint = before.sprint
    story.log[-1] = msgspec.structs.replace(entry, change=(), refusal="unknown")
    story.swap(story.last(Answered), refusal="unknown")


def hidden_text_in_a_frame(story: Story) -> None:
    written = next(
        one for one in story.happenings if type(one) is Showed and one.device == BERT
    )  # of the note that only Anna sees
    story.swap(written, change=story.log[1].change)


def hidden_text_in_a_board(story: Story) -> None:
    whole = story.last(Whole, BERT)
    assert isinstance(whole, Whole)
    put = story.log[1].change[0]
    assert isinstance(put, Put)
    records = tuple(put.record if record.id == "note-a" else record for record in whole.records)
    story.swap(whole, records=records)


def altered_and_never_answered(story: Story) -> None:
    altered(story)
    story.happenings.remove(story.last(Answered))
    story.tell(Gone(story.now(), ANNA))


def never_answered(story: Story) -> None:
    story.tell(Asked(story.now(), ANNA, story.name(ANNA), SitDown("table1")))


def answered_late(story: Story) -> None:
    story.at += 100
    story.swap(story.last(Answered), at=story.now())


BREAKS: dict[str, tuple[Callable[[Story], None], ...]] = {
    "C1": (answer_of_nothing, answer_of_another, refusal_that_is_not_kept),
    "C2": (twice, altered),
    "C3": (phantom, of_another_seat),
    "C4": (hole,),
    "C5": (overtaken,),
    "C6": (answered_before_it_was_asked,),
    "C7": (skipped, jumped, shown_twice, back_in_time, board_without_a_note, not_understood),
    "C9": (verdict_of_another_seat,),
    "C10": (
        while_frozen,
        after_removal,
        too_many_dots,
        not_of_this_role,
        refused_without_reason,
        hidden_text_in_a_frame,
        hidden_text_in_a_board,
    ),
    "C11": (altered_and_never_answered,),
    "C12": (never_answered, answered_late),
}


@pytest.mark.parametrize(
    ("rule", "break_it"),
    [(rule, one) for rule, breaks in BREAKS.items() for one in breaks],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_breaks_one_rule_is_found_by_that_rule(
    story: Story, rule: str, break_it: Callable[[Story], None]
) -> None:
    assert broken(story) == set()
    break_it(story)
    assert broken(story) == {rule}


def test_a_screen_that_shows_something_else_in_the_end_is_found(story: Story) -> None:
    evidence = story.evidence()
    stale = story.sprint.copy()
    stale.head -= 1
    evidence.states = [*evidence.states, State("a copy", stale)]
    assert {finding.rule for finding in check(evidence)} == {"C8"}


def test_answers_that_stay_slow_are_found(story: Story) -> None:
    story.tell(Fault(story.now(), "kill", on=False))
    story.at += 20
    story.say(ANNA, SitDown("table2"))
    story.swap(story.last(Answered), at=story.at + 3)
    assert broken(story) == set()
    assert broken(story, Limits(rate=0.95)) == {"C12"}


def test_what_grows_over_its_limit_is_found(story: Story) -> None:
    story.tell(Sample(story.now(), "server", "rss", 2e8), Sample(story.now(), "server", "fds", 20))
    assert broken(story, Limits(most={"rss": 3e8})) == set()
    assert broken(story, Limits(most={"rss": 1e8})) == {"C13"}


def test_each_rule_has_a_history_that_breaks_it() -> None:
    assert set(RULES) == {*BREAKS, "C8", "C13"}


def test_a_history_is_written_and_read_again(story: Story, tmp_path: Path) -> None:
    happening.write(story.happenings, tmp_path / "history.jsonl")
    assert happening.read(tmp_path / "history.jsonl") == story.happenings
    assert happening.answered(1.0, ANNA, Ack("n.1", 3, None)) == Answered(1.0, ANNA, "n.1", 3)
