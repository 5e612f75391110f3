"""The conversation with one device."""

import pytest

from opgavebord import protocol
from opgavebord.sprint import limits
from opgavebord.sync.rate import Pace
from opgavebord.sync.session import is_name
from tests.sync.hall import Hall, note


def codes(screen: object) -> int | None:
    bye = getattr(screen, "bye", None)
    return bye.code if bye is not None else None


# --- hello --------------------------------------------------------------------------------


def test_hello_is_answered_with_a_welcome_and_the_sprint() -> None:
    anna = Hall().screen("anna")
    assert [type(message).__name__ for message in anna.got] == [
        "Welcome",
        "Snapshot",
        "Mine",
        "People",
    ]
    welcome = anna.of(protocol.Welcome)[0]
    assert (welcome.seat.id, welcome.seat.role, welcome.head) == ("anna", "deelnemer", 1)


def test_nothing_is_done_before_hello() -> None:
    hall = Hall()
    anna = hall.stranger("anna")
    anna.ask(note("note1"))
    assert anna.got == [protocol.Bad("order")]
    assert not hall.appends


def test_a_second_hello_is_out_of_order() -> None:
    anna = Hall().screen("anna")
    anna.take()
    anna.hello()
    assert anna.got == [protocol.Bad("order")]


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_who_says_nothing_is_sent_away(more: int) -> None:
    hall = Hall()
    anna = hall.stranger("anna")
    assert anna.session.deadline == hall.now + limits.HELLO_SECONDS
    hall.now += limits.HELLO_SECONDS + more
    anna.tick()
    assert codes(anna) == (protocol.SILENT if more >= 0 else None)
    assert (anna.session.deadline is None) == (more >= 0)


@pytest.mark.parametrize("version", protocol.VERSIONS)
def test_the_versions_of_the_protocol_page_are_spoken(version: int) -> None:
    anna = Hall().screen("anna", v=version)
    assert anna.of(protocol.Welcome)[0].v == version


@pytest.mark.parametrize("version", [1, 2, protocol.VERSION + 1, 99])
def test_another_version_is_told_to_load_the_page_again(version: int) -> None:
    assert codes(Hall().screen("anna", v=version)) == protocol.OLD_VERSION


def test_a_newer_hello_that_we_can_not_read_is_still_known_as_newer() -> None:
    anna = Hall().stranger("anna")
    anna.say({"t": "hello", "v": 9, "apparaat": {"naam": 1}})
    assert codes(anna) == protocol.OLD_VERSION


# --- what can not be read -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "json"),
        ("{", "json"),
        ("[1]", "shape"),
        ('{"t":"dance"}', "shape"),
        ('{"t":"ping","at":1,"more":2}', "shape"),
        ('{"t":"ping","at":NaN}', "json"),
        ('{"t":"here","typing":"\\ud800aaaa"}', "json"),
        ("[" * 5000 + "]" * 5000, "shape"),
        ('{"t":"do","id":"device-1","c":{}}', "shape"),
        ('{"t":"do","id":"device-1.01","c":{}}', "shape"),
        (b"\xff\xfe{}", "json"),
        (b" " * (limits.MESSAGE_BYTES + 1), "size"),
    ],
)
def test_what_can_not_be_read_is_answered_and_nothing_is_done(data: str | bytes, why: str) -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.take()
    anna.say(data)
    assert len(anna.got) == 1
    assert isinstance(anna.got[0], protocol.Bad)
    assert anna.got[0].why in (why, "json")
    assert not hall.appends


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_too_much_that_can_not_be_read_ends_it(more: int) -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for _ in range(limits.BAD_MESSAGES + more):
        anna.say("nonsense")
    assert codes(anna) == (protocol.UNREADABLE if more >= 0 else None)
    assert hall.room.connected == (0 if more >= 0 else 1)
    assert len(anna.of(protocol.Bad)) == limits.BAD_MESSAGES - 1


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_how_long_what_could_not_be_read_is_remembered(more: int) -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for _ in range(limits.BAD_MESSAGES - 1):
        anna.say("nonsense")
    hall.now += limits.BAD_MESSAGES_SECONDS + more
    anna.say("nonsense")
    assert codes(anna) == (protocol.UNREADABLE if more < 0 else None)


def test_now_and_then_something_that_can_not_be_read_is_forgiven() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for _ in range(10):
        anna.say("nonsense")
        hall.now += limits.BAD_MESSAGES_SECONDS / (limits.BAD_MESSAGES - 1) + 0.1
    assert codes(anna) is None


def test_a_command_that_can_not_be_read_is_refused_under_its_name() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.say('{"t":"do","id":"device-1.1","c":{"do":"note.burn"}}')
    hall.keep()
    assert anna.acks == [protocol.Ack("device-1.1", 2, "bad_command")]
    assert hall.log[-1].command is None


