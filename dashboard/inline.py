"""The harmless Markdown that `reports.escape` writes, as HTML: pages show the very sentences that comments have."""

from __future__ import annotations

import html
import re

from markupsafe import Markup, escape

from analytics.charts.fitting import unbroken

# A mark with a backslash before it, or a code span between equal runs of backticks.
MARKED = re.compile(r"\\([!-/:-@\[-`{-~])|(?<!`)(`+)(?!`)(.+?)(?<!`)\2(?!`)")

# A day, with what stands close before and after it; browsers break lines at its hyphens.
DAY = re.compile(r"(?<![\w-])\(?\d{4}-(?:\d\d-\d\d|W\d\d|Q\d)(?![\w-])(?: \d\d:\d\d(?: UTC)?)?[.,;:)]*")


def inline(markdown: str, *, code: bool = True) -> Markup:
    """Return one line of Markdown as HTML; code=False writes code spans as plain text, for cells full of names."""
    out: list[Markup] = []
    end = 0
    for found in MARKED.finditer(markdown):
        out.append(plain(markdown[end : found.start()]))
        end = found.end()
        if found[1] is not None:
            out.append(escape(found[1]))
            continue
        inside = found[3]
        if len(inside) > 1 and inside[0] == inside[-1] == " " and inside.strip():
            inside = inside[1:-1]
        out.append(Markup("<code>{}</code>").format(inside) if code else escape(inside))
    out.append(plain(markdown[end:]))
    return Markup("").join(out)


def plain(markdown: str) -> Markup:
    """Return text without marks as HTML: entities stand for the characters they name."""
    return whole(html.unescape(markdown))


def whole(text: str) -> Markup:
    """Return text as HTML in which no line breaks within a day, or between a figure and its unit."""
    if DAY.fullmatch(text):
        return escape(text)  # cells that hold nothing else are not parted anyway, and there are thousands of them
    return Markup(DAY.sub(r'<span class="span">\g<0></span>', str(escape(unbroken(text)))))  # noqa: S704 - escaped
