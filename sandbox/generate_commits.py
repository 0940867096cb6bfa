"""The default branch: a commit or a merge for every merged pull request, and what maintainers push directly."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from random import Random

from sandbox.dataset import Row
from sandbox.generate_calendar import DAY, HOUR, Span, days, moment, stamp
from sandbox.generate_life import Life
from sandbox.generate_people import Crowd, Person
from sandbox.generate_profiles import Profile

WEB = "web-flow"  # GitHub's own account, the committer of whatever is merged in the browser


@dataclass
class Branch:
    """Commits newest first, and the tips of the default branch over time; `merges` is pull number -> (merge, head)."""

    rows: list[Row] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    shas: list[str] = field(default_factory=list)
    merges: dict[int, tuple[str, str]] = field(default_factory=dict)

    def tip(self, at: int) -> str:
        """Return the default branch's commit at a moment; the first one for anything before it."""
        return self.shas[max(0, bisect_right(self.times, at) - 1)]

    def advance(self, at: int, sha: str) -> None:
        """Let the default branch point at `sha` from `at` on."""
        self.times.append(at)
        self.shas.append(sha)


def new_sha(random: Random) -> str:
    """Return 40 hexadecimal digits."""
    return f"{random.getrandbits(160):040x}"


def name(person: Person) -> str | None:
    """Return whom a commit names: the linked login, else a hash of the e-mail address.

    About every ninth contributor never linked the address; it is always the same ones.
    """
    if person.login is None:
        return "h:" + hashlib.sha256(b"someone who left").hexdigest()[:12]
    digest = hashlib.sha256(person.login.encode()).hexdigest()[:12]
    return f"h:{digest}" if person.role in ("contributor", "outsider") and int(digest, 16) % 9 == 0 else person.login


def branch(random: Random, profile: Profile, lives: list[Life], crowd: Crowd, span: Span, *, count: int) -> Branch:
    """Return the default branch: every merged life of `lives`, and `count` direct pushes by `crowd`."""
    made = Branch()
    events: list[tuple[int, Life | Person]] = []
    for day in days(random, span, count):
        who = crowd.pick(random, span.share(day * DAY))
        at = max(span.since + 1, moment(random, day, who.zone))
        if at < span.until:
            events.append((at, who))
    events += [(life.merged_at, life) for life in lives if life.is_pull and life.merged_at is not None]
    events.sort(key=itemgetter(0))
    first = new_sha(random)
    founder = crowd.people[0]
    made.rows.append(_row(first, [], founder, span.since, size=(412, 0, 19)))
    made.advance(span.since, first)
    for at, what in events:
        if isinstance(what, Life):
            _merge(random, profile, made, what, at)
        else:
            sha = new_sha(random)
            lines = int(random.lognormvariate(2.4, 1.4))
            size = (lines, lines // 3, 1 + lines // 60)
            made.rows.append(_row(sha, [made.shas[-1]], what, at, size=size))
            made.advance(at, sha)
    made.rows.sort(key=itemgetter("committer_date"), reverse=True)
    return made


def _merge(random: Random, profile: Profile, made: Branch, life: Life, at: int) -> None:
    parent, merge, head = made.shas[-1], new_sha(random), new_sha(random)
    if random.random() < profile.squash:
        size = (life.additions, life.deletions, life.files)
        made.rows.append(_row(merge, [parent], life.author, at, committer=WEB, size=size))
    else:
        _topic(random, made, life, at, head)
        made.rows.append(_row(merge, [parent, head], life.merged_by or life.author, at, committer=WEB))
    made.merges[life.number] = (merge, head)
    made.advance(at, merge)


def _topic(random: Random, made: Branch, life: Life, at: int, head: str) -> None:
    """Put the commits of the topic branch in place, written around the pull request's opening and before its merge."""
    parent, begun = made.tip(min(life.at, at - 1)), min(life.at, at) - random.randrange(HOUR // 6, DAY)
    begun = max(begun, made.times[0] + 1)
    moments = sorted(random.randrange(begun, max(begun + 1, at)) for _ in range(life.commits))
    for index, written_at in enumerate(moments):
        sha = head if index == len(moments) - 1 else new_sha(random)
        # A rebase keeps the author's date and renews the committer's.
        committed_at = written_at if random.random() < 0.85 else min(at, written_at + random.randrange(60, 9 * HOUR))
        size = (life.additions // life.commits, life.deletions // life.commits, max(1, life.files // life.commits))
        made.rows.append(_row(sha, [parent], life.author, written_at, committed_at=committed_at, size=size))
        parent = sha


def _row(
    sha: str,
    parents: list[str],
    author: Person,
    written_at: int,
    *,
    committed_at: int | None = None,
    committer: str | None = None,
    size: tuple[int, int, int] | None = None,
) -> Row:
    """Return a commit; without `size` (lines added, lines deleted, files) it is a merge, of which none is known."""
    additions, deletions, files = size or (None, None, None)
    who = name(author)
    return {
        "sha": sha, "parents": parents, "author": who, "author_date": stamp(written_at),
        "committer": committer or who, "committer_date": stamp(committed_at or written_at),
        "additions": additions, "deletions": deletions, "files": files,
    }  # fmt: skip
