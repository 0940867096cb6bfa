"""What follows `/analytics report`: a schedule as people write it, and a schedule in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from analytics.metric import Metric
from reports.configuration_checks import nearest_zone, unless_timezone
from reports.escape import code
from reports.metric_names import names_of
from reports.mistake import Mistake
from reports.nearest import nearest
from reports.period import quoted
from reports.schedule import EVERY, WEEKDAYS, Due, Every, Schedule, unit_name

Verb = Literal["set", "off", "now", "show"]
Options = Sequence[tuple[str, str]]

USAGE = (
    "/analytics report weekly|monthly|quarterly [metric …] [on=monday at=09:00 tz=Europe/Berlin] [in=issue|thread] "
    "[rolling=yes] [scope=org], or off, or now"
)
KEYS: Mapping[str, str] = {
    "on": "on=monday", "at": "at=09:00", "tz": "tz=Europe/Berlin", "in": "in=issue|thread", "rolling": "rolling=yes",
    "scope": "scope=org",
}  # fmt: skip
SYNONYMS: Mapping[str, str] = {
    "day": "on", "time": "at", "timezone": "tz", "zone": "tz", "where": "in", "place": "in", "to": "in",
    "roll": "rolling", "org": "scope", "every": "on",
}  # fmt: skip
SPOKEN: Mapping[str, Every] = {
    "week": "weekly", "month": "monthly", "quarter": "quarterly", "1w": "weekly", "7d": "weekly", "1m": "monthly",
    "3m": "quarterly",
}  # fmt: skip
STOPS = ("off", "stop", "none")
ALREADY = frozenset({"overview"})  # it is in every report
YES, NO = ("yes", "true", "on"), ("no", "false", "off")
TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?", re.ASCII)
DAY = re.compile(r"([1-9]|[12]\d|3[01])(?:\.|st|nd|rd|th)?", re.ASCII)
MARGINS = " `\"'*,;"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of reports: one set up, all or one kind stopped, one written now, or to see what there is."""

    verb: Verb
    schedule: Schedule | None = None
    every: Every | None = None


def wish(words: Sequence[str], options: Options, metrics: Mapping[str, Metric], timezone: str = "UTC") -> Wish:
    """Read what follows `report`; raises Mistake. timezone: where none is said."""
    said = [word.strip(MARGINS).casefold() for word in words]
    said = [word for word in said if word]
    verbs = [word for word in said if word == "now" or word in STOPS]
    kinds = [SPOKEN.get(word, word) for word in said if SPOKEN.get(word, word) in EVERY]
    names = names_of(metrics)
    rest = [word for word in said if word not in verbs and SPOKEN.get(word, word) not in EVERY]
    for word in rest:
        if word not in names:
            near = nearest(word, [*EVERY, "off", "now", *names])
            raise Mistake(
                f"{quoted(word)} is no metric, and no way to say when.", USAGE,
                nearest=f"/analytics report {near}" if near else None, word=word,
            )  # fmt: skip
    if len(dict.fromkeys(kinds)) > 1:
        raise Mistake("One command sets up one report.", USAGE, nearest=f"/analytics report {kinds[0]}", word=kinds[1])
    every: Any = kinds[0] if kinds else None
    if verbs:
        if rest or options or len(set(verbs)) > 1:
            odd = [*rest, *(f"{key}={value}" for key, value in options), *verbs[1:]][0]
            raise Mistake(
                f"{code(verbs[0])} takes no more than weekly, monthly or quarterly.", USAGE,
                nearest=f"/analytics report {verbs[0]}", word=odd,
            )  # fmt: skip
        return Wish("now" if verbs[0] == "now" else "off", every=every)
    if every is None:
        if rest or options:
            raise Mistake(
                "It is not said how often: weekly, monthly or quarterly.", USAGE,
                nearest=f"/analytics report weekly {' '.join(rest)}".strip(),
            )  # fmt: skip
        return Wish("show")
    chosen = tuple(dict.fromkeys(name for name in (names[word] for word in rest) if name not in ALREADY))
    return Wish("set", with_options(Schedule(every, metrics=chosen, timezone=timezone), options))


def with_options(schedule: Schedule, options: Options) -> Schedule:
    """Return a schedule with what `key=value` says; raises Mistake."""
    seen: set[str] = set()
    for given, written in options:
        key, value = given, written.strip(MARGINS)
        if key not in KEYS:
            raise unknown(key, value)
        if key in seen:
            raise Mistake(f"{code(key + '=')} is said twice; one report has one.", USAGE, word=f"{key}=")
        seen.add(key)
        schedule = READERS[key](schedule, value)
    if schedule.rolling and schedule.place == "thread":
        sentence = f"{code('rolling=yes')} edits one issue each time; {code('in=thread')} writes a comment each time."
        raise Mistake(sentence, USAGE, nearest="rolling=yes", word="in=thread")
    return schedule


