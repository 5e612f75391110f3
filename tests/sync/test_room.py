"""One sprint in memory, told as short stories. The log answers when the story says so."""

import pytest

from opgavebord import protocol
from opgavebord.protocol import Ack
from opgavebord.sprint import limits
from opgavebord.sprint.change import Patch, Put
from opgavebord.sprint.commands import (
    BinNote,
    CreateNote,
    EditNote,
    HandOn,
    MoveNote,
    ReadmitSeat,
    RemoveSeat,
    RenewCode,
    Reveal,
    SetTable,
    SetTimer,
    SitDown,
    TagNote,
    TakeStand,
    Undo,
)
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.sight import lens_of, see
from opgavebord.sprint.sprint import Place, Seat
from opgavebord.sync import room as rooms
from opgavebord.sync import tail
from opgavebord.sync.effects import Answer, Farewell
from tests.sync.hall import DESK, Hall, Screen, note


def refusals(acks: list[Ack]) -> list[str | None]:
    return [ack.refusal for ack in acks]


# --- commit, then acknowledge, then tell -----------------------------------------------------


def test_nothing_is_told_before_it_is_kept() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    anna.take(), bert.take()
    name = anna.ask(note("note1"))
    assert anna.got == bert.got == []
    assert hall.room.head == 1
    hall.keep()
    assert anna.acks == [Ack(name, 2)]
    assert bert.acks == []
    assert anna.events == bert.events == [2]


def test_what_comes_while_the_log_writes_goes_in_the_next_append_together() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for i in range(5):
        anna.ask(note(f"note{i}"))
    assert [len(append.entries) for append in hall.appends] == [1]
    hall.keep_one()
    assert [len(append.entries) for append in hall.appends] == [4]
    hall.keep()
    assert [entry.seq for entry in hall.log] == [1, 2, 3, 4, 5, 6]


def test_an_append_holds_no_more_than_a_batch() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for i in range(rooms.BATCH + 2):
        anna.ask(note(f"note{i}"))
    hall.keep_one()
    assert len(hall.appends[0].entries) == rooms.BATCH
    hall.keep()
    assert hall.room.head == rooms.BATCH + 3


def test_rows_that_follow_are_the_final_state_of_each_record_once() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.ask(note("note0"))
    anna.ask(note("note1", "abc"))
    anna.ask(EditNote("note1", 1, (3, "d")))
    hall.keep_one()
    written = [record for record in hall.appends[0].written if record.id == "note1"]
    assert [record.text for record in written] == ["abcd"]  # type: ignore[union-attr]


def test_a_refusal_is_kept_and_told_to_who_asked_only() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    anna.ask(Reveal())
    hall.keep()
    assert refusals(anna.acks) == ["not_allowed"]
    assert bert.acks == []
    assert bert.events == []
    assert hall.log[1].refusal == "not_allowed"


def test_what_a_screen_may_not_see_costs_it_no_frame_but_one_in_a_second() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    before = len(bert.of(protocol.Frame))
    for _ in range(20):
        anna.ask(Reveal())
        hall.keep()
        hall.wait(rooms.TICK)
    assert len(bert.of(protocol.Frame)) == before
    hall.wait(rooms.SILENCE)
    [frame] = bert.of(protocol.Frame)[before:]
    assert (frame.from_, frame.to, frame.events) == (1, 21, ())


def test_the_next_frame_begins_where_the_last_one_ended() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    anna.ask(Reveal())
    hall.keep()
    anna.ask(note("note1"))
    hall.keep()
    hall.wait(rooms.TICK)
    frame = bert.of(protocol.Frame)[-1]
    assert (frame.from_, frame.to) == (1, 3)
    assert [event.seq for event in frame.events] == [3]
    hall.wait(rooms.SILENCE)
    assert bert.of(protocol.Frame)[-1] == frame  # there is nothing left to say


