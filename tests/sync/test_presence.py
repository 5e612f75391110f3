"""Which screens the begeleider sees, when pages are loaded again, closed, or gone with something unsent."""

from opgavebord.protocol import Here
from opgavebord.sprint.sprint import Seat
from opgavebord.sync.presence import Presence

ANNA, BERT = Seat("anna", "deelnemer"), Seat("bert", "deelnemer")


def screens(presence: Presence) -> list[tuple[str, bool, int]]:
    return [(one.seat, one.online, one.unsent) for one in presence.devices()]


def test_a_page_that_is_loaded_again_is_one_screen() -> None:
    presence = Presence()
    presence.enter(1, "page-1", ANNA, 0, 0)
    presence.enter(2, "other", BERT, 0, 0)
    presence.leave(1, 5)
    assert screens(presence) == [("anna", False, 0), ("bert", True, 0)]
    presence.enter(3, "page-2", ANNA, 0, 6)
    assert screens(presence) == [("bert", True, 0), ("anna", True, 0)]


def test_loaded_again_before_the_old_page_was_seen_to_go() -> None:
    presence = Presence()
    presence.enter(1, "page-1", ANNA, 0, 0)
    presence.enter(2, "page-2", ANNA, 0, 1)
    presence.leave(1, 2)
    assert screens(presence) == [("anna", True, 0)]


def test_what_it_left_unsent_counts_until_the_next_page_says_what_it_holds() -> None:
    presence = Presence()
    presence.enter(1, "page-1", ANNA, 0, 0)
    presence.here(1, Here(unsent=3))
    presence.leave(1, 5)
    presence.enter(2, "page-2", ANNA, 0, 6)
    assert screens(presence) == [("anna", False, 3), ("anna", True, 0)]
    presence.here(2, Here(unsent=3))
    assert screens(presence) == [("anna", True, 3)]
    presence.here(2, Here(unsent=0))
    assert screens(presence) == [("anna", True, 0)]


def test_a_screen_that_is_gone_for_good_stays_in_the_list() -> None:
    presence = Presence()
    presence.enter(1, "page-1", ANNA, 2, 0)
    presence.enter(2, "other", BERT, 0, 0)
    presence.leave(1, 5)
    presence.here(2, Here(unsent=1))
    assert screens(presence) == [("anna", False, 2), ("bert", True, 1)]


def test_the_same_page_that_comes_back_is_the_same_screen() -> None:
    presence = Presence()
    who = presence.enter(1, "page-1", ANNA, 0, 0)
    presence.here(1, Here(unsent=1))
    presence.leave(1, 5)
    assert presence.enter(2, "page-1", ANNA, 1, 9) == who
    presence.here(2, Here(unsent=0))
    assert screens(presence) == [("anna", True, 0)]
