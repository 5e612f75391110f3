"""What a sprint says to people who were not there."""

import msgspec
import pytest

from opgavebord.export.report import report
from opgavebord.sprint.sprint import Arrival, Note, Sprint, Zone
from tests.export.evening import (
    BEDOELING_1,
    BEDOELING_2,
    CONDITION,
    GROUPS,
    NEED,
    OBJECTION_1,
    OBJECTION_2,
    REDACTED,
    evening,
    kept,
    told,
)


def everything(sprint: Sprint) -> str:
    return msgspec.json.encode(report(sprint)).decode()


def test_it_tells_all_that_was_shown() -> None:
    said = everything(evening())
    assert [one for one in told if one not in said] == []


def test_it_tells_nothing_that_is_hidden_binned_or_of_a_seat() -> None:
    said = everything(evening())
    assert [one for one in kept if one in said] == []


def test_groups_come_in_order_of_weight_with_their_words() -> None:
    heaps = report(evening()).heaps
    assert [(heap.title, heap.dots) for heap in heaps] == list(GROUPS.values())
    assert [len(heap.lines) for heap in heaps] == [3, 2, 2]
    assert heaps[0].objections[0].text == CONDITION
    assert heaps[0].objections[0].need == NEED


def test_without_a_vote_the_fullest_group_comes_first() -> None:
    sprint = evening()
    sprint.drop("round", "round-1")
    sprint.put(msgspec.structs.replace(sprint.notes["note-08"], group="group-3"))
    assert [(h.id, h.dots) for h in report(sprint).heaps] == [
        ("group-1", None),
        ("group-3", None),
        ("group-2", None),
    ]


def test_a_required_redaction_stands_instead_of_the_words_and_of_all_beside_them() -> None:
    sprint = evening()
    note = sprint.notes["note-91"]
    sprint.put(msgspec.structs.replace(note, fields={"gevoel": "Janssen"}))
    line = next(line for line in report(sprint).heaps[1].lines if line.id == "note-91")
    assert line.text == REDACTED
    assert "Janssen" not in everything(sprint)


def test_the_words_of_the_author_are_quoted_not_what_others_made_of_them() -> None:
    sprint = evening()
    note = sprint.notes["note-03"]
    sprint.put(msgspec.structs.replace(note, text="Winkel", literal=note.text))
    line = next(line for line in report(sprint).heaps[0].lines if line.id == "note-03")
    assert line.text == note.text


def test_the_sentence_of_the_hall_has_its_versions_support_and_objections() -> None:
    told = report(evening())
    assert [(one.text, one.chosen, one.support) for one in told.sentences] == [
        (BEDOELING_1, False, 0),
        (BEDOELING_2, True, 4),
    ]
    assert [one.objections[0].text for one in told.sentences] == [OBJECTION_1, OBJECTION_2]
    assert told.sentences[1].made_from == (BEDOELING_1,)
    assert told.bedoeling is told.sentences[1]


def test_a_note_in_no_group_stays_and_is_seen_to_stay() -> None:
    assert [line.id for line in report(evening()).loose] == ["note-08"]


def test_what_stood_there_before_people_came_in_is_not_counted_as_said() -> None:
    sprint = evening()
    before = report(sprint)
    sprint.put(Zone(id="zone-9", board="board-1", title="Dit ligt al vast", write="begeleider"))
    sprint.put(Note(id="note-99", zone="zone-9", rank=1, at=99, text="Er komt geen gebouw"))
    after = report(sprint)
    assert after.notes == before.notes
    assert after.loose == before.loose
    assert after.sheets != before.sheets, "it stays on its board"


def test_a_table_is_quoted_without_its_number() -> None:
    told = report(evening())
    assert [line.id for line in told.table_quotes] == ["note-04"]


@pytest.mark.parametrize(("sharing", "said"), [(4, "inwoner 65+"), (5, "inwoner 65+, Melderslo")])
def test_voice_and_village_together_only_where_five_share_them(sharing: int, said: str) -> None:
    sprint = evening()
    for n in range(sharing):
        sprint.put(Arrival(id=f"melderslo-{n}", kern="kern-MEL", stem="stem-IO"))
    lines = [line for sheet in report(sprint).sheets for line in sheet.lines]
    assert next(line for line in lines if line.id == "note-01").caption == said


@pytest.mark.parametrize(("stem", "told"), [("stem-VR", ()), (None, ("Lottum en Meerlo",))])
def test_an_answer_that_names_a_village_is_not_told_beside_a_voice(
    stem: str | None, told: tuple[str, ...]
) -> None:
    sprint = evening()
    fields = {"gevoel": "Lottum en Meerlo"}
    note = msgspec.structs.replace(sprint.notes["note-03"], stem=stem, kern=None, fields=fields)
    sprint.put(note)
    lines = [line for sheet in report(sprint).sheets for line in sheet.lines]
    line = next(line for line in lines if line.id == "note-03")
    assert tuple(answer for _, answer in line.answers) == told


def test_an_open_round_says_nothing() -> None:
    sprint = evening()
    round = sprint.records["round"]["round-1"]
    sprint.put(msgspec.structs.replace(round, open=True))
    assert report(sprint).votes == ()
    assert {heap.dots for heap in report(sprint).heaps} == {None}


def test_what_is_hidden_makes_no_difference() -> None:
    one, other = evening(), evening()
    for name, value in (("text", "Iets heel anders"), ("author", "seat-iemand"), ("stem", None)):
        other.put(msgspec.structs.replace(other.notes["note-90"], **{name: value}))
    for note in list(other.notes.values()):
        other.put(msgspec.structs.replace(note, author="seat-ander"))
    assert report(one) == report(other)


def test_an_objection_that_is_still_private_is_not_told() -> None:
    sprint = evening()
    sprint.put(
        Note(
            id="note-53", zone="zone-5", rank=1, at=99, hidden=True, type="bezwaar",
            about="group-1", text="Geheim bezwaar",
        )
    )  # fmt: skip
    assert "Geheim bezwaar" not in everything(sprint)


def test_a_sprint_that_was_never_founded_has_nothing_to_tell() -> None:
    with pytest.raises(ValueError, match="never founded"):
        report(Sprint())


def test_control_characters_do_not_reach_a_file() -> None:
    sprint = evening()
    note = sprint.notes["note-03"]
    sprint.put(msgspec.structs.replace(note, text="a\x00b\x1bc\ud800d\r\ne"))
    line = next(line for line in report(sprint).heaps[0].lines if line.id == "note-03")
    assert line.text == "abcd\ne"
