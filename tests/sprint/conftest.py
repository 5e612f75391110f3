"""Hypothesis here: enough examples to find something, always the same ones, no clock.

With `--fuzz` (scripts/fuzz) ten times as many, from a new place."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "core",
    max_examples=300,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "fuzz", settings.get_profile("core"), max_examples=3_000, derandomize=False
)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("core" if config.getoption("--fuzz") is None else "fuzz")
