"""Traffic in a thread: who gets it, what is said where there is none yet, and all repositories together."""

from __future__ import annotations

import re

import pytest

from tests.stories.conftest import OpenTown
from tests.stories.town import AUTHOR, LANTERN, MEMBER, OWNERS, STRONGROOM, Said, Town
from tests.stories.visits import COLLEAGUE, captured, colleague, installed, stored

EMBER = "quartz-labs/ember"

FILE = ".github/analytics.yml"


def first_line(town: Town, said: Said) -> str:
    return town.answer_to(said).splitlines()[0]


def write_settings(town: Town, repository: str, text: str) -> None:
    """Put a settings file on a repository's default branch."""
    if town.world.repository(repository) is None:
        town.world.add_repository(repository)
    town.world.required(repository).files[FILE] = text


def asked_of_traffic(town: Town, since: int) -> list[str]:
    return [one.path for one in town.requests(since) if "/traffic/" in one.path]


async def test_before_the_first_capture_it_says_from_when_on_there_will_be_data(town: Town) -> None:
    """No zero, no table of dashes, and nothing asked of GitHub: what it shows now is the capture's to read."""
    before = town.asked
    body = town.answer_to(await town.say("/analytics traffic"))
    assert body.startswith("**No traffic has been captured yet.** The first capture is due by 2026-11-21")
    assert "\N{EN DASH} |" not in body
    assert asked_of_traffic(town, before) == []


async def test_after_a_capture_the_answer_is_what_is_stored(town: Town) -> None:
    await captured(town)
    total = sum(views or 0 for views in stored(town).values())
    assert total > 0
    before = town.asked
    said = await town.say("/analytics traffic")
    assert first_line(town, said).startswith(f"**{total} views and ")
    assert "<picture>" in town.answer_to(said)
    assert "15 traffic days, synced just now" in town.answer_to(said)
    assert asked_of_traffic(town, before) == []
    assert town.reactions(said) == ["rocket"]


async def test_who_may_not_push_gets_one_line_that_says_why(town: Town) -> None:
    """A member who may only read sees on GitHub no traffic, and none here."""
    await captured(town)
    said = await town.say("/analytics traffic", colleague(town))
    refusal, *rest = town.answer_to(said).strip().splitlines()
    assert refusal == (
        f"Traffic is for people who may push to `{LANTERN}`, as on GitHub; "
        "`traffic: everyone` in `.github/analytics.yml` would show it to whoever may ask."
    )
    assert [line for line in rest if line and not line.startswith("<!--")] == []
    assert town.reactions(said) == ["-1"]


@pytest.mark.parametrize("word", ["referrers", "paths", "org-traffic", "views 90d", "traffic scope=org"])
async def test_every_kind_of_traffic_is_protected(town: Town, word: str) -> None:
    await captured(town)
    said = await town.say(f"/analytics {word}", colleague(town))
    assert first_line(town, said).startswith("Traffic is for people who may push")


async def test_what_is_not_traffic_is_answered_all_the_same(town: Town) -> None:
    """One command, two metrics: the refusal says what is missing, the rest is there."""
    await captured(town)
    body = town.answer_to(await town.say("/analytics pulls traffic", colleague(town)))
    assert body.startswith("Traffic is for people who may push")
    assert "pull requests opened" in body
    assert "views" not in body.casefold().replace("reviews", "")


async def test_the_overview_has_traffic_for_who_may_see_it_and_nobody_else(town: Town) -> None:
    await captured(town)
    with_traffic = town.answer_to(await town.say("/analytics"))
    assert "| views |" in with_traffic
    without = town.answer_to(await town.say("/analytics", colleague(town)))
    assert "views" not in without.casefold().replace("reviews", "")
    assert "Traffic is for people" not in without
    author = town.answer_to(await town.say("/analytics", AUTHOR))
    assert "views" not in author.casefold().replace("reviews", "")


async def test_an_overview_without_stored_traffic_asks_for_nobodys_permission(town: Town) -> None:
    before = town.asked
    await town.say("/analytics")
    assert not [one.path for one in town.requests(before) if one.path.endswith("/permission")]