def test_both_sockets_of_a_seat_hear_the_verdict() -> None:
    hall = Hall()
    one, other, bert = hall.screen("anna"), hall.screen("anna"), hall.screen("bert")
    name = one.ask(note("note1"))
    hall.keep()
    assert one.acks == other.acks == [Ack(name, 2)]
    assert bert.acks == []


def test_a_busy_room_tells_once_per_tick() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    bert.take()
    for i in range(4):  # within one tick
        anna.ask(note(f"note{i}"))
        hall.keep()
        hall.now += 0.002
    assert [frame.to for frame in bert.of(protocol.Frame)] == [2]
    hall.wait(rooms.TICK)
    assert [(frame.from_, frame.to) for frame in bert.of(protocol.Frame)] == [(1, 2), (2, 5)]


def test_screens_that_see_the_same_get_the_same_bytes() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    others = [hall.screen(f"seat{i}") for i in range(3)]
    anna.ask(note("note1"))
    hall.keep()
    assert len({id(other.raw[-1]) for other in others}) == 1


# --- one verdict for ever --------------------------------------------------------------------


def test_a_repeat_gets_the_same_verdict_and_happens_once() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    name = anna.ask(note("note1"))
    anna.ask(note("note1"), name)  # while it waits
    hall.keep()
    anna.ask(note("note2", "something else"), name)  # afterwards
    anna.ask(Reveal(), "device-1.9")
    hall.keep()
    anna.ask(Reveal(), "device-1.9")
    assert len(hall.log) == 3
    assert anna.acks[0] == anna.acks[1] == Ack(name, 2)
    hall.wait(1)
    assert set(anna.acks[2:]) == {Ack("device-1.9", 3, "not_allowed")}


def test_a_repeat_after_a_restart_is_answered_from_the_log() -> None:
    hall = Hall()
    anna = hall.screen("anna", device="device-a")
    name = anna.ask(note("note1"))
    hall.keep()
    hall.room = hall.open()
    again = hall.screen("anna", device="device-a", head=2, pending=[name, "device-a.2"])
    assert again.of(protocol.Welcome)[0].acks == (Ack(name, 2),)
    again.ask(note("note1"), name)
    assert not hall.appends
    assert again.acks == [Ack(name, 2)] * 2


def test_a_name_belongs_to_the_seat_that_used_its_device_first() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    name = anna.ask(note("note1"))
    bert.ask(note("note2"), name)  # while it waits
    hall.keep()
    bert.ask(note("note2"), "device-1.2")
    bert_again = hall.screen("bert", pending=[name])
    assert bert.acks == [Ack(name, 0, "wrong_device"), Ack("device-1.2", 0, "wrong_device")]
    assert bert_again.acks == [Ack(name, 0, "wrong_device")]
    assert len(hall.log) == 2
    assert anna.acks == [Ack(name, 2)]


def test_somebody_who_asks_without_a_screen_gets_an_answer() -> None:
    hall = Hall()
    command = note("note1")
    effects = hall.room.do(None, Seat("regie", "begeleider"), "desk-x.1", command, 0.0, 0)
    hall.run(effects)
    append = hall.appends.pop()
    told = hall.room.appended(0.0, 0)
    assert append.entries[0].name == "desk-x.1"
    assert Answer("desk-x.1", Ack("desk-x.1", 2)) in told
    again = hall.room.do(None, Seat("regie", "begeleider"), "desk-x.1", command, 0.0, 0)
    assert Answer("desk-x.1", Ack("desk-x.1", 2)) in again


# --- when the log does not do as it is asked ----------------------------------------------------


