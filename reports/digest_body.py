"""A periodic report as Markdown, in the order in which it is read on a phone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analytics.metric import Cell, Comparison
from analytics.words import date_name, day_and_month, duration, number, percent, shorten
from reports import completeness, details, escape, markdown
from reports.answer import Answer, PictureData
from reports.calendar_units import Unit
from reports.digest_judged import ORDER, Change, Way, changes, changes_in, headline
from reports.digest_task import RepositoryFigures, UnusualDay
from reports.keys import with_key
from reports.markdown import PictureLink
from reports.room import LEVELS, LIMIT, Room
from reports.schedule import Due, Schedule, unit_name
from reports.table import UNKNOWN, table

LONGEST_TITLE = 256  # GitHub's limit, in characters
LONGEST = 5  # waits that are shown
MOST_REPOSITORIES = 60
TITLES: Mapping[Way, str] = {
    "worse": "For the worse",
    "better": "For the better",
    "neither": "Changed, for better or worse",
}
UNCHANGED = "Nothing changed clearly: chance alone could explain every difference."


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and where it is reached, None where its text stands in for it."""

    picture: PictureData
    link: PictureLink | None


@dataclass(frozen=True)
class Report:
    """Everything that a report says.

    name: what a title calls the repository, or the organisation · figures: the answer about the period, its sections
    the overview and the first reviews · further: answers to the metrics that were asked for beside them, each with the
    links of its pictures · waiting: rows of what waits, the longest first, and how many there are in all · previous:
    the report before it, as a link or a number · stop: the command, or the file, that ends it.
    """

    name: str
    schedule: Schedule
    due: Due
    figures: Answer
    waiting: Sequence[Mapping[str, Cell]]
    waiting_n: int
    pictures: Sequence[Shown] = ()
    further: Sequence[tuple[Answer, Sequence[PictureLink] | None]] = ()
    unusual: Sequence[UnusualDay] = ()
    repositories: Sequence[RepositoryFigures] = ()
    previous: str | None = None
    stop: str = ""
    sentences: Sequence[str] = field(default_factory=tuple)

    @property
    def rows(self) -> tuple[Comparison, ...]:
        """Every compared figure, each once."""
        found = {row.label: row for section in self.figures.sections for row in section.comparisons}
        return tuple(found.values())


def title(report: Report) -> str:
    """Return `lantern, week 2026-W46: more merged (31), reviews within 24 h no clear change`."""
    said = f"{report.name}, {unit_name(report.due.period)}: {headline(report.rows)}"
    return shorten(escape.clean(said), LONGEST_TITLE)


def body(report: Report, key: str) -> str:
    """Return the report's text with its hidden key, as much of it as fits."""
    room_left = LIMIT - len(with_key("", key))
    text = ""
    for room in LEVELS:
        text = "\n\n".join(block for block in blocks(report, room) if block)
        if len(text) <= room_left:
            return with_key(text, key)
    return with_key(markdown.shortened(text, room_left), key)


def comment_body(report: Report, key: str) -> str:
    """Return the report as a comment in a thread: its title is its first line."""
    return f"### {escape.text(title(report))}\n\n{body(report, key)}"[:LIMIT]


def blocks(report: Report, room: Room) -> Iterable[str]:
    """Yield the parts of a report in order."""
    overview = report.figures.sections[0]
    yield markdown.headline(overview.finding)
    found = changes(report.rows)
    shown_too = [row for row in report.rows if row in overview.comparisons or any(changes_in(row))]
    yield from judged(found, report.due)
    yield markdown.comparison(replace(overview, comparisons=tuple(shown_too)), report.figures, room)
    yield repositories(report.repositories)
    yield from (shown(one, room) for one in report.pictures)
    yield waiting(report)
    yield unusual(report.unusual)
    for answer, links in report.further:
        yield from section_blocks(answer, links, room)
    yield details.block(report.figures, room)
    yield footer(report)


def judged(found: Sequence[Change], due: Due) -> Iterable[str]:
    """Yield what changed for the worse, then for the better, then what is neither; or that nothing did."""
    for way in ORDER:
        lines = [f"- {line(one, due)}" for one in found if one.way == way]
        if lines:
            yield f"**{TITLES[way]}**\n\n" + "\n".join(lines)
    if not found:
        yield UNCHANGED


def line(one: Change, due: Due) -> str:
    """Return one change: `median time to merge: **longer**, 5 d 18 h (before: 24 h)`.

    Where the periods are not equally long, counts stand with their days: `**fewer a day**, 13 in 31 days (before: 35 in
    30)`.
    """
    now, before = escape.text(one.now), escape.text(one.before)
    what, word = escape.text(one.what), escape.text(one.word)
    if one.by_day:
        return f"{what}: **{word}**, {now} in {days(due.period)} days (before: {before} in {days(due.before)})"
    return f"{what}: **{word}**, {now} (before: {before})"


