"""From an answer to one comment, in the order in which it is read: finding, table, pictures, numbers, completeness."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from analytics.words import shorten
from reports import completeness, details, escape, when
from reports.about import only, whose
from reports.answer import Answer, PictureData, Section
from reports.help import command_help, help_page, metric_help
from reports.question import Question
from reports.room import LEVELS, LIMIT, Room, arranged, together
from reports.sentences import cannot_later, failure, mistake, waiting
from reports.sides import sides
from reports.table import fact, label, table

__all__ = [
    "LIMIT", "PictureLink", "PictureLinks", "cannot_later", "command_help", "comment", "failure", "help_page",
    "metric_help", "mistake", "several", "waiting",
]  # fmt: skip

WIDTH = 740  # what GitHub's thread is wide, in pixels
FEW_FACTS = 8
LONG_TEXT = 36  # lines of a picture as text: more than one chart
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")


@dataclass(frozen=True, slots=True)
class PictureLink:
    """Where a picture's two versions are reached."""

    light: str
    dark: str


PictureLinks = Sequence[PictureLink]
"""One link per picture, in the order of `Answer.pictures`."""


def comment(answer: Answer, *, picture_urls: PictureLinks | None, key: str | None) -> str:
    """Return the answer as one comment of at most 65,536 characters.

    picture_urls is None where no picture may be hosted: then each picture's text stands in for it. What is too long
    loses table rows first, then pictures' text, never its headline.
    """
    return several([answer], picture_urls=[picture_urls], key=key)


def several(parts: Sequence[Answer | str], *, picture_urls: Sequence[PictureLinks | None], key: str | None) -> str:
    """Return one comment for all commands of one comment: answers, and Markdown such as help or a mistake's sentence.

    picture_urls has one entry per part (None for Markdown).
    """
    fits = [partial(fitted, part, links) for part, links in zip(parts, picture_urls, strict=True)]
    return together(arranged(fits, key), key)


def fitted(part: Answer | str, links: PictureLinks | None, limit: int) -> str:
    """Return a part in at most `limit` characters, with as much detail as that allows."""
    if isinstance(part, str):
        return part if len(part) <= limit else shortened(part, limit)
    for room in LEVELS:
        body = written(part, links, room)
        if len(body) <= limit:
            return body
    # Escaping makes a character up to six longer; only the headlines are left.
    each = limit // (8 * len(part.sections)) - 8
    return "\n\n".join(headline(shorten(section.finding, each)) for section in part.sections)


def shortened(markdown: str, limit: int) -> str:
    """Return the first paragraphs that fit, and a sentence that says so."""
    rest = "\n\nThe rest did not fit into this comment."
    return markdown[: limit - len(rest)].rpartition("\n\n")[0] + rest


def written(answer: Answer, links: PictureLinks | None, room: Room) -> str:
    """Return the whole answer with as much detail as `room` says."""
    blocks: list[str] = []
    first = 0
    for section in answer.sections:
        if len(answer.sections) > 1:
            blocks.append(f"### {escape.text(section.title)}")
        own = None if links is None else links[first : first + len(section.pictures)]
        first += len(section.pictures)
        blocks += section_blocks(section, answer, own, room)
    blocks += [details.block(answer, room), completeness.line(answer)]
    return "\n\n".join(block for block in blocks if block)


def section_blocks(section: Section, answer: Answer, links: PictureLinks | None, room: Room) -> list[str]:
    """Return headline, table and pictures of one metric."""
    blocks = [headline(section.finding), narrowed(answer.question), comparison(section, answer, room)]
    if links is not None and len(links) == len(section.pictures):
        blocks += [hosted(picture, link, room) for picture, link in zip(section.pictures, links, strict=True)]
    else:
        blocks += [as_text(picture) for picture in section.pictures[: room.text_pictures]]
    return blocks


def headline(finding: str) -> str:
    """Return a finding with its first sentence in bold."""
    first, *rest = SENTENCE_END.split(escape.clean(finding), maxsplit=1)
    return " ".join([f"**{escape.text(first)}**", *(escape.text(sentence) for sentence in rest)]) if first else ""


def narrowed(question: Question) -> str:
    """Return the line under a headline that says of what alone it is true; empty where nothing is left out."""
    said = [only(question), whose(question) if question.elsewhere else ""]
    line = ", ".join(filter(None, said))
    return escape.text(f"{line[:1].upper()}{line[1:]}.") if line else ""


def comparison(section: Section, answer: Answer, room: Room) -> str:
    """Return the table against what the question compares with, or the main facts where that is nothing."""
    named = sides(answer.question, answer.as_of, of_a_moment=section.of_a_moment)
    before, now = (escape.text(side) for side in named)
    if not section.comparisons:
        now = now if section.of_a_moment else escape.text(when.name(answer.question.window, answer.as_of))
        known = [(key, value) for key, value in section.now.facts.items() if value is not None]
        rows = [[label(key, section.labels), fact(key, value)] for key, value in known[:FEW_FACTS]]
        return table([" ", now], rows, numbers=[1]) if rows else ""
    judged = any(row.verdict for row in section.comparisons)
    lines = [
        [
            escape.text(row.label),
            escape.text(row.now),
            escape.text(row.before),
            *([escape.text(row.verdict)] if judged else []),
        ]
        for row in section.comparisons[: room.comparisons]
    ]
    return table([" ", now, before, *([" "] if judged else [])], lines, numbers=[1, 2])


def hosted(picture: PictureData, link: PictureLink, room: Room) -> str:
    """Return a picture that follows the reader's light or dark page, with its numbers as alternative text."""
    alt = html.escape(shorten(escape.clean(picture.alt), room.alt))
    light, dark = html.escape(link.light), html.escape(link.dark)
    return (
        "<picture>\n"
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">\n'
        f'<img alt="{alt}" src="{light}" width="{WIDTH}">\n'
        "</picture>"
    )


def as_text(picture: PictureData) -> str:
    """Return a picture's numbers as Markdown under what it shows; a long one, such as several charts, is folded."""
    said_already = picture.alt.endswith(picture.text)  # that there is nothing to show
    body = "\n\n".join(filter(None, (escape.text(picture.alt), "" if said_already else picture.text)))
    if picture.text.count("\n") < LONG_TEXT:
        return body
    return f"<details><summary>The picture as text</summary>\n\n{body}\n\n</details>"
