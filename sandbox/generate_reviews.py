"""What reviewers do with a pull request: requests, rounds of review, answers, and programs that take minutes."""

from __future__ import annotations

from random import Random

from sandbox.generate_calendar import HOUR, later
from sandbox.generate_life import Life, Remark, Review, Turn
from sandbox.generate_people import CODERABBIT, COPILOT, Crowd, Person
from sandbox.generate_words import text

# When, as a share of the time, the organisation switched its AI reviewers on.
CODERABBIT_SINCE, COPILOT_SINCE = 0.5, 0.7


def request_reviews(random: Random, life: Life, ready_at: int, reviewers: list[Person]) -> None:
    """Ask one to three people, sometimes a team, and sometimes take a request back."""
    asked_by = life.author if life.author.merges else reviewers[0]
    at = ready_at + random.randrange(5, 900)
    asked = reviewers if asked_by is life.author else reviewers[1:]
    for reviewer in asked:
        if reviewer is not life.author and reviewer.login is not None:
            life.turns.append(Turn(at, "review_requested", asked_by, reviewer))
    if random.random() < 0.08:
        life.turns.append(Turn(at, "review_requested", asked_by, team="core"))
    if len(asked) > 1 and random.random() < 0.07:
        taken_back_at = at + random.randrange(HOUR, 40 * HOUR)
        life.turns.append(Turn(taken_back_at, "review_request_removed", asked_by, asked[-1]))


def ai_reviews(random: Random, life: Life, ready_at: int, when: float) -> None:
    """Let the programs have their say a few minutes after the pull request is ready."""
    if when > CODERABBIT_SINCE and random.random() < 0.75:
        at = ready_at + random.randrange(90, 600)
        life.reviews.append(Review(at, CODERABBIT, "COMMENTED", random.randrange(0, 6), "**Actionable comments**"))
    if when > COPILOT_SINCE and random.random() < 0.4:
        at = ready_at + random.randrange(40, 240)
        life.reviews.append(Review(at, COPILOT, "COMMENTED", random.randrange(0, 4), "## Pull request overview"))


def human_reviews(random: Random, life: Life, ready_at: int, reviewers: list[Person], median_hours: float) -> int:
    """Go through rounds of review until someone approves; return when the last word was said."""
    at = ready_at
    for round_ in range(random.choices((1, 2, 3, 4), (58, 27, 10, 5))[0]):
        for reviewer in reviewers[: 1 if round_ or random.random() < 0.7 else 2]:
            wait = median_hours * (1.0 if round_ == 0 else 0.6) * (1.8 if life.author.role == "outsider" else 1.0)
            reviewed_at = later(random, at, wait, 1.35, reviewer.zone)
            state = random.choices(("APPROVED", "COMMENTED", "CHANGES_REQUESTED"), (46, 32, 22))[0]
            remarks = 0 if state == "APPROVED" and random.random() < 0.7 else random.randrange(0, 8)
            body = "" if random.random() < 0.6 else text(random, 1)
            if state == "CHANGES_REQUESTED" and random.random() < 0.08:
                state = "DISMISSED"
            life.reviews.append(Review(reviewed_at, reviewer, state, remarks, body))
            if remarks and not life.author.is_bot and random.random() < 0.45:
                # Answering a remark on a line is a review by the author in GitHub's books.
                answered_at = later(random, reviewed_at, 1.2, 1.2, life.author.zone)
                life.reviews.append(Review(answered_at, life.author, "COMMENTED", random.randint(1, remarks)))
                at = max(at, answered_at)
            at = max(at, reviewed_at)
        at = later(random, at, 1.0, 1.3, life.author.zone)
    approved_at = later(random, at, median_hours * 0.25, 1.2, reviewers[0].zone)
    life.reviews.append(Review(approved_at, reviewers[0], "APPROVED", 0, random.choice(("", "", "Thank you!", "LGTM"))))
    return approved_at


def talk(random: Random, life: Life, until: int, crowd: Crowd, when: float) -> None:
    """Have the author and passers-by comment before `until`; a few lives have a long thread."""
    for _ in range(random.choices((0, 1, 2, 4, 9), (46, 26, 16, 9, 3))[0]):
        author = life.author if random.random() < 0.4 else crowd.pick(random, when)
        at = life.at + 60 + int(random.random() ** 2 * max(HOUR, until - life.at))
        life.remarks.append(Remark(at, author, text(random, 2)))
