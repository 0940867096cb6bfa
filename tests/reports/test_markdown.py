"""What a maintainer reads: an answer as one comment."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from analytics.charts.histogram import Histogram
from analytics.metric import Comparison, Grid, Measured
from analytics.window import BEGINNING, Window
from handlers.grammar import parse
from reports import compute
from reports.answer import Answer
from reports.keys import find_key
from reports.markdown import LIMIT, as_text, comment, several
from reports.question import Question
from tests.reports.values import ANSWER, LINK, METRICS, NOW, OVERVIEW, QUESTION

HOSTED = """\
**13 pull requests merged, median 5 d 18 h (before: 19 merged, 24 h).** 62 % of those opened were not reviewed within a day.

|   | last 365 days | before |   |
|---|--:|--:|---|
| pull requests opened | 34 | 26 | no clear change |
| merged / closed unmerged | 13~/ 25 | 19~/ 5 | more closed |
| median time to merge (merged ones) | 5~d~18~h | 24~h | n = 13 and 19: no clear change |
| first review within 24 h | 38~% | 58~% | n = 34 and 26: no clear change |
| issues opened / closed | 26~/ 32 | 6~/ 3 | more of both |

<picture>
<source media="(prefers-color-scheme: dark)" srcset="https://almanac.example/pictures/d1.png">
<img alt="Half of the 13 merged pull requests were in within 5 d 18 h; the slowest took 1.2 y." \
src="https://almanac.example/pictures/l1.png" width="740">
</picture>

<details><summary>Numbers, definitions, how to repeat this</summary>

**Overview.** Every figure is defined under its own metric. Bots are left out of review times and of people counts.

|   | last 365 days | before |
|---|--:|--:|
| opened | 34 | 26 |
| merged | 13 | 19 |
| merged median | 5~d~18~h | 24~h |
| merged within 24h | 38~% | – |
| open at end | – | – |

**Per month**

| month | opened | merged |
|---|--:|--:|
| 2026-05 | 3 | 1 |
| 2026-06 | 0 | 2 |
| 2026-07 | 1 | – |

**People**

| author | pulls |
|---|--:|
| `quartz-otter` | 12 |
| `dependabot[bot]` | 3 |

To ask exactly this again:

```
/analytics overview 2025-07-09T08:00:00Z..2026-07-09T08:00:00Z
python -m bot report tlswg/tls13-spec --since 2025-07-09T08:00:00Z --until 2026-07-09T08:00:00Z --metric overview
```

</details>

<sub>34 of 34 pull requests, 68 reviews, 26 of 30 issues (older than 9 Jul 2024 still being read), synced 3 min ago · \
Bots left out of review times (1) · 2 negative durations left out · 2025-07-09 to 2026-07-09 UTC · \
as of 2026-07-09 08:00 UTC · `/analytics help`</sub>

