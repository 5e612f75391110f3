"""The time of the evening does not jump when the clock of the machine does."""

import logging

import pytest

from opgavebord.clock import Clock

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


class Machine:
    def __init__(self) -> None:
        self.wall = 1_800_000_000 * SECOND
        self.up = 77 * SECOND

    def pass_by(self, time: int) -> None:
        self.wall += time
        self.up += time


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> Clock:
    return Clock(lambda: machine.wall, lambda: machine.up)


def test_it_begins_with_the_wall_and_passes(machine: Machine, clock: Clock) -> None:
    assert clock() == 1_800_000_000_000
    machine.pass_by(5 * SECOND)
    assert clock() == 1_800_000_005_000


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 24 * HOUR, -24 * HOUR])
def test_it_does_not_jump_and_says_once_that_the_wall_did(
    machine: Machine, clock: Clock, jump: int, caplog: pytest.LogCaptureFixture
) -> None:
    clock()
    machine.wall += jump
    with caplog.at_level(logging.WARNING, "opgavebord"):
        for _ in range(3):
            machine.pass_by(SECOND)
            clock()
        assert clock() == 1_800_000_003_000
        assert len(caplog.records) == 1
        machine.wall -= jump
        clock()
    assert len(caplog.records) == 2


def test_a_clock_that_is_kept_right_is_not_spoken_of(
    machine: Machine, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    machine.wall += SECOND
    clock()
    assert not caplog.records
