"""What is told to who watches is there: every number, every alert, every panel, every address.

Alerts and panels ask for numbers by name. An alert that waits for a name that never comes never rings, so
both files are held to what the program really shows, names, sorts and words of labels.
"""

import json
import re
from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from opgavebord.metrics import Metrics
from opgavebord.sprint.refusals import REFUSAL_CODES
from opgavebord.watch import FAMILIES, PREFIX, Watch
from opgavebord.web.health import Health, routes

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "watching.md").read_text("utf-8")
ALERTS: Final = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))
RULES: Final = [rule for group in ALERTS["groups"] for rule in group["rules"]]
BOARD: Final = json.loads((ROOT / "deploy/grafana/opgavebord.json").read_text("utf-8"))
PROCESS: Final = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
WORDS: Final = {  # of labels, as far as alerts and panels name them
    "verdict": {"kept", *REFUSAL_CODES},
    "kind": {"first", "snapshot", "tail", "held", "flood", "sockets", "joins", "sign_ins"},
    "job": {"opgavebord"},
}
FUNCTIONS: Final = {
    *("absent", "and", "by", "histogram_quantile", "increase", "job", "kind", "le"),
    *("max", "min", "or", "rate", "resets", "sum", "verdict", "at", "code", "why", "m", "h"),
}

EXPRESSIONS: Final = [
    *((rule["alert"], rule["expr"]) for rule in RULES),
    *((panel["title"], one["expr"]) for panel in BOARD["panels"] for one in panel["targets"]),
]


def shown() -> set[str]:
    """Every name that a collector can ask for, from what the program shows when it has just started."""
    text = Metrics(Watch(), {}, dict).text().decode()
    names: set[str] = set()
    for family in text_string_to_metric_families(text):
        ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        names |= {family.name + end for end in ends.get(family.type, [""])}
    return names


def test_a_fresh_process_names_all_it_will_ever_count() -> None:
    assert {name.removeprefix(PREFIX) for name in shown() if name.startswith(PREFIX)} == {
        *(name for name, family in FAMILIES.items() if family.kind == "gauge"),
        *(f"{name}_total" for name, family in FAMILIES.items() if family.kind == "counter"),
        *(
            name + end
            for name, family in FAMILIES.items()
            if family.kind == "histogram"
            for end in ("_bucket", "_sum", "_count")
        ),
    }
    assert shown() >= PROCESS


@pytest.mark.parametrize(("where", "asked"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_it_asks_for_numbers_that_are_there(where: str, asked: str) -> None:
    bare = re.sub(r'"[^"]*"', "", asked)
    names = set(re.findall(r"[a-z_]+", bare)) - FUNCTIONS
    assert names, asked
    assert names <= shown() | {"up"}, f"{where}: nobody counts {names - shown()}"
    assert bare.count("(") == bare.count(")")
    assert bare.count("{") == bare.count("}")
    for label, _, words in re.findall(r'(\w+)(=|!=|=~)"([^"]*)"', asked):
        assert set(words.split("|")) <= WORDS[label], f"{where}: {label} is never {words}"
    for name in re.findall(rf"{PREFIX}(\w+?)_total\{{(\w+)", asked):
        assert FAMILIES[name[0]].label == name[1]
    for name in re.findall(rf"(?:rate|increase)\({PREFIX}(\w+)", asked):
        assert re.search("_(total|bucket)$", name), f"{where}: {name} does not only grow"


def test_every_alert_of_the_table_of_operation_is_there() -> None:
    """One each for what the reliability programme wants to be woken up for."""
    asked = " ".join(rule["expr"] for rule in RULES)
    for name in (
        *("op_ack_seconds", "op_verdict", "fsync_errors", "ws_slow_dropped", "resume", "bus_up"),
        *("event_loop_lag_seconds", "join_failures", "sqlite_wal_bytes", "disk_free_ratio"),
        *("backup_age_seconds", "restore_drill_ok", "client_outbox_age_seconds"),
        "checker_selfcheck_ok",
    ):
        assert PREFIX + name in asked, name


def test_every_alert_says_how_bad_and_what_to_do() -> None:
    advised = re.findall(r"^\| `(Opgavebord\w+)` \| .+ \| .+ \|$", PAGE, re.M)
    assert advised == [rule["alert"] for rule in RULES]
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_the_board_of_grafana_has_no_panel_on_top_of_another() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


def test_every_number_is_on_the_page_and_no_other() -> None:
    rows = re.findall(r"^\| `(opgavebord_\w+)` \| (\w+) \| (?:`(\w+)`)? ?\| (.+) \|$", PAGE, re.M)
    there = [
        (f"{PREFIX}{name}{'_total' if f.kind == 'counter' else ''}", f.kind, f.label, f.meaning)
        for name, f in FAMILIES.items()
    ]
    assert rows == there


def test_what_is_counted_has_a_name() -> None:
    """Every `watch.count("…")`, `set` and `since` in the program is of a family, and of the right sort."""
    sorts = {"count": "counter", "count_all": "counter", "set": "gauge", "since": "gauge"}
    found = 0
    for file in (ROOT / "backend").rglob("*.py"):
        calls = re.findall(r'\bwatch\.(\w+)\(\s*"(\w+)"(,)?', file.read_text("utf-8"))
        for how, name, more in calls:
            assert FAMILIES[name].kind == sorts[how], f"{file.name}: {name}"
            if how == "count":
                assert bool(more) == bool(FAMILIES[name].label), f"{file.name}: {name}"
            found += 1
    assert found > 20


def test_every_address_to_watch_is_there() -> None:
    named = set(re.findall(r"^\| `(/\w+)` \|", PAGE, re.M))
    health = Health(*[cast("Any", None)] * len(Health.__struct_fields__))
    assert named == {cast("Any", route).path for route in routes(health).routes}