async def test_somebody_elses_edit_is_asked_by_who_edited(town: Town) -> None:
    """A maintainer's question that a reader could reach by editing is the maintainer's no more; nor the other way."""
    await captured(town)
    said = await town.say("/analytics pulls", colleague(town))
    await town.edit(said, "/analytics traffic", login=MEMBER)
    assert "views and" in first_line(town, said)
    await town.edit(said, "/analytics traffic 90d", login=colleague(town))
    assert first_line(town, said).startswith("Traffic is for people who may push")


@pytest.mark.parametrize("repository", [LANTERN, OWNERS])
async def test_traffic_for_everyone_is_for_whoever_may_ask(town: Town, repository: str) -> None:
    await captured(town)
    write_settings(town, repository, "traffic: everyone\n")
    assert "views and" in first_line(town, await town.say("/analytics traffic", colleague(town)))
    assert "| views |" in town.answer_to(await town.say("/analytics", AUTHOR))


async def test_where_a_file_that_is_extended_cannot_be_read_it_is_said_so(town: Town) -> None:
    """Nobody wrote `traffic: off`; it may stand in the file that is not there. A word of its own settles it."""
    await captured(town)
    write_settings(town, LANTERN, "extends: nowhere\n")
    said = await town.say("/analytics traffic")
    assert first_line(town, said) == (
        "Traffic is not shown here: `.github/analytics.yml`, or what it extends, may say `traffic: off` where it "
        "cannot be read. A `traffic:` of its own without a mistake would settle it."
    )
    write_settings(town, LANTERN, "extends: nowhere\ntraffic: push\n")
    await town.wait(minutes=2)
    assert "views and" in first_line(town, await town.say("/analytics traffic"))


async def test_traffic_off_is_for_nobody(town: Town) -> None:
    await captured(town)
    write_settings(town, LANTERN, "traffic: off\n")
    said = await town.say("/analytics traffic")
    assert first_line(town, said) == "Traffic is not shown here: `.github/analytics.yml` says `traffic: off`."
    assert "| views |" not in town.answer_to(await town.say("/analytics"))


async def test_a_fault_in_the_file_is_named_in_one_line(town: Town) -> None:
    """What was meant is not guessed: no traffic is shown, and whoever asks learns what to correct, once."""
    await captured(town)
    write_settings(town, LANTERN, "trafic: off\ntraffic: sometimes\n")
    body = town.answer_to(await town.say("/analytics traffic\n/analytics referrers"))
    (line,) = [line for line in body.splitlines() if line.startswith(f"`{FILE}` of `{LANTERN}`: ")]
    assert "`trafic` is not known (did you mean `traffic`?)" in line
    assert "line 2: `traffic: sometimes` must be `push`, `everyone` or `off`" in line
    assert body.startswith("Traffic is not shown here: ")


async def test_in_a_public_thread_only_public_repositories_are_counted(town: Town) -> None:
    """The sum is that of the public ones; neither name, nor number, nor how many others there are gets out."""
    await captured(town)
    body = town.answer_to(await town.say("/analytics traffic scope=org"))
    public = [one for one in town.world.repositories.values() if not one.private]
    total = sum(sum(views or 0 for views in stored(town, one.full_name).values()) for one in public)
    assert sum(views or 0 for views in stored(town, STRONGROOM).values()) > 0
    assert body.startswith(f"**{total} views and ")
    assert "strongroom" not in body
    assert f"counted over {len(public)} repositories of quartz-labs, public ones only" in body
    assert "uniques are never added up" in body
    assert "unique visitors" not in body


async def test_a_sum_holds_no_repository_whose_traffic_the_asker_may_not_see(town: Town) -> None:
    """Who may push to one repository learns nothing of another: not by a sum, and not where one is open to everyone."""
    await captured(town)
    number = town.open_issue(EMBER)
    town.world.permit(EMBER, COLLEAGUE, "write")
    town.world.permit(LANTERN, COLLEAGUE, "read")
    body = town.answer_to(await town.say("/analytics traffic scope=org", COLLEAGUE, EMBER, number))
    own = sum(views or 0 for views in stored(town, EMBER).values())
    assert body.startswith(f"**{own} views and ")
    assert "lantern" not in body
    write_settings(town, EMBER, "traffic: everyone\n")
    body = town.answer_to(await town.say("/analytics traffic scope=org", COLLEAGUE, EMBER, number))
    assert body.startswith(f"**{own} views and ")


