"""`in=`, `vs=`, `team=` and `scope=org`: what may be asked of elsewhere, by whom, and in whose hearing."""

from __future__ import annotations

import sqlite3

import pytest

from reports import whole
from sandbox.things import Visibility
from tests.stories.town import LANTERN, MEMBER, STRANGER, STRONGROOM, Said, Town
from tests.stories.visits import captured, colleague, installed, stored

EMBER = "quartz-labs/ember"
NOWHERE = "quartz-labs/nowhere"
FILE = ".github/analytics.yml"
PAGE = "/organizations/quartz-labs/settings/installations/"


def first_line(town: Town, said: Said) -> str:
    return town.answer_to(said).splitlines()[0]


def show(town: Town, repository: str, visibility: Visibility) -> None:
    """Give a repository another visibility without telling the App of it."""
    town.world.required(repository).visibility = visibility


async def asked_in(town: Town, repository: str, words: str, login: str = MEMBER) -> Said:
    """Ask in a fresh thread of a repository."""
    return await town.say(words, login, repository, town.open_issue(repository))


def no_such(repository: str, readers: str = "everybody") -> str:
    return (
        f"There is no repository `{repository}` that can be asked about here: one of the same owner, with the App "
        f"installed, which {readers} may see, and you, too."
    )


def named(body: str, town: Town, *repositories: str) -> list[str]:
    """Return the people of repositories whom an answer names."""
    people = {
        thing.author.login
        for repository in repositories
        for thing in town.world.required(repository).pulls()
        if thing.author is not None and thing.author.type == "User"
    }
    return sorted(login for login in people if login in body)


async def known(town: Town, *repositories: str) -> None:
    """Have the App learn of repositories: somebody asks there."""
    for repository in repositories:
        await asked_in(town, repository, "/analytics help")


async def test_a_public_repository_may_be_asked_about_from_anywhere(town: Town) -> None:
    """From a public thread and from a private one, by a member and by the thread's author."""
    await known(town, EMBER)
    there = town.answer_to(await asked_in(town, EMBER, "/analytics pulls 90d")).splitlines()[0]
    for repository in (LANTERN, STRONGROOM):
        said = await asked_in(town, repository, f"/analytics pulls 90d in={EMBER}")
        assert first_line(town, said) == there
        assert f"in={EMBER}" in town.answer_to(said)
        assert town.reactions(said) == ["rocket"]


async def test_a_private_repository_is_not_asked_about_in_a_public_thread(town: Town) -> None:
    """Whoever may read it may ask there; here nobody learns so much as that it exists, and GitHub is asked nothing."""
    await known(town, STRONGROOM)
    here, nowhere = f"/analytics pulls in={STRONGROOM}", f"/analytics pulls in={NOWHERE}"
    before = town.asked
    hidden, missing = first_line(town, await town.say(here)), first_line(town, await town.say(nowhere))
    assert hidden == no_such(STRONGROOM)
    assert missing == no_such(NOWHERE)
    assert not [one.path for one in town.requests(before) if "strongroom" in one.path or "nowhere" in one.path]


async def test_one_private_repository_is_not_asked_about_in_another(town: Town) -> None:
    """Who reads one is not who reads the other, though whoever asks may read both."""
    show(town, EMBER, "private")
    await known(town, STRONGROOM, EMBER)
    assert first_line(town, await asked_in(town, STRONGROOM, f"/analytics in={EMBER}")) == no_such(EMBER)


async def test_an_internal_repository_is_for_internal_threads_and_who_may_read_it(town: Town) -> None:
    """A collaborator from outside, who reads the thread, is told what is told of a repository that is not there."""
    for repository in (LANTERN, EMBER):
        show(town, repository, "internal")
    await known(town, LANTERN, EMBER)
    readers = "everybody who may see this repository"
    member = await asked_in(town, LANTERN, f"/analytics pulls in={EMBER}")
    assert "pull requests opened" in first_line(town, member)
    outsider = await asked_in(town, LANTERN, f"/analytics pulls in={EMBER}", colleague(town))
    assert first_line(town, outsider) == no_such(EMBER, readers)
    assert first_line(town, await asked_in(town, LANTERN, f"/analytics in={NOWHERE}")) == no_such(NOWHERE, readers)
    show(town, LANTERN, "public")
    assert first_line(town, await asked_in(town, LANTERN, f"/analytics in={EMBER}")) == no_such(EMBER)


