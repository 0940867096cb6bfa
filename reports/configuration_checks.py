"""What a schema cannot say of `.github/analytics.yml`: is there such a time zone, holiday or language, is it a day.

The libraries that know are imported when a file names such a thing, and only then.
"""

from __future__ import annotations

import importlib
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, cast

from reports.configuration_fault import Fault, wrong_value
from reports.escape import code
from reports.nearest import nearest
from reports.working_hours import BEGIN, END, minutes
from reports.yaml_lines import Document, Place

MOST_PARTS = 20  # of a country, named in a remedy


def checked(settings: Mapping[str, object], document: Document) -> Iterator[Fault]:
    """Yield what is wrong in settings that the schema has nothing against."""
    hours = cast("Mapping[str, Any]", settings.get("hours", {}))
    objections: list[tuple[Place, object, str | None]] = [
        (("hours", "timezone"), hours.get("timezone"), unless_timezone(hours.get("timezone", "UTC"))),
        (("hours", "to"), hours.get("to", END), unless_later(hours.get("from", BEGIN), hours.get("to", END))),
        (("hours", "holidays"), hours.get("holidays"), unless_holidays(hours.get("holidays"))),
        *((("hours", "dates", at), day, unless_day(day)) for at, day in enumerate(hours.get("dates", ()))),
        (("language",), settings.get("language"), unless_language(str(settings.get("language", "en")))),
    ]
    if "reports" in settings:  # few files say so: what it takes is imported for them
        objections += importlib.import_module("reports.schedule_configuration").objections(settings["reports"])
    for place, value, objection in objections:
        if objection is not None:
            yield wrong_value(place, value, objection, document.line(place))


def unless_timezone(name: str) -> str | None:
    """Return what is wrong with a time zone."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as `Europe`, is an OSError
        return f"must be a time zone such as `Europe/Berlin`{did_you_mean(nearest_zone(name))}"
    return None


def nearest_zone(name: str) -> str | None:
    """Return the zone that was probably meant: the one of that city, or one that is spelt much like it."""
    zones = sorted(zoneinfo.available_timezones())
    typed = name.casefold()
    city = next((zone for zone in zones if zone.casefold().rpartition("/")[2] == typed.rpartition("/")[2]), None)
    return city or nearest(name, zones)


def unless_later(begin: str, end: str) -> str | None:
    """Return what is wrong with a day's end; a day that goes over midnight cannot be said."""
    if minutes(end) > minutes(begin):
        return None
    return f"must be later on the same day than `from`, which is {code(begin)}"


def unless_holidays(name: str | None) -> str | None:
    """Return what is wrong with a country, or with the part of it after the hyphen."""
    if name is None:
        return None
    country, _, part = name.partition("-")
    holidays = importlib.import_module("holidays")
    try:
        parts = holidays.country_holidays(country).subdivisions
    except NotImplementedError:
        return "must be a country whose holidays are known, such as `DE`, or a part of it such as `DE-BE`"
    if not part or part in parts:
        return None
    if not parts:
        return f"must be {code(country)}, whose holidays are the same everywhere"
    named = ", ".join(code(f"{country}-{each}") for each in parts[:MOST_PARTS])
    return f"must be {code(country)} or a part of it: {named}{' and others' if len(parts) > MOST_PARTS else ''}"


def unless_day(text: str) -> str | None:
    """Return what is wrong with a date."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return "must be a day of the calendar, such as `2026-12-24`"
    return None


def unless_language(text: str) -> str | None:
    """Return what is wrong with a language."""
    if locale_of(text) is not None:
        return None
    return f"must be a language such as `de` or `pt_BR`{did_you_mean(nearest_language(text))}"


def nearest_language(text: str) -> str | None:
    """Return the language that was probably meant: one of that English name, without its country, or spelt alike."""
    english = importlib.import_module("babel").Locale.parse("en").languages
    named = next((code for code, name in english.items() if name.casefold() == text.casefold()), None)
    bare = locale_of(text.replace("_", "-").partition("-")[0])
    return locale_of(named or "") or bare or nearest(text, languages())


@cache
def languages() -> tuple[str, ...]:
    """Return the identifiers of all languages whose formats are known, the shortest first."""
    known = importlib.import_module("babel.localedata").locale_identifiers()
    return tuple(sorted((name for name in known if name != "root"), key=lambda name: (len(name), name)))


def locale_of(text: str) -> str | None:
    """Return a language's identifier as CLDR writes it, `pt_BR` for `pt-br`; None for one that is not known."""
    if text == "en":  # as everywhere without a setting: nothing has to be imported for it
        return text
    written = {name.casefold(): name for name in languages()}
    return written.get(text.replace("-", "_").casefold()) or with_script(text)


def with_script(text: str) -> str | None:
    """Return the identifier with the script that a country writes the language in: `zh_Hant_TW` for `zh_TW`."""
    babel = importlib.import_module("babel")
    try:
        found = str(babel.Locale.parse(text, sep="-" if "-" in text else "_"))
    except (ValueError, babel.UnknownLocaleError):
        return None
    return found if found in languages() else None


def did_you_mean(near: str | None) -> str:
    """Return the question at a remedy's end, or nothing."""
    return f" (did you mean {code(near)}?)" if near else ""
