"""`reports:` of `.github/analytics.yml` as schedules, and what the schema cannot say of it. Pure.

    reports:
      - every: weekly
        on: tuesday
        tz: Europe/Berlin
      - every: quarterly
        scope: org

One word, `weekly`, stands for one report with everything else as usual, and `off` for none at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from analytics.metrics import all_metrics
from reports.configuration_checks import nearest_zone, unless_timezone
from reports.escape import code
from reports.metric_names import names_of
from reports.nearest import nearest
from reports.schedule import WEEKDAYS, Every, Schedule
from reports.schedule_words import ALREADY
from reports.yaml_lines import Place

KEY = "reports"
OFF = "off"
Objection = tuple[Place, object, str]


def schedules(section: object, timezone: str = "UTC") -> tuple[tuple[Schedule, int | None], ...]:
    """Return the schedules that the section says, which has passed the schema, each with the thread it goes to.

    timezone: where a schedule says none, that of the working hours.
    """
    if not isinstance(section, list):
        return () if section == OFF else ((Schedule(cast("Every", section), timezone=timezone), None),)
    found: dict[str, tuple[Schedule, int | None]] = {}
    for item in section:
        schedule = schedule_of(item, timezone)
        found.setdefault(schedule.slot, (schedule, thread_of(item)))
    return tuple(found.values())


def schedule_of(item: Mapping[str, Any], timezone: str) -> Schedule:
    """Return one entry as a schedule."""
    names = names_of(all_metrics())
    said = str(item.get("on", "")).casefold()
    hour, _, minute = item.get("at", "09:00").partition(":")
    asked = [names[name.casefold()] for name in item.get("metrics", ()) if name.casefold() in names]
    return Schedule(
        every=item["every"],
        weekday=WEEKDAYS.index(said) if said in WEEKDAYS else None,
        day=int(said) if said.isdigit() else None,
        at=int(hour) * 60 + int(minute),
        timezone=item.get("tz", timezone),
        metrics=tuple(dict.fromkeys(name for name in asked if name not in ALREADY)),
        place="issue" if thread_of(item) is None else "thread",
        rolling=item.get("rolling") == "yes",
        organisation=item.get("scope") == "org",
        traffic=item.get("traffic") == "yes",
    )


def thread_of(item: Mapping[str, Any]) -> int | None:
    """Return the number of the thread that a report goes to."""
    return int(str(item["thread"]).removeprefix("#")) if "thread" in item else None


def objections(section: object) -> Iterator[Objection]:
    """Yield what is wrong in a section that the schema has nothing against: its place, the value, and a remedy."""
    slots: dict[str, int] = {}
    for at, item in enumerate(section if isinstance(section, list) else ()):
        if not isinstance(item, dict) or "every" not in item:
            continue
        if "tz" in item and (wrong := unless_timezone(str(item["tz"]))) is not None:
            near = nearest_zone(str(item["tz"]))
            yield (KEY, at, "tz"), item["tz"], wrong if near else "must be a time zone such as `Europe/Berlin`"
        if item["every"] == "weekly" and str(item.get("on", "")).isdigit():
            yield (KEY, at, "on"), item["on"], "must be a weekday such as `monday`, since the report is weekly"
        if item.get("rolling") == "yes" and "thread" in item:
            yield (KEY, at, "rolling"), item["rolling"], "must be `no` where reports go to a thread"
        yield from unknown_metrics(at, item)
        slot = f"{item['every']} {item.get('scope', 'repo')}"
        if slots.setdefault(slot, at) != at:
            yield (KEY, at, "every"), item["every"], "must be another one: there is such a report above"


def unknown_metrics(at: int, item: Mapping[str, Any]) -> Iterator[Objection]:
    """Yield the metrics that there are not, and those of traffic where the report may say nothing of it."""
    metrics = all_metrics()
    names = names_of(metrics)
    for place, name in enumerate(item.get("metrics", ())):
        where = (KEY, at, "metrics", place)
        if str(name).casefold() not in names:
            near = nearest(str(name), list(names))
            yield where, name, f"must be a metric such as {code(near or 'pulls')}"
        elif metrics[names[str(name).casefold()]].audience == "push" and item.get("traffic") != "yes":
            yield where, name, "must be a metric that everybody may see, unless `traffic: yes` stands beside it"
