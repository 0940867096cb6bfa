"""From the text of one `.github/analytics.yml` to the settings that can be used, and a fault for everything else."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import cast

from reports.configuration_checks import checked
from reports.configuration_fault import Fault, unreadable
from reports.configuration_schema import MOST_FAULTS, against_schema, is_section, keys
from reports.escape import code
from reports.speaking import one_yes
from reports.yaml_lines import Document, Place, Unreadable, read_yaml

LARGEST = 64 * 1024
MANY_MORE = "there are more mistakes below"
# of these, one wrong entry leaves the others in force
PIECEWISE = ("bots", "merge_markers", "reports", "targets", "on")
NOT_NAMED = frozenset({"anonymous", "hidden"})  # words of `people:` that show less than its default
LENIENT = ("traffic", "capture", "reports")  # `false` is what `off` without quotation marks is to some programs


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file says.

    settings: its keys with values that the schema allows · faults: in the file's order, at most MOST_FAULTS and one
    that says that there are more · wrong: keys that were there and cannot be used, as far as can be told · lines: of
    the keys · readable: whether it could be read at all.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    wrong: frozenset[str] = frozenset()
    lines: Mapping[str, int | None] = field(default_factory=dict)
    readable: bool = True


NOTHING = Parsed()


def parse(text: str, *, owners: bool) -> Parsed:
    """Read a file; what cannot be used widens nothing and is named. Takes a while for a large one.

    owners: it is the file of the owner's `.github` repository, the only one in which `capture:` counts.
    """
    if len(text) > LARGEST:
        large = f"it is larger than {LARGEST // 1024} kB and was not read"
        return Parsed(faults=(Fault(None, large, large),), readable=False)
    try:
        document = normal(read_yaml(text))
    except Unreadable as error:
        return Parsed(faults=(unreadable(error),), readable=False)
    if not isinstance(document.value, dict):
        such = "it must have lines such as `traffic: push`; it was not used"
        return Parsed(faults=(Fault(None, such, such),), readable=False)
    document, misplaced = (document, []) if owners else without_capture(document)
    faults = [*misplaced, *against_schema(document)]
    value = cast("dict[str, object]", document.value)
    # what is right in `hours:` is checked further even if something else in it is wrong: all faults are said at once
    faults += checked(usable(value, faults, piecewise=(*PIECEWISE, "hours")), document)
    settings = usable(value, faults)
    wrong = frozenset(fault.key for fault in faults if fault.key is not None) | meant_for_people(value)
    in_order = sorted(faults, key=lambda fault: fault.line or 0)
    if len(in_order) > MOST_FAULTS:
        in_order[MOST_FAULTS:] = [Fault(None, MANY_MORE, MANY_MORE)]
    return Parsed(settings, tuple(in_order), wrong, {key: document.line((key,)) for key in settings})


def meant_for_people(value: Mapping[str, object]) -> frozenset[str]:
    """Return `people` if a key that is not known has a value that only this one has, such as `persons: hidden`."""
    unknown = value.keys() - set(keys())
    meant = any(isinstance(word, str) and word.casefold() in NOT_NAMED for word in map(value.get, unknown))
    return frozenset({"people"}) if meant else frozenset()


def without_capture(document: Document) -> tuple[Document, list[Fault]]:
    """Return a document without rules for capturing, which do not count where they stand, and that as a fault."""
    value = cast("dict[str, object]", document.value)
    if "capture" not in value:
        return document, []
    said = f"`capture:` counts only in the owner's {code('.github')} repository"
    fault = Fault(document.line(("capture",)), said, said, "capture", ("capture",))
    return Document({key: inner for key, inner in value.items() if key != "capture"}, document.lines), [fault]


def normal(document: Document) -> Document:
    """Return a document without empty sections, and with one spelling of what may be spelt in several ways."""
    if document.value is None:
        return Document({}, document.lines)
    if not isinstance(document.value, dict):
        return document
    kept = {
        key: one_spelling(value) if key in LENIENT else value
        for key, value in document.value.items()
        if value is not None or not is_section(key)
    }
    if isinstance(kept.get("capture"), dict | list | str):
        kept["capture"] = lower(kept["capture"])
    if "on" in kept:
        kept["on"] = one_yes(kept["on"])
    return Document(kept, document.lines)


def one_spelling(value: object) -> object:
    """Return a value with `off` for `false`, wherever in it that stands."""
    if isinstance(value, dict):
        return {key: one_spelling(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [one_spelling(inner) for inner in value]
    return "off" if value in ("false", "False", "FALSE") else value


def lower(value: object) -> object:
    """Return how often is captured in lower case and without spaces around it; patterns are as they were."""
    if isinstance(value, dict):
        return {key: lower(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [lower(inner) for inner in value]
    return value.strip().lower() if isinstance(value, str) else value


def usable(
    settings: Mapping[str, object], faults: list[Fault], *, piecewise: tuple[str, ...] = PIECEWISE
) -> dict[str, object]:
    """Return the settings without what the faults are about."""
    by_key: dict[str | int, list[Place]] = {}
    for fault in faults:
        by_key.setdefault(fault.place[0], []).append(fault.place)
    kept: dict[str, object] = {}
    for key, value in settings.items():
        places = by_key.get(key)
        if not places or key == "capture":  # its rules pass over what cannot be used
            kept[key] = value
        elif key in piecewise and all(len(place) > 1 for place in places):
            kept[key] = without(value, {place[1] for place in places})
    return kept


def without(value: object, entries: Set[str | int]) -> object:
    """Return a list or a mapping without some of its entries."""
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if key not in entries}
    return [inner for at, inner in enumerate(cast("list[object]", value)) if at not in entries]
