"""What the templates show of a thread: its entries in order, each with a version that changes when its look does."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from sandbox.clock import parse_iso
from sandbox.page.moments import relative
from sandbox.page.rendering import render
from sandbox.things import Account, Comment, Event, Pull, Review, Thread

GHOST = Account(0, "ghost")
NOTHING = Markup()
COLOURS = 8
EMOJI = {
    "+1": "👍", "-1": "👎", "laugh": "😄", "hooray": "🎉", "confused": "😕", "heart": "❤️", "rocket": "🚀", "eyes": "👀",
}  # fmt: skip
EVENTS = {
    "ReadyForReviewEvent": "marked this pull request as ready for review",
    "ConvertToDraftEvent": "marked this pull request as draft",
    "ReviewRequestedEvent": "requested a review from",
    "ReviewRequestRemovedEvent": "removed the request for review from",
    "ClosedEvent": "closed this",
    "ReopenedEvent": "reopened this",
    "MergedEvent": "merged this pull request",
}
REVIEWS = {
    "APPROVED": "approved these changes",
    "CHANGES_REQUESTED": "requested changes",
    "COMMENTED": "reviewed",
    "DISMISSED": "reviewed; the review was dismissed",
}


@dataclass(frozen=True, slots=True)
class Face:
    """An account as shown: login, initials on a coloured disc, and whether it is a bot."""

    login: str
    initials: str
    colour: int
    is_bot: bool

    @classmethod
    def of(cls, account: Account | None) -> Face:
        """Show an account; a deleted one is the ghost."""
        account = account or GHOST
        words = [word for word in account.login.replace("_", "-").split("-") if word]
        initials = (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper() if words else "?"
        colour = hashlib.sha256(account.login.lower().encode()).digest()[0] % COLOURS
        return cls(account.login, initials, colour, account.type == "Bot")


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment (`kind` comment) or a line of the timeline (event, review) in a thread."""

    kind: str
    id: str
    at: datetime
    ago: str
    face: Face
    says: str = ""
    symbol: str = ""
    text: str = ""
    html: Markup = NOTHING
    badges: tuple[str, ...] = ()
    reactions: tuple[tuple[str, str, int], ...] = ()
    edited: bool = False
    comment_id: int | None = None
    can_edit: bool = False
    version: str = field(default="", compare=False)


def entries(thread: Thread, now: datetime) -> list[Entry]:
    """Return the opening text, then everything that followed in order of time."""
    opening = Entry(
        kind="comment", id=f"issue-{thread.id}", at=(opened := parse_iso(thread.created_at)),
        ago=relative(opened, now), face=Face.of(thread.author), html=render(thread.body, thread.repository.full_name),
        badges=_badges(thread.association), version="0",
    )  # fmt: skip
    later = [_comment(comment, now) for comment in thread.comments]
    merged = {event.at for event in thread.timeline if event.type == "MergedEvent"}
    later += [
        _event(event, now)
        for event in thread.timeline
        if event.type in EVENTS and not (event.type == "ClosedEvent" and event.at in merged)
    ]
    if isinstance(thread, Pull):
        later += [_review(review, now) for review in thread.reviews if review.submitted_at]
    return [opening, *sorted(later, key=lambda entry: entry.at)]


def fingerprint(thread: Thread, shown: list[Entry]) -> str:
    """Return an entity tag of the thread as shown; times that only grow older do not change it."""
    parts = [thread.state, thread.title, *(f"{entry.id}={entry.version}" for entry in shown)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _comment(comment: Comment, now: datetime) -> Entry:
    at = parse_iso(comment.created_at)
    thread = comment.thread
    counts = Counter(reaction.content for reaction in comment.reactions)
    reactions = tuple((name, EMOJI[name], counts[name]) for name in EMOJI if counts[name])
    own = thread.author is not None and comment.author is thread.author
    seen = repr((comment.updated_at, comment.body, reactions))
    return Entry(
        kind="comment", id=f"issuecomment-{comment.id}", at=at, ago=relative(at, now), face=Face.of(comment.author),
        text=comment.body, html=render(comment.body, thread.repository.full_name),
        badges=_badges(comment.association, own=own), reactions=reactions,
        edited=comment.updated_at != comment.created_at, comment_id=comment.id,
        can_edit=comment.author is not None and comment.author.type == "User" and comment.text is not None,
        version=hashlib.sha256(seen.encode()).hexdigest()[:16],
    )  # fmt: skip


def _badges(association: str, *, own: bool = False) -> tuple[str, ...]:
    known = {"OWNER": "Owner", "MEMBER": "Member", "COLLABORATOR": "Collaborator", "CONTRIBUTOR": "Contributor"}
    return tuple(badge for badge in (known.get(association), "Author" if own else None) if badge)


def _event(event: Event, now: datetime) -> Entry:
    at = parse_iso(event.at)
    subject = event.subject.login if isinstance(event.subject, Account) else event.subject
    says = " ".join(word for word in (EVENTS[event.type], subject) if word)
    symbol = {"MergedEvent": "merged", "ClosedEvent": "closed", "ReopenedEvent": "open"}.get(event.type, "")
    return Entry("event", f"event-{event.id}", at, relative(at, now), Face.of(event.actor), says, symbol)


def _review(review: Review, now: datetime) -> Entry:
    at = parse_iso(review.submitted_at or review.created_at)
    symbol = {"APPROVED": "open", "CHANGES_REQUESTED": "closed"}.get(review.state, "")
    says = REVIEWS.get(review.state, "reviewed")
    return Entry("review", f"review-{review.id}", at, relative(at, now), Face.of(review.author), says, symbol)