async def test_a_sum_holds_no_repository_whose_traffic_is_shown_to_nobody(town: Town) -> None:
    write_settings(town, LANTERN, "traffic: off\n")  # before anything is read: what is known of it is kept for a while
    await captured(town)
    number = town.open_issue(EMBER)
    body = town.answer_to(await town.say("/analytics traffic scope=org", repository=EMBER, number=number))
    assert "lantern" not in body
    assert "views and" in body


async def test_in_a_private_thread_its_own_repository_counts_too(town: Town) -> None:
    await captured(town)
    number = town.open_issue(STRONGROOM)
    body = town.answer_to(await town.say("/analytics traffic scope=org", repository=STRONGROOM, number=number))
    everything = [one for one in town.world.repositories.values() if not one.private or one.full_name == STRONGROOM]
    total = sum(sum(views or 0 for views in stored(town, one.full_name).values()) for one in everything)
    assert body.startswith(f"**{total} views and ")
    assert "strongroom" in body
    assert "public ones and this one only" in body


async def test_what_went_private_leaves_the_public_sum_at_once(town: Town) -> None:
    """From the webhook on, not from the next day's listing on."""
    await captured(town)
    number = town.open_issue("quartz-labs/ember")
    town.sandbox.hands.privatize(LANTERN)
    await town.settled()
    said = await town.say("/analytics traffic scope=org", repository="quartz-labs/ember", number=number)
    assert "lantern" not in town.answer_to(said)


async def test_what_cannot_be_added_up_has_no_scope(town: Town) -> None:
    said = await town.say("/analytics referrers scope=org")
    assert first_line(town, said).startswith("`referrers` is asked of one repository: GitHub's figures of several")
    assert "Did you mean `traffic scope=org`?" in town.answer_to(said)
    assert town.reactions(said) == ["-1"]


async def test_a_missing_permission_is_explained_with_the_page_that_grants_it(town: Town) -> None:
    installation = installed(town)
    del installation.permissions["administration"]
    await captured(town)
    body = town.answer_to(await town.say("/analytics traffic"))
    assert body.startswith("**Traffic days are unknown: GitHub did not let the App read them")
    assert "Administration (read-only)" in body
    assert f"/organizations/quartz-labs/settings/installations/{installation.id}" in body
    assert "0 views" not in body


async def test_workflow_runs_explain_a_share_of_the_clones(town: Town) -> None:
    """Asked only where every day's clones are known, and of GitHub only how many runs there were."""
    await captured(town)
    before = town.asked
    body = town.answer_to(await town.say("/analytics traffic 2026-11-08..2026-11-18"))
    asked = [one for one in town.requests(before) if one.path.endswith("/actions/runs")]
    assert asked[0].query["created"] == "2026-11-08..2026-11-18"
    assert re.search(r"\d+ workflow runs?, at one checkout each, explain \d+", body.splitlines()[0])


async def test_without_permission_to_see_runs_they_are_not_asked_for(town: Town) -> None:
    del installed(town).permissions["actions"]
    await captured(town)
    before = town.asked
    assert "views and" in first_line(town, await town.say("/analytics traffic 2026-11-08..2026-11-18"))
    assert not [one for one in town.requests(before) if one.path.endswith("/actions/runs")]


async def test_releases_are_marked_even_where_nobody_has_asked_for_them(town: Town) -> None:
    """One page of them is read beside the stored days."""
    await captured(town)
    before = town.asked
    body = town.answer_to(await town.say("/analytics traffic"))
    assert town.reads(before) == ["Releases"]
    assert "marked: v" in body


async def test_stars_are_read_from_github_like_everything_that_can_be(town: Town) -> None:
    given = len(town.world.required(LANTERN).fans.stars())
    body = town.answer_to(await town.say("/analytics stars all", colleague(town)))
    assert f"{given} stars" in body.splitlines()[0]


async def test_a_private_repositorys_traffic_is_text(town_of: OpenTown) -> None:
    async with town_of() as town:
        await captured(town)
        number = town.open_issue(STRONGROOM)
        body = town.answer_to(await town.say("/analytics traffic", repository=STRONGROOM, number=number))
        assert "<picture" not in body
        assert "views and" in body.splitlines()[0]
