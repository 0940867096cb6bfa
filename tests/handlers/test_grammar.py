"""What is a command in a comment, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar import MOST_CALLS, MOST_WORDS, Call, GrammarMistake, changed, parse


def words(text: str) -> list[tuple[str, ...]]:
    return [call.words for call in parse(text) if isinstance(call, Call)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/analytics", [()]),
        ("/Analytics Pulls 30d", [("Pulls", "30d")]),
        ("   /analytics", [()]),
        ("Thanks!\n\n/analytics 90d\n\nBye", [("90d",)]),
        ("Thanks!\n/analytics 90d\nBye", [("90d",)]),
        ("/analytics\r\n/analytics help\r\n", [(), ("help",)]),
        ("/analytics\r/analytics help", [(), ("help",)]),
        ("\ufeff/analytics", [()]),
        ("\u200b/analytics\u200b pulls\u200b", [("pulls",)]),
        ("/analytics\u00a0pulls", [("pulls",)]),
        ("/analytics\tpulls", [("pulls",)]),
        ("- one\n- two\n\n/analytics", [()]),
        ("- one\n\n  /analytics", [()]),
        ("- one\n/analytics", [()]),
        ("/analytics\n---", [()]),
        ("> quoted\n\n/analytics", [()]),
        ("```\ncode\n```\n/analytics", [()]),
        ("- ```\n  code\n/analytics", [()]),
        ("<!-- note -->\n/analytics", [()]),
        ("<!-- note --> text\n\n/analytics", [()]),
        ("some <b>bold</b>\n/analytics", [()]),
        ("a `code` span\n/analytics", [()]),
        ("a lone ` backtick\n/analytics", [()]),
        ("a List<String>\n/analytics", [()]),
        ("see [`f`](https://x.example/a_(b)) and\n\n/analytics", [()]),
        ("see [`f`](https://x.example/a) and `g`\n/analytics", [()]),
        ("<details>\n\nlog\n\n</details>\n\n/analytics", [()]),
        ('/analytics "time to merge" 30d', [("time to merge", "30d")]),
        ("/analytics “time to merge” 30d", [("time to merge", "30d")]),
        ("/analytics don't", [("don't",)]),
        ("/analytics -30d", [("-30d",)]),
        ('/analytics "open', [('"open',)]),
        ("/analytics pulls <!-- last month -->", [("pulls",)]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n/analytics", [()]),
        ("a | b\n- c\n/analytics", [()]),
        ("| a | b |\n|---|\n/analytics", [()]),  # no table: its head has another number of cells
        ("~5 days\n/analytics\n~6 days", [()]),
        ("~~old~~\n/analytics\n~~older~~\n\n/analytics pulls", [("pulls",)]),
        ("[a](b)\n/analytics pulls\n[c](d)", [("pulls",)]),
        ("- [ ] later\n  /analytics pulls", [("pulls",)]),
        ("[a\n/analytics pulls", [("pulls",)]),
        ("it costs $5\n/analytics\nand then $6", [()]),
        ("$$\nx\n$$\n\n/analytics\n\n$$\ny\n$$", [()]),
        ("a lone $$\n\n/analytics", [()]),
        ("\\$$\n\n/analytics\n\n\\$$", [()]),
        ("/analytics base=a|b", [()]),
    ],
)
def test_a_line_that_begins_with_the_command_is_one(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "analytics",
        "/analyticsx",
        "/analytics-foo",
        "/analytics/help",
        "/analytic\u017f",
        "/\u200banalytics",
        "try /analytics",
        "- /analytics",
        "1. /analytics",
        "# /analytics",
        "    /analytics",
        "\t/analytics",
        "text\n    /analytics",
        "> /analytics",
        ">/analytics",
        "> quoted\n/analytics",
        "> > deep\n/analytics",
        "- > quoted in a list\n/analytics",
        "> - list in a quote\n/analytics",
        "> [!NOTE]\n> /analytics",
        "```\n/analytics\n```",
        "```\n/analytics",
        "````\n```\n/analytics\n```\n````",
        "~~~ bash\n/analytics\n~~~",
        "~~~\n```\n/analytics",
        "| a | b |\n|---|---|\n/analytics",
        "| a |\n|---|\n/analytics | x\n===\n/analytics",
        "/analytics | b\n--- | ---",
        "text above\na | b\n:-- | --:\n1 | 2\n/analytics",
        "- a | b\n  --|--\n  /analytics",
        "| /analytics |\n|---|\n| /analytics |",
        "[the text\n/analytics\nof a link](https://example.org)",
        "![a picture of\n/analytics](https://example.org/a.png)",
        "[one [inner]\n/analytics\ntext](a)",
        "[one\n/analytics]\n\n[one /analytics]: https://example.org",
        "~~all of this\n/analytics\nis gone~~",
        "~this\n/analytics\ntoo~",
        "~~/analytics~~",
        "$$\n/analytics\n$$",
        "$$\na\n\n/analytics\n\n$$",
        "so $$x\n/analytics\ny$$",
        "so $x\n/analytics\ny$ is",
        "```\n    ```\n/analytics",
        "   ```\n/analytics\n   ```",
        "- ```\n  /analytics\n  ```",
        "- a\n\n  ```\n  /analytics\n  ```",
        "- ```\n  a\nb\n  ```\n/analytics",
        "`code\n/analytics\ncode`",
        "``a ` b\n/analytics``",
        "\\`` x\n/analytics\n`",
        "<!--\n/analytics\n-->",
        "<!-- a\n\n/analytics\n\n-->",
        "text <!-- a\n/analytics\n-->",
        "text <!-- a\n\n/analytics\n\n-->",
        "<!--\n/analytics",
        "<div>\n/analytics\n</div>",
        "<div>\n\n/analytics\n\n</div>",
        "<pre>\n\n/analytics\n\n</pre>",
        "<details><summary>x</summary>\n\n/analytics\n\n</details>",
        "<blockquote>\n\n/analytics\n\n</blockquote>",
        '<blockquote\nclass="x">\n\n/analytics\n\n</blockquote>',
        "<code>\n\n/analytics\n\n</code>",
        "some <code>\n/analytics",
        '<a title="x>\n/analytics">',
        "<script>\n\n/analytics\n</script>",
        "<?php\n/analytics\n?>",
        "<![CDATA[\n/analytics\n]]>",
        "<x-y>\n/analytics\n</x-y>",
        "[a](\n/analytics)",
        "[a]:\n/analytics",
        "[a](`) `\n/analytics\n`",
        "> " * 80 + "\n\n/analytics",
        "a | b\n--|\x0b-\n/analytics",
        "a | b\n\x0c--|-\x0b\n/analytics",
        "<!-- x --><pre\ny\n-->\n/analytics",
        "<pre>log\n</det<pr</pre> b='>\n\n/analytics",
        "<div>\n<a b='\n\n/analytics",
        "~a\n/analytics\n\x1f~ b",
        "``\n`a`\nb`<pre>c\n`d`\n/analytics",  # GitHub's renderer sees no code around that tag
    ],
)
def test_code_quotes_and_html_are_no_commands(text: str) -> None:
    assert parse(text) == ()


def test_a_call_knows_its_first_word_and_its_line() -> None:
    assert parse("hello\n\n  /analytics Help pulls ") == (
        Call("help", ("Help", "pulls"), 3, "  /analytics Help pulls "),
    )


def test_at_most_five_commands_are_run_and_the_rest_is_said() -> None:
    calls = parse("\n".join(f"/analytics {days}d" for days in range(1, 9)))
    assert [call.words for call in calls[:MOST_CALLS] if isinstance(call, Call)] == [(f"{n}d",) for n in range(1, 6)]
    (mistake,) = calls[MOST_CALLS:]
    assert isinstance(mistake, GrammarMistake)
    assert mistake.sentence == "A comment can ask 5 things at once; this one asks 8, so the rest was left out."
    assert mistake.line == 6


def test_the_same_question_twice_is_one() -> None:
    assert words("/analytics pulls\n/analytics PULLS\n/analytics  pulls ") == [("pulls",)]


def test_too_many_words_are_a_mistake() -> None:
    (mistake,) = parse("/analytics" + " a" * (MOST_WORDS + 1))
    assert isinstance(mistake, GrammarMistake)
    assert mistake.sentence == (
        "Line 1 has 26 words after `/analytics`; a command has at most 25: "
        "`/analytics [metric …] [period] [key=value …]`."
    )
    (options,) = parse("/analytics" + " a=b" * (MOST_WORDS + 1))
    assert isinstance(options, GrammarMistake)


@pytest.mark.parametrize(
    ("line", "words", "options"),
    [
        ("pulls author=octocat 30d", ("pulls", "30d"), (("author", "octocat"),)),
        ("AUTHOR=OctoCat", (), (("author", "OctoCat"),)),
        ('label="good first issue" pulls', ("pulls",), (("label", "good first issue"),)),
        ('"label=good first issue" pulls', ("pulls",), (("label", "good first issue"),)),
        ("label=“good first issue”", (), (("label", "good first issue"),)),
        ("label=«good first issue»", (), (("label", "good first issue"),)),
        ('label="good first issue",bug,"help wanted"', (), (("label", "good first issue,bug,help wanted"),)),
        ('label="a, b",c', (), (("label", '"a, b",c'),)),
        ("author=a author=b,c", (), (("author", "a"), ("author", "b,c"))),
        ("author=don't", (), (("author", "don't"),)),
        ("label=", (), (("label", ""),)),
        ('label=""', (), (("label", ""),)),
        ("base==x", (), (("base", "=x"),)),
        ("`author=octocat`", (), (("author", "octocat"),)),
        ("**base=main**", (), (("base", "main"),)),
        ("what-ever=1", (), (("what-ever", "1"),)),
        ('label="open pulls', ("pulls",), (("label", '"open'),)),
        ("author = octocat", ("author", "=", "octocat"), ()),
        ("author =octocat", ("author", "=octocat"), ()),
        ("30d=1 -a=b https://x.example/?a=b", ("30d=1", "-a=b", "https://x.example/?a=b"), ()),
        ('"time to = merge"', ("time to = merge",), ()),
        ("vs=year <!-- author=x -->", (), (("vs", "year"),)),
        ("vs=year help", ("help",), (("vs", "year"),)),
    ],
)
def test_key_and_value_are_options(line: str, words: tuple[str, ...], options: tuple[tuple[str, str], ...]) -> None:
    (call,) = parse(f"/analytics {line}")
    assert isinstance(call, Call)
    assert (call.words, call.options) == (words, options)
    assert call.name == (words[0].lower() if words else "")


def test_the_case_of_a_value_matters_that_of_words_and_keys_does_not() -> None:
    assert len(parse("/analytics PULLS BASE=main\n/analytics pulls base=main")) == 1
    assert len(parse("/analytics base=Main\n/analytics base=main")) == 2


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("/analytics", "/analytics", []),
        ("/analytics", "Please:\n\n/Analytics  \n", []),
        ("/analytics pulls\n/analytics issues", "/analytics issues\n/analytics pulls", []),
        ("/analytics pulls", "/analytics pulls 90d", [("pulls", "90d")]),
        ("/analytics pulls", "/analytics pulls\n/analytics issues", [("issues",)]),
        ("/analytics pulls", "", []),
        ("/analytics pulls  author=x", "/Analytics Pulls Author=x", []),
        ("/analytics pulls author=x", "/analytics pulls author=y", [("pulls",)]),
        ("/analytics pulls", "/analytics pulls vs=year", [("pulls",)]),
        ("```\n/analytics\n```", "/analytics", [()]),
    ],
)
def test_an_edit_acts_only_on_what_it_changed(before: str, after: str, expected: list[tuple[str, ...]]) -> None:
    fresh = changed(parse(before), parse(after))
    assert [call.words for call in fresh if isinstance(call, Call)] == expected


@settings(max_examples=2_000, deadline=None)
@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    parse("/analytics\n" + text + "\n/analytics")


@pytest.mark.parametrize(
    "piece",
    ["/analytics\n", "/analytics ", "`", "` ``", "```\n", "~~~\n", "<", "<a ", "<a b='", '<a b="', "<!--",
     "<!-- --", "<?", "> ", ">", "- ", "1. ", "-", "* ", "_", " ", "\t", "\n", "\r", "\n\n ", "[", "](",
     "[a](", "\\", "\\`", "<div>\n", "</div>", "<b>", "</b>", "<b></b>", "é", "\U0001f600", "\u200b", "a ",
     '"', '" ', "#", "=\n", "a\n=\n", "&", "-->", "--", "<!A", "\n> ", "\n- ", " \n", "> \n", "- a\n", "`\n",
     "<a\n", "<a b\n", "</a ", "<a =", "<a b=", "='", "<pre ", "][", "a=", "a=b ", 'a="', 'a=" ', ',"', 'a=,"',
     '"a=', "`*", "`a=", "\u201c"]
)  # fmt: skip
@pytest.mark.timeout(20)
def test_the_largest_comment_is_read_in_linear_time(piece: str) -> None:
    """Quadratic time over 65,536 characters would take minutes, so that the time-out ends it."""
    whole = piece * (65_536 // len(piece) - 3)
    for text in (
        "/analytics\n" + whole,
        "/analytics a=" + whole,
        whole + "\n\n/analytics",
        "<div>\n" + whole[: -len("<div>\n\n\n/analytics")] + "\n\n/analytics",
        "- " * 50 + "\n/analytics\n" + whole,
    ):
        calls = parse(text[:65_536])
        assert len(calls) <= MOST_CALLS + 1