async def test_what_went_private_is_not_there_even_if_nobody_has_told_the_app(town: Town) -> None:
    """What is stored says public; GitHub is asked before anything is said."""
    await known(town, EMBER)
    show(town, EMBER, "private")
    assert first_line(town, await town.say(f"/analytics pulls in={EMBER}")) == no_such(EMBER)
    row = town.rows("SELECT visibility FROM repositories WHERE id = ?", town.repository_id(EMBER))
    assert row == [{"visibility": "private"}]


async def test_traffic_elsewhere_needs_push_there(town: Town) -> None:
    """That somebody may push here says nothing of there."""
    await captured(town)
    views = sum(count or 0 for count in stored(town, EMBER).values())
    assert first_line(town, await town.say(f"/analytics traffic in={EMBER}")).startswith(f"**{views} views and ")
    town.world.permit(EMBER, MEMBER, "read")
    refused = first_line(town, await town.say(f"/analytics traffic in={EMBER}"))
    assert refused.startswith(f"Traffic is for people who may push to `{EMBER}`")


async def test_the_configuration_of_the_repository_that_is_asked_about_governs_its_data(town: Town) -> None:
    await captured(town)
    town.world.required(EMBER).files[FILE] = "traffic: off\npeople: hidden\n"
    assert first_line(town, await town.say(f"/analytics traffic in={EMBER}")).startswith("Traffic is not shown here")
    assert named(town.answer_to(await town.say(f"/analytics authors 1y in={EMBER}")), town, EMBER) == []
    assert named(town.answer_to(await town.say("/analytics authors 1y")), town, LANTERN)


async def test_all_together_and_one_of_them_is_a_contradiction(town: Town) -> None:
    await known(town, EMBER)
    said = await town.say(f"/analytics org-traffic in={EMBER}")
    assert first_line(town, said).startswith("Traffic of all repositories is asked without `in=`")


async def test_two_repositories_are_compared(town: Town) -> None:
    await known(town, EMBER)
    body = town.answer_to(await town.say(f"/analytics pulls 90d vs={EMBER}"))
    assert f"| {LANTERN} | {EMBER} |" in body.replace("`", "")


async def test_what_may_not_be_asked_about_may_not_be_compared_with(town: Town) -> None:
    """A private repository beside a public one would be in the public thread all the same."""
    await known(town, STRONGROOM)
    for repository in (STRONGROOM, NOWHERE):
        assert first_line(town, await town.say(f"/analytics pulls vs={repository}")) == no_such(repository)


async def test_a_repository_is_not_compared_with_itself_by_a_detour(town: Town) -> None:
    await known(town, EMBER)
    said = await town.say(f"/analytics pulls in={EMBER} vs={EMBER}")
    assert "cannot be compared with itself" in first_line(town, said)


async def test_whom_the_other_repository_does_not_name_is_not_named_in_a_comparison(town: Town) -> None:
    await known(town, EMBER)
    question = f"/analytics authors review-matrix 1y vs={EMBER}"
    assert named(town.answer_to(await town.say(question)), town, LANTERN, EMBER)
    town.world.required(EMBER).files[FILE] = "people: hidden\n"
    await town.wait(minutes=1)  # there was no file before: it is looked for again after a minute
    assert named(town.answer_to(await town.say(question)), town, LANTERN, EMBER) == []


async def test_a_teams_members_are_counted_and_never_named(town: Town) -> None:
    """What they wrote is counted; who they are is not said, not in a table either."""
    authors = sorted({pull.author.login for pull in town.world.required(LANTERN).pulls() if pull.author})[:2]
    town.sandbox.hands.create_team("quartz-labs", "core", authors)
    await known(town, LANTERN)
    body = town.answer_to(await asked_in(town, STRONGROOM, f"/analytics authors all team=core in={LANTERN}"))
    assert "quartz-labs/core has 2 members" in body
    assert not [login for login in authors if login in body]
    counted = town.answer_to(await town.say("/analytics pulls all team=core"))
    mine = [one for one in town.world.required(LANTERN).pulls() if one.author and one.author.login in authors]
    assert counted.startswith(f"**{len(mine)} pull requests opened")
    assert "2 members" not in counted  # whoever reads a public thread is not shown the organisation's teams


async def test_a_team_that_is_not_there_and_one_that_is_not_yours_are_one_sentence(town: Town) -> None:
    town.sandbox.hands.create_team("quartz-labs", "core", [MEMBER])
    sentence = "There is no team `@quartz-labs/{}` of `quartz-labs` that you may see."
    assert first_line(town, await town.say("/analytics pulls team=none")) == sentence.format("none")
    author = await town.say("/analytics pulls team=core", "idle-heron")
    assert first_line(town, author) == sentence.format("core")
    elsewhere = first_line(town, await town.say("/analytics pulls team=@other/core"))
    assert elsewhere == "There is no team `@other/core` of `quartz-labs` that you may see."


