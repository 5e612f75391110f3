"""The bench itself, very small: that it measures, and that nothing is lost. No timings are judged."""

import sys
from pathlib import Path

import msgspec
import pytest

from tests.load.evening import i_evening
from tests.load.figures import Figure, Growth, Machine, Report
from tests.load.killing import f_kill
from tests.load.measure import exponent
from tests.load.report import chart, markdown, save, write_docs
from tests.load.run import TINY, Run
from tests.load.traffic import a_hall

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def of(run: Run, what: str) -> Figure:
    return next(figure for figure in run.figures if figure.what == what)


@needs_linux
@pytest.mark.faults
async def test_the_hall_gives_figures_beside_the_floor() -> None:
    with Run(TINY, quiet=True) as run:
        await a_hall(run)
    for what in ("server CPU", "to every screen, p50", "to every screen, p99"):
        figure = of(run, what)
        assert figure.value > 0
        assert figure.ratio is not None
    assert of(run, "memory of the server").value > 1
    assert of(run, "gaps, overlaps, changed answers, lost deliveries").value == 0


@needs_linux
@pytest.mark.faults
async def test_the_peaks_of_an_evening_lose_no_dot_and_no_note() -> None:
    with Run(TINY, quiet=True) as run:
        await i_evening(run)
    assert of(run, "gaps, overlaps, refused dots and notes").value == 0
    for what in ("24 notes shown, until every screen has them", "CPU of 18 dots"):
        figure = of(run, what)
        assert figure.value >= 0
        assert figure.floor is not None


@needs_linux
@pytest.mark.faults
async def test_two_kills_lose_nothing() -> None:
    with Run(TINY, quiet=True) as run:
        await f_kill(run)
    assert of(run, "kills under load").value == 2
    assert of(run, "acknowledged writes").value > 0
    goals = [figure for figure in run.figures if figure.goal == 0]
    assert len(goals) >= 7
    assert [figure.what for figure in goals if figure.value] == []


def test_exponents() -> None:
    assert exponent([(10, 5), (100, 5)]) == pytest.approx(0)
    assert exponent([(10, 1), (100, 10), (1000, 100)]) == pytest.approx(1)


def test_the_report_says_what_was_met(tmp_path: Path) -> None:
    report = Report(
        made="2026-01-01T00:00+00:00",
        seconds=1.0,
        quick=True,
        machine=Machine(2, True, "3.11", "6", 0.2, 0.0),
        figures=[
            Figure("A", "server CPU", "%", 8.0, floor=20.0, goal=0.5, of_floor=True),
            Figure("C", "commands", "/s", float("inf"), goal=24_000, more=True),
            Figure("F", "missing", "", 1.0, goal=0),
        ],
        growth=[Growth("cost", "notes", "µs", ((10, 1), (100, 1.1)), "constant")],
        remarks=["A remark."],
    )
    save(report, tmp_path / "bench.json")
    told = msgspec.json.decode((tmp_path / "bench.json").read_bytes())
    assert [figure["met"] for figure in told["figures"]] == [True, True, False]
    assert told["figures"][1]["value"] is None  # JSON has no infinity
    page = markdown(report, [])
    assert "| server CPU | **8** % | 20 % | 0.40 | ≤ 0.5 × floor | yes |" in page
    assert "| missing | **1** |  |  | ≤ 0 | **no** |" in page
    assert chart("t", "µs", report.growth).startswith("<svg")
    assert [path.name for path in write_docs(report, tmp_path)] == [
        "bench.md",
        "bench-notes-cost.svg",
    ]