def test_trouble_is_told_and_tried_again_until_it_works() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    name = anna.ask(note("note1"))
    hall.trouble()
    assert anna.of(protocol.Trouble) == [protocol.Trouble(True)]
    assert anna.acks == []
    assert not hall.room.ahead
    late = hall.screen("bert")
    assert late.of(protocol.Trouble) == [protocol.Trouble(True)]
    waits = []
    for _ in range(7):
        began = hall.now
        while not hall.appends:
            hall.wait(0.05)
        waits.append(round(hall.now - began, 2))
        hall.trouble()
    assert waits[0] <= 0.3
    assert waits[-1] == pytest.approx(rooms.RETRY_MOST, abs=0.1)
    hall.wait(rooms.RETRY_MOST)
    hall.keep()
    assert anna.of(protocol.Trouble) == [protocol.Trouble(True), protocol.Trouble(False)]
    assert anna.acks == [Ack(name, 2)]


def test_after_a_conflict_the_others_entries_come_first_and_ours_are_decided_again() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    anna.ask(note("note1", "abc"))
    hall.keep()
    hall.wait(1)
    anna.ask(BinNote("note1"))
    anna.ask(EditNote("note1", 2, (3, "d")))
    append = hall.appends.pop()
    other = Entry(
        seq=3,
        at=append.entries[0].at,
        device="elsewhere",
        number=1,
        seat="carl",
        role="deelnemer",
        command=BinNote("note1"),
        change=(Patch("note", "note1", {"gone": True}),),
    )
    hall.log.append(other)
    hall.run(hall.room.conflict(hall.now, hall.wall))
    assert hall.reads == [2]
    assert not hall.room.ahead
    hall.run(hall.room.read([other], hall.now, hall.wall))
    hall.keep()
    hall.wait(1)
    assert [ack.seq for ack in anna.acks] == [2, 4, 5]
    assert anna.events == bert.events
    found = hall.room.sprint.note("note1")
    assert found is not None
    assert found.text == "abcd"


def test_an_answer_that_got_lost_after_the_commit_is_found_in_the_log() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    names = [anna.ask(note("note1")), anna.ask(note("note2"))]
    hall.log.extend(hall.appends[0].entries)  # kept, but we are told of trouble
    hall.trouble()
    hall.wait(1)
    hall.appends.pop()
    hall.run(hall.room.conflict(hall.now, hall.wall))
    hall.run(hall.room.read(hall.log[1:], hall.now, hall.wall))
    hall.keep()
    hall.wait(1)
    assert [entry.name for entry in hall.log[1:]] == names
    assert anna.acks == [Ack(names[0], 2), Ack(names[1], 3)]


def test_a_conflict_that_the_log_does_not_explain_does_not_turn_in_circles() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.ask(note("note1"))
    hall.appends.pop()
    hall.run(hall.room.conflict(hall.now, hall.wall))
    hall.run(hall.room.read([], hall.now, hall.wall))
    assert not hall.appends
    assert anna.of(protocol.Trouble) == [protocol.Trouble(True)]


def test_one_command_that_can_not_be_kept_is_refused_and_the_others_are_kept() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.ask(note("note0"))
    hall.keep_one()
    names = [anna.ask(note(f"note{i}")) for i in (1, 2, 3)]
    hall.keep_one()
    append = hall.appends.pop()
    assert len(append.entries) == 2
    hall.run(hall.room.spoiled(hall.now, hall.wall))
    assert len(hall.appends[0].entries) == 1
    hall.keep_one()
    hall.appends.pop()  # this is the one
    hall.run(hall.room.spoiled(hall.now, hall.wall))
    hall.keep()
    hall.wait(1)
    verdicts = {ack.id: ack.refusal for ack in anna.acks}
    assert [verdicts[name] for name in names] == [None, None, "bad_command"]
    assert hall.room.mishaps


def test_a_nudge_makes_the_room_read_on_and_a_wrong_one_does_no_harm() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    hall.run(hall.room.nudged(1, hall.now, hall.wall))
    assert hall.reads == []
    hall.run(hall.room.nudged(7, hall.now, hall.wall))
    assert hall.reads == [1]
    hall.run(hall.room.read([], hall.now, hall.wall))
    anna.ask(note("note1"))
    hall.keep()
    assert anna.acks


