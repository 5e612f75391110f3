"""The numbers of `watch.py` as Prometheus reads them, and the little server that shows them.

The library is loaded when somebody asks for the first time, so that a hall's start does not wait for it, and its
registry is our own. Every family is named with what it means, also while it has no number yet: an alert
that waits for a name that never comes would never ring.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from .watch import FAMILIES, PREFIX, Family, Spread, Watch

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

PLAIN: Final = "text/plain; version=0.0.4; charset=utf-8"

Looks = Mapping[str, Callable[[], float | None]]
"""Gauges that are looked up when asked; None: there is nothing to show."""


class Metrics:
    """All that this process shows. `tallies` are counters that others keep as attributes."""

    def __init__(
        self, watch: Watch, looks: Looks, tallies: Callable[[], Mapping[str, int]]
    ) -> None:
        self._watch = watch
        self._looks = looks
        self._tallies = tallies

    def text(self) -> bytes:
        from prometheus_client import generate_latest

        return generate_latest(self._registry)

    async def __call__(
        self, scope: Any, receive: Any, send: Any
    ) -> None:  # ASGI: on an address of its own
        if scope["type"] != "http":
            return
        found = scope["path"] == "/metrics" and scope["method"] in ("GET", "HEAD")
        body = self.text() if found else b""
        headers = [(b"content-type", PLAIN.encode()), (b"cache-control", b"no-store")]
        status = 200 if found else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @cached_property
    def _registry(self) -> "CollectorRegistry":
        from prometheus_client import CollectorRegistry, ProcessCollector

        registry = CollectorRegistry()
        registry.register(self)
        ProcessCollector(registry=registry)
        return registry

    def collect(self) -> Iterator["Metric"]:
        """For the registry: every family, with its numbers of now."""
        from prometheus_client.metrics_core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        counts = self._counts()
        for name, family in FAMILIES.items():
            full = PREFIX + name
            if family.kind == "histogram":
                shown = HistogramMetricFamily(full, family.meaning)
                spread = self._watch.spreads[name]
                shown.add_metric([], _cumulated(spread), spread.total)
                yield shown
            elif family.kind == "counter":
                counter = CounterMetricFamily(full, family.meaning, labels=_labels(family))
                for label, value in sorted(counts.get(name, {}).items()):
                    counter.add_metric([label] if family.label else [], value)
                yield counter
            else:
                gauge = GaugeMetricFamily(full, family.meaning)
                now = self._gauge(name)
                if now is not None:
                    gauge.add_metric([], now)
                yield gauge

    def _counts(self) -> dict[str, dict[str, int]]:
        """By name and label. A counter without a label is 0 before it is counted for the first time."""
        counts: dict[str, dict[str, int]] = {
            name: {"": 0}
            for name, family in FAMILIES.items()
            if family.kind == "counter" and not family.label
        }
        for (name, label), value in self._watch.counts.items():
            counts.setdefault(name, {})[label] = value
        for name, value in self._tallies().items():
            counts.setdefault(name, {})[""] = value
        return counts

    def _gauge(self, name: str) -> float | None:
        if name in self._looks:
            return self._looks[name]()
        if name in self._watch.moments:
            return max(0.0, time.time() - self._watch.moments[name])
        return self._watch.gauges.get(name)


def _labels(family: Family) -> list[str]:
    return [family.label] if family.label else []


def _cumulated(spread: Spread) -> list[tuple[str, float]]:
    buckets: list[tuple[str, float]] = []
    so_far = 0
    for bound, count in zip((*spread.bounds, float("inf")), spread.counts, strict=True):
        so_far += count
        buckets.append(("+Inf" if bound == float("inf") else repr(float(bound)), so_far))
    return buckets
