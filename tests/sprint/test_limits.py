"""Every limit the core and the parser hold, at its value minus one, itself, and plus one."""

from typing import Any

import msgspec
import pytest

from opgavebord import protocol
from opgavebord.sprint import limits, writing
from opgavebord.sprint.change import Patch, Put, apply
from opgavebord.sprint.commands import (
    AddToTimer,
    AnyCommand,
    AskHelp,
    CreateNote,
    EditNote,
    FoundSprint,
    GatherNote,
    GiveField,
    GoToStep,
    NameCluster,
    RemoveSeat,
    RepeatStep,
    Reveal,
    RewindSeat,
    SetMinutes,
    SetTable,
    SetTimer,
    Undo,
)
from opgavebord.sprint.refusals import Refusal
from opgavebord.sprint.sprint import Cluster, Field, Note, Place, Table
from tests.sprint.village import ANNA, FIEN, Village

AROUND = pytest.mark.parametrize("over", [-1, 0, 1])


def board() -> Village:
    """Two shown notes in a step in which everything is allowed."""
    village = Village()
    village.ask(CreateNote("note-1", "zone-1", "Koffie"), ANNA)
    village.ask(CreateNote("note-2", "zone-1", "Thee"), ANNA)
    village.ask(Reveal(), FIEN)
    village.ask(GoToStep("step-2"), FIEN)
    return village


def held(village: Village, command: AnyCommand, over: int, code: Any) -> None:
    verdict = village.decide(command, FIEN)
    assert verdict == Refusal(code) if over > 0 else isinstance(verdict, tuple), verdict


@AROUND
@pytest.mark.parametrize("letter", ["a", "é", "👍"])
def test_code_points_of_a_note(over: int, letter: str):
    words = letter * (limits.NOTE_CODE_POINTS + over)
    held(board(), CreateNote("note-9", "zone-1", words), over, "too_long")


@AROUND
def test_code_points_of_a_note_by_editing(over: int):
    village = board()
    grown = "a" * (limits.NOTE_CODE_POINTS + over - len("Koffie"))
    held(village, EditNote("note-1", village.sprint.head, (grown,)), over, "too_long")


@AROUND
def test_bytes_of_a_note(over: int, monkeypatch: pytest.MonkeyPatch):
    """So many code points never take more bytes, today; the limit holds by itself as well."""
    assert limits.NOTE_CODE_POINTS * 4 <= limits.NOTE_BYTES
    monkeypatch.setattr(limits, "NOTE_BYTES", 40)
    held(board(), CreateNote("note-9", "zone-1", "👍" * 9 + "a" * (4 + over)), over, "too_long")


@AROUND
def test_code_points_of_a_title(over: int):
    village = board()
    village.ask(GatherNote("note-1", "note-2", "clus-1"), FIEN)
    title = "a" * (limits.TITLE_CODE_POINTS + over)
    held(village, NameCluster("clus-1", title), over, "too_long")


@AROUND
@pytest.mark.parametrize("mark", ["\u0301", "\u20dd", "\ufe0f", "\u0301\u0489"])
def test_marks_in_a_row(over: int, mark: str):
    marks = (mark * limits.COMBINING_MARKS)[: limits.COMBINING_MARKS + over]
    marks = marks.ljust(limits.COMBINING_MARKS + over, "\u0301")
    held(board(), CreateNote("note-9", "zone-1", f"a{marks}b{marks[:3]}"), over, "bad_text")


@AROUND
def test_parts_of_an_edit(over: int):
    village = board()
    long = "a" * limits.EDIT_PARTS
    village.ask(CreateNote("note-9", "zone-1", long), FIEN)
    edit = ((1, "x") * limits.EDIT_PARTS)[: limits.EDIT_PARTS + over]
    held(village, EditNote("note-9", village.sprint.head, edit), over, "bad_edit")


@AROUND
def test_how_far_an_edit_may_be_behind(over: int):
    village = board()
    base = village.sprint.head
    for at in range(limits.EDITS_BEHIND + over):
        village.ask(EditNote("note-1", village.sprint.head, ("x",) if at % 2 else (-1,)), FIEN)
    held(village, EditNote("note-1", base, (1, "y")), over, "bad_edit")


@AROUND
def test_notes_in_a_sprint(over: int):
    village = board()
    for at in range(limits.NOTES_PER_SPRINT + over - 1 - len(village.sprint.notes)):
        apply(village.sprint, (Put(Note(id=f"more-{at}", zone="zone-2", rank=at, text="x")),))
    held(village, CreateNote("note-9", "zone-1", "Koffie"), over, "full")


