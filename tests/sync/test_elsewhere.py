"""Screens at other processes: everybody sees who is where, one device is one device, and nobody stays who
is gone. Two or more `Presence`, and the messages between them carried by hand."""

from itertools import count

import pytest

from opgavebord.protocol import Drag, Held, Here
from opgavebord.sprint import limits
from opgavebord.sprint.sprint import Seat
from opgavebord.sync.effects import Shown
from opgavebord.sync.presence import CHANGES, ELSEWHERE_SECONDS, Presence, who_of

ANNA, BERT = Seat("anna", "deelnemer"), Seat("bert", "deelnemer")
WAND = Seat("wand", "wand")
DRAG = Drag("note1", "zone1", 10, 20)


class Town:
    """Processes that hear each other."""

    def __init__(self, processes: int = 2) -> None:
        self.at = [Presence() for _ in range(processes)]
        self.now = 100.0
        self._number = count(1)

    def enter(self, process: int, device: str, seat: Seat = ANNA, unsent: int = 0) -> int:
        connection = next(self._number)
        self.at[process].enter(connection, device, seat, unsent, self.wall)
        return connection

    @property
    def wall(self) -> int:
        return int(self.now * 1000)

    def wait(self, seconds: float, silent: tuple[int, ...] = ()) -> None:
        """Time goes by; every process but the silent ones says who it has."""
        self.now += seconds
        for teller, presence in enumerate(self.at):
            if teller not in silent:
                for hearer, other in enumerate(self.at):
                    if hearer != teller:
                        other.shown(f"process-{teller}", presence.crowd(), self.now)
        for presence in self.at:
            presence.forget_elsewhere(self.now)

    def screens(self, process: int) -> list[tuple[str, bool, int]]:
        return sorted((one.seat, one.online, one.unsent) for one in self.at[process].devices())


def test_everybody_sees_every_screen_and_counts_every_person() -> None:
    town = Town(3)
    town.enter(0, "tab-1", ANNA)
    town.enter(1, "tab-2", BERT)
    town.enter(1, "tab-3", WAND)
    town.wait(1)
    for process in range(3):
        assert town.screens(process) == [("anna", True, 0), ("bert", True, 0), ("wand", True, 0)]
        assert town.at[process].people == 2


def test_one_person_on_two_screens_at_two_processes_is_one_person() -> None:
    town = Town()
    town.enter(0, "tab-1")
    town.enter(1, "tab-2")
    town.wait(1)
    assert [presence.people for presence in town.at] == [1, 1]
    assert len(town.screens(0)) == 2


def test_a_key_is_the_same_everywhere_and_leads_nowhere() -> None:
    town = Town()
    town.enter(0, "tab-1")
    town.wait(1)
    assert town.at[1].devices()[0].who == who_of("tab-1")
    assert "tab-1" not in who_of("tab-1")
    assert who_of("tab-1") != who_of("tab-2")


def test_what_is_in_a_hand_there_is_seen_here_until_it_is_put_down() -> None:
    town = Town()
    holding = town.enter(0, "tab-1")
    town.wait(1)
    here, there = town.at
    here.here(holding, Here(drag=DRAG))
    changes = here.take_changes()
    assert here.ours(changes) == changes == {who_of("tab-1"): Held(DRAG)}
    there.handed("process-0", changes)
    assert there.take_changes() == changes
    assert there.held() == changes
    assert there.ours(changes) == {}  # it is not told on: who has it tells it
    there.handed("process-0", changes)
    assert not there.changed  # the same again is nothing
    here.here(holding, Here())
    there.handed("process-0", here.take_changes())
    assert there.take_changes() == {who_of("tab-1"): None}


def test_who_comes_later_sees_what_is_held_elsewhere() -> None:
    town = Town()
    holding = town.enter(0, "tab-1")
    town.at[0].here(holding, Here(typing="note1"))
    town.wait(1)  # a crowd says it too, for who missed the hands
    assert town.at[1].held() == {who_of("tab-1"): Held(typing="note1")}


def test_a_tablet_that_goes_on_at_another_process_is_one_device() -> None:
    town = Town()
    old = town.enter(0, "tab-1")
    town.at[0].here(old, Here(drag=DRAG))
    town.wait(1)
    town.now += 1
    town.enter(1, "tab-1")  # the old socket is not seen to be gone yet
    town.wait(1)
    for process in range(2):
        assert town.screens(process) == [("anna", True, 0)]
        assert town.at[process].held() == {}
    town.at[0].leave(old, town.wall)
    town.wait(1)
    for process in range(2):
        assert town.screens(process) == [("anna", True, 0)]
    assert town.at[0].crowd() == ()


def test_a_page_that_is_loaded_again_at_another_process_is_one_screen() -> None:
    town = Town()
    old = town.enter(0, "tab-1")
    town.wait(1)
    town.at[0].leave(old, town.wall)
    town.enter(1, "tab-2")
    town.wait(1)
    town.wait(1)  # the first hears of the new page, and then says that the old one is gone
    assert town.screens(0) == town.screens(1) == [("anna", True, 0)]