async def test_a_secret_team_is_not_there_for_those_who_do_not_belong_to_it(town: Town) -> None:
    """Word for word, and with the same requests; its own members are answered where not everybody reads along."""
    town.sandbox.hands.create_team("quartz-labs", "shade", ["idle-heron"], secret=True)
    town.sandbox.hands.create_team("quartz-labs", "night", [MEMBER, "idle-heron"], secret=True)
    asked = {}
    for slug in ("shade", "none"):
        before = town.asked
        said = first_line(town, await town.say(f"/analytics pulls team={slug}"))
        paths = sorted(one.path for one in town.requests(before) if "/teams/" in one.path)
        asked[slug] = said.replace(slug, "…"), [path.replace(slug, "…") for path in paths]
    assert asked["shade"] == asked["none"]
    assert len(asked["shade"][1]) == 2
    assert "There is no team `@quartz-labs/…`" in asked["shade"][0]
    await known(town, STRONGROOM)
    private = await asked_in(town, STRONGROOM, "/analytics pulls team=night")
    assert "quartz-labs/night has 2 members" in town.answer_to(private)
    refused = "There is no team `@quartz-labs/night` of `quartz-labs` that you may see."
    assert first_line(town, await town.say("/analytics pulls team=night")) == refused
    show(town, LANTERN, "internal")
    assert first_line(town, await town.say("/analytics pulls team=night")) == refused


async def test_a_team_of_nobody_has_done_nothing(town: Town) -> None:
    """No member is not the same as no filter."""
    town.sandbox.hands.create_team("quartz-labs", "empty", [])
    show(town, LANTERN, "internal")
    body = town.answer_to(await town.say("/analytics pulls all team=empty"))
    assert "quartz-labs/empty has 0 members" in body
    assert "**No pull request" in body or body.startswith("**0 pull requests")


async def test_without_the_permission_the_page_is_named_where_it_is_approved(town: Town) -> None:
    del installed(town).permissions["members"]
    await captured(town)
    line = first_line(town, await town.say("/analytics pulls team=core"))
    assert line.startswith("Teams are not readable: the App lacks the organisation permission Members")
    assert f"{PAGE}{installed(town).id}" in line


async def test_a_public_thread_counts_public_repositories_only(town: Town) -> None:
    """The sum over the organisation is that of the public ones; the private one's name and numbers stay out."""
    await captured(town)
    body = town.answer_to(await town.say("/analytics pulls all scope=org"))
    public = [one for one in town.world.repositories.values() if not one.private]
    opened = sum(len(one.pulls()) for one in public)
    assert body.startswith(f"**{opened} pull requests opened")
    assert f"over {len(public)} repositories of quartz-labs, public ones only" in body
    assert "strongroom" not in body


@pytest.mark.parametrize("metric", ["pulls", "traffic"])
async def test_what_went_private_is_not_counted_even_if_nobody_has_told_the_app(town: Town, metric: str) -> None:
    """What is stored says public; GitHub's list is read once before anything is counted, and is remembered."""
    await captured(town)
    show(town, EMBER, "private")
    before = town.asked
    body = town.answer_to(await town.say(f"/analytics {metric} all scope=org"))
    public = [one for one in town.world.repositories.values() if not one.private]
    assert f"over {len(public)} repositories of quartz-labs, public ones only" in body
    assert len([one for one in town.requests(before) if one.path == "/installation/repositories"]) == 1
    row = town.rows("SELECT visibility FROM repositories WHERE id = ?", town.repository_id(EMBER))
    assert row == [{"visibility": "private"}]


@pytest.mark.parametrize("metric", ["pulls", "traffic"])
async def test_what_the_app_was_taken_away_from_is_not_counted(town: Town, metric: str) -> None:
    """The list is what counts; the store may know of a repository that no webhook has taken back."""
    await captured(town)
    installed(town).repository_ids = {town.repository_id(LANTERN)}
    body = town.answer_to(await town.say(f"/analytics {metric} all scope=org"))
    assert "over 1 repository of quartz-labs, public ones only" in body


