"""How an issue lives: a first answer sooner or later, a conversation, an end, sometimes a second beginning."""

from __future__ import annotations

from random import Random

from sandbox.generate_calendar import DAY, Span, days, later, moment
from sandbox.generate_life import Life, Remark
from sandbox.generate_people import ACTIONS, Crowd
from sandbox.generate_profiles import Profile
from sandbox.generate_words import ISSUE_LABELS, issue_title, labels, text


def issues(random: Random, profile: Profile, crowd: Crowd, maintainers: Crowd, span: Span, *, count: int) -> list[Life]:
    """Tell the lives of `count` issues that `crowd` opens and `maintainers` answer."""
    lives = []
    for day in days(random, span, count, profile.growth):
        when = span.share(day * DAY)
        author = crowd.pick(random, when)
        at = max(span.since + 60, moment(random, day, author.zone))
        life = Life(author, at, issue_title(random), text(random), labels(random, ISSUE_LABELS, 0.7), is_pull=False)
        maintainer = maintainers.pick(random, when, author)
        answered_at = life.at
        if random.random() < 0.86:
            answered_at = later(random, life.at, profile.median_review_hours * 2.5, 1.6, maintainer.zone)
            life.remarks.append(Remark(answered_at, maintainer, text(random, 2)))
            if random.random() < 0.06:
                life.remarks.append(Remark(life.at + 30, ACTIONS, "Thank you for opening an issue."))
        _converse(random, life, answered_at, crowd, when)
        _end(random, life, answered_at, maintainers, when)
        lives.append(life)
    return lives


def _converse(random: Random, life: Life, answered_at: int, crowd: Crowd, when: float) -> None:
    at = answered_at
    for _ in range(random.choices((0, 1, 2, 4, 8, 19), (30, 26, 20, 14, 8, 2))[0]):
        author = life.author if random.random() < 0.45 else crowd.pick(random, when)
        at = later(random, at, 14.0, 1.4, author.zone)
        life.remarks.append(Remark(at, author, text(random, 2)))


def _end(random: Random, life: Life, answered_at: int, maintainers: Crowd, when: float) -> None:
    fate = random.random()
    if fate > 0.8:
        return
    if fate > 0.72:
        # Nobody came back to it: a workflow closes it.
        stale_at = life.last_at + 60 * DAY
        life.remarks.append(Remark(stale_at, ACTIONS, "This issue is stale and will be closed."))
        life.close(stale_at + 7 * DAY, ACTIONS)
        life.reason = "not_planned"
        return
    by = maintainers.pick(random, when)
    life.close(later(random, answered_at, 70.0, 1.9, by.zone), by)
    life.reason = "not_planned" if random.random() < 0.2 else "completed"
    if random.random() < 0.05:
        again_at = later(random, life.last_at, 40.0, 1.2, life.author.zone)
        life.remarks.append(Remark(again_at, life.author, "This is back in the latest release."))
        life.reopen(again_at, life.author)
        if random.random() < 0.7:
            life.close(later(random, again_at, 50.0, 1.4, by.zone), by)