@AROUND
def test_clusters_in_a_sprint(over: int):
    village = board()
    for at in range(limits.CLUSTERS_PER_SPRINT + over - 1):
        apply(village.sprint, (Put(Cluster(id=f"more-{at}", zone="zone-2", rank=at, title="x")),))
    held(village, GatherNote("note-1", "note-2", "clus-1"), over, "full")


@AROUND
def test_events_in_a_sprint(over: int):
    village = board()
    village.sprint.head = limits.EVENTS_PER_SPRINT + over - 1
    held(village, CreateNote("note-9", "zone-1", "Koffie"), over, "full")


@AROUND
def test_seconds_of_the_timer(over: int):
    held(board(), SetTimer(limits.TIMER_SECONDS + over), over, "bad_command")
    held(board(), AddToTimer(limits.TIMER_SECONDS + over), over, "bad_command")


@pytest.mark.parametrize(("seconds", "over"), [(-1, 1), (0, 1), (1, 0)])
def test_the_timer_runs_at_least_a_second(seconds: int, over: int):
    held(board(), SetTimer(seconds), over, "bad_command")


@AROUND
def test_undos_kept_for_a_seat(over: int):
    village = board()
    village.ask(EditNote("note-1", village.sprint.head, ("x",)), FIEN)
    name = village.log[-1][0].name
    for _ in range(limits.UNDO_PER_SEAT + over - 1):
        village.ask(EditNote("note-1", village.sprint.head, ("x",)), FIEN)
    held(village, Undo(name), over, "unknown")


@AROUND
def test_code_points_of_an_answer(over: int):
    value = "a" * (limits.FIELD_CODE_POINTS + over)
    village = board()
    village.ask(CreateNote("note-9", "zone-1", "Koffie", type="wens"), ANNA)
    held(village, GiveField("note-9", "sinds", value), over, "too_long")
    fields = {"sinds": value}
    held(village, CreateNote("note-8", "zone-1", "x", type="wens", fields=fields), over, "too_long")


@AROUND
def test_answers_of_a_note(over: int):
    """Given at once, at the border; and one after the other."""
    village = board()
    names = [f"vraag{n}" for n in range(limits.FIELDS_PER_NOTE + over)]
    asked = tuple(Field(name, "?") for name in names)
    apply(village.sprint, (Patch("board", "board-1", {"fields": asked}),))
    for name in names[:-1]:
        village.ask(GiveField("note-1", name, "ja"), FIEN)
    held(village, GiveField("note-1", names[-1], "ja"), over, "full")
    created = {"do": "note.create", "note": "note-9", "zone": "zone-1", "text": "x"}
    fields = dict.fromkeys(names, "ja")
    assert (read({**created, "fields": fields}) is None) == (over > 0)


@AROUND
def test_tables_in_a_sprint(over: int):
    village = board()
    for at in range(limits.TABLES_PER_SPRINT + over - 1 - len(village.sprint.records["table"])):
        apply(village.sprint, (Put(Table(id=f"more-{at}", number=100 + at)),))
    held(village, SetTable("table-9", 9), over, "full")
    held(board(), SetTable("table-9", limits.TABLES_PER_SPRINT + over), over, "bad_command")


@AROUND
def test_people_at_a_table(over: int):
    people = limits.PEOPLE_PER_TABLE + over
    held(board(), SetTable("table-1", 1, people), over, "bad_command")


@AROUND
def test_seats_that_say_something_of_themselves(over: int):
    village = board()
    for at in range(limits.SEATS_PER_SPRINT + over - 1 - len(village.sprint.records["place"])):
        apply(village.sprint, (Put(Place(id=f"more-{at}")),))
    held(village, RemoveSeat("seat-more"), over, "full")
    verdict = village.decide(AskHelp(True), ANNA)
    assert verdict == Refusal("full") if over > 0 else isinstance(verdict, tuple)


@AROUND
def test_steps_in_a_sprint(over: int):
    village = board()
    step = village.sprint.records["step"]["step-2"]
    for at in range(limits.STEPS_PER_SPRINT + over - 1 - len(village.sprint.records["step"])):
        apply(village.sprint, (Put(msgspec.structs.replace(step, id=f"more-{at}", rank=at)),))
    held(village, RepeatStep("step-2", "copy-1"), over, "full")


@AROUND
def test_minutes_of_a_step(over: int):
    minutes = limits.TIMER_SECONDS // 60 + over
    held(board(), SetMinutes("step-2", minutes), over, "bad_command")


@AROUND
def test_minutes_that_can_be_taken_back(over: int):
    held(board(), RewindSeat(ANNA.id, limits.REWIND_MINUTES + over), over, "bad_command")
    held(board(), RewindSeat(ANNA.id, 1 - over), over, "bad_command")


