"""Names that people choose, as the text and the code spans that we write of them, judged on GitHub's own renderer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports.escape import clean, code, text
from tests.fuzz.target import Check, Target
from tests.reports.rendered import Page, must_be_harmless


def check(data: bytes) -> None:
    """Hold one name to it: only ever text, and every visible character still there."""
    written = data.decode("utf-8", "surrogateescape")
    shown = text(written)
    for harmless in (shown, code(written), f"**{shown or '-'}**"):
        must_be_harmless(harmless)
    words = " ".join(Page(f"x {shown} x").all.split())
    assert words == f"x {clean(written)} x".replace("x  x", "x x"), (written, shown, words)


@contextmanager
def opened(_folder: Path) -> Iterator[Check]:
    """Nothing is kept."""
    yield check


TARGET = Target(
    "a name is only ever text: no mention, reference, link, HTML or formula, no broken table, and all of it is shown",
    opened,
    seeds=(
        b"quartz-otter", b"dependabot[bot]", b"fix @octocat's bug (#12), see o/r#1", b"GH-12 and GHSA-aaaa-bbbb-cccc",
        b"since 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", b"https://example.com/a_(b)?c=d&e#f", b"me@example.com",
        b"<img src=x onerror=alert(1)>", b"a|b\\|c", b"`` ` ``", b"**bold** _it_ ~~no~~", b"[a](javascript:x) ![b](c)",
        b"# heading", b"1. one\n- two", b"$x$ and $$y$$", b"<!-- hidden -->", b"&#64;x &commat;x",
        "right\u202eto\u202cleft\u200b\u2066".encode(), "family \U0001f468\u200d\U0001f469\u200d\U0001f467".encode(),
        b"www.example.com.", b"\xff\xfe\x00", b"=\n---\n", b"/analytics pulls",
    ),
    words=(
        b"@octocat", b"@", b"#12", b"o/r#1", b"GH-1", b"gh-22", b"deadbeef", b"0123456", b"https://", b"http://",
        b"www.x.y", b"mailto:a@b.cd", b"xmpp:", b"<b>", b"</td>", b"<!--", b"-->", b"<img src=x>", b"|", b"\\", b"\\|",
        b"`", b"``", b"`" * 79, b"*", b"**", b"_", b"~~", b"[", b"](x)", b"![", b"[^1]", b"- ", b"+ ", b"1. ", b"# ",
        b"> ", b"=", b"---", b"\n", b"\n\n", b"\r", b"\t", b"    ", b"&amp;", b"&#64;x", b"&commat;", b"$", b"$x$",
        b"GHSA-aaaa", b"CVE-2026-1", b".", b")", b"!", b"{", b"}", b":+1:", b"/analytics", b"\x00", b"\x7f", b"\xff",
        "\u202e".encode(), "\u200b".encode(), "\u200d".encode(), "\ufeff".encode(), "\u00a0".encode(), "é".encode(),
    ),
    longest=512,
)  # fmt: skip
