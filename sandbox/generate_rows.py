"""Lives written down as the rows of a data set, field by field as GitHub's REST API names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from random import Random

from sandbox.dataset import Row
from sandbox.generate_calendar import maybe_stamp, stamp
from sandbox.generate_commits import Branch, new_sha
from sandbox.generate_life import Life, Review
from sandbox.generate_people import Person


@dataclass
class Writer:
    """Writes the lives of one repository; ids count up from `first_id` so that no two repositories share one."""

    random: Random
    branch: Branch
    contributors: frozenset[str]
    first_id: int
    pulls: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)
    timeline: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = count(self.first_id)

    def write(self, life: Life) -> None:
        """Append every row of one life."""
        if life.is_pull:
            self._pull(life)
        else:
            self._issue(life)
        self.comments += [
            self._comment(life.number, "issue_comment", remark.author, remark.at, remark.body)
            for remark in life.remarks
        ]
        self.timeline += [
            {
                "number": life.number, "id": next(self._ids), "event": turn.event, "created_at": stamp(turn.at),
                "actor": turn.actor.login,
                "requested_reviewer": turn.reviewer.login if turn.reviewer else None, "requested_team": turn.team,
            }
            for turn in life.turns
        ]  # fmt: skip

    def _common(self, life: Life) -> Row:
        closing = life.closing
        return {
            "number": life.number, "title": life.title, "state": "closed" if closing else "open",
            **self._who(life.author),
            "created_at": stamp(life.at), "updated_at": stamp(life.last_at),
            "closed_at": maybe_stamp(closing.at if closing else None),
            "labels": life.labels, "locked": False, "assignees": [], "milestone": None,
            "comments": len(life.remarks), "body_length": len(life.body), "body": life.body,
        }  # fmt: skip

    def _issue(self, life: Life) -> None:
        row, closing = self._common(life), life.closing
        row["closed_by"] = closing.actor.login if closing else None
        was_closed = any(turn.event == "reopened" for turn in life.turns)
        row["state_reason"] = life.reason if closing else "reopened" if was_closed else None
        self.issues.append(row)

    def _pull(self, life: Life) -> None:
        merge, head = self.branch.merges.get(life.number, (None, None))
        people, teams = life.pending
        head = head or new_sha(self.random)
        self.pulls.append(
            self._common(life)
            | {
                "draft": life.is_draft,
                "merged_at": maybe_stamp(life.merged_at), "merged_by": life.merged_by.login if life.merged_by else None,
                "merge_commit_sha": merge, "head_sha": head, "base_sha": self.branch.tip(life.at), "base_ref": "main",
                "requested_reviewers": people, "requested_teams": teams,
                "additions": life.additions, "deletions": life.deletions, "changed_files": life.files,
                "commits": life.commits, "review_comments": sum(review.remarks for review in life.reviews),
                "size_source": "generated",
            }
        )  # fmt: skip
        for review in life.reviews:
            self._review(life.number, review, head)

    def _review(self, number: int, review: Review, head: str) -> None:
        review_id = f"PRR_{next(self._ids):016x}"
        self.reviews.append(
            {
                "number": number, "id": review_id, **self._who(review.reviewer), "state": review.state,
                "submitted_at": stamp(review.at), "commit_id": head[:7], "body_length": len(review.body),
                "body": review.body, "comments": review.remarks,
            }
        )  # fmt: skip
        for _ in range(review.remarks):
            row = self._comment(number, "review_comment", review.reviewer, review.at, "Could this be simpler?")
            self.comments.append(row | {"review_id": review_id, "in_reply_to": None})

    def _comment(self, number: int, kind: str, author: Person, at: int, body: str) -> Row:
        return {
            "number": number, "kind": kind, "id": next(self._ids), **self._who(author),
            "created_at": stamp(at), "updated_at": stamp(at), "body_length": len(body), "body": body,
        }  # fmt: skip

    def _who(self, person: Person) -> Row:
        if person.merges:
            association = "COLLABORATOR" if person.role == "collaborator" else "MEMBER"
        elif person.login in self.contributors:
            association = "CONTRIBUTOR"
        else:
            association = "NONE"
        return {"author": person.login, "author_type": person.type, "author_association": association}