def days(unit: Unit) -> str:
    """Return how many days a period has."""
    return number((unit.end - unit.begin).days)


def shown(one: Shown, room: Room) -> str:
    """Return a picture, or its text."""
    if one.link is not None:
        return markdown.hosted(one.picture, one.link, room)
    return markdown.as_text(one.picture) if room.text_pictures else ""


def waiting(report: Report) -> str:
    """Return what waits longest, by number and title; nothing refers to it, so that nobody there hears of it."""
    at = report.figures.as_of
    as_of = f"as of {day_and_month(at.date())} {at:%H:%M} UTC"
    if not report.waiting:
        return f"**What waits longest:** nothing that is open waits, {as_of}."
    rows = [
        [
            f"{escape.code(str(row['name']).rpartition('/')[2])} {escape.text(str(row['title'] or row['kind']))}",
            duration(float(row["waited_hours"] or 0)),
            f"{row['turn']}'s",
        ]
        for row in report.waiting[:LONGEST]
    ]
    of = f"{number(len(rows))} of {number(report.waiting_n)} open turns, " if report.waiting_n > len(rows) else ""
    heading = f"**What waits longest** ({of}{as_of})"
    return f"{heading}\n\n{table([' ', 'waits', 'turn'], rows, numbers=[1])}"


def unusual(days: Sequence[UnusualDay]) -> str:
    """Return the days that stand out, nothing where none does."""
    lines = [
        f"- {one.day:%A}, {date_name(one.day)}: {number(one.count)} {escape.text(one.what)}, "
        f"usual {number(one.usual)} on {one.day:%A}s, n = {number(one.known)}"
        for one in sorted(days, key=lambda one: (one.day, one.what))
    ]
    return "**Unusual days**\n\n" + "\n".join(lines) if lines else ""


def repositories(rows: Sequence[RepositoryFigures]) -> str:
    """Return the table of an organisation's repositories; those in which nothing happens are counted only."""
    if not rows:
        return ""
    active = [row for row in rows if row.active]
    cells = [
        [
            escape.code(row.name.rpartition("/")[2]),
            number(row.opened),
            number(row.merged),
            number(row.waiting),
            UNKNOWN if row.first_review is None else f"{percent(row.first_review)} of {number(row.followed)}",
        ]
        for row in active[:MOST_REPOSITORIES]
    ]
    header = ["", "pull requests opened", "merged", "waiting for a reviewer", "reviewed in 24 h"]
    unshown, idle = len(active) - len(cells), len(rows) - len(active)
    rest = [f"{number(unshown)} more active {'one is' if unshown == 1 else 'ones are'} not shown"] if unshown else []
    rest += [f"{number(idle)} {'more ' if cells and not rest else ''}without anything in this period"] if idle else []
    shown_too = [f"**By repository**\n\n{table(header, cells, numbers=[1, 2, 3, 4])}"] if cells else []
    return "\n\n".join([*shown_too, *([" · ".join(rest)] if rest else [])])


def section_blocks(answer: Answer, links: Sequence[PictureLink] | None, room: Room) -> Iterable[str]:
    """Yield the metrics that were asked for beside the overview."""
    first = 0
    for section in answer.sections:
        own = None if links is None else links[first : first + len(section.pictures)]
        first += len(section.pictures)
        yield f"### {escape.text(section.title)}"
        yield from markdown.section_blocks(section, answer, own, room)


def footer(report: Report) -> str:
    """Return the completeness line, with the report before and what ends these reports."""
    before = f"The report before: {report.previous}. " if report.previous else ""
    said = f"<sub>{before}A {report.schedule.every} report; {report.stop}</sub>"
    return f"{completeness.line(with_sentences(report))}\n\n{said}"


def with_sentences(report: Report) -> Answer:
    """Return the figures' answer with what else is to be said of how complete all is."""
    found = report.figures.completeness
    more = tuple(one for one in report.sentences if one not in found.sentences)
    return replace(report.figures, completeness=replace(found, sentences=(*found.sentences, *more)))


def reference(web: str, full_name: str, report_number: int) -> str:
    """Return a report before: a link where GitHub makes no reference of it, else its number as code.

    web: where people read GitHub; only github.com has a second name under which a link is a link and no more.
    """
    if web.rstrip("/") != "https://github.com":
        return escape.code(f"#{report_number}")
    return f"[issue {report_number}](https://www.github.com/{full_name}/issues/{report_number})"
