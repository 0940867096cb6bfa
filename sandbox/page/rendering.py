"""A comment's Markdown as GitHub shows it: GitHub's own parser, then a sanitiser with GitHub's allow-list.

The allow-list is that of github/markup's README ("sanitization_filter"), with `picture` and `source` added since.
"""

from __future__ import annotations

import re
from functools import lru_cache

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options
from markupsafe import Markup

from sandbox.page.references import link_references

TAGS = frozenset(
    (
        "a", "abbr", "b", "bdo", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn", "div",
        "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
        "li", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span",
        "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr",
        "tt", "ul", "var", "wbr",
    )
)  # fmt: skip
ATTRIBUTES = {
    "*": {"align", "dir", "lang", "title", "width", "height", "aria-label", "aria-hidden", "role"},
    "a": {"href"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "alt", "loading"},
    "ins": {"cite", "datetime"},
    "ol": {"start", "reversed"},
    "pre": {"lang"},
    "q": {"cite"},
    "source": {"srcset", "media", "type", "sizes"},
    "td": {"colspan", "rowspan", "valign"},
    "th": {"colspan", "rowspan", "valign", "scope", "abbr"},
    "time": {"datetime"},
}
# A comment may carry no form fields of its own: the boxes of task lists travel through the sanitiser as characters
# that Unicode leaves to private use.
BOX, TICKED_BOX = "\ue000", "\ue001"
BOX_HTML = {
    BOX: '<input type="checkbox" disabled>',
    TICKED_BOX: '<input type="checkbox" checked disabled>',
}
CMARK_BOXES = {
    '<input type="checkbox" disabled="" />': BOX,
    '<input type="checkbox" checked="" disabled="" />': TICKED_BOX,
}
SAFE_PICTURE = re.compile(r"(https?://|/(?!/)|[\w.-]+(/|$|\s))[^,]*(,\s*https?://[^,]*)*", re.IGNORECASE)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep an attribute's value, or drop it; the sanitiser knows the addresses in href and src, but not in srcset."""
    if name == "srcset" and tag in ("img", "source"):
        return value if SAFE_PICTURE.fullmatch(value.strip()) else None
    return value


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "iframe", "object", "title", "textarea", "template"},
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    strip_comments=False,  # the references need them once more, and then drop them
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener noreferrer",
)


@lru_cache(maxsize=1024)
def render(text: str, repository: str = "") -> Markup:
    """Return safe HTML of a comment in `repository` (owner/name), whose `#1` and `@login` become links as on GitHub."""
    source = text.translate({ord(BOX): None, ord(TICKED_BOX): None})
    html: str = cmarkgfm.github_flavored_markdown_to_html(
        source, Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS | Options.CMARK_OPT_FOOTNOTES
    )
    for mark, box in CMARK_BOXES.items():
        html = html.replace(mark, box)
    html = link_references(CLEANER.clean(html), repository)
    for box, mark in BOX_HTML.items():
        html = html.replace(box, mark)
    return Markup(html)  # noqa: S704 - cleaned two lines above