def on(schedule: Schedule, value: str) -> Schedule:
    """Read the day: a weekday, or of a month and a quarter a day by its number."""
    word = value.casefold()
    found = [place for place, name in enumerate(WEEKDAYS) if len(word) >= 2 and name.startswith(word)]
    if len(found) == 1:
        return replace(schedule, weekday=found[0], day=None)
    number = DAY.fullmatch(word)
    if number is not None and schedule.every != "weekly":
        return replace(schedule, day=int(number[1]), weekday=None)
    near = nearest(word, WEEKDAYS) or WEEKDAYS[0]
    what = "a weekday" if schedule.every == "weekly" else "a weekday or a day of the month"
    raise Mistake(f"{quoted(f'on={value}')} is not {what}.", USAGE, nearest=f"on={near}", word=value)


def at(schedule: Schedule, value: str) -> Schedule:
    """Read the time of day."""
    found = TIME.fullmatch(value)
    if found is None:
        sentence = f"{quoted(f'at={value}')} is no time of day; it has 24 hours."
        raise Mistake(sentence, USAGE, nearest="at=09:00", word=value)
    return replace(schedule, at=int(found[1]) * 60 + int(found[2] or 0))


def tz(schedule: Schedule, value: str) -> Schedule:
    """Read the time zone."""
    if unless_timezone(value) is not None:
        near = nearest_zone(value)
        sentence = f"{quoted(f'tz={value}')} is no time zone of the IANA database."
        raise Mistake(sentence, USAGE, nearest=f"tz={near}" if near else "tz=Europe/Berlin", word=value)
    return replace(schedule, timezone=value)


def place(schedule: Schedule, value: str) -> Schedule:
    """Read where the report goes; another repository's reports are asked for there."""
    word = value.casefold()
    if word not in ("issue", "thread"):
        sentence = f"{quoted(f'in={value}')} is no place for a report of this repository."
        raise Mistake(sentence, USAGE, nearest=f"in={nearest(word, ['issue', 'thread']) or 'issue'}", word=value)
    return replace(schedule, place="thread" if word == "thread" else "issue")


def rolling(schedule: Schedule, value: str) -> Schedule:
    """Read whether one issue is edited each time."""
    word = value.casefold()
    if word not in (*YES, *NO):
        raise Mistake(f"{quoted(f'rolling={value}')} is yes or no.", USAGE, nearest="rolling=yes", word=value)
    return replace(schedule, rolling=word in YES)


def scope(schedule: Schedule, value: str) -> Schedule:
    """Read whether it is about all repositories of the organisation."""
    word = value.casefold()
    if word not in ("org", "organisation", "organization", "repo", "repository"):
        raise Mistake(f"{quoted(f'scope={value}')} is no scope.", USAGE, nearest="scope=org", word=value)
    return replace(schedule, organisation=word.startswith("org"))


READERS: Mapping[str, Any] = {"on": on, "at": at, "tz": tz, "in": place, "rolling": rolling, "scope": scope}


def unknown(key: str, value: str) -> Mistake:
    """Say that a report has no such key, with the nearest there is."""
    near = SYNONYMS.get(key) or nearest(key, list(KEYS))
    known = ", ".join(code(name + "=") for name in KEYS)
    return Mistake(
        f"{quoted(key + '=')} is no key of a report; there are {known}.", USAGE,
        nearest=f"{near}={value}" if near else None, word=f"{key}={value}",
    )  # fmt: skip


def described(schedule: Schedule) -> str:
    """Return when and about what a report is written: `each Monday at 09:00 Europe/Berlin`."""
    clock = f"at {schedule.at // 60:02}:{schedule.at % 60:02} {code(schedule.timezone)}"
    about = f", with {', '.join(code(name) for name in schedule.metrics)}" if schedule.metrics else ""
    whose = " over all repositories that everybody here may see" if schedule.organisation else ""
    return f"{which_day(schedule)} {clock}{whose}{about}"


def which_day(schedule: Schedule) -> str:
    """Return `each Monday`, `on the first Monday of each month`, `on day 1 of each quarter`."""
    if schedule.every == "weekly":
        return f"each {WEEKDAYS[schedule.weekday or 0].capitalize()}"
    stretch = "month" if schedule.every == "monthly" else "quarter"
    if schedule.weekday is not None:
        return f"on the first {WEEKDAYS[schedule.weekday].capitalize()} of each {stretch}"
    return f"on day {schedule.day or 1} of each {stretch}"


def moment(schedule: Schedule, due: Due) -> str:
    """Return when a report is due on the wall of who set it up, and in UTC where that differs."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - beside the one use of it

    local = due.at.astimezone(ZoneInfo(schedule.timezone))
    said = f"{WEEKDAYS[local.weekday()].capitalize()} {local:%Y-%m-%d} at {local:%H:%M} {code(schedule.timezone)}"
    return said if local.utcoffset() == due.at.utcoffset() else f"{said} ({due.at:%Y-%m-%d %H:%M} UTC)"


def about(due: Due) -> str:
    """Return which period a report is about: `week 2026-W46`, `October 2026`."""
    return unit_name(due.period)