async def test_people_are_decided_over_exactly_what_is_counted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the owners of one that is not counted have set of persons changes nothing."""
    monkeypatch.setattr(whole, "MOST", 1)
    await captured(town)
    town.world.required(EMBER).files[FILE] = "people: hidden\n"
    body = town.answer_to(await town.say("/analytics authors 1y scope=org"))
    assert "over 1 repository of quartz-labs" in body
    assert "only the 1 most recently active are counted, 2 others are left out" in body
    assert named(body, town, LANTERN)


@pytest.mark.parametrize("key", ["in", "vs"])
async def test_other_owners_repositories_are_not_asked_about(town: Town, key: str) -> None:
    """A public one of another installation, on which the App is: reading it takes from its own owner's limit."""
    await known(town, EMBER)
    with sqlite3.connect(town.database) as connection:
        connection.execute("UPDATE repositories SET installation_id = 404 WHERE id = ?", (town.repository_id(EMBER),))
        connection.execute(
            "INSERT INTO installations (id, account_login, account_id, account_type) VALUES (404, 'ember', 404, 'User')"
        )
    before = town.asked
    assert first_line(town, await town.say(f"/analytics pulls {key}={EMBER}")) == no_such(EMBER)
    assert not [one.path for one in town.requests(before) if "ember" in one.path or "/404/" in one.path]


@pytest.mark.parametrize("people", ["anonymous", "hidden"])
async def test_whoever_is_not_named_is_not_asked_about_alone(town: Town, people: str) -> None:
    """One person's figures under that person's name would undo what the owners have set; in no door is there more."""
    town.world.required(LANTERN).files[FILE] = f"people: {people}\n"
    refused = f"`author=` would show one person alone, and persons are {people} here, as the configuration says."
    for words in ("pulls all author=idle-heron", "author=idle-heron", "export pulls author=idle-heron json"):
        said = await town.say(f"/analytics {words}")
        assert first_line(town, said) == refused
        assert town.reactions(said) == ["-1"]


async def test_a_narrowed_overview_is_without_traffic(town: Town) -> None:
    """Nobody's visits are by author: whole figures beside narrowed ones would pass for narrowed."""
    await captured(town)
    assert "| views |" in town.answer_to(await town.say("/analytics"))
    body = town.answer_to(await town.say("/analytics author=idle-heron"))
    assert "views" not in body.casefold().replace("reviews", "")


async def test_a_private_thread_counts_itself_and_public_ones(town: Town) -> None:
    await captured(town)
    body = town.answer_to(await asked_in(town, STRONGROOM, "/analytics pulls all scope=org"))
    counted = [one for one in town.world.repositories.values() if not one.private or one.full_name == STRONGROOM]
    opened = sum(len(one.pulls()) for one in counted)
    assert body.startswith(f"**{opened} pull requests opened")
    assert "public ones and this one only" in body
    assert "<picture" not in body


async def test_an_internal_thread_counts_internal_ones_for_those_who_may_read_them(town: Town) -> None:
    """Somebody from outside, who may write in this one repository, learns nothing of the others."""
    for repository in (LANTERN, EMBER):
        show(town, repository, "internal")
    await captured(town)
    said = await asked_in(town, LANTERN, "/analytics pulls all scope=org")
    assert "public and internal ones only" in town.answer_to(said)
    assert "over 3 repositories" in town.answer_to(said)
    outsider = colleague(town)
    town.world.permit(LANTERN, outsider, "write")
    await town.wait(minutes=1)
    # the association in an edit's payload is the author's: of the one who edits nothing is known but permissions
    await town.edit(said, "/analytics pulls issues all scope=org", outsider)
    assert "over 2 repositories" in town.answer_to(said)


async def test_one_repository_that_names_nobody_keeps_all_together_from_naming(town: Town) -> None:
    await captured(town)
    assert named(town.answer_to(await town.say("/analytics authors 1y scope=org")), town, LANTERN, EMBER)
    town.world.required(EMBER).files[FILE] = "people: hidden\n"
    await town.wait(minutes=1)  # there was no file before: it is looked for again after a minute
    assert named(town.answer_to(await town.say("/analytics authors 1y scope=org")), town, LANTERN, EMBER) == []


@pytest.mark.parametrize("words", ["pulls in=quartz-labs/ember", "pulls vs=quartz-labs/ember", "pulls scope=org"])
async def test_a_stranger_asks_nothing_elsewhere_either(town: Town, words: str) -> None:
    await known(town, EMBER)
    said = await town.say(f"/analytics {words}", STRANGER)
    assert town.answers_to(said) == []
    assert town.reactions(said) == ["-1"]