# -- at the border --------------------------------------------------------------------


def read(command: dict[str, Any]) -> AnyCommand | None:
    return protocol.parse_command(msgspec.json.encode(command))


@AROUND
def test_characters_of_an_id(over: int):
    id = "a" * (limits.ID_CHARACTERS + over)
    assert (read({"do": "note.bin", "note": id}) is None) == (over > 0)
    id = "a" * (limits.ID_CHARACTERS_LEAST - over)
    assert (read({"do": "note.bin", "note": id}) is None) == (over > 0)


@AROUND
def test_pending_names_in_a_hello(over: int):
    hello = {"t": "hello", "v": 2, "device": "dev-1", "pending": ["dev-1.1"] * (500 + over)}
    assert limits.PENDING_NAMES == 500
    if over > 0:
        with pytest.raises(protocol.BadMessage):
            protocol.parse(msgspec.json.encode(hello))
    else:
        protocol.parse(msgspec.json.encode(hello))


@AROUND
def test_bytes_of_a_message(over: int):
    frame = b'{"t":"ping","at":1'
    raw = frame + b" " * (limits.MESSAGE_BYTES + over - len(frame) - 1) + b"}"
    assert len(raw) == limits.MESSAGE_BYTES + over
    if over > 0:
        with pytest.raises(protocol.BadMessage, match="size"):
            protocol.parse(raw)
    else:
        protocol.parse(raw)
        protocol.parse(raw.decode())


@AROUND
def test_how_deep_a_message_nests(over: int):
    deep = limits.JSON_DEPTH + over - 1  # the message itself is one
    for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
        inner = opened * deep + b"1" + closed * deep
        raw = b'{"t":"do","id":"dev-1.1","c":%b}' % inner
        if over > 0:
            with pytest.raises(protocol.BadMessage, match="shape"):
                protocol.parse(raw)
        else:  # read, and answered under its name: there is no such command
            message = protocol.parse(raw)
            assert isinstance(message, protocol.Do)
            assert protocol.parse_command(message.c) is None


def test_the_deepest_command_stays_well_within():
    step = {"kind": "step", "id": "step-1", "board": "board-1", "title": "x", "instruction": "x"}
    found = {"do": "sprint.found", "records": [{**step, "may": ["schrijven"]}]}
    message = protocol.parse(msgspec.json.encode({"t": "do", "id": "dev-1.1", "c": found}))
    assert isinstance(message, protocol.Do)
    assert isinstance(protocol.parse_command(message.c), FoundSprint)


@AROUND
def test_keys_of_a_message(over: int):
    keys = limits.JSON_KEYS + over - 3  # t, id and c are there already
    command = {f"k{n}": n for n in range(keys)}
    raw = msgspec.json.encode({"t": "do", "id": "dev-1.1", "c": command})
    twice = b'{"t":"ping"' + b',"at":1' * (limits.JSON_KEYS + over - 1) + b"}"
    for written in (raw, twice):
        if over > 0:
            with pytest.raises(protocol.BadMessage, match="shape"):
                protocol.parse(written)
        else:
            protocol.parse(written)


@AROUND
def test_numbers_of_a_message(over: int):
    for body in (
        {"t": "ping", "at": 2**53 + over},
        {"t": "ping", "at": -(2**53) - over},
        {"t": "since", "head": 2**53 + over},
        {"t": "hello", "v": 2, "device": "dev-1", "head": 2**53 + over},
    ):
        if over > 0:
            with pytest.raises(protocol.BadMessage, match="shape"):
                protocol.parse(msgspec.json.encode(body))
        else:
            protocol.parse(msgspec.json.encode(body))


@AROUND
def test_numbers_of_a_command(over: int):
    command = {"do": "timer.set", "seconds": 2**53 + over}
    assert (read(command) is None) == (over > 0)


def test_a_title_is_one_line_in_one_direction():
    from opgavebord.sprint.refusals import Refused

    for letter in "\n\t\u2028\u2029\u202a\u202e\u2066\u2069":
        with pytest.raises(Refused, match="bad_text"):
            writing.check_title(f"a{letter}b")
    writing.check_note("a\n\tb\u202e")


@AROUND
def test_ids_of_a_command(over: int):
    notes = [f"note-{n}" for n in range(limits.IDS_IN_COMMAND + over)]
    command = {"do": "group.put", "notes": notes, "group": None}
    assert (read(command) is None) == (over > 0)


@AROUND
def test_sentences_of_the_speelruimte(over: int):
    command = {"do": "evening.tell", "fixed": ["De kosten."] * (limits.SPEELRUIMTE + over)}
    assert (read(command) is None) == (over > 0)
