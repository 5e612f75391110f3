"""What is hidden stays hidden, and seeing commutes with applying."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint import sight
from opgavebord.sprint.change import Change, Drop, Patch, Put, TextEdit, apply
from opgavebord.sprint.commands import CreateNote, EditNote, GiveStem
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sight import CROWD, Lens, insiders, mine, see, see_change, see_record
from opgavebord.sprint.sprint import Evening, Note, Sprint
from tests.sprint.drawing import chances, villages
from tests.sprint.village import ANNA, BRAM, FIEN, SEATS, WALL, Chance, Village

LENSES = [CROWD, Lens(True), *(Lens(wide, seat.id) for wide in (True, False) for seat in SEATS)]


@given(villages())
def test_seeing_commutes_with_applying(lived: tuple[Village, Chance]):
    village, _ = lived
    for lens in LENSES:
        sprint, seen = Sprint(), Sprint()
        for entry, _ in village.log:
            shown = see_change(sprint, entry.change, lens)
            apply(sprint, entry.change)
            apply(seen, shown)
            assert seen == see(sprint, lens)


@given(villages(), chances())
def test_seeing_commutes_with_any_change(lived: tuple[Village, Chance], chance: Chance):
    """Also with changes no rule makes: several of one note, hiding again, another author."""
    village, _ = lived
    sprint = village.sprint
    for _ in range(6):
        change = tuple(_some_operation(chance, sprint) for _ in range(1 + chance.number(4)))
        for lens in LENSES:
            before, seen = sprint.copy(), see(sprint, lens)
            try:
                apply(before, change)
            except Exception:
                break
            apply(seen, see_change(sprint, change, lens))
            assert seen == see(before, lens)
        else:
            _outsiders_see_what_the_crowd_sees(sprint, change)
            apply(sprint, change)


@given(villages())
def test_insiders_are_all_who_see_more_than_the_crowd(lived: tuple[Village, Chance]):
    village, _ = lived
    sprint = Sprint()
    for entry, _ in village.log:
        _outsiders_see_what_the_crowd_sees(sprint, entry.change)
        apply(sprint, entry.change)


@given(
    chances(), st.text("abc\n👍", min_size=1, max_size=30), st.sampled_from(["stem-1", "stem-2"])
)
def test_nothing_others_get_depends_on_what_is_hidden(chance: Chance, other: str, stem: str):
    """The same evening twice, but Anna writes something else: until it is shown, all that the
    others receive is the same, the answers to their own commands too."""
    one, two = Village(), Village()
    for _ in range(30):
        seat = chance.of(SEATS[:3])
        command = one.some_command(chance, seat)
        changed = command
        if seat == ANNA:
            note = one.sprint.note(getattr(command, "note", ""))
            if isinstance(command, CreateNote) and one.sprint.step_on.visible == "alleen_ik":
                changed = msgspec.structs.replace(command, text=other, stem=stem)
            elif note is not None and note.hidden and isinstance(command, EditNote):
                changed = msgspec.structs.replace(command, edit=(other,))
            elif note is not None and note.hidden and isinstance(command, GiveStem):
                changed = msgspec.structs.replace(command, stem=stem)
        before_one, before_two = one.sprint.copy(), two.sprint.copy()
        first, second = one.ask(command, seat), two.ask(changed, seat)
        varied = [
            note
            for village in (one, two)
            for note in village.sprint.notes.values()
            if note.author == ANNA.id
        ]
        if changed is not command or seat == ANNA:
            if isinstance(first, Refusal) != isinstance(second, Refusal):
                return  # one of the two can not be written at all: the evenings part here
        else:
            assert isinstance(first, Refusal) == isinstance(second, Refusal)
            if isinstance(first, Refusal):
                assert first == second
        if not all(note.hidden for note in varied):
            return  # it is shown from here on
        for seat in (BRAM, FIEN, WALL):
            lens = sight.lens_of(seat)
            seen = [
                see_change(before, verdict, lens)
                for before, verdict in ((before_one, first), (before_two, second))
                if not isinstance(verdict, Refusal)
            ]
            assert seen[:1] == seen[1:]
            assert see(one.sprint, lens) == see(two.sprint, lens)


def test_a_hidden_note_is_a_record_without_text_author_and_voice():
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim", stem="stem-1"), ANNA)
    note = village.sprint.notes["note-1"]
    assert note.hidden
    for lens in (CROWD, Lens(True), Lens(False, BRAM.id), Lens(True, FIEN.id)):
        seen = see_record(note, lens)
        assert isinstance(seen, Note)
        assert (seen.text, seen.author, seen.stem, seen.literal) == ("", None, None, None)
        assert (seen.id, seen.zone, seen.rank, seen.hidden) == ("note-1", "zone-1", note.rank, True)
    assert see_record(note, Lens(False, ANNA.id)) is note
    assert mine(village.sprint, ANNA.id) == (note,)
    assert mine(village.sprint, BRAM.id) == ()


def test_only_wand_and_begeleider_see_the_code_of_the_door():
    evening = Village().sprint.evening
    assert evening is not None
    for seat in SEATS:
        seen = see_record(evening, sight.lens_of(seat))
        assert isinstance(seen, Evening)
        assert (seen.code, seen.token) == (
            (evening.code, evening.token) if seat in (FIEN, WALL) else ("", "")
        )


def test_what_nobody_has_to_be_kept_from_is_not_copied():
    village = Village()
    change: Change = (Patch("step", "step-2", {"visited": True}),)
    assert see_change(village.sprint, change, CROWD) is change
    assert insiders(village.sprint, change) == frozenset()


def test_editing_a_hidden_note_is_nothing_to_others():
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim"), ANNA)
    change: Change = (TextEdit("note-1", ("Zeer ",)), Patch("note", "note-1", {"literal": "x"}))
    assert see_change(village.sprint, change, CROWD) == ()
    assert see_change(village.sprint, change, Lens(False, ANNA.id)) == change
    assert insiders(village.sprint, change) == {ANNA.id}


def test_at_the_reveal_everybody_gets_the_same_in_full():
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Geheim"), ANNA)
    note = msgspec.structs.replace(village.sprint.notes["note-1"], hidden=False)
    change: Change = (Put(note),)
    assert see_change(village.sprint, change, CROWD) is change
    assert insiders(village.sprint, change) == frozenset()


def _outsiders_see_what_the_crowd_sees(sprint: Sprint, change: Change) -> None:
    inside = insiders(sprint, change)
    for lens in LENSES:
        if lens.seat is not None:
            crowd = see_change(sprint, change, Lens(lens.privileged))
            assert (see_change(sprint, change, lens) != crowd) <= (lens.seat in inside)


def _some_operation(chance: Chance, sprint: Sprint):
    notes = list(sprint.notes) or ["note-0"]
    id = chance.of(notes)
    note = sprint.note(id) or Note(id=id, zone="zone-1", rank=1, text="nieuw", author=BRAM.id)
    hidden, author = bool(chance.number(2)), chance.of((ANNA.id, BRAM.id, None))
    return chance.of(
        (
            Put(msgspec.structs.replace(note, hidden=hidden, author=author)),
            Patch("note", id, {"hidden": hidden}),
            Patch("note", id, {"author": author, "text": "anders"}),
            Patch("note", id, {"rank": 7, "stem": "stem-2"}),
            Patch("note", id, {"gone": True}),
            TextEdit(id, ("x",)),
            Patch("sprint", "sprint-1", {"code": "XYZ234", "doors_open": hidden}),
            Patch("sprint", "sprint-1", {"token": "f00"}),
            Drop("note", id),
        )
    )
