"""`images: branch`: a private repository's pictures lie in the repository itself, for those who may read it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from reports.branch import BRANCH
from reports.sentences import BRANCH_ELSEWHERE, BRANCH_REFUSED, BRANCH_UNREACHED
from sandbox.git import Git, GitCommit, Who
from sandbox.state import RequestRecord
from tests.sandbox.openapi import Description
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, STRONGROOM, Said, Town
from tests.stories.visits import captured, installed

EMBER = "quartz-labs/ember"
FILE = ".github/analytics.yml"
PNG = b"\x89PNG\r\n\x1a\n"
LINK = re.compile(r'(?:srcset|src)="([^"]+)"')


def choose(town: Town, repository: str = STRONGROOM, contents: str = "write") -> None:
    """Have a repository's owners want pictures on a branch, and grant what that takes."""
    town.world.required(repository).files[FILE] = "images: branch\n"
    one = installed(town)
    one.permissions = {**one.permissions, "contents": contents}


async def asked(town: Town, words: str, repository: str = STRONGROOM) -> Said:
    """Ask in a fresh thread of a repository, by a member."""
    return await town.say(words, repository=repository, number=town.open_issue(repository))


def git_of(town: Town, repository: str = STRONGROOM) -> Git:
    return town.world.required(repository).git


def history(town: Town, repository: str = STRONGROOM) -> list[GitCommit]:
    """Return the commits of the branch, newest first."""
    git = git_of(town, repository)
    found = [git.commits[git.branches[BRANCH]]] if BRANCH in git.branches else []
    while found and found[-1].parents:
        (parent,) = found[-1].parents
        found.append(git.commits[parent])
    return found


def writes(town: Town, since: int) -> list[RequestRecord]:
    return [one for one in town.requests(since) if "/git/" in one.path]


async def fetched(town: Town, url: str) -> bytes:
    """Fetch a picture as a reader's browser does."""
    async with town.session.get(url) as response:
        assert response.status == 200, url
        assert response.content_type == "image/png"
        return await response.read()