def test_what_it_left_unsent_counts_until_the_next_page_elsewhere_says_what_it_holds() -> None:
    town = Town()
    old = town.enter(0, "tab-1", unsent=3)
    town.wait(1)
    town.at[0].leave(old, town.wall)
    new = town.enter(1, "tab-2")
    town.wait(1)
    assert town.screens(1) == town.screens(0) == [("anna", False, 3), ("anna", True, 0)]
    town.at[1].here(new, Here(unsent=3))
    town.wait(1)
    town.wait(1)  # and the one that had it says that it has it no more
    assert town.screens(1) == town.screens(0) == [("anna", True, 3)]


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_process_that_is_killed_leaves_no_ghosts(more: int) -> None:
    town = Town()
    holding = town.enter(0, "tab-1")
    town.at[0].here(holding, Here(drag=DRAG))
    town.enter(1, "tab-2", BERT)
    town.wait(1)
    town.at[1].take_changes()
    town.wait(ELSEWHERE_SECONDS + more * 0.01, silent=(0,))
    gone = more >= 0
    assert town.at[1].people == (1 if gone else 2)
    assert len(town.screens(1)) == (1 if gone else 2)
    assert town.at[1].take_changes() == ({who_of("tab-1"): None} if gone else {})


def test_when_the_relay_is_back_so_is_everybody() -> None:
    town = Town()
    town.enter(0, "tab-1")
    town.enter(1, "tab-2", BERT)
    town.wait(1)
    town.wait(ELSEWHERE_SECONDS, silent=(0, 1))
    assert [presence.people for presence in town.at] == [1, 1]
    town.wait(1)
    assert [presence.people for presence in town.at] == [2, 2]


def test_the_first_word_of_a_process_asks_for_an_answer() -> None:
    presence = Presence()
    assert presence.shown("process-1", (), 0.0)
    assert not presence.shown("process-1", (), 1.0)
    presence.forget_elsewhere(1 + ELSEWHERE_SECONDS)
    assert presence.shown("process-1", (), 20.0)


# --- lies -------------------------------------------------------------------------------------------


def lie(n: int, held: Held | None = None) -> Shown:
    return Shown(f"who-{n}", f"seat-{n}", "deelnemer", True, 0, 2**53, 1, held)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_of_so_many_processes_the_screens_are_shown(more: int) -> None:
    presence = Presence()
    for n in range(limits.PROCESSES_ELSEWHERE + more):
        presence.shown(f"process-{n}", (lie(n),), 0.0)
    assert len(presence.devices()) == limits.PROCESSES_ELSEWHERE + min(more, 0)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_so_many_screens_elsewhere_are_shown(more: int) -> None:
    presence = Presence()
    half = limits.SCREENS_ELSEWHERE // 2
    presence.shown("process-1", tuple(lie(n) for n in range(half)), 0.0)
    rest = tuple(lie(half + n) for n in range(half + more))
    presence.shown("process-2", rest, 0.0)
    assert len(presence.devices()) == limits.SCREENS_ELSEWHERE + min(more, 0)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_so_many_hands_elsewhere_are_shown_and_told_in_portions(more: int) -> None:
    presence = Presence()
    liars = range(limits.HELD_ELSEWHERE + more)
    presence.shown("process-1", tuple(lie(n, Held(DRAG)) for n in liars), 0.0)
    assert len(presence.held()) == limits.HELD_ELSEWHERE + min(more, 0)
    presence.shown("process-1", (), 1.0)
    assert len(presence.take_changes()) <= CHANGES


def test_a_lie_about_a_screen_of_ours_costs_a_dot_and_not_the_screen() -> None:
    presence = Presence()
    presence.enter(1, "tab-1", ANNA, 0, 5)
    presence.here(1, Here(drag=DRAG))
    mine = presence.devices()[0].who
    liar = Shown(mine, "somebody", "begeleider", True, 9, 2**53, 9, Held(typing="note9"))
    presence.shown("liar", (liar,), 0.0)
    presence.here(1, Here(drag=DRAG, unsent=1))
    assert presence.held() == {mine: Held(DRAG)}
    assert presence.crowd()[0].seat == "anna"
    assert presence.people == 1
    presence.forget_elsewhere(ELSEWHERE_SECONDS)
    assert [(one.seat, one.unsent) for one in presence.devices()] == [("anna", 1)]


def test_a_crowd_that_is_too_large_shows_who_is_connected_first() -> None:
    presence = Presence()
    for n in range(limits.SCREENS_ELSEWHERE + 10):
        presence.enter(n, f"tab-{n}", Seat(f"seat-{n}", "deelnemer"), 1, 0)
    for n in range(20):
        presence.leave(n, 1)
    crowd = presence.crowd()
    assert len(crowd) == limits.SCREENS_ELSEWHERE
    assert sum(shown.online for shown in crowd) == limits.SCREENS_ELSEWHERE - 10
