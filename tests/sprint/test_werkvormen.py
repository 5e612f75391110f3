"""The templates and the demo: data that is read strictly and goes through the same door."""

from pathlib import Path

import pytest

from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import FoundSprint
from opgavebord.sprint.sprint import Board, Evening, Sprint, Step, Zone
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


def test_the_demo_stands_as_it_should():
    sprint = founded(None).sprint
    evening, step = sprint.evening, sprint.step_on
    assert evening is not None
    assert step is not None
    assert (evening.id, evening.code, evening.token) == ("demo", "ABCDEF", "token")
    assert (step.title, step.rank) == ("Vertel", 3)
    assert evening.notice == "Voorbeeld. Alle briefjes en organisaties zijn verzonnen."
    first, second, third, *later = sprint.records["step"].values()
    assert first.visited
    assert second.visited
    assert third.visited
    assert second.revealed
    assert not any(step.visited for step in later)
    assert len(sprint.notes) == 28
    assert not any(note.hidden or note.late or note.gone for note in sprint.notes.values())
    assert [cluster.title for cluster in sprint.clusters.values() if not cluster.gone][:1]
    sizes = {cluster.title: len(sprint.items(cluster.id)) for cluster in sprint.clusters.values()}
    assert sizes == {
        "Ergens gewoon kunnen binnenlopen": 8,
        "Gezien en gemist worden": 4,
        "Hier kunnen blijven wonen": 3,
        "Van het ene dorp naar het andere": 6,
        "Iets willen doen zonder eraan vast te zitten": 3,
        "Het dorp is ook van nieuwe mensen": 1,
        "Van het kastje naar de muur": 1,
    }
    loose = [note.id[:3] for note in sprint.notes.values() if note.cluster is None]
    assert loose == ["N08", "N18"]
    assert all(sprint.items(zone) for zone in sprint.records["zone"])


@pytest.mark.parametrize("notes", [0, 1, 3, 27, 60, 300, 1000])
def test_the_demo_can_have_any_number_of_notes(notes: int):
    sprint = founded(notes).sprint
    assert len(sprint.notes) == notes
    if notes > 60:
        words = " ".join(note.text for note in sprint.notes.values())
        assert "👵🏽" in words
        assert max(len(word) for word in words.split()) > 35


def test_every_demo_command_has_a_name_of_its_own_and_a_device_one_seat():
    named = demo.named(demo.vitale_kernen("demo", "ABCDEF", "token", 60))
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