# --- coming in ----------------------------------------------------------------------------------


def test_who_comes_in_while_the_log_writes_waits_for_it() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    hall.room._copies.clear()
    anna.ask(note("note1"))
    bert = hall.screen("bert")
    assert bert.got == []
    hall.keep()
    assert bert.of(protocol.Snapshot)[0].head == 2
    assert bert.events == []
    anna.ask(note("note2"))
    hall.keep()
    hall.wait(1)
    assert bert.events == [3]


def test_who_knows_what_the_tail_holds_gets_only_what_it_missed() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for i in range(3):
        anna.ask(note(f"note{i}"))
    hall.keep()
    bert = hall.screen("bert", head=2)
    assert bert.of(protocol.Snapshot) == []
    assert bert.events == [3, 4]
    assert hall.screen("carl", head=4).of(protocol.Frame) == [protocol.Frame(4, 4, ())]


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_the_tail_reaches_as_far_as_its_limit(more: int) -> None:
    hall = Hall()
    told = tail.Tail()
    for _ in range(limits.TAIL_EVENTS + more):
        told.add(tail.Told("seat", b"[]", (b"{}", b"{}", b"{}")))
    assert told.reaches(0) is (more <= 0)
    assert hall.room.tail.reaches(0)


def test_who_missed_more_bytes_than_a_snapshot_has_gets_a_snapshot() -> None:
    told = tail.Tail()
    for _ in range(4):
        told.add(tail.Told("seat", b"[]", (bytes(tail.FRAME_BYTES // 4),) * 3))
    assert told.reaches(0)
    told.add(tail.Told("seat", b"[]", (b"{}", b"{}", b"{}")))
    assert not told.reaches(0)
    assert told.reaches(1)


def test_who_was_told_more_by_another_process_waits_until_we_have_read_it() -> None:
    hall = Hall()
    anna = hall.screen("anna", head=3)
    assert anna.got == []
    assert hall.reads == [1]
    hall.run(hall.room.read([], hall.now, hall.wall))  # a backup that was put back
    assert anna.of(protocol.Snapshot)[0].head == 1


def test_a_snapshot_is_made_once_and_zipped_for_who_can_unpack_it() -> None:
    hall = Hall()
    hall.screen("anna").ask(note("note1"))
    hall.keep()
    hall.room._copies.clear()
    one, other, plain = (
        hall.screen("bert", gzip=True),
        hall.screen("carl", gzip=True),
        hall.screen("dora"),
    )
    assert one.raw[1] is other.raw[1]
    assert one.of(protocol.Snapshot) == plain.of(protocol.Snapshot)
    hall.screens[1].ask(note("note2"))
    hall.keep()
    late = hall.screen("eric", gzip=True)  # the copy of before, and what came after it
    assert late.raw[1] is one.raw[1]
    assert late.events == [3]


def test_who_asks_for_what_it_missed_gets_its_verdicts_with_it() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    name = anna.ask(note("note1"))
    hall.keep()
    anna.take()
    anna.say(protocol.Since(1))
    assert anna.events == [2]
    assert anna.acks == [Ack(name, 2)]


def test_who_asks_for_more_than_the_tail_holds_has_to_come_in_again() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.say(protocol.Since(99))
    assert anna.bye is not None
    assert anna.bye.code == protocol.RESUME


def test_what_was_told_is_what_is_seen_by_everyone() -> None:
    hall = Hall(private=True)
    anna = hall.screen("anna")
    regie = hall.screen("regie", "begeleider")
    anna.ask(note("note1", "geheim"))
    regie.ask(RenewCode())
    hall.keep()
    hall.room._copies.clear()
    for seat, role in (("anna", "deelnemer"), ("bert", "deelnemer"), ("wand", "wand")):
        late = hall.screen(seat, role)  # type: ignore[arg-type]
        records = {r.id: r for r in late.of(protocol.Snapshot)[0].records}
        records |= {r.id: r for mine in late.of(protocol.Mine) for r in mine.records}
        lens = lens_of(Seat(seat, role))  # type: ignore[arg-type]
        assert records == {r.id: r for r in see(hall.room.sprint, lens)}


# --- private until revealed -----------------------------------------------------------------------


def test_hidden_text_reaches_nobody_else_until_the_reveal() -> None:
    hall = Hall(private=True)
    anna, bert = hall.screen("anna"), hall.screen("bert")
    wand, regie = hall.screen("wand", "wand"), hall.screen("regie", "begeleider")
    anna.ask(note("note1", "geheim"))
    hall.keep()
    anna.ask(EditNote("note1", 2, (6, "er")))
    hall.keep()
    hall.wait(1)
    late = hall.screen("carl")
    for other in (bert, wand, regie, late):
        assert b"geheim" not in b"".join(other.raw)
        said = [data for data in other.raw if b'"t":"devices"' not in data[:20]]
        assert b'"anna"' not in b"".join(said)  # that she is here, who directs may know
    assert b"geheim" in b"".join(anna.raw)
    assert bert.events == [2]  # that a note is there, and not that it was written on
    regie.ask(Reveal())
    hall.keep()
    for screen in (anna, bert, wand, late):
        assert b"geheimer" in screen.raw[-1]


def test_the_code_of_the_door_is_for_wand_and_regie() -> None:
    hall = Hall()
    anna, wand = hall.screen("anna"), hall.screen("wand", "wand")
    regie = hall.screen("regie", "begeleider")
    regie.ask(RenewCode())
    hall.keep()
    token = hall.room.evening.token  # type: ignore[union-attr]
    assert token.encode() in wand.raw[-1]
    assert token.encode() in regie.raw[-1]
    assert token.encode() not in b"".join(anna.raw)
    assert b"ABCDEF" not in b"".join(anna.raw)
    assert b"ABCDEF" in b"".join(wand.raw)


# --- presence -----------------------------------------------------------------------------------


def test_people_are_counted_by_seat_and_told_when_it_changes() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    hall.screen("anna")
    bert = hall.screen("bert")
    hall.screen("wand", "wand")
    hall.wait(2)
    assert anna.of(protocol.People)[-1].count == 2
    bert.gone()
    hall.wait(2)
    assert anna.of(protocol.People)[-1].count == 1
    told = len(anna.of(protocol.People))
    hall.wait(10)
    assert len(anna.of(protocol.People)) == told


def at_tables() -> tuple[Hall, Screen, Screen, Screen, Screen]:
    """Anna and bert at table 1, carl at table 2, and the regie; in a step for the table."""
    hall = Hall(visible="tafel")
    regie = hall.screen("regie", "begeleider")
    for number in (1, 2):
        regie.ask(SetTable(f"table{number}", number))
        hall.keep()
    seats = []
    for seat, table in (("anna", "table1"), ("bert", "table1"), ("carl", "table2")):
        seats.append(hall.screen(seat))
        seats[-1].ask(SitDown(table))
        hall.keep()
    hall.wait(1)
    return hall, seats[0], seats[1], seats[2], regie


def test_a_table_reads_what_is_hidden_at_it_and_no_other_does() -> None:
    hall, anna, bert, carl, regie = at_tables()
    anna.ask(note("note1", "geheim"))
    hall.keep()
    hall.wait(1)
    assert b"geheim" in b"".join(bert.raw)
    assert anna.raw[-1].count(b"geheim") == bert.raw[-1].count(b"geheim") == 1
    for other in (carl, regie):
        assert b"note1" in b"".join(other.raw)
        assert b"geheim" not in b"".join(other.raw)
    late, elsewhere = hall.screen("bert"), hall.screen("dora")
    assert b"geheim" in b"".join(late.raw)  # in `mine`, or in the frames after it
    assert b"geheim" not in b"".join(elsewhere.raw)


def test_who_sits_elsewhere_sees_what_lies_there_and_loses_what_does_not() -> None:
    hall, anna, bert, carl, _ = at_tables()
    anna.ask(note("note1", "van een"))
    carl.ask(note("note2", "van twee"))
    hall.keep()
    hall.wait(1)
    for other in (anna, bert, carl):
        other.take()
        other.raw.clear()
    bert.ask(SitDown("table2"))
    hall.keep()
    hall.wait(1)
    put = {
        operation.record.id: operation.record
        for frame in bert.of(protocol.Frame)
        for event in frame.events
        for operation in event.change
    }
    assert (put["note1"].text, put["note2"].text) == ("", "van twee")
    assert put["bert"].table == "table2"
    assert b"van" not in b"".join(anna.raw) + b"".join(carl.raw)
    fresh = Hall()
    fresh.log = hall.log
    fresh.room = fresh.open()
    assert fresh.room.sprint == hall.room.sprint


def test_a_turn_that_was_handed_on_is_closed_on_the_tablet_itself() -> None:
    hall = Hall(private=True)
    anna = hall.screen("anna")
    anna.ask(TakeStand("doorgeven"))
    anna.ask(note("note1", "mijn beurt"))
    hall.keep()
    hall.wait(1)
    assert b"mijn beurt" in b"".join(anna.raw)
    anna.raw.clear()
    anna.ask(HandOn())
    hall.keep()
    hall.wait(1)
    assert b"note1" in b"".join(anna.raw)
    back = [
        hall.screen("anna", head=head) for head in (1, 3, None)
    ]  # it was away, or is loaded anew
    for screen in (anna, *back):
        assert b"mijn beurt" not in b"".join(screen.raw)
    assert [bool(screen.of(protocol.Snapshot)) for screen in back] == [True, True, True]
    anna.say(protocol.Since(2))
    assert anna.bye == Farewell(anna.number, protocol.RESUME, 0)
    assert hall.screen("bert", head=2).of(protocol.Snapshot) == []  # others need no snapshot


def test_three_views_of_one_note() -> None:
    """The village of a note is for its author and the desk; what it is tagged with, for the desk."""
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    wand, oogst = hall.screen("wand", "wand"), hall.screen("oogst", "oogst")
    anna.ask(CreateNote(note="note1", zone="zone1", text="De bus", step="step1", kern="kern1"))
    hall.keep()
    oogst.ask(TagNote("note1", ("dome1",)))
    hall.keep()
    hall.wait(1)

    def told(screen: Screen, what: bytes) -> bool:
        return what in b"".join(data for data in screen.raw if b'"t":"frame"' in data[:14])

    assert [told(screen, b'"kern1"') for screen in (anna, bert, wand, oogst)] == [1, 0, 0, 1]
    assert [told(screen, b'"dome1"') for screen in (anna, bert, wand, oogst)] == [0, 0, 0, 1]
    hall.room = hall.open()
    late = [hall.screen("carl"), hall.screen("wand2", "wand"), hall.screen("bureau", "bureau")]
    for screen, sees in zip(late, (0, 0, 1), strict=True):
        snapshot = screen.of(protocol.Snapshot)[0]
        found = next(record for record in snapshot.records if record.id == "note1")
        assert (found.kern is not None, bool(found.domains)) == (sees, sees)


# --- a seat that was taken away -------------------------------------------------------------


def test_a_removed_seat_is_told_so_when_that_is_kept_and_stays_outside() -> None:
    hall = Hall()
    anna, second, bert = hall.screen("anna"), hall.screen("anna"), hall.screen("bert")
    regie = hall.screen("regie", "begeleider")
    regie.ask(RemoveSeat("anna"))
    assert anna.bye is None  # not before it is kept
    hall.keep()
    for screen in (anna, second):
        assert screen.bye == Farewell(screen.number, protocol.REMOVED)
    assert bert.bye is None
    back = hall.screen("anna")
    assert back.bye == Farewell(back.number, protocol.REMOVED)
    assert back.got == []
    hall.room = hall.open()
    assert hall.screen("anna").bye is not None


def test_what_a_removed_seat_still_asks_is_refused() -> None:
    hall = Hall()
    anna, regie = hall.screen("anna"), hall.screen("regie", "begeleider")
    regie.ask(RemoveSeat("anna"))
    anna.ask(note("note1"))  # in the same append, decided after it
    hall.keep()
    assert [entry.refusal for entry in hall.log[1:]] == [None, "removed"]


def test_who_is_let_in_again_is_let_in_again() -> None:
    hall = Hall()
    anna, regie = hall.screen("anna"), hall.screen("regie", "begeleider")
    regie.ask(RemoveSeat("anna"))
    hall.keep()
    anna.gone()
    regie.ask(ReadmitSeat("anna"))
    hall.keep()
    back = hall.screen("anna")
    assert back.bye is None
    name = back.ask(note("note1"))
    hall.keep()
    hall.wait(1)
    assert [(ack.id, ack.refusal) for ack in back.acks] == [(name, None)]


def test_removed_and_let_in_in_one_breath_costs_nobody_the_socket() -> None:
    hall = Hall()
    anna, regie = hall.screen("anna"), hall.screen("regie", "begeleider")
    regie.ask(note("note0"))  # so that the next two go in one append
    regie.ask(RemoveSeat("anna"))
    regie.ask(ReadmitSeat("anna"))
    hall.keep()
    assert anna.bye is None


def test_a_seat_that_another_process_took_away_goes_here_too() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    elsewhere = Entry(
        seq=2,
        at=hall.wall,
        device="elsewhere",
        number=1,
        seat="regie",
        role="begeleider",
        command=RemoveSeat("anna"),
        change=(Put(Place(id="anna", removed=True)),),
    )
    hall.run(hall.room.nudged(2, hall.now, hall.wall))
    hall.run(hall.room.read([elsewhere], hall.now, hall.wall))
    assert anna.bye == Farewell(anna.number, protocol.REMOVED)


def test_who_directs_is_never_sent_away() -> None:
    hall = Hall()
    regie, other = hall.screen("regie", "begeleider"), hall.screen("regie2", "begeleider")
    regie.ask(RemoveSeat("regie2"))
    hall.keep()
    assert other.bye is None
    assert hall.screen("regie2", "begeleider").bye is None


def test_devices_are_told_to_who_directs_only() -> None:
    hall = Hall()
    anna, regie = hall.screen("anna", unsent=3), hall.screen("regie", "begeleider")
    hall.wait(2)
    device = regie.of(protocol.Devices)[-1].devices[0]
    assert (device.seat, device.role, device.online) == ("anna", "deelnemer", True)
    assert device.unsent == 3
    anna.say(protocol.Here(unsent=0))
    anna.gone()
    hall.wait(2)
    device = regie.of(protocol.Devices)[-1].devices[0]
    assert (device.online, device.unsent) == (False, 0)
    assert anna.of(protocol.Devices) == []


def test_what_somebody_holds_goes_when_they_leave() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    drag = protocol.Drag("note1", "zone1", 10, 20)
    anna.say(protocol.Here(drag=drag))
    late = hall.screen("carl")
    who = anna.of(protocol.Welcome)[0].who
    assert late.of(protocol.There)[0].who == {who: protocol.Held(drag)}
    anna.gone()
    hall.wait(1)
    assert bert.of(protocol.There)[-1].who == {who: None}


def test_the_late_close_of_an_old_socket_does_not_silence_the_new_one() -> None:
    hall = Hall()
    old = hall.screen("anna", device="device-a")
    bert = hall.screen("bert")
    new = hall.screen("anna", device="device-a")
    new.say(protocol.Here(typing="note1"))
    old.gone()
    old.say(protocol.Here())
    hall.wait(2)
    who = new.of(protocol.Welcome)[0].who
    assert bert.of(protocol.There)[-1].who == {who: protocol.Held(typing="note1")}
    assert bert.of(protocol.People)[-1].count == 2
    new.ask(note("note1"))
    hall.keep()
    assert new.acks


# --- what is stored and does not fit ---------------------------------------------------------------


def test_a_stored_entry_that_does_not_fit_is_set_apart_and_the_evening_goes_on() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.ask(note("note1"))
    hall.keep()
    broken = Entry(
        seq=3,
        at=1,
        device="device-1",
        number=7,
        seat="anna",
        role="deelnemer",
        command=MoveNote("note9", "zone1"),
        change=(Patch("note", "note9", {"zone": "zone1"}),),
    )
    hall.log.append(broken)
    hall.room = hall.open()
    assert hall.room.quarantine == [3]
    again = hall.screen("anna", device="device-1")
    again.ask(MoveNote("note9", "zone1"), "device-1.7")
    again.ask(note("note2"), "device-1.8")
    hall.keep()
    assert again.acks == [Ack("device-1.7", 3), Ack("device-1.8", 4)]


def test_a_stored_entry_that_can_not_be_read_is_set_apart_and_its_name_stays_taken() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.ask(note("note1"))
    hall.keep()
    hall.log.append(Entry(3, 1, "device-1", 7, "anna", "deelnemer", None, damage="not JSON"))
    hall.room = hall.open()
    assert hall.room.quarantine == [3]
    assert "entry 3" in hall.room.mishaps[0]
    again = hall.screen("anna", device="device-1")
    again.ask(note("note3"), "device-1.7")
    again.ask(note("note2"), "device-1.8")
    hall.keep()
    assert again.acks == [Ack("device-1.7", 3), Ack("device-1.8", 4)]
    assert set(hall.room.sprint.notes) == {"note1", "note2"}


def test_a_rule_that_breaks_costs_its_own_command_only(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()
    anna = hall.screen("anna")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(rooms, "decide", broken)
        anna.ask(note("note1"))
    anna.ask(note("note2"))
    hall.keep()
    hall.wait(1)
    assert refusals(anna.acks) == ["bad_command", None]
    assert hall.room.mishaps


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_sprint_that_is_full(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVENTS_PER_SPRINT", 5)
    hall = Hall()
    anna = hall.screen("anna")
    for i in range(4 + more):
        anna.ask(note(f"note{i}"))
    hall.keep()
    hall.wait(1)
    assert len(hall.log) == min(5, 5 + more)
    verdicts = sorted(anna.acks, key=lambda ack: ack.id)
    assert refusals(verdicts) == [None] * min(4, 4 + more) + ["full"] * max(0, more)


def test_undo_after_a_restart_and_after_a_rollback() -> None:
    hall = Hall()
    anna = hall.screen("anna", device="device-a")
    name = anna.ask(note("note1"))
    anna.ask(MoveNote("note1", "zone2"))
    hall.keep()
    hall.room = hall.open()
    anna = hall.screen("anna", device="device-a")
    anna.ask(Undo(name), "device-a.3")
    hall.trouble()
    hall.wait(1)
    hall.keep()
    hall.wait(1)
    assert refusals(anna.acks) == ["changed_since"]
    anna.ask(Undo("device-a.2"), "device-a.4")
    hall.keep()
    found = hall.room.sprint.note("note1")
    assert found is not None
    assert found.zone == "zone1"


def test_time_in_the_log_never_goes_back() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.ask(note("note1"))
    hall.keep()
    hall.now -= 50
    anna.ask(note("note2"))
    hall.keep()
    assert hall.log[2].at == hall.log[1].at


def test_the_timer_is_told_to_all() -> None:
    hall = Hall()
    regie, bert = hall.screen("regie", "begeleider"), hall.screen("bert")
    regie.ask(SetTimer(60))
    hall.keep()
    assert bert.events == [2]
    assert DESK.role == "bureau"
