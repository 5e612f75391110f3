"""The five werkvormen as the playbook writes them, a municipality's own, and what a mistake is told."""

from pathlib import Path

import pytest

from opgavebord.sprint.sprint import Board, Field, Step, Zone
from opgavebord.werkvormen import reading
from opgavebord.werkvormen.reading import BadWerkvorm, Werkvorm
from opgavebord.werkvormen.shelf import all_werkvormen


def laid(name: str) -> tuple[Board, list[Zone], list[Step]]:
    board, *rest = reading.lay_out(reading.werkvorm(name), "sprint-1")
    assert isinstance(board, Board)
    zones = [record for record in rest if isinstance(record, Zone)]
    return board, zones, [record for record in rest if isinstance(record, Step)]


def test_there_are_the_five_of_the_first_evening() -> None:
    assert reading.names() == ["T1", "T2", "T3", "T4", "T8"]
    forms = {name: laid(name)[0].form for name in reading.names()}
    assert forms == {
        "T1": "welkom", "T2": "kolommen", "T3": "cirkels", "T4": "tijdlijn", "T8": "stemmen"
    }  # fmt: skip


def test_the_steps_of_each_take_as_long_as_the_playbook_says() -> None:
    for name in reading.names():
        form = reading.werkvorm(name)
        assert sum(step.minuten for step in form.stappen) == form.duur, name


def test_welcome_is_filled_by_the_desk_and_tapped_by_the_hall() -> None:
    board, zones, steps = laid("T1")
    assert [zone.write for zone in zones] == ["begeleider"] * 4 + ["iedereen"]
    assert [zone.tap for zone in zones] == [False] * 4 + [True]
    assert [zone.type for zone in zones] == ["", "vast", "open", "afspraak", ""]
    assert [step.input for step in steps][2] == ("tikken",)
    assert [step.scene for step in steps] == ["welkom", "speelruimte", "teller"]
    assert board.types == ("vast", "open", "afspraak")


def test_a_day_asks_how_it_felt_and_asks_back_at_solutions() -> None:
    board, _, steps = laid("T2")
    assert board.hints == ("oplossing", "privacy")
    assert board.fields[0] == Field(
        name="gevoel", label="Hoe voelde dat?", options=("fijn", "gewoon", "vervelend")
    )
    assert [step.input for step in steps][1:3] == [("papier", "eigen_telefoon"), ("notuleren",)]


def test_the_purpose_goes_round_in_pairs_and_is_private_until_then() -> None:
    board, zones, steps = laid("T3")
    assert [zone.type for zone in zones] == ["bedoeling", "moment", "regel", "regel"]
    assert [zone.world for zone in zones] == ["bedoeling", "leefwereld", "systeem", "systeem"]
    assert board.fields == (Field(name="van_wie", label="Van wie is deze regel?", of="regel"),)
    assert (steps[1].input, steps[1].visible) == (("doorgeven",), "alleen_ik")
    assert steps[2].visible == "tafel"
    assert "bezwaar" in steps[4].may


def test_the_timeline_asks_of_an_approach_only() -> None:
    board, zones, _ = laid("T4")
    assert [zone.type for zone in zones] == ["aanpak"] * 3 + ["les"] * 2 + ["vraag"]
    assert {field.of for field in board.fields} == {"aanpak"}
    assert board.fields[2].options == ("loopt", "gestopt", "komt")


def test_only_one_step_of_the_choice_is_a_vote() -> None:
    _, zones, steps = laid("T8")
    assert [zone.source for zone in zones] == ["groepen", "", ""]
    assert [zone.write for zone in zones] == ["niemand", "iedereen", "iedereen"]
    assert [zone.type for zone in zones] == ["", "bezwaar", "voorwaarde"]
    assert [step.title for step in steps if "stemmen" in step.may] == ["Kies"]


OWN = """\
id: H1
naam: Van ons
sprint: [1]
duur: 5
groep: tafel
doel: Proberen.
zones:
  - {titel: Zo, vraag: "Hoe?", notitie: idee}
notitiesoorten: [idee]
velden: {idee.soort: [doen, stoppen]}
vragen:
  - {veld: idee.soort, vraag: "Wat voor idee?"}
stappen:
  - {titel: Schrijf, instructie: "Schrijf op.", laatkomers: wacht, schrijft: schrijver}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "H1.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_a_municipality_adds_its_own(own: Path) -> None:
    found = all_werkvormen(own)
    assert list(found) == ["T1", "T2", "T3", "T4", "T8", "H1"]
    _, zone, step = reading.lay_out(found["H1"], "sprint-1")
    assert isinstance(zone, Zone)
    assert isinstance(step, Step)
    assert zone.type == "idee"
    assert (step.late, step.write) == ("wacht", "schrijver")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadWerkvorm, match="no such folder"):
        all_werkvormen(tmp_path / "elders")


def test_an_own_werkvorm_does_not_take_the_place_of_ours(own: Path) -> None:
    (own / "T2.yaml").write_text(OWN.replace("id: H1", "id: T2"), encoding="utf-8")
    with pytest.raises(BadWerkvorm, match=r"T2\.yaml, line 1: there is a werkvorm T2 already"):
        all_werkvormen(own)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("id: H1", "id: H2", "line 1: the file is called H1"),
        ("id: H1", "id: h1", "line 1: "),
        ("doel: Proberen.", "doel: Proberen.\ndoel: Toch niet.", "line 7: `doel` is written twice"),
        ("notitie: idee", "notitie: plan", "line 8: `plan` is not one of `notitiesoorten`"),
        ("notitie: idee", "bron: spullen", "line 8: "),
        ("[doen, stoppen]", "[doen, no]", "line 10: a choice must be a text"),
        ("velden: {idee.soort", "velden: {plan.soort", "line 10: `plan` is not one of"),
        ("veld: idee.soort", "veld: idee.kleur", "line 12: `idee.kleur` is not one of `velden`"),
        ("laatkomers: wacht", "laatkomers: soms", "line 14: "),
        ("laatkomers: wacht", "mag: [schrijven, schrijven]", "line 14: a right stands here twice"),
        ("laatkomers: wacht", "invoer: []", "line 14: "),
        ("sprint: [1]", "sprint: []", "line 3: "),
        (OWN, "", "line 1: "),
        ("naam: Van ons", "naam: [Van ons", "line "),
    ],
)
def test_a_mistake_is_told_with_file_and_line(own: Path, was: str, becomes: str, says: str) -> None:
    assert was in OWN
    (own / "H1.yaml").write_text(OWN.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(BadWerkvorm) as told:
        all_werkvormen(own)
    assert str(told.value).startswith("H1.yaml, ")
    assert says in str(told.value)


def test_a_file_that_is_no_text_is_told(own: Path) -> None:
    (own / "H1.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadWerkvorm, match=r"H1\.yaml, line 1: "):
        all_werkvormen(own)


def test_an_id_in_a_sprint_is_short_enough_for_every_werkvorm() -> None:
    """The longest id of a werkvorm, with the most zones and steps there can be."""
    form = reading.werkvorm("T1")
    long = Werkvorm(
        id="H123456789", naam="x", sprint=(1,), duur=5, groep="x", doel="x",
        zones=form.zones[:1] * 12, stappen=form.stappen[:1] * 20,
    )  # fmt: skip
    assert max(len(record.id) for record in reading.lay_out(long, "sprint-1")) <= 32
