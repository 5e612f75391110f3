"""The templates and the demo: data that is read strictly and goes through the same door."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import FoundSprint
from opgavebord.sprint.sprint import Board, Evening, Note, Sprint, Step, Zone
from opgavebord.werkvormen import demo, reading
from tests.sprint.village import DESK, Village


@pytest.mark.parametrize("name", reading.names())
def test_every_werkvorm_can_be_read_laid_out_and_founded(name: str):
    form = reading.werkvorm(name)
    assert form.id == name
    records = reading.lay_out(form, "sprint-1")
    evening = Evening(id="sprint-1", title="x", question="x", board=records[0].id)
    village = Village(founded=False)
    assert isinstance(village.ask(FoundSprint((evening, *records)), DESK), tuple)
    assert len(village.sprint.records["zone"]) == len(form.zones)
    assert len(village.sprint.records["step"]) == len(form.stappen)


def test_a_day_in_the_life():
    board, *rest = reading.lay_out(reading.werkvorm("T2"), "sprint-1")
    assert isinstance(board, Board)
    zones = [record for record in rest if isinstance(record, Zone)]
    steps = [record for record in rest if isinstance(record, Step)]
    assert [zone.colour for zone in zones] == [
        "geel", "zand", "paars", "blauw", "wit", "roze", "groen"
    ]  # fmt: skip
    assert [step.title for step in steps] == [
        "Denk na", "Schrijf", "Vertel", "Leg bij elkaar", "Kies één moment"
    ]  # fmt: skip
    assert [step.visible for step in steps] == ["alleen_ik", "alleen_ik", "tafel", "zaal", "zaal"]
    assert [step.minutes for step in steps] == [2, 8, 15, 8, 2]
    assert steps[0].may == ("schrijven", "wijzigen", "verplaatsen", "groeperen")
    assert steps[3].may == ("groeperen",)
    assert [step.scene for step in steps] == ["stilte", "vraag", "klok", "bord", "citaten"]


def test_the_same_werkvorm_has_other_ids_in_another_sprint():
    form = reading.werkvorm("T2")
    one = {record.id for record in reading.lay_out(form, "sprint-1")}
    two = {record.id for record in reading.lay_out(form, "sprint-2")}
    assert not one & two
    assert one == {record.id for record in reading.lay_out(form, "sprint-1")}


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("naam: Een", "naaam: Een", "line 4: "),
        ("kleur: zand", "kleur: oranje", "line 11: "),
        ("minuten: 15", "minuten: kwartier", "line 30: "),
        ("mag: [groeperen]", "mag: [groeperen, vliegen]", "line 31: "),
        ("scherm: klok", "shcerm: klok", "line 30: "),
        ("duur: 35", "duur: [35", "line "),
        ("groep: tafel van 5-7\n", "", "groep"),
    ],
)
def test_a_typing_error_is_told_with_file_and_line(
    tmp_path: Path, was: str, becomes: str, where: str
):
    written = (reading.HERE / "T2.yaml").read_text(encoding="utf-8")
    assert was in written
    bad = tmp_path / "T2.yaml"
    bad.write_text(written.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(reading.BadWerkvorm) as told:
        reading.read(bad)
    assert "T2.yaml" in str(told.value)
    assert where in str(told.value)


def founded(notes: int | None) -> Village:
    village = Village(founded=False)
    for command, seat in demo.vitale_kernen("demo", "ABCDEF", "token", notes):
        assert isinstance(village.ask(command, seat), tuple), command
    return village


@pytest.fixture(scope="module")
def evening() -> Sprint:
    return founded(None).sprint


def numbers(notes: Iterable[Note]) -> list[str]:
    """The numbers by which the playbook calls them."""
    return sorted(note.id.rpartition("-")[0] for note in notes)


def test_the_demo_stands_where_a_visitor_can_write_at_once(evening: Sprint):
    opening, step = evening.evening, evening.step_on
    assert opening is not None
    assert step is not None
    assert (opening.id, opening.code, opening.token) == ("demo", "ABCDEF", "token")
    assert (step.title, step.board) == ("Vertel", opening.board)
    assert evening.records["board"][opening.board].werkvorm == "T2"
    assert opening.notice == "Voorbeeld. Alle briefjes en organisaties zijn verzonnen."
    assert (opening.timer_ends, opening.doors_open, opening.phase) == (None, True, "open")
    assert not any(note.hidden or note.late or note.gone for note in evening.notes.values())


def test_the_notes_of_the_demo_lie_on_their_boards(evening: Sprint):
    boards = {
        zone.id: evening.records["board"][zone.board].werkvorm
        for zone in evening.records["zone"].values()
    }
    lying: dict[str, list[Note]] = {}
    for note in evening.notes.values():
        lying.setdefault(boards[note.zone], []).append(note)
    assert numbers(lying["T2"]) == [f"N{number:02}" for number in range(1, 29)]
    said = numbers(note for note in lying["T3"] if note.id.startswith("N"))
    assert said == [*(f"N{number}" for number in (*range(29, 34), *range(38, 43)))]
    assert numbers(lying["T4"]) == ["N34", "N35", "N36", "N37", "N43", "N44"]
    assert all(evening.items(zone) for zone, of in boards.items() if of == "T2")
    assert {note.origin for note in lying["T2"]} == {""}
    prepared = numbers(note for note in evening.notes.values() if note.origin == "organisatie")
    assert prepared == ["N34", "N35"]


def test_a_note_of_the_demo_says_whose_it_is_and_what_it_is_about(evening: Sprint):
    by_number = {note.id.rpartition("-")[0]: note for note in evening.notes.values()}
    note = by_number["N02"]
    assert evening.records["stem"][note.stem].title == "mantelzorger"
    assert evening.records["kern"][note.kern].title == "Swolgen"
    assert note.fields == {"gaat_over_kernen": "Swolgen, Horst"}
    assert [evening.records["domein"][id].code for id in note.domains] == ["ZOR", "MOB", "JEU"]
    assert evening.records["table"][note.table].number == 2
    assert (by_number["N38"].kern, by_number["N38"].type) == (None, "regel")
    assert by_number["N38"].fields == {"gaat_over_kernen": "alle dorpen"}
    assert all(by_number[f"N{number:02}"].domains for number in range(1, 45))


def test_the_piles_of_the_demo(evening: Sprint):
    sizes = {cluster.title: len(evening.items(cluster.id)) for cluster in evening.clusters.values()}
    assert sizes == {
        "Ergens gewoon kunnen binnenlopen": 8,
        "Gezien en gemist worden": 4,
        "Hier kunnen blijven wonen": 3,
        "Van het ene dorp naar het andere": 6,
        "Iets willen doen zonder eraan vast te zitten": 3,
        "Het dorp is ook van nieuwe mensen": 1,
        "Van het kastje naar de muur": 1,
    }


def test_the_harvest_of_the_demo_and_its_dots(evening: Sprint):
    groups = evening.records["group"]
    inside = {
        group.title: numbers(note for note in evening.notes.values() if note.group == group.id)
        for group in groups.values()
    }
    (round,) = evening.records["round"].values()
    dots = {groups[result.item].title: result.dots for result in round.result}
    assert {title: (dots[title], " ".join(notes)) for title, notes in inside.items()} == {
        "Ergens gewoon kunnen binnenlopen": (31, "N03 N04 N06 N11 N22 N23 N24 N28 N33 N37"),
        "Gezien en gemist worden": (29, "N01 N07 N09 N25 N29 N31 N41"),
        "Hier kunnen blijven wonen": (22, "N10 N12 N13 N30"),
        "Van het ene dorp naar het andere": (17, "N02 N05 N15 N16 N20 N21"),
        "Iets willen doen zonder eraan vast te zitten": (16, "N17 N26 N27 N36 N40 N43"),
        "Het dorp is ook van nieuwe mensen": (6, "N19 N32 N44"),
        "Van het kastje naar de muur": (12, "N14 N38 N42"),
        "Plannen die elkaar niet kennen": (5, "N34 N35 N39"),
    }
    left = numbers(n for n in evening.notes.values() if n.id.startswith("N") and n.group is None)
    assert left == ["N08", "N18"]
    assert (round.open, round.voters) == (False, 46)
    assert [len(ballot.dots) for ballot in evening.records["ballot"].values()] == [3] * 46
    kinds = {kind.kind for result in round.result for kind in result.kinds}
    assert kinds == {"inwoner", "ondernemer", "vereniging", "professional", "gemeente"}


def test_the_people_of_the_demo(evening: Sprint):
    (tally,) = evening.records["tally"].values()
    assert tally.people == len(evening.records["arrival"]) == 46
    counts = {evening.records["kern"][count.id].title: count.n for count in tally.kernen}
    assert counts == {"Kronenberg": 5, "Lottum": 4, "Horst": 3, "Sevenum": 3, "Swolgen": 3}
    tables = sorted(evening.records["table"].values(), key=lambda table: table.number)
    assert [table.people for table in tables] == [7, 7, 7, 7, 6, 6, 6]
    assert all(evening.notes[table.quote].table == table.id for table in tables)
    assert len(evening.records["kern"]) == 16
    tiles = {(kern.column, kern.row) for kern in evening.records["kern"].values()}
    assert len(tiles) == 16


def test_the_sentence_of_the_demo_in_two_versions_with_their_objections(evening: Sprint):
    by_number = {note.id.rpartition("-")[0]: note for note in evening.notes.values()}
    first, second = by_number["B1"], by_number["B2"]
    assert first.text == "Wij doen dit zodat niemand alleen is."
    assert evening.records["table"][first.table].number == 2
    assert second.text == "Wij doen dit zodat iedereen in het dorp mensen kan ontmoeten."
    assert (second.of, second.table) == ((first.id,), None)
    assert evening.evening.bedoeling == second.id
    against = {note.about: note.text for note in evening.notes.values() if note.type == "bezwaar"}
    assert against == {
        first.id: "Alleen zijn mag. Eenzaam zijn is wat anders.",
        second.id: "Ook als je geen lid bent?",
    }


def test_the_promises_and_the_moments_of_the_demo(evening: Sprint):
    said = [(one.who, one.when) for one in evening.records["belofte"].values()]
    assert ("Woonstichting Maasheem", "1 juli") in said
    moments = [point.name for point in evening.records["checkpoint"].values()]
    assert moments[:4] == ["na Kom binnen", "na Speelruimte", "na Wie is er?", "na Denk na"]
    assert moments[-1] == "na Wat is nodig?"
    visited = [step.title for step in evening.records["step"].values() if step.visited]
    assert len(visited) == len(evening.records["step"]) == 21


@pytest.mark.parametrize("notes", [0, 1, 3, 27, 60, 300, 1000])
def test_the_demo_can_have_any_number_of_notes(notes: int):
    sprint = founded(notes).sprint
    assert len(sprint.notes) == notes
    if notes > 60:
        words = " ".join(note.text for note in sprint.notes.values())
        assert "👵🏽" in words
        assert max(len(word) for word in words.split()) > 35


@pytest.mark.parametrize("notes", [None, 60])
def test_every_demo_command_has_a_name_of_its_own_and_a_device_one_seat(notes: int | None):
    named = demo.named(demo.vitale_kernen("demo", "ABCDEF", "token", notes))
    names = [(one.device, one.number) for one in named]
    assert len(set(names)) == len(names)
    seats: dict[str, str] = {}
    for one in named:
        assert seats.setdefault(one.device, one.seat.id) == one.seat.id
        assert one.seat in demo.seats()
    for device in seats:
        mine = [number for on, number in names if on == device]
        assert mine == list(range(1, len(mine) + 1))


def test_a_demo_founds_only_an_empty_sprint():
    village = founded(3)
    before = village.sprint.copy()
    command, seat = demo.vitale_kernen("demo", "ABCDEF", "token")[0]
    village.decide(command, seat)
    assert village.sprint == before
    apply(Sprint(), ())
