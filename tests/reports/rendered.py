"""What GitHub's own renderer makes of Markdown, and what GitHub would find in it: the judge of harmless text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

ALLOWED = {"p", "code", "table", "thead", "tbody", "tr", "th", "td", "strong"}
LIVE = re.compile(r"@[a-z0-9]|#[0-9]|\bgh-[0-9]|://|www\.|\b[0-9a-f]{7,40}\b|\bghsa-|\$", re.IGNORECASE | re.ASCII)


def rendered(markdown: str) -> str:
    """Return the HTML, raw HTML of the Markdown included."""
    html: str = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    return html


class Page(HTMLParser):
    """What a page shows: its tags, its text within code, and its text outside of it."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside = ""
        self.all = ""
        self.depth = 0
        self.feed(rendered(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.depth += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.all += data
        self.outside += " \u25a0 " if self.depth else data


def must_be_harmless(harmless: str) -> None:
    """Raise AssertionError where Markdown made of somebody's words is more than text, in a sentence or a table's cell.

    Nothing but words, code and the table around them may come of it, and no mention, reference, link or formula.
    """
    for markdown in (
        harmless,
        f"before {harmless} after",
        f"| a | b |\n|---|---|\n| {harmless} | last |\n| x | y |",
    ):
        page = Page(markdown)
        assert set(page.tags) <= ALLOWED, (markdown, page.tags)
        assert not LIVE.search(page.outside), (markdown, page.outside)
        assert page.tags.count("p") + page.tags.count("table") <= 1, markdown
        if page.tags.count("table"):
            assert page.tags.count("td") == 4, markdown
            assert "last" in page.all, markdown
