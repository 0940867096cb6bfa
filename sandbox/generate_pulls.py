"""How a pull request lives: drafts, reviews, merges, refusals, rot, second thoughts and reverts."""

from __future__ import annotations

from random import Random

from sandbox.generate_calendar import DAY, HOUR, Span, days, later, moment
from sandbox.generate_life import Life, Remark, Turn
from sandbox.generate_people import ACTIONS, Crowd, Person
from sandbox.generate_profiles import Profile
from sandbox.generate_reviews import ai_reviews, human_reviews, request_reviews, talk
from sandbox.generate_words import PULL_LABELS, bump_title, labels, pull_title, text


class PullTeller:
    """Tells the lives of one repository's pull requests; `crowd` opens them, `maintainers` review and merge."""

    def __init__(self, random: Random, profile: Profile, crowd: Crowd, maintainers: Crowd, span: Span) -> None:
        self.random, self.profile, self.crowd, self.maintainers, self.span = random, profile, crowd, maintainers, span

    def people(self, count: int) -> list[Life]:
        """Tell `count` lives begun by people, and the reverts of some of them."""
        lives = []
        for day in days(self.random, self.span, count, self.profile.growth):
            author = self.crowd.pick(self.random, self.span.share(day * DAY))
            life = self.life(author, moment(self.random, day, author.zone))
            lives.append(life)
            if life.merged_at is not None and self.random.random() < 0.015:
                lives.append(self.revert(life, life.merged_at))
        return lives

    def robots(self, count: int) -> list[Life]:
        """Tell `count` updates of dependencies, mostly on Monday mornings."""
        random, bot = self.random, self.profile.bot
        lives = []
        for day in days(random, self.span, count):
            monday = day - (day + 3) % 7
            at = (monday if random.random() < 0.7 else day) * DAY + 5 * HOUR + random.randrange(0, 1200)
            life = Life(bot, max(at, self.span.since + 60), bump_title(random), "Bumps the library.", ["dependencies"])
            life.additions = life.deletions = random.randrange(1, 9)
            merger = self.maintainers.pick(random, self.span.share(at))
            end = later(random, life.at, 22.0, 1.3, merger.zone)
            if random.random() < 0.8:
                if random.random() < 0.5:
                    end = human_reviews(random, life, life.at, [merger], 6.0)
                life.merge(end + 90, merger)
            elif random.random() < 0.85:
                life.remarks.append(Remark(end, bot, "Superseded by a newer version."))
                life.close(end, bot)
            lives.append(life)
        return lives

    def life(self, author: Person, at: int) -> Life:
        """Tell the life of one pull request by a person."""
        random, when = self.random, self.span.share(at)
        life = Life(author, max(at, self.span.since + 60), pull_title(random), text(random))
        life.labels = labels(random, PULL_LABELS, 0.4)
        self.size(life)
        ready_at = self.drafting(life)
        if ready_at is None:
            talk(random, life, life.at + 20 * DAY, self.crowd, when)
            return life
        reviewers = list(
            {
                person.login: person
                for person in (self.maintainers.pick(random, when, author) for _ in range(random.choice((1, 1, 2, 3))))
            }.values()
        )
        if random.random() < 0.65:
            request_reviews(random, life, ready_at, reviewers)
        if self.profile.ai_reviews:
            ai_reviews(random, life, ready_at, when)
        self.ending(life, ready_at, reviewers)
        talk(random, life, life.last_at, self.crowd, when)
        if random.random() < 0.25:
            life.remarks.append(Remark(life.at + random.randrange(120, 900), ACTIONS, "Preview deployed."))
        return life

    def size(self, life: Life) -> None:
        """Give it a size: mostly small, now and then enormous."""
        random = self.random
        life.additions = int(random.lognormvariate(3.3, 1.6))
        life.deletions = int(random.lognormvariate(2.2, 1.6))
        life.files = 1 + int((life.additions + life.deletions) ** 0.45 * random.uniform(0.2, 0.9))
        life.commits = random.choices((1, 2, 3, 5, 8, 14), (48, 20, 13, 10, 6, 3))[0]

    def drafting(self, life: Life) -> int | None:
        """Return when it first was ready for review, None if it stays a draft."""
        random, author = self.random, life.author
        if random.random() >= 0.22:
            return life.at
        life.began_as_draft = True
        if random.random() < 0.1:
            return None
        ready_at = later(random, life.at, 20.0, 1.3, author.zone)
        life.turns.append(Turn(ready_at, "ready_for_review", author))
        if random.random() < 0.08:
            back_at = ready_at + random.randrange(600, 8 * HOUR)
            again_at = later(random, back_at, 15.0, 1.0, author.zone)
            life.turns += [Turn(back_at, "convert_to_draft", author), Turn(again_at, "ready_for_review", author)]
        return ready_at

    def ending(self, life: Life, ready_at: int, reviewers: list[Person]) -> None:
        """Merge it, refuse it, or let it lie."""
        random, author, median = self.random, life.author, self.profile.median_review_hours
        merger = author if author.merges and random.random() < 0.75 else reviewers[0]
        fate = random.random()
        if author.merges and fate < 0.13:
            life.merge(later(random, ready_at, 0.4, 1.4, author.zone), author)
            return
        lost = 0.34 if author.role == "outsider" else 0.14
        if fate > 1 - lost * 0.32:
            # Left to lie, with a review or without one.
            if random.random() < 0.5:
                human_reviews(random, life, ready_at, reviewers, median * 3)
            return
        if fate > 1 - lost:
            said_at = ready_at
            if random.random() < 0.5:
                said_at = human_reviews(random, life, ready_at, reviewers, median * 2)
            if life.reviews and life.reviews[-1].state == "APPROVED":
                life.reviews.pop()  # nobody approves what is refused
            by = author if random.random() < 0.4 else reviewers[0]
            life.close(later(random, said_at, 60.0, 1.5, by.zone), by)
            return
        approved_at = human_reviews(random, life, ready_at, reviewers, median)
        if random.random() < 0.03:
            closed_at = life.at + random.randrange(HOUR, max(2 * HOUR, approved_at - life.at))
            life.close(closed_at, author)
            life.reopen(closed_at + random.randrange(60, 30 * HOUR), author)
            approved_at = max(approved_at, life.last_at)
        life.merge(later(random, approved_at, 0.5, 1.6, merger.zone), merger)

    def revert(self, life: Life, merged_at: int) -> Life:
        """Tell how a merge was taken back soon after, without much talk."""
        random = self.random
        by = self.maintainers.pick(random, self.span.share(merged_at))
        at = merged_at + random.randrange(HOUR, 3 * DAY)
        reverting = Life(by, at, f'Revert "{life.title}"', "Reverts the change, it broke the nightly build.", ["bug"])
        reverting.additions, reverting.deletions, reverting.files = life.deletions, life.additions, life.files
        reverting.merge(at + random.randrange(120, 3 * HOUR), by)
        return reverting
