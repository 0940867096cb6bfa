"""`key=value` in a question: what it is narrowed to, compared with and asked of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.filters import Filters
from reports.against import PREVIOUS, Against
from reports.asked_for import written
from reports.escape import code
from reports.mistake import Mistake
from reports.nearest import nearest
from reports.period import looks_like_period, period, quoted
from reports.period_keys import BARE, bare, between

MOST_VALUES = 20
LONGEST_VALUE = 255  # characters, as long as a branch's name can be

SHAPE = "/analytics [metric …] [period]"
KEYS: Mapping[str, str] = {
    "author": "author=octocat",
    "team": "team=@org/name",
    "label": 'label="good first issue"',
    "base": "base=main",
    "path": "path=/docs",
    "vs": "vs=previous|year|2025-Q1|OWNER/REPO",
    "scope": "scope=org|repo",
    "in": "in=OWNER/REPO",
}
"""Every key, with how it is written."""
MEANINGS: Mapping[str, str] = {
    "author": "only what these people wrote, and the reviews of it",
    "team": "only what a team's members wrote",
    "label": "only what has one of these labels",
    "base": "only pull requests into these branches",
    "path": "only visits to paths that begin so",
    "vs": "compare with the period before (always done), the same a year before, another period or another repository",
    "scope": "all repositories of the organisation together, or this one",
    "in": "ask about another repository of the organisation, if you may read it",
}
"""What each key means, one line, no full stop."""
SINGLE = ("vs", "scope", "in")
# What others call the same.
SYNONYMS: Mapping[str, str] = {
    "user": "author", "by": "author", "login": "author", "authors": "author", "labels": "label", "branch": "base",
    "target": "base", "teams": "team", "file": "path", "dir": "path", "paths": "path", "repo": "in",
    "repository": "in", "against": "vs", "versus": "vs", "compare": "vs", "org": "scope",
}  # fmt: skip

# What comes along when a repository's address is copied.
ADDRESS = re.compile(r"(?:https?://[^/]+/|(?:www\.)?github\.com/)", re.IGNORECASE)

ORGANISATION = frozenset({"org", "organisation", "organization"})
ONE_REPOSITORY = frozenset({"repo", "repository"})
PIECE = re.compile(r'"([^"]*)"(?=,|$)|([^,]+)')
LOGIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,38}(?:\[bot\])?")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
TEAM = re.compile(r"@?(?:([a-z0-9][a-z0-9_-]{0,38})/)?([a-z0-9_.-]{1,100})")

Options = Sequence[tuple[str, str]]
UNFILTERED = Filters()
MARGINS = " \t\u00a0`"  # what may surround a value without being part of it


@dataclass(frozen=True, slots=True)
class Said:
    """What the options say.

    against: None if nothing was said · organisation: whether all repositories together are asked · elsewhere: another
    repository, `owner/name`, empty for the one of the thread · notes: how an option was read, in plain sentences.
    """

    filters: Filters = UNFILTERED
    against: Against | None = None
    organisation: bool = False
    elsewhere: str = ""
    notes: tuple[str, ...] = ()


def read(options: Options, *, repository: str, now: datetime, metrics: Mapping[str, str] | None = None) -> Said:
    """Read the options of a question asked in `repository`, `owner/name`; raises Mistake.

    A filter may stand several times, and has several values by commas: any of them will do. metrics: what names one,
    for whoever writes `metric=pulls`.
    """
    values: dict[str, list[str]] = {}
    for key, value in options:
        if key not in KEYS:
            raise between(options, now, f"{SHAPE} [key=value …]") or unknown_key(
                key, value, repository, metrics or {}, now
            )
        values.setdefault(key, []).extend(pieces(key, value))
    for key in SINGLE:
        if len(values.get(key, ())) > 1:
            raise Mistake(f"{code(key + '=')} is said twice; one command has one.", usage_of(key), word=f"{key}=")
    elsewhere = other_repository("in", values["in"][0], repository) if "in" in values else ""
    home = elsewhere or repository
    organisation = "scope" in values and is_organisation(values["scope"][0])
    against, notes = compared(values["vs"][0], home, now) if "vs" in values else (None, ())
    for key, excluded in (("in", elsewhere), ("vs", against is not None and against.kind == "repository")):
        if organisation and excluded:
            sentence = f"{code('scope=org')} asks all repositories together, and {code(key + '=')} one of them."
            both = f"scope={values['scope'][0]} {key}={values[key][0]}"
            raise Mistake(sentence, usage_of(key), nearest=f"{key}={values[key][0]}", word=both)
    return Said(filters(values, home), against, organisation, elsewhere, notes)


def filters(values: Mapping[str, Sequence[str]], repository: str) -> Filters:
    """Return what rows must be; authors and a team's members cannot be told apart later, so they exclude each other."""
    if "author" in values and "team" in values:
        sentence = f"{code('author=')} and {code('team=')} are asked one at a time."
        both = " ".join(f"{key}={','.join(values[key])}" for key in ("author", "team"))
        raise Mistake(sentence, usage_of("team"), nearest=f"team={values['team'][0]}", word=both)

    def each(key: str, read_one: Callable[[str], str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(read_one(value) for value in values.get(key, ())))

    labels: dict[str, str] = {}
    for label in values.get("label", ()):
        labels.setdefault(label.casefold(), label)
    return Filters(
        authors=each("author", login),
        teams=each("team", lambda value: team(value, repository.partition("/")[0])),
        labels=tuple(labels.values()),
        bases=each("base", str),
        paths=each("path", lambda value: value if value.startswith("/") else f"/{value}"),
    )


def pieces(key: str, value: str) -> list[str]:
    """Return the values between commas, without quotes around one; raises Mistake for none, too many, or too long."""
    found = [(inner or bare).strip(MARGINS) for inner, bare in PIECE.findall(value)]
    found = [piece for piece in found if piece]
    if not found:
        sentence = f"{code(key + '=')} has no value; it stands right after the sign."
        raise Mistake(sentence, usage_of(key), nearest=example(key), word=f"{key}={value}")
    if len(found) > MOST_VALUES:
        sentence = f"{code(key + '=')} has {len(found)} values; it can have {MOST_VALUES}."
        raise Mistake(sentence, usage_of(key), word=value)
    for piece in found:
        if len(piece) > LONGEST_VALUE:
            sentence = f"{quoted(f'{key}={piece}')} is longer than {LONGEST_VALUE} characters."
            raise Mistake(sentence, usage_of(key), word=piece)
        if '"' in piece:
            sentence = f"{quoted(f'{key}={piece}')} has a quotation mark that is not closed, or within the value."
            near = piece.replace('"', "").strip()
            raise Mistake(sentence, usage_of(key), nearest=f'{key}="{near}"' if near else None, word=piece)
    return found


def login(value: str) -> str:
    """Return a login in lower case, without `@`; `app/dependabot` is how GitHub's search writes `dependabot[bot]`."""
    name = value.casefold().removeprefix("@")
    if name.startswith("app/"):
        name = f"{name.removeprefix('app/')}[bot]"
    if value.casefold() == "@me":
        raise Mistake(f"{code('@me')} is not known here; write your login.", usage_of("author"), word=value)
    if not LOGIN.fullmatch(name):
        raise Mistake(f"{quoted(value)} cannot be a login.", usage_of("author"), nearest=example("author"), word=value)
    return name


def team(value: str, organisation: str) -> str:
    """Return a team as `@org/name` in lower case; one without its organisation is this one's."""
    found = TEAM.fullmatch(value.casefold())
    if found is None:
        raise Mistake(f"{quoted(value)} cannot be a team.", usage_of("team"), nearest=example("team"), word=value)
    return f"@{found[1] or organisation.casefold()}/{found[2]}"


def compared(value: str, repository: str, now: datetime) -> tuple[Against, tuple[str, ...]]:
    """Return what `vs=` means, and notes on how a period was read."""
    word = value.casefold()
    if word == "previous":
        return PREVIOUS, ()
    if word == "year":
        return Against("year"), ()
    if looks_like_period(word) and "/" not in word:
        try:
            other = period(value, now, usage_of("vs"))
        except Mistake as wrong:
            near = f"vs={over(wrong.nearest, now)}"
            raise Mistake(wrong.sentence, usage_of("vs"), nearest=near, word=f"vs={value}") from None
        return Against("window", window=other.window), other.notes
    if "/" not in value:
        near_word = nearest(word, ["previous", "year"])
        whole = f"{repository.partition('/')[0]}/{value}"
        if near_word is None and REPOSITORY.fullmatch(whole) and whole.casefold() != repository.casefold():
            near_word = whole
        sentence = f"{quoted(f'vs={value}')} is nothing to compare with."
        raise Mistake(sentence, usage_of("vs"), nearest=f"vs={near_word or 'previous'}", word=f"vs={value}")
    name = other_repository("vs", value, repository)
    if not name:
        sentence = f"{quoted(value)} is the repository that is asked about; it cannot be compared with itself."
        raise Mistake(sentence, usage_of("vs"), nearest="vs=previous", word=value)
    return Against("repository", repository=name), ()


def over(near: str | None, now: datetime) -> str:
    """Return a period to compare the last 30 days with, `year` if the nearest one reaches into these."""
    if near is None:
        return "year"
    found = period(near, now).window
    return near if found.until <= now - timedelta(days=30) else "year"


def other_repository(key: str, value: str, repository: str) -> str:
    """Return `owner/name` as written, empty if it is `repository` itself; Mistake if it is no name of one."""
    name = ADDRESS.sub("", value).rstrip("/").removesuffix(".git")
    if not REPOSITORY.fullmatch(name):
        # of an address within a repository its first two parts; of a bare name the one of the same owner
        first = "/".join(name.split("/")[:2]) if ADDRESS.match(value) else f"{repository.partition('/')[0]}/{name}"
        near = f"{key}={first}" if REPOSITORY.fullmatch(first) and first.casefold() != repository.casefold() else None
        sentence = f"{quoted(value)} is no repository's full name."
        raise Mistake(sentence, usage_of(key), nearest=near, word=f"{key}={value}")
    return "" if name.casefold() == repository.casefold() else name


def is_organisation(value: str) -> bool:
    """Tell whether `scope=…` means the whole organisation, or the repository, which is meant anyway; else a Mistake."""
    if value.casefold() not in ORGANISATION | ONE_REPOSITORY:
        sentence = f"{quoted(f'scope={value}')} is no scope: there is {code('scope=org')}, all repositories together."
        raise Mistake(sentence, usage_of("scope"), nearest="scope=org", word=value)
    return value.casefold() in ORGANISATION


def unknown_key(key: str, value: str, repository: str, metrics: Mapping[str, str], now: datetime) -> Mistake:
    """Say that there is no such key, with the nearest there is; what others write with a key may be a word here."""
    sentence = f"{quoted(key + '=')} is no key; there are {', '.join(code(known + '=') for known in KEYS)}."
    usage, word = f"{SHAPE} [key=value …]", f"{key}={value}"
    if key in BARE:
        return Mistake(sentence, usage, nearest=bare(value, metrics, now), word=word)
    near = SYNONYMS.get(key) or nearest(key, list(KEYS))
    if near is None or not value:
        return Mistake(sentence, usage_of(near) if near else usage, nearest=example(near) if near else None, word=word)
    suggested = f"{near}={written(value)}"
    try:
        read([(near, value)], repository=repository, now=now)
    except Mistake as wrong:
        suggested = wrong.nearest if wrong.nearest and wrong.nearest.startswith(f"{near}=") else example(near)
    return Mistake(sentence, usage_of(near), nearest=suggested, word=word)


def usage_of(key: str) -> str:
    """Return how a question with this key is written."""
    return f"{SHAPE} [{KEYS[key]}]"


def example(key: str) -> str:
    """Return one way to write a key that is right."""
    return KEYS[key].partition("|")[0]
