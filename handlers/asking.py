"""A question on its way through the doors: what it names is looked up, and what its asker may not see is taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analytics.metrics import all_metrics
from analytics.terms import People, Terms, strictest
from github.client import GitHub
from handlers.access import ORGANISATION, Access
from handlers.elsewhere import another, compared, with_teams
from reports.configuration import Images
from reports.mistake import Mistake
from reports.options import usage_of
from reports.question import Question
from reports.sentences import no_single_person, one_or_all
from reports.whole import Counted
from storage.installations import Repository


@dataclass(frozen=True)
class Asked:
    """A question that may be answered where it was asked.

    home: the repository that it is about, which `github` speaks for · thread: whose readers see the answer · terms:
    what the owners of `home` have set, and of persons no more than the owners of all else that is counted allow ·
    images: how pictures come into the comment; `hosted` only where the owners of all that is not public say so.
    """

    question: Question
    home: Repository
    github: GitHub
    thread: Repository
    terms: Terms
    images: Images


async def admitted(access: Access, question: Question) -> tuple[Asked | None, str | None]:
    """Return what is left of a question, None if nothing is, and why something was taken out, as Markdown.

    access: that of whoever asks, in the thread's repository. Raises Mistake for what cannot be named here, and Later.
    """
    thread = await access.readers() if reaches_further(question) else access.repository
    home, there = access.repository, access
    if question.elsewhere:
        home = await another(access, thread, "in", question.elsewhere)
        question = replace(question, repository_id=home.id, repository=home.full_name)
        if any(all_metrics()[name].needs & ORGANISATION for name in question.metrics):
            raise Mistake(one_or_all(question.elsewhere), usage_of("in"), word=question.elsewhere)
        if home.id != thread.id:
            there = access_to(access, home)
    question, other = await compared(access, thread, home, question)
    question = await with_teams(access.services, thread, home, question, access.login, belongs=there.belongs)
    left = await there.admit(question)
    if left.question is None:
        return None, left.refusal
    settings = await there.settings()
    readers, counted = await access.counted() if question.whole_organisation else (access.audience or thread, None)
    home = access.repository if home.id == thread.id else home  # as it was listed, if it was
    people = strictest([settings.terms.people, *(await beside(access, counted, other, question))])
    if people != "names" and question.filters.authors and not question.filters.teams:
        raise Mistake(no_single_person(people), usage_of("author"), word="author=")
    admitted = left.question
    if counted is not None:
        admitted = replace(admitted, counted=counted.ids, notes=(*admitted.notes, *counted.notes))
    asked = Asked(
        admitted,
        home,
        there.github,
        readers,
        replace(settings.terms, people=people),
        await images_of(access, settings.images, other, counted),
    )
    return asked, left.refusal


def reaches_further(question: Question) -> bool:
    """Tell whether a question names what not everybody who reads the thread's repository may know of."""
    return bool(question.elsewhere or question.against.kind == "repository" or question.filters.teams)


def access_to(access: Access, home: Repository) -> Access:
    """Return what the same person may see in another repository, asked through its own installation."""
    github = access.services.github
    return Access(
        access.services,
        github(home.installation_id, home.id),
        github(home.installation_id),
        home,
        access.login,
        belongs=access.belongs and home.installation_id == access.repository.installation_id,
        member=access.member,
    )


async def beside(
    access: Access, counted: Counted | None, other: Repository | None, question: Question
) -> tuple[People, ...]:
    """Return how persons are shown of whatever else is counted; who belongs to a team is never said."""
    found: tuple[People, ...] = ("hidden",) if question.filters.teams else ()
    if other is not None:
        found = (*found, (await access_to(access, other).settings()).terms.people)
    if counted is not None:
        found = (*found, *await access.people_of(counted.repositories))
    return found


async def images_of(access: Access, images: Images, other: Repository | None, counted: Counted | None) -> Images:
    """Return how pictures come into the comment: what others own and is not public is hosted by their word only."""
    if images != "hosted":
        return images
    home = access.repository.id
    if counted is not None and any(one.visibility != "public" and one.id != home for one in counted.repositories):
        return "auto"
    if other is not None and other.visibility != "public":
        return (await access_to(access, other).settings()).images
    return images