@pytest.mark.parametrize("name", ["abcd.1", "a-b_C9.0", "device-1.1234567890"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["abc.1", "abcd", "abcd.", "abcd.01", "abcd.-1", "ab cd.1", "abçd.1", "abcd.12345678901"],
)
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)


# --- how fast ---------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_commands_over_the_rate_are_held_back_in_order_and_none_is_lost(more: int) -> None:
    hall = Hall()
    anna = hall.screen("anna", pace=Pace())
    asked = limits.COMMANDS_BURST + more
    names = [anna.ask(note(f"note{i}")) for i in range(asked)]
    assert anna.session.holding == max(0, more)
    hall.keep()
    while anna.session.holding:
        assert anna.session.deadline is not None
        hall.now = anna.session.deadline
        anna.tick()
    hall.keep()
    hall.wait(1)
    assert [ack.id for ack in anna.acks] == names
    assert all(ack.refusal is None for ack in anna.acks)


def test_what_comes_after_a_held_command_waits_behind_it() -> None:
    hall = Hall()
    anna = hall.screen("anna", pace=Pace(per_second=5, burst=1))
    first, second, third = (anna.ask(note(f"note{i}")) for i in range(3))
    hall.now += 0.3  # there is a token again, but the second was first
    assert anna.session.holding == 2
    anna.tick()
    hall.now += 1
    anna.tick()
    hall.keep()
    assert [entry.name for entry in hall.log[1:]] == [first, second, third]


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_flood(more: int) -> None:
    anna = Hall().screen("anna", pace=Pace(per_second=5, burst=1))
    anna.ask(note("note-x"))
    for i in range(limits.COMMANDS_WAITING + more):
        anna.ask(note(f"note{i}"))
    assert codes(anna) == (protocol.FLOOD if more == 1 else None)


def test_who_connects_again_gets_no_new_bucket() -> None:
    hall = Hall()
    anna = hall.screen("anna", pace=Pace())
    for i in range(limits.COMMANDS_BURST):
        anna.ask(note(f"note{i}"))
    again = hall.stranger("anna")
    again.session._bucket = anna.session._bucket
    again.hello()
    again.ask(note("one-more"))
    assert again.session.holding == 1


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_who_asks_again_and_again_for_what_it_has(more: int) -> None:
    anna = Hall().screen("anna")
    for _ in range(limits.SINCE_PER_MINUTE + more):
        anna.say(protocol.Since(1))
    assert codes(anna) == (protocol.FLOOD if more == 1 else None)


def test_since_may_be_asked_again_after_a_minute() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    for _ in range(3 * limits.SINCE_PER_MINUTE):
        anna.say(protocol.Since(1))
        hall.now += 60 / limits.SINCE_PER_MINUTE
    assert codes(anna) is None


def test_presence_over_the_rate_is_merged_and_the_last_one_counts() -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    hall.wait(2)
    bert.take()
    for letter in "abcde":
        anna.say(protocol.Here(typing=f"note-{letter}"))
    assert anna.session.deadline == pytest.approx(hall.now + 1 / limits.PRESENCE_PER_SECOND)
    hall.now += 1 / limits.PRESENCE_PER_SECOND
    anna.tick()
    hall.wait(1)
    who = anna.of(protocol.Welcome)[0].who
    said = [there.who[who] for there in bert.of(protocol.There)]
    assert said == [protocol.Held(typing="note-a"), protocol.Held(typing="note-e")]
    assert anna.session.deadline is None


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_presence_in_a_second(more: int) -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    hall.wait(2)
    bert.take()
    began, every = hall.now, 1 / (limits.PRESENCE_PER_SECOND + more)
    for turn in range(limits.PRESENCE_PER_SECOND + more):
        hall.now = began + turn * every
        if anna.session.deadline is not None and anna.session.deadline <= hall.now:
            anna.tick()
        anna.say(protocol.Here(typing=f"note-{turn}"))
    hall.wait(1)
    told = len(bert.of(protocol.There))
    assert told <= limits.PRESENCE_PER_SECOND
    assert (anna.session.deadline is None) == (more <= 0)  # the last one comes in the next second


def test_ping_is_answered_with_the_time_of_the_server() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.take()
    anna.say(protocol.Ping(5))
    anna.say(protocol.Ping(6))  # too soon to be of use
    assert anna.got == [protocol.Pong(5, hall.wall)]


def test_after_the_goodbye_nothing_is_heard() -> None:
    hall = Hall()
    anna = hall.screen("anna")
    anna.gone()
    anna.ask(note("note1"))
    anna.tick()
    assert not hall.appends
    assert hall.room.connected == 0
