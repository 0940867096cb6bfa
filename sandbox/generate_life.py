"""What happens to a pull request or an issue from its first moment on, before it is written down as rows.

A life is told to its end and then cut off at `now`: what has not happened yet is simply not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.generate_people import Person


@dataclass(slots=True)
class Turn:
    """An entry of the timeline; `event` is GitHub's name for it, `subject` the requested person or team's slug."""

    at: int
    event: str
    actor: Person
    reviewer: Person | None = None
    team: str | None = None


@dataclass(slots=True)
class Review:
    """A submitted review with `remarks` comments on lines."""

    at: int
    reviewer: Person
    state: str
    remarks: int = 0
    body: str = ""


@dataclass(slots=True)
class Remark:
    """A comment in the thread."""

    at: int
    author: Person
    body: str


@dataclass(slots=True)
class Life:
    """A pull request or issue: who began it, when, and everything that follows."""

    author: Person
    at: int
    title: str
    body: str
    labels: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    is_pull: bool = True
    began_as_draft: bool = False
    merged_at: int | None = None
    merged_by: Person | None = None
    additions: int = 0
    deletions: int = 0
    files: int = 1
    commits: int = 1
    number: int = 0
    reason: str | None = None
    """Why an issue was closed: completed or not_planned."""

    def close(self, at: int, by: Person) -> None:
        """Tell that it was closed (unmerged, if a pull request)."""
        self.turns.append(Turn(at, "closed", by))

    def reopen(self, at: int, by: Person) -> None:
        """Tell that it was opened again."""
        self.turns.append(Turn(at, "reopened", by))

    def merge(self, at: int, by: Person) -> None:
        """Tell that it was merged, which GitHub writes down as merged and closed."""
        self.merged_at, self.merged_by = at, by
        self.turns += [Turn(at, "merged", by), Turn(at, "closed", by)]

    def cut(self, now: int) -> None:
        """Forget everything at or after `now`, and put what remains in order."""
        self.turns = sorted((turn for turn in self.turns if turn.at < now), key=lambda turn: turn.at)
        self.reviews = sorted((review for review in self.reviews if review.at < now), key=lambda review: review.at)
        self.remarks = sorted((remark for remark in self.remarks if remark.at < now), key=lambda remark: remark.at)
        if self.merged_at is not None and self.merged_at >= now:
            self.merged_at = self.merged_by = None

    @property
    def closing(self) -> Turn | None:
        """The turn that closed it, None if it is open."""
        last = next((turn for turn in reversed(self.turns) if turn.event in ("closed", "reopened")), None)
        return last if last is not None and last.event == "closed" else None

    @property
    def is_draft(self) -> bool:
        last = next((t for t in reversed(self.turns) if t.event in ("ready_for_review", "convert_to_draft")), None)
        return self.began_as_draft if last is None else last.event == "convert_to_draft"

    @property
    def pending(self) -> tuple[list[str], list[str]]:
        """Logins and team slugs whose review was asked for and is neither given nor withdrawn."""
        people: dict[str, int] = {}
        teams: dict[str, int] = {}
        for turn in self.turns:
            group, key = (teams, turn.team) if turn.team else (people, turn.reviewer.login if turn.reviewer else None)
            if key is None:
                continue
            if turn.event == "review_requested":
                group[key] = turn.at
            elif turn.event == "review_request_removed":
                group.pop(key, None)
        for review in self.reviews:
            if people.get(review.reviewer.login or "", review.at + 1) <= review.at:
                del people[review.reviewer.login or ""]
        return sorted(people), sorted(teams)

    @property
    def last_at(self) -> int:
        return max([self.at, *(x.at for x in self.turns), *(x.at for x in self.reviews), *(x.at for x in self.remarks)])
