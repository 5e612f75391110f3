"""The clock on the wall jumps, and a night goes by (F13, F17)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from opgavebord.sprint.commands import SetTimer

from .crowd import Crowd, Tablet
from .shifted import Shifted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Report = Callable[[str, str, str], None]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

HOUR: Final = 3600
JUMPS: Final = (HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 0)


@pytest.fixture
def shifted(tmp_path: Path) -> Iterator[Shifted]:
    server = Shifted(tmp_path / "hall")
    server.start()
    try:
        yield server
    finally:
        server.kill()


async def now_at(tablet: Tablet) -> float:
    """The server's clock, as this tablet is told it: seconds ahead of ours."""
    tablet.clock = None
    await asyncio.sleep(0.12)
    tablet.ping()
    await tablet.until(lambda: tablet.clock is not None)
    assert tablet.clock is not None
    heard, said = tablet.clock
    return said / 1000 - heard


async def test_the_clock_jumps_and_nobody_is_thrown_out_or_out_of_order(
    shifted: Shifted, report: Report
) -> None:
    """A timer lasts as long as it should, what comes later is later, and everybody stays."""
    crowd = Crowd(shifted)
    director = await crowd.direct()
    anna, bert = await crowd.come(2)
    await director.answered(director.say(SetTimer(600)))
    set_at = time.time()
    errors: list[float] = []
    for jump in JUMPS:
        await anna.answered(anna.write("ervoor"))
        crowd.history.fault(f"{jump} s", on=True)
        shifted.shift(jump)
        await asyncio.gather(*(t.answered(t.move()) for t in (anna, bert, director)))
        ahead = await now_at(anna)
        evening = anna.eyes.board.evening
        assert evening is not None
        assert evening.timer_ends is not None
        rest = evening.timer_ends / 1000 - (time.time() + ahead)
        errors.append(abs(600 - (time.time() - set_at) - rest))
        await bert.offline()
        bert.online()
        await bert.until(lambda: bert.in_sync)
        crowd.history.fault(f"{jump} s", on=False)
    assert max(errors) < 1
    assert not anna.farewells
    ats = [entry.at for entry in crowd.log()]
    assert ats == sorted(ats), "what comes later is never earlier"
    assert ats[-1] / 1000 - time.time() < 5
    assert shifted.said.count("the clock of this machine was set") >= len(JUMPS) - 1
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    report("F13", "clock ±1 h, ±1 day: a timer is off by", f"{max(errors):.2f} s at the most")


async def test_the_night_goes_by_and_the_server_is_another_one(
    shifted: Shifted, report: Report
) -> None:
    """Ten hours. Offline in the evening with work that waits; the server goes down, is upgraded, comes
    up; in the morning the tablet opens the page with the cookie it has, and all is sent."""
    crowd = Crowd(shifted)
    anna, bert = await crowd.come(2)
    await anna.offline()
    names = [anna.write(f"gisteravond {number}") for number in range(15)]
    await bert.answered(bert.write("nog even"))
    await bert.stop()
    crowd.history.fault("night", on=True)
    assert await asyncio.to_thread(shifted.stop) == 0
    shifted.shift(10 * HOUR)
    await asyncio.to_thread(shifted.start)
    crowd.history.fault("night", on=False)
    anna.online()
    await anna.answered(*names)
    assert {anna.answers[name][1] for name in names} == {None}
    assert abs(await now_at(anna) - 10 * HOUR) < 1
    await bert.stay()
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    report(
        "F17", "ten hours offline, another start of the server: 15 commands, lost or refused", "0"
    )
