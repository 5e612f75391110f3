"""The plan of the evening, and the arithmetic of one tablet."""

from hypothesis import given
from hypothesis import strategies as st

from opgavebord.sprint.planning import (
    Plan,
    Table,
    in_order,
    per_table,
    plan,
    tightness,
    turn_seconds,
)
from opgavebord.sprint.sprint import Board, Input, Sprint, Step
from opgavebord.werkvormen import reading

HALF_PAST_SEVEN = 19 * 60 + 30


def a_step(minutes: int = 8, input: tuple[Input, ...] = ("doorgeven",), **more: object) -> Step:
    return Step(
        id="stap", board="bord", title="x", instruction="x", minutes=minutes, input=input, **more
    )  # type: ignore[arg-type]


def test_six_people_and_one_tablet_have_eighty_seconds_each() -> None:
    assert turn_seconds(a_step()) == 80
    assert tightness(a_step(8), Table(people=6)) is None
    tight = tightness(a_step(8), Table(people=7))
    assert tight is not None
    assert (tight.people, tight.tablets, tight.seconds) == (7, 1, 80)
    assert tight.needed == 10  # 7 × 80 seconds are nine minutes and a bit
    assert tight.fits == 6


def test_two_tablets_serve_twice_as_many() -> None:
    assert tightness(a_step(8), Table(people=12, tablets=2)) is None
    tight = tightness(a_step(8), Table(people=13, tablets=2))
    assert tight is not None
    assert tight.fits == 12


def test_where_everybody_has_a_screen_or_a_card_nobody_waits() -> None:
    assert turn_seconds(a_step(1, ("papier", "eigen_telefoon"))) == 0
    assert tightness(a_step(1, ("papier", "eigen_telefoon")), Table(people=40)) is None
    assert tightness(a_step(1, ("notuleren",)), Table(people=40)) is None


def test_a_vote_and_a_tap_are_quicker_than_a_note() -> None:
    assert turn_seconds(a_step(may=("stemmen",))) == 40
    assert turn_seconds(a_step(input=("tikken",))) == 15
    assert turn_seconds(a_step(turn_seconds=30)) == 30


def test_a_step_without_minutes_is_never_short() -> None:
    assert tightness(a_step(0), Table(people=40)) is None


def the_evening(*names: str) -> Sprint:
    sprint = Sprint()
    for rank, name in enumerate(names):
        for record in reading.lay_out(reading.werkvorm(name), "sprint-1", rank):
            sprint.put(record)
    return sprint


def test_steps_come_in_the_order_of_boards_and_begin_where_the_last_one_ended() -> None:
    sprint = the_evening("T1", "T8")
    made = plan(in_order(sprint), Table(people=6), HALF_PAST_SEVEN)
    titles = [sprint.records["step"][slot.step].title for slot in made.slots]
    assert titles == [
        *("Kom binnen", "Speelruimte", "Wie is er?"),
        *("Lees", "Kies", "Zie", "Wie denkt anders?", "Wat is nodig?"),
    ]
    begin = [f"{slot.begins // 60}.{slot.begins % 60:02}" for slot in made.slots]
    assert begin == ["19.30", "19.35", "19.38", "19.40", "19.44", "19.49", "19.52", "19.57"]
    assert made.ends == 20 * 60


def test_boards_go_by_their_rank_and_not_by_their_names() -> None:
    steps = in_order(the_evening("T8", "T1"))
    assert [step.title for step in steps][:2] == ["Lees", "Kies"]


def test_a_skipped_step_stands_in_the_plan_and_takes_no_time() -> None:
    first, second = a_step(8, skipped=True), a_step(5, ())
    made = plan((first, second), Table(people=40), HALF_PAST_SEVEN)
    assert made.slots[0].tight is None
    assert made.slots[1].begins == HALF_PAST_SEVEN
    assert made.ends == HALF_PAST_SEVEN + 5


def test_how_many_minutes_after_the_announced_end() -> None:
    def late(minutes: int, announced: int) -> int:
        return plan((a_step(minutes, ()),), Table(6), HALF_PAST_SEVEN, announced).late

    assert late(150, 22 * 60) == 0
    assert late(151, 22 * 60) == 1
    assert late(300, 30) == 0, "half past midnight is tomorrow"
    assert late(301, 30) == 1


def test_the_demo_evening_of_the_playbook_fits_with_one_tablet() -> None:
    """46 people at 7 tables: every step of T1–T4 and T8 where the tablet goes round can be done."""
    made = plan(
        in_order(the_evening("T1", "T2", "T3", "T4", "T8")),
        Table(per_table(46, 7)),
        HALF_PAST_SEVEN,
    )
    assert [slot for slot in made.slots if slot.tight] == []
    crowded = plan(in_order(the_evening("T3")), Table(9), HALF_PAST_SEVEN)
    assert [slot.step[:9] for slot in crowded.slots if slot.tight] == ["stap-T3-2"]


@given(
    st.lists(st.tuples(st.integers(0, 240), st.booleans()), max_size=12),
    st.integers(1, 40),
    st.integers(1, 3),
)
def test_no_minute_is_lost_and_what_is_needed_is_enough(
    steps: list[tuple[int, bool]], people: int, tablets: int
) -> None:
    laid = [a_step(minutes, skipped=skipped) for minutes, skipped in steps]
    made: Plan = plan(laid, Table(people, tablets), HALF_PAST_SEVEN)
    assert made.ends - HALF_PAST_SEVEN == sum(0 if skip else took for took, skip in steps)
    for slot, (minutes, _) in zip(made.slots, steps, strict=True):
        assert slot.minutes == minutes
        if slot.tight is not None:
            assert tightness(a_step(slot.tight.needed), Table(people, tablets)) is None
            assert tightness(a_step(slot.tight.needed - 1), Table(people, tablets)) is not None
            assert slot.tight.fits < people


def test_a_board_without_steps_is_no_trouble() -> None:
    sprint = Sprint()
    sprint.put(Board(id="bord", werkvorm="T1", title="x"))
    assert plan(in_order(sprint), Table(6), 0) == Plan((), 0, 0)