<!-- almanac:answer-7-42 -->""".replace("~", "\N{NO-BREAK SPACE}")  # noqa: E501, RUF001


def rendered(markdown: str) -> str:
    html: str = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    return html


def test_an_answer_is_read_in_this_order() -> None:
    assert comment(ANSWER, picture_urls=[LINK], key="answer-7-42") == HOSTED


def test_without_hosted_pictures_their_numbers_stand_as_text() -> None:
    body = comment(ANSWER, picture_urls=None, key=None)
    assert "<picture" not in body
    assert "| 1 w | 9 | █████████ |" in body
    assert "Half of the 13 merged pull requests were in within 5 d 18 h" in body


def test_a_picture_of_several_charts_is_folded_as_text() -> None:
    long = replace(OVERVIEW.pictures[0], text="| a |\n|---|\n" + "| row |\n" * 60)
    body = comment(replace(ANSWER, sections=(replace(OVERVIEW, pictures=(long,)),)), picture_urls=None, key=None)
    assert "<details><summary>The picture as text</summary>\n\nHalf of the 13" in body
    assert rendered(body).count("<details>") == rendered(body).count("</details>") == 2


def test_an_answer_never_triggers_a_command() -> None:
    assert parse(comment(ANSWER, picture_urls=[LINK], key="answer-7-42")) == ()


def test_the_command_to_repeat_asks_the_same_question() -> None:
    body = comment(ANSWER, picture_urls=None, key=None)
    (words,) = re.findall(r"^/analytics (.*)$", body, re.MULTILINE)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    again = Question.from_words(
        words.split(), now=later, repository_id=7, repository="tlswg/tls13-spec", metrics=METRICS
    )
    assert again == QUESTION
    assert again.seed == QUESTION.seed


def test_whole_days_are_named_by_the_quarter_they_are() -> None:
    quarter = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    body = comment(replace(ANSWER, question=replace(QUESTION, window=quarter)), picture_urls=None, key=None)
    assert "| Q1 2026 | before |" in body
    assert "/analytics overview 2026-01-01..2026-03-31\n" in body
    assert "--since 2026-01-01T00:00:00Z --until 2026-04-01T00:00:00Z" in body
    assert " · 2026-01-01 to 2026-03-31 UTC · " in body


def test_with_nothing_before_the_table_shows_the_facts() -> None:
    everything = replace(QUESTION, window=Window(BEGINNING, NOW))
    section = replace(OVERVIEW, comparisons=(), before=None)
    body = comment(Answer(everything, NOW, (section,), ANSWER.completeness), picture_urls=[LINK], key=None)
    assert "|   | whole history |\n|---|--:|\n| opened | 34 |\n| merged | 13 |" in body
    assert "before |" not in body


def test_a_verdict_column_without_verdicts_is_left_out() -> None:
    section = replace(OVERVIEW, comparisons=(Comparison("opened", "3", "4"),))
    body = comment(replace(ANSWER, sections=(section,)), picture_urls=None, key=None)
    assert "|   | last 365 days | before |\n|---|--:|--:|\n| opened | 3 | 4 |" in body


def test_how_the_words_were_read_is_said() -> None:
    noted = replace(QUESTION, notes=("the end was cut at now, 2026-07-09 08:00 UTC",))
    body = comment(replace(ANSWER, question=noted), picture_urls=None, key=None)
    assert " · the end was cut at now, 2026-07-09 08:00 UTC · " in body


def test_several_metrics_have_a_heading_each_and_one_completeness_line() -> None:
    other = replace(OVERVIEW, metric="pulls", title="Pull requests", pictures=())
    body = comment(replace(ANSWER, sections=(OVERVIEW, other)), picture_urls=[LINK], key=None)
    assert [line for line in body.splitlines() if line.startswith("#")] == ["### Overview", "### Pull requests"]
    assert body.count("<sub>") == body.count("<details>") == body.count("<picture>") == 1


def test_several_commands_are_answered_in_one_comment() -> None:
    body = several([ANSWER, "There is no such thing.", ANSWER], picture_urls=[[LINK], None, None], key="answer-7-42")
    assert body.split("\n\n---\n\n")[1] == "There is no such thing."
    assert body.count("<picture>") == 1
    assert find_key(body) == "answer-7-42"
    assert body.count("almanac:") == 1


def hostile() -> Answer:
    evil = 'x | @octocat #12 <img src=x onerror=alert(1)> [a](http://e.example) --> "\u202e\n\n# heading\n/analytics'
    section = replace(
        OVERVIEW,
        title=evil,
        finding=evil,
        definition=evil,
        comparisons=(Comparison(evil, evil, evil, evil),),
        now=Measured({"name": evil}, {"people": Grid(("author", "note"), ((evil, evil),))}, {}, (evil,)),
        pictures=(replace(OVERVIEW.pictures[0], alt=evil, text=""),),
    )
    return replace(ANSWER, sections=(section, section))


@pytest.mark.parametrize("links", [None, [LINK, LINK]])
def test_names_that_mean_harm_are_shown_as_text(links: list[object] | None) -> None:
    body = comment(hostile(), picture_urls=links, key="answer-7-42")  # type: ignore[arg-type]
    html = rendered(body)
    outside = re.sub(r"<code>.*?</code>|alt=\"[^\"]*\"|<pre>.*?</pre>", "", html, flags=re.DOTALL)
    assert "@octocat" not in outside
    assert "#12" not in outside
    assert "<a " not in outside
    assert html.count("<img") == (2 if links else 0)
    assert "onerror=alert(1)>" not in re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)
    assert "\u202e" not in html
    assert html.count("<h3>") == 2
    assert "<h1>" not in html
    assert parse(body) == ()
    assert find_key(body) == "answer-7-42"


def large(rows: int, sections: int = 1, finding: str = OVERVIEW.finding) -> Answer:
    data = Grid(("week", "opened"), tuple((f"2026-W{number:05}", number) for number in range(rows)))
    people = Grid(("author", "pulls"), tuple((f"quartz-otter-{number}", number) for number in range(rows)))
    picture = replace(OVERVIEW.pictures[0], alt="a long text " * 300, text="| a |\n|---|\n" + "| row |\n" * 2_000)
    section = replace(
        OVERVIEW,
        finding=finding,
        comparisons=OVERVIEW.comparisons * 10,
        now=Measured({f"fact_{number}": number for number in range(500)}, {"per_week": data, "people": people}),
        pictures=(picture,) * 4,
    )
    return replace(ANSWER, sections=(section,) * sections)


def test_a_long_table_is_cut_with_a_sentence() -> None:
    section = replace(OVERVIEW, now=large(400).sections[0].now)
    body = comment(replace(ANSWER, sections=(section,)), picture_urls=[LINK], key=None)
    assert "**Per week**: the newest 60 of 400 rows; all of them with the command below and `--format csv`." in body
    assert "| 2026-W00399 | 399 |" in body
    assert "| 2026-W00339 | 339 |" not in body
    assert "**People**: the first 60 of 400 rows;" in body
    assert "| `quartz-otter-0` | 0 |" in body


@pytest.mark.parametrize("links", [None, [LINK] * 80])
@pytest.mark.parametrize("sections", [1, 7, 20])
def test_a_comment_is_never_longer_than_github_takes_and_keeps_its_headline(
    links: list[object] | None, sections: int
) -> None:
    chosen = links[: 4 * sections] if links else None
    body = comment(large(5_000, sections), picture_urls=chosen, key="answer-7-42")  # type: ignore[arg-type]
    assert len(body) <= LIMIT == 65_536
    assert body.count("**13 pull requests merged, median 5 d 18 h (before: 19 merged, 24 h).**") == sections
    assert find_key(body) == "answer-7-42"
    assert rendered(body).count("<details>") == body.count("</details>")


def test_five_large_answers_share_one_comment() -> None:
    parts: list[Answer | str] = [large(5_000, 7), "a mistake", large(5_000, 3), ANSWER, "help " * 20_000]
    body = several(parts, picture_urls=[None] * 5, key="answer-7-42")
    assert len(body) <= LIMIT
    assert "a mistake" in body
    assert comment(ANSWER, picture_urls=None, key=None) in body
    assert find_key(body) == "answer-7-42"


def test_even_an_endless_headline_fits() -> None:
    body = comment(large(10, 3, finding="|" * 200_000), picture_urls=None, key="answer-7-42")
    assert len(body) <= LIMIT
    assert find_key(body) == "answer-7-42"


def test_that_there_is_nothing_is_said_once() -> None:
    empty = Histogram("No pull request merged in the last 30 days", "", (), None)
    said = as_text(compute.picture(empty, drawn=False))
    assert said.count("Nothing in this window") == 1
    full = Histogram("One", "", (3.0,), 3.0)
    assert full.text() in as_text(compute.picture(full, drawn=False))
