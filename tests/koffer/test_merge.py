"""Two logs of one board become one: nothing doubled, nothing lost, whoever comes first."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from opgavebord.koffer.merge import NotThisBoard, difference
from opgavebord.koffer.telling import sentences, summary
from opgavebord.sprint import limits, text
from opgavebord.sprint.commands import (
    BinNote,
    CreateNote,
    EditNote,
    GoToStep,
    Reveal,
    SetPhase,
    Undo,
)
from opgavebord.storage.journey import Line
from tests.koffer.journeys import after, bring, comes, essence, leaves, lines, replayed
from tests.sprint.village import ANNA, BRAM, DESK, FIEN, Chance, Village


def prepared() -> Village:
    """A board on which people may write and change, with one note."""
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "De bus"), ANNA)
    village.ask(Reveal(), FIEN)
    village.ask(GoToStep("step-2"), FIEN)
    return village


def twin(log: list[Line]) -> Village:
    """Another machine that has this log."""
    village = Village(founded=False)
    from opgavebord.sprint.change import apply

    for line in log:
        entry = line.entry()
        inverse = apply(village.sprint, entry.change)
        village.sprint.head = entry.seq
        village.past.record(entry, inverse)
        village.log.append((entry, inverse))
    return village


def named_apart(village: Village, log: list[Line], machine: str) -> list[Line]:
    """Two villages name their commands alike; two halls never do."""
    return [
        *log,
        *(
            structs.replace(line, device=f"{machine}-{line.device}")
            for line in lines(village)[len(log) :]
        ),
    ]


# --- the board rests where it left ---------------------------------------------------------


def test_what_is_new_is_laid_behind_word_for_word() -> None:
    village = prepared()
    leaves(village, "reis1")
    home = lines(village)
    comes(village, "reis1")
    village.ask(CreateNote("note-2", "zone-1", "De winkel"), BRAM)
    village.ask(EditNote("note-2", village.sprint.head, (9, " ook")), BRAM)
    leaves(village, "reis2")
    laptop = lines(village)
    merged = bring(home, laptop)
    assert merged.lines[: len(laptop) - len(home)] == tuple(laptop[len(home) :])
    assert replayed([*home, *merged.lines]).evening.away is None  # type: ignore[union-attr]
    assert merged.report.notes == 1
    assert summary(merged.report) == "1 briefje samengevoegd, 0 dubbel, 0 niet geplaatst."


def test_the_same_case_twice_brings_nothing() -> None:
    village = prepared()
    leaves(village, "reis1")
    home = lines(village)
    comes(village, "reis1")
    village.ask(CreateNote("note-2", "zone-1", "De winkel"), BRAM)
    leaves(village, "reis2")
    once = after(home, lines(village))
    again = bring(once, lines(village), "koffer-again")
    assert again.lines == ()
    assert (again.report.notes, again.report.double) == (0, 1)
    assert "Deze koffer was hier al. Er staat niets twee keer." in sentences(again.report)


def test_opening_its_own_case_does_not_bring_a_board_back() -> None:
    village = prepared()
    leaves(village, "reis1")
    packed = lines(village)
    assert bring(packed, packed).lines == ()
    assert replayed(packed).evening.away == "reis1"  # type: ignore[union-attr]


def test_on_an_empty_machine_the_board_is_opened_and_is_there() -> None:
    village = prepared()
    leaves(village, "reis1")
    opened = after([], lines(village))
    assert opened[:-1] == lines(village)
    assert replayed(opened).evening.away is None  # type: ignore[union-attr]


def test_what_can_not_be_read_is_carried_as_it_is() -> None:
    village = prepared()
    leaves(village, "reis1")
    home = lines(village)
    comes(village, "reis1")
    village.ask(CreateNote("note-2", "zone-1", "De winkel"), BRAM)
    village.ask(CreateNote("note-3", "zone-1", "De markt"), BRAM)
    laptop = lines(village)
    laptop[-2] = structs.replace(laptop[-2], change='[{"op":"put","rec', command="{half")
    merged = merge_unchecked(home, laptop)
    assert laptop[-2] in merged.lines
    assert (merged.report.carried, merged.report.notes) == (1, 1)
    assert merged.lines[-1] == laptop[-1], "and what came after it is there"


def merge_unchecked(mine: list[Line], theirs: list[Line]):  # type: ignore[no-untyped-def]
    from opgavebord.koffer.merge import merge

    return merge(mine, theirs, at=1, by=DESK, name="koffer-x", chance=lambda: b"x" * 32)


def test_another_board_is_refused() -> None:
    one, other = Village(), Village()
    log = [structs.replace(line, device="elsewhere") for line in lines(other)]
    with pytest.raises(NotThisBoard, match="ander bord"):
        bring(lines(one), log)


@pytest.mark.parametrize("room", [-1, 0, 1])
def test_a_board_has_room_for_so_much(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    village = prepared()
    leaves(village, "reis1")
    home = lines(village)
    comes(village, "reis1")
    village.ask(CreateNote("note-2", "zone-1", "De winkel"), BRAM)
    monkeypatch.setattr(limits, "EVENTS_PER_SPRINT", len(lines(village)) + room)
    if room < 0:
        with pytest.raises(NotThisBoard, match="meer dan op een bord past"):
            bring(home, lines(village))
    else:
        assert bring(home, lines(village)).report.notes == 1


# --- the board was taken back, and both sides went on ----------------------------------------


def parted() -> tuple[Village, Village, list[Line]]:
    """Central and laptop, both awake, and the log they share."""
    central = prepared()
    leaves(central, "reis1")
    shared = lines(central)
    laptop = twin(shared)
    comes(central, "reis1")
    comes(laptop, "reis1")
    return central, laptop, shared


def both_come_home(central: Village, laptop: Village, shared: list[Line]):  # type: ignore[no-untyped-def]
    mine = named_apart(central, shared, "c")
    theirs = named_apart(laptop, shared, "l")
    merged = bring(mine, theirs)
    return merged, replayed([*mine, *merged.lines]), [*mine, *merged.lines], theirs


def test_a_text_that_was_edited_on_both_sides_keeps_every_word() -> None:
    central, laptop, shared = parted()
    central.ask(EditNote("note-1", central.sprint.head, ("Hier: ",)), ANNA)
    laptop.ask(EditNote("note-1", laptop.sprint.head, (6, " komt")), BRAM)
    laptop.ask(EditNote("note-1", laptop.sprint.head, (11, " niet")), BRAM)
    central.ask(EditNote("note-1", central.sprint.head, (3, "oude ")), ANNA)
    merged, board, _, _ = both_come_home(central, laptop, shared)
    assert merged.report.again
    said = board.note("note-1").text  # type: ignore[union-attr]
    assert "komt niet" in said
    assert said.count("bus") == 1
    for word in ("Hier: ", "oude ", "De", "bus", " komt", " niet"):
        assert re.search(".*".join(word), said), (word, said)


def test_a_letter_is_who_typed_it_not_how_it_looks() -> None:
    """Here somebody took the a away and typed another one at the end; there the old one was taken away
    too. The new one stays: what looks the same in both texts need not be the same letter."""
    central = prepared()
    central.ask(EditNote("note-1", central.sprint.head, (-6, "ab")), ANNA)
    shared = lines(central)
    laptop = twin(shared)
    for edit in ((-1,), (1, "a")):
        assert central.ask(EditNote("note-1", central.sprint.head, edit), ANNA)
    for edit in (("x",), (1, -1)):
        assert laptop.ask(EditNote("note-1", laptop.sprint.head, edit), BRAM)
    _, board, _, _ = both_come_home(central, laptop, shared)
    assert sorted(board.note("note-1").text) == ["a", "b", "x"]  # type: ignore[union-attr]


def test_taking_back_an_edit_there_is_taken_back_here() -> None:
    central, laptop, shared = parted()
    central.ask(EditNote("note-1", central.sprint.head, ("Hier: ",)), ANNA)
    laptop.ask(EditNote("note-1", laptop.sprint.head, (6, " komt")), BRAM)
    laptop.ask(Undo(laptop.log[-1][0].name), BRAM)
    laptop.ask(EditNote("note-1", laptop.sprint.head, (6, "!")), BRAM)
    # the names of the laptop's own are kept, so that its undo finds what it undoes
    mine = named_apart(central, shared, "c")
    merged = bring(mine, lines(laptop))
    board = replayed([*mine, *merged.lines])
    assert board.note("note-1").text == "Hier: De bus!"  # type: ignore[union-attr]


def test_what_is_refused_here_stays_with_its_text_and_is_told() -> None:
    central, laptop, shared = parted()
    central.ask(SetPhase("closed"), FIEN)
    laptop.ask(CreateNote("note-9", "zone-1", "De apotheek sluit"), BRAM)
    merged, board, log, _ = both_come_home(central, laptop, shared)
    assert board.note("note-9") is None
    assert [(one.asked, one.why, one.text) for one in merged.report.not_placed] == [
        ("note.create", "closed", "De apotheek sluit")
    ]
    kept = next(line for line in log if line.command and "De apotheek sluit" in line.command)
    assert (kept.refusal, kept.change) == ("closed", "[]")
    told = "\n".join(sentences(merged.report))
    assert "0 briefjes samengevoegd, 0 dubbel, 1 niet geplaatst." in told
    assert "“De apotheek sluit” (de avond was hier al afgesloten)" in told


def test_what_was_refused_there_is_not_done_here() -> None:
    central, laptop, shared = parted()
    central.ask(BinNote("note-1"), FIEN)
    assert laptop.ask(CreateNote("note-1", "zone-1", "Dubbel"), BRAM)
    merged, _, log, theirs = both_come_home(central, laptop, shared)
    assert log[-1].refusal == theirs[-1].refusal == "exists"
    assert merged.report.refused == 0


def test_the_words_that_tables_took_home_stay_theirs() -> None:
    """Volgcodes are drawn by lot, and written on paper in the hall."""
    central, laptop, shared = parted()
    central.ask(CreateNote("note-5", "zone-1", "Thuis"), ANNA)
    laptop.ask(SetPhase("closed"), FIEN)
    codes = {table.id: table.volgcode for table in laptop.sprint.records["table"].values()}
    assert all(codes.values())
    _, board, _, _ = both_come_home(central, laptop, shared)
    assert {table.id: table.volgcode for table in board.records["table"].values()} == codes


# --- whatever happens ------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 4), st.data())
def test_any_cases_in_any_order_come_to_the_same_board(
    seed: int, trips: int, data: st.DataObject
) -> None:
    """Packed home several times, brought in any order and as often as you like: the board at home is
    that of the newest case, with no name twice."""
    village = Village()
    chance = Chance(random.Random(seed).randrange)
    village.live(chance, 12)
    village.ask(SetPhase("open"), FIEN)
    leaves(village, "reis0")
    home = lines(village)
    cases = []
    for trip in range(trips):
        comes(village, f"reis{trip}")
        village.live(chance, 10)
        leaves(village, f"reis{trip + 1}")
        cases.append(lines(village))
    order = data.draw(st.lists(st.sampled_from(range(trips)), min_size=1, max_size=5))
    for at, which in enumerate(order):
        home = after(home, cases[which], f"koffer-{at}")
    assert essence(replayed(home)) == essence(replayed(cases[max(order)]))
    names = {line.name for line in home}
    assert names >= {line.name for line in cases[max(order)]}


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_no_typed_character_is_lost(seed: int, here: int, there: int, early: bool) -> None:
    """Both sides write in the same texts; each writes characters that nobody else has, and takes
    none away that it did not write itself."""
    central, laptop, shared = parted()
    draw = random.Random(seed)
    fresh = iter(range(0x4E00, 0x9FFF))
    typed: set[str] = set()

    def write(village: Village, times: int) -> None:
        for _ in range(times):
            note = village.sprint.note("note-1")
            assert note is not None
            word = "".join(chr(next(fresh)) for _ in range(draw.randrange(1, 4)))
            at = draw.randrange(len(note.text) + 1)
            edit = text.normal((at, word)) if at else (word,)
            assert village.ask(EditNote("note-1", village.sprint.head, edit), BRAM)
            typed.update(word)

    write(central, here)
    write(laptop, there)
    mine, theirs = named_apart(central, shared, "c"), named_apart(laptop, shared, "l")
    if early:  # an older case came home before
        cut = draw.randrange(len(shared), len(theirs) + 1)
        mine = after(mine, theirs[:cut], "koffer-early")
    home = after(mine, theirs)
    said = replayed(home).note("note-1").text  # type: ignore[union-attr]
    assert typed <= set(said)
    assert len(said) == len("De bus") + len(typed), "and none is there twice"
    for line in theirs[len(shared) :]:
        command = line.entry().command
        if isinstance(command, EditNote):
            order = [
                said.index(letter)
                for part in command.edit
                if isinstance(part, str)
                for letter in part
            ]
            assert order == sorted(order), "a word reads as it was typed"


@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_a_difference_leads_from_one_text_to_the_other(old: str, new: str) -> None:
    assert text.apply(old, difference(old, new)) == new
