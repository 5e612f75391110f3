"""The report: `bench.json`, and `docs/bench.md` with its charts, from the same values. Pure but for
writing the files."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from .figures import Figure, Growth, Report

BARS: Final = "bench-town.svg"
TITLES = {
    "A": "The hall: 60 tablets and the wall, 300 notes, 30 durable commands and 600 presences a second",
    "B": "The burst: 200 devices each write one note within a second",
    "C": "Saturation: 50 devices, the rate raised until p99 passes 250 ms",
    "D": "Joining: 1,000 notes, 200 devices at the same moment",
    "E": "Many: 100 sprints of ten devices, each at the rate of A",
    "F": "Killed (`kill -9`) again and again while 20 devices write",
    "G": "Back: killed, started again, 200 devices in sync",
    "H": "In the browser: Chromium with its CPU slowed down four times",
    "I": "The evening's peaks: 80 tablets, every private note shown at once, everybody's dots in a second",
    "J": "Crowds: 500 devices in one hall, 200 halls on one process, a log of 100,000 events",
    "K": "A town: PostgreSQL and Redis, with one server process and with two, beside the hall",
}


def save(report: Report, place: Path) -> None:
    place.write_bytes(msgspec.json.format(msgspec.json.encode(_finite(report)), indent=1) + b"\n")


def load(place: Path) -> Report:
    return msgspec.json.decode(place.read_bytes(), type=Report)


def _finite(report: Report) -> object:
    """JSON has no infinity; null says that it was never reached."""

    def clean(value: object) -> object:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if isinstance(value, dict):
            return {name: clean(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [clean(inner) for inner in value]
        return value

    told = msgspec.to_builtins(report)
    for found, plain in zip(report.figures, told["figures"], strict=True):
        plain["ratio"], plain["met"] = found.ratio, found.met
    for grown, plain in zip(report.growth, told["growth"], strict=True):
        plain["exponent"] = grown.exponent
    return clean(told)


# --- words -----------------------------------------------------------------------------


def number(value: float) -> str:
    if not math.isfinite(value):
        return "never"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _goal(found: Figure) -> str:
    if found.goal is None:
        return ""
    sign = "≥" if found.more else "≤"
    return f"{sign} {number(found.goal)}{' × floor' if found.of_floor else ''}"


def _row(found: Figure) -> str:
    unit = f" {found.unit}" if found.unit else ""
    value = f"**{number(found.value)}**{unit}"
    if found.least is not None and found.most is not None:
        value += f" ({number(found.least)}–{number(found.most)})"
    floor = f"{number(found.floor)}{unit}" if found.floor is not None else ""
    ratio = f"{found.ratio:.2f}" if found.ratio is not None else ""
    met = {True: "yes", False: "**no**", None: ""}[found.met]
    what = found.what + (f" — {found.remark}" if found.remark else "")
    return f"| {what} | {value} | {floor} | {ratio} | {_goal(found)} | {met} |"


def markdown(report: Report, charts: Sequence[str]) -> str:
    """The page for people."""
    machine = report.machine
    pinned = (
        "the server pinned to one core, the generator to the other"
        if machine.pinned
        else "one core for all"
    )
    lines = [
        "# What it costs, and how fast it is",
        "",
        "<!-- Written by `make bench`. Change tests/load/report.py, not this page. -->",
        "",
        (
            f"Measured {report.made} in {report.seconds:.0f} s{' (quick)' if report.quick else ''}: "
            f"{machine.cores} cores, {pinned}, Python {machine.python}, Linux {machine.kernel}; "
            f"write and sync of 4 KiB on the disk: {number(machine.disk_sync_ms)} ms. "
            f"Load of the machine before the run {machine.busy_before:.1f}, after it "
            f"{machine.busy_after:.1f}"
            f"{'; the measured processes went before the others' if machine.first else ''}."
        ),
        "",
        "The generator (`tests/load/`) speaks the real protocol over real sockets on loopback. *Floor* is",
        "a bare `websockets` server on the same core that copies every message of the same script to",
        "everybody and knows and keeps nothing; the two are measured in turns. Figures are medians with",
        "the least and the most of the repetitions. Compare ratios, not milliseconds, between machines.",
        "",
    ]
    for letter, title in TITLES.items():
        rows = [_row(found) for found in report.figures if found.workload == letter]
        if rows:
            lines += [
                f"## {letter}. {title}",
                "",
                "| | ours | floor | ratio | goal | met |",
                "|---|---|---|---|---|---|",
                *rows,
                "",
            ]
        if letter == "K" and bars(report.figures) is not None:
            lines += [f"![What a command costs, in each part]({BARS})", ""]
    if report.growth:
        lines += [
            "## Growth",
            "",
            "The slope on double-logarithmic paper: 0 is constant, 1 grows in step.",
            "",
            "| cost | against | exponent | points | what we expect |",
            "|---|---|---|---|---|",
            *(_growth_row(grown) for grown in report.growth),
            "",
        ]
        lines += [f"![Growth: {Path(chart).stem}]({chart})" for chart in charts]
        lines.append("")
    if report.remarks:
        lines += ["## Remarks", "", *(f"- {remark}" for remark in report.remarks), ""]
    return "\n".join(lines)


def _growth_row(grown: Growth) -> str:
    points = ", ".join(f"{number(x)}: {number(y)}" for x, y in grown.points)
    return (
        f"| {grown.of}, {grown.unit} | {grown.against} | **{grown.exponent:.2f}** | {points} "
        f"| {grown.expected} |"
    )


# --- charts ----------------------------------------------------------------------------

WIDTH, HEIGHT, EDGE = 640, 320, 64
COLOURS = ("#0B4FA8", "#A4161A", "#1B5E20", "#7A4A00", "#5B2A86")


def chart(title: str, unit: str, growths: Sequence[Growth]) -> str:
    """Lines on double-logarithmic paper, as SVG. Each line is told apart by a mark too."""
    points = [point for grown in growths for point in grown.points]
    left, right = _decades([x for x, _ in points])
    low, high = _decades([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - left) / (right - left)
        up = (math.log10(y) - low) / (high - low)
        return EDGE + across * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            'font-family="sans-serif" font-size="12">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>',
        f'<text x="{EDGE}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<text x="{EDGE}" y="40" fill="#595959">{escape(unit)}</text>',
    ]
    for power in range(left, right + 1):
        x, _ = place(10.0**power, 10.0**low)
        parts.append(
            f'<path d="M{x:.1f} {EDGE}V{HEIGHT - EDGE}" stroke="#DDDDDD"/>'
            f'<text x="{x:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(low, high + 1):
        _, y = place(10.0**left, 10.0**power)
        parts.append(
            f'<path d="M{EDGE} {y:.1f}H{WIDTH - EDGE}" stroke="#DDDDDD"/>'
            f'<text x="{EDGE - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
        )
    for index, grown in enumerate(growths):
        colour = COLOURS[index % len(COLOURS)]
        spots = [place(x, y) for x, y in grown.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(index, x, y, colour) for x, y in spots]
        across = EDGE + index * (WIDTH - 2 * EDGE) / max(len(growths), 1)
        parts.append(_mark(index, across + 6, HEIGHT - 20, colour))
        words = f"{grown.against} (exponent {grown.exponent:.2f})"
        parts.append(f'<text x="{across + 16:.1f}" y="{HEIGHT - 16}">{escape(words)}</text>')
    parts.append("</svg>\n")
    return "\n".join(parts)


PART: Final = re.compile(r"(?P<where>.+): CPU of the (?P<part>.+) per command")


def bars(figures: Sequence[Figure]) -> str | None:
    """What a command costs in each part of a town, as SVG; None where that was not measured."""
    rows: dict[str, dict[str, float]] = {}
    for found in figures:
        if (named := PART.fullmatch(found.what)) is not None:
            rows.setdefault(named["where"], {})[named["part"]] = found.value
    if not rows:
        return None
    title = "CPU for one command that is kept and told to 40 screens, µs"
    most = max(sum(parts.values()) for parts in rows.values())
    high = 60 + 56 * len(rows)
    drawn = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" '
            'font-family="sans-serif" font-size="12">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{high}" fill="#FFFFFF"/>',
        f'<text x="16" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for row, (where, parts) in enumerate(rows.items()):
        top, across = 44 + 56 * row, 140.0
        drawn.append(f'<text x="132" y="{top + 18}" text-anchor="end">{escape(where)}</text>')
        for index, (part, value) in enumerate(parts.items()):
            wide = value / most * (WIDTH - 230)
            drawn.append(
                f'<rect x="{across:.1f}" y="{top}" width="{wide:.1f}" height="26" '
                f'fill="{COLOURS[index]}" stroke="#FFFFFF"/>'
            )
            words = f"{part} {number(value)}"
            under = wide < 6.3 * len(words)
            drawn.append(
                f'<text x="{across + 4:.1f}" y="{top + (40 if under else 18)}" '
                f'fill="{COLOURS[index] if under else "#FFFFFF"}">{escape(words)}</text>'
            )
            across += wide
    drawn.append("</svg>\n")
    return "\n".join(drawn)


def _mark(index: int, x: float, y: float, colour: str) -> str:
    if index % 3 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if index % 3 == 1:
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="{colour}"/>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low = math.floor(math.log10(min(values)) + 1e-9)
    high = math.ceil(math.log10(max(values)) - 1e-9)
    return low, max(high, low + 1)


def write_docs(report: Report, folder: Path) -> list[Path]:
    """`bench.md` and its charts."""
    written: list[Path] = []
    charts: list[str] = []
    units = sorted({grown.unit for grown in report.growth}, reverse=True)
    for unit in units:
        growths = [grown for grown in report.growth if grown.unit == unit]
        for start in range(0, len(growths), 2):
            part = growths[start : start + 2]
            name = f"bench-{'-'.join(grown.against.split()[0] for grown in part)}-{_file(unit)}.svg"
            (folder / name).write_text(chart(part[0].of, unit, part), "utf-8")
            charts.append(name)
            written.append(folder / name)
    if (drawn := bars(report.figures)) is not None:
        (folder / BARS).write_text(drawn, "utf-8")
        written.append(folder / BARS)
    page = folder / "bench.md"
    page.write_text(markdown(report, charts), "utf-8")
    return [page, *written]


def _file(unit: str) -> str:
    return {"µs": "cost", "ms": "time"}.get(unit, "other")
