"""How fast a seat may ask."""

import pytest

from opgavebord.sprint import limits
from opgavebord.sync.rate import HOUR, Bucket, Pace


def takes(bucket: Bucket, count: int, now: float) -> int:
    return sum(1 for _ in range(count) if bucket.take(now) == 0)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_burst(more: int) -> None:
    bucket = Bucket(Pace(), 0.0)
    asked = limits.COMMANDS_BURST + more
    assert takes(bucket, asked, 0.0) == min(asked, limits.COMMANDS_BURST)


def test_a_steady_stream_at_the_rate_never_waits() -> None:
    bucket = Bucket(Pace(), 0.0)
    takes(bucket, limits.COMMANDS_BURST, 0.0)
    for turn in range(1, 200):
        assert bucket.take(turn / limits.COMMANDS_PER_SECOND) == 0


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_second(more: int) -> None:
    bucket = Bucket(Pace(), 0.0)
    takes(bucket, limits.COMMANDS_BURST, 0.0)
    asked = limits.COMMANDS_PER_SECOND + more
    assert takes(bucket, asked, 1.0) == min(asked, limits.COMMANDS_PER_SECOND)


def test_it_says_when_to_try_again() -> None:
    bucket = Bucket(Pace(), 0.0)
    takes(bucket, limits.COMMANDS_BURST, 0.0)
    again = bucket.take(0.0)
    assert again == pytest.approx(1 / limits.COMMANDS_PER_SECOND)
    assert bucket.take(again - 0.01) > 0
    assert bucket.take(again) == 0


def test_a_full_bucket_gets_no_fuller() -> None:
    bucket = Bucket(Pace(), 0.0)
    assert takes(bucket, 100, 1000.0) == limits.COMMANDS_BURST


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_an_hour(more: int) -> None:
    bucket = Bucket(Pace(per_second=1e6, burst=1e6), 0.0)
    asked = limits.COMMANDS_PER_HOUR + more
    assert takes(bucket, asked, 1.0) == min(asked, limits.COMMANDS_PER_HOUR)
    if more == 1:
        assert bucket.take(1.0) == HOUR
        assert bucket.take(HOUR) == 0