async def test_a_private_repositorys_pictures_are_files_on_its_own_branch(town: Town) -> None:
    """Light and dark, linked by the commit that holds them and nothing else; nothing lies under an address of ours."""
    choose(town)
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    (commit,) = history(town)
    base = f"{town.sandbox.url}/{STRONGROOM}/blob/{commit.sha}"
    dark, light, *_ = LINK.findall(body)
    assert (light, dark) == (f"{base}/1-light.png?raw=true", f"{base}/1-dark.png?raw=true")
    assert '<source media="(prefers-color-scheme: dark)"' in body
    pictures = [await fetched(town, url) for url in (light, dark)]
    assert all(one.startswith(PNG) for one in pictures)
    assert pictures[0] != pictures[1]
    assert town.rows("SELECT address FROM pictures") == []
    assert "stand as text" not in body
    assert "```mermaid" not in body
    names = set(git_of(town).files(commit.tree))
    assert names == {f"{place}-{theme}.png" for place in range(1, len(LINK.findall(body)) // 2 + 1)
                     for theme in ("light", "dark")} | {"README.md"}  # fmt: skip
    assert commit.parents == ()
    assert commit.author.name == "almanac[bot]"


async def test_each_answer_is_one_commit_after_the_one_before(town: Town) -> None:
    """A picture that a comment links to stays where it is."""
    choose(town)
    first = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    second = town.answer_to(await asked(town, "/analytics pulls 90d"))
    newer, older = history(town)
    assert all(older.sha in url for url in LINK.findall(first))
    assert all(newer.sha in url for url in LINK.findall(second))
    for url in LINK.findall(first):
        assert (await fetched(town, url)).startswith(PNG)


async def test_an_edited_command_gets_new_pictures_and_the_old_ones_stay_in_the_history(town: Town) -> None:
    """Of two commands the one that did not change keeps its pictures, and nothing is written for it."""
    choose(town)
    said = await asked(town, "/analytics time-to-merge 90d\n\n/analytics pulls 90d")
    before = LINK.findall(town.answer_to(said))
    assert len(history(town)) == 2
    await town.edit(said, "/analytics time-to-merge 90d\n\n/analytics pulls 30d")
    after = LINK.findall(town.answer_to(said))
    assert len(history(town)) == 3
    assert {url for url in after if url in before} == {url for url in before if history(town)[2].sha in url}
    assert (await fetched(town, before[-1])).startswith(PNG)


async def test_what_it_takes_is_a_few_requests_that_github_describes(town: Town, shared_folder: Path) -> None:
    """Two for each picture, and four; of these only the branch's move is content that somebody sees."""
    choose(town)
    await asked(town, "/analytics time-to-merge 90d")
    since = town.asked
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    made = writes(town, since)
    assert len(made) == len(LINK.findall(body)) + 4
    assert [one.method for one in made[-4:]] == ["POST", "GET", "POST", "PATCH"]
    description = Description(shared_folder)
    assert [fault for one in town.requests() for fault in description.faults(one)] == []
    assert msgspec.json.decode(made[-1].body)["force"] is False


async def test_without_the_permission_the_numbers_stand_as_text_and_it_is_said_why(town: Town) -> None:
    """Nothing is drawn and nothing tried: what the installation may do is known."""
    choose(town, contents="read")
    await captured(town)
    since = town.asked
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    assert body.count(BRANCH_REFUSED) == 1
    assert BRANCH_REFUSED in body.splitlines()[-3]
    assert "<picture" not in body
    assert "```mermaid" in body
    assert writes(town, since) == []


async def test_a_permission_that_was_taken_back_unheard_of_is_noticed_by_the_refusal(town: Town) -> None:
    choose(town)
    await captured(town)
    choose(town, contents="read")
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    assert body.count(BRANCH_REFUSED) == 1
    assert "```mermaid" in body
    assert history(town) == []


async def test_a_rule_that_keeps_the_app_from_the_branch_costs_no_answer(town: Town) -> None:
    """It is tried four times, as if somebody else had moved the branch, and then given up."""
    choose(town)
    rule = '{"message": "Repository rule violations found"}'
    town.break_("status", "POST", "*/git/refs", times=None, status=422, body=rule)
    since = town.asked
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    assert BRANCH_UNREACHED in body
    assert "<picture" not in body
    assert len([one for one in writes(town, since) if one.path.endswith("/git/refs")]) == 4


async def test_an_answer_goes_after_one_that_came_in_between(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The branch moves between looking and writing: the commit is made anew, after the other one."""
    choose(town)
    await asked(town, "/analytics pulls 90d")
    (first,) = history(town)
    others: list[GitCommit] = []
    add_commit = Git.add_commit

    def and_another(git: Git, tree: str, parents: tuple[str, ...], message: str, author: Who, by: Who) -> GitCommit:
        if not others:
            others.append(add_commit(git, first.tree, (first.sha,), "Of another answer", author, by))
            git.branches[BRANCH] = others[0].sha
        return add_commit(git, tree, parents, message, author, by)

    monkeypatch.setattr(Git, "add_commit", and_another)
    since = town.asked
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    assert history(town)[1:] == [others[0], first]
    assert all(history(town)[0].sha in url for url in LINK.findall(body))
    moves = [one.status for one in writes(town, since) if one.method == "PATCH"]
    assert moves == [422, 200]


async def test_a_lost_answer_of_github_writes_nothing_twice(town: Town) -> None:
    """The branch was begun and nobody heard of it: it is found where it was to lead."""
    choose(town)
    town.break_("lose_response", "POST", "*/git/refs", times=1)
    body = town.answer_to(await asked(town, "/analytics time-to-merge 90d"))
    (commit,) = history(town)
    assert LINK.findall(body)
    assert all(commit.sha in url for url in LINK.findall(body))


@pytest.mark.parametrize("words", ["pulls 90d scope=org", f"pulls 90d vs={EMBER}"])
async def test_what_is_of_other_repositories_too_does_not_go_onto_the_branch(town: Town, words: str) -> None:
    """From a private thread; the numbers stand as text."""
    choose(town)
    await asked(town, "/analytics help", EMBER)
    body = town.answer_to(await asked(town, f"/analytics {words}"))
    assert BRANCH_ELSEWHERE in body
    assert "<picture" not in body
    assert history(town) == []


async def test_pictures_of_another_repository_go_onto_neither_branch(town: Town) -> None:
    """The one that is asked about is public, so they have an address of ours."""
    choose(town)
    choose(town, EMBER)
    await asked(town, "/analytics help", EMBER)
    body = town.answer_to(await asked(town, f"/analytics pulls 90d in={EMBER}"))
    assert "/pictures/" in body
    assert history(town) == history(town, EMBER) == []


async def test_a_public_repository_may_want_it_so_and_then_all_that_is_public_goes_there(town: Town) -> None:
    choose(town, LANTERN)
    await captured(town)
    for words in ("pulls 90d", "pulls 90d scope=org"):
        body = town.answer_to(await town.say(f"/analytics {words}"))
        assert f"/{LANTERN}/blob/" in body
        assert "/pictures/" not in body
    assert len(history(town, LANTERN)) == 2


async def test_it_needs_no_address_of_ours(town_of: OpenTown) -> None:
    """A server that nobody reaches from outside but GitHub has pictures, too."""
    async with town_of(PUBLIC_URL="") as town:
        choose(town)
        assert f"/{STRONGROOM}/blob/" in town.answer_to(await asked(town, "/analytics pulls 90d"))


async def test_reading_goes_on_as_before_when_the_branch_moves(town: Town) -> None:
    """GitHub tells the App of its own push; it is not the default branch's, and nothing is read for it."""
    choose(town)
    await asked(town, "/analytics pulls 90d")
    pushes = [one for one in town.sandbox.deliveries if one.event == "push"]
    assert [one.status_code for one in pushes] == [202]
    assert [job for job in town.jobs() if job["kind"] == "refresh"] == []
