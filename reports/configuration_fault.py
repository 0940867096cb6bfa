"""One thing that is wrong in `.github/analytics.yml`, in words for whoever can correct it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.words import shorten
from reports.escape import code
from reports.nearest import nearest
from reports.yaml_lines import Place, Unreadable

TOO_MANY = "it is one of too many mistakes"
LONGEST_QUOTED = 60  # characters of what somebody wrote: a fault is one line of an answer


@dataclass(frozen=True, slots=True)
class Fault:
    """Where something is wrong, and what would be right.

    line: from 1, None for the whole file · said: harmless Markdown, one clause, with what was written · discreet: the
    same without a word of the file, for where other people read than those who may read the file · key: the outermost
    key that cannot be used, as far as it can be told · place: what is wrong, empty for the whole file.
    """

    line: int | None
    said: str
    discreet: str
    key: str | None = None
    place: Place = ()

    def clause(self, *, quote: bool) -> str:
        """Return it as one clause that begins with its line."""
        where = "" if self.line is None else f"line {self.line}: "
        return where + (self.said if quote else self.discreet)


def wrong_value(place: Place, value: object, remedy: str, line: int | None) -> Fault:
    """Return the fault of a key whose value cannot be used; remedy: `must be …`, harmless Markdown."""
    named = name_of(place)
    said = f"{quoted(f'{named}: {shown(value)}')} {remedy}"
    if place[:1] == ("capture",):  # its keys are somebody's own words
        return Fault(line, said, f"a line of `capture:` {remedy}", "capture", place)
    return Fault(line, said, f"{quoted(named)} {remedy}", str(place[0]) if place else None, place)


def unknown_key(place: Place, known: Sequence[str], line: int | None) -> Fault:
    """Return the fault of a key that means nothing here; what it was meant to be cannot be used."""
    near = nearest(str(place[-1]), known)
    meant = f" (did you mean {code(near)}?)" if near else ""
    key = near if len(place) == 1 else str(place[0])
    return Fault(line, f"{quoted(name_of(place))} is not known{meant}", f"a key is not known{meant}", key, place)


def unsaid(place: Place, line: int | None, known: Sequence[str]) -> Fault:
    """Return one fault of so many that nobody reads it; a key that is not known may be meant to be `people`."""
    key = str(place[0]) if place and place[0] in known else "people"
    return Fault(line, TOO_MANY, TOO_MANY, key, place)


def unreadable(error: Unreadable) -> Fault:
    """Return the fault of a file that is not YAML."""
    why = f" ({quoted(error.why)})" if error.why else ""
    said = "it cannot be read as YAML{} and was not used"
    return Fault(error.line, said.format(why), said.format(why if error.known else ""))


def name_of(place: Place) -> str:
    """Return `hours.from`; a place in a list is named by its list."""
    return ".".join(part for part in place if isinstance(part, str))


def shown(value: object) -> str:
    """Return a value about as it was written."""
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value[:LONGEST_QUOTED])}]"
    if isinstance(value, dict):
        return f"{{{', '.join(str(key) for key in list(value)[:LONGEST_QUOTED])}}}"
    return "" if value is None else str(value)


def quoted(text: str) -> str:
    """Return what somebody wrote as a code span of bounded length."""
    return code(shorten(text, LONGEST_QUOTED))
