"""The grant by which an owner lets one private repository's threads show the whole organisation: stories."""

from __future__ import annotations

import re

import pytest

from dashboard import csrf
from dashboard.access import NOT_THERE
from dashboard.sessions import COOKIE
from sandbox.faults import Fault, Match
from storage.grants import grants_of
from storage.installations import Repository, save_repository
from tests.dashboard.answering import Watched
from tests.dashboard.managing import Managed, look, refuses_foreign_forms, send, words
from tests.dashboard.people import Browser, Seen
from tests.stories.test_elsewhere import asked_in, show
from tests.stories.town import STRONGROOM, Town

EMBER = "quartz-labs/ember"
OWNER = "calm-owner"


async def post(browser: Browser, address: str, **fields: str) -> Seen:
    """Send a form of the whole server's dashboard."""
    return await browser.post(address, {"csrf": csrf.token(browser.cookies[COOKIE]), **fields})


async def owner_of(watched: Watched) -> Browser:
    """Sign in an owner of the organisation: GitHub says so of whoever administers all of it."""
    for name in {one.full_name for one in watched.town.world.repositories.values()}:
        if name.startswith("quartz-labs/"):
            watched.town.world.permit(name, OWNER, "admin")
    return await watched.signed_in(OWNER)


def address_of(town: Town) -> str:
    """Return the address of the grants of quartz-labs."""
    installed = next(one for one in town.world.installations.values() if one.account.login == "quartz-labs")
    return f"/i/{installed.id}/grant"


def number_of(town: Town, name: str) -> str:
    return str(town.world.required(name).id)


def opened(town: Town, *names: str) -> int:
    """Return how many pull requests were opened in repositories, in all without a name."""
    every = [one for one in town.world.repositories.values() if not names or one.full_name in names]
    return sum(len(one.pulls()) for one in every)


async def story_begins(watched: Watched) -> tuple[int, int]:
    """Make two repositories private; return how many pulls a private thread counts, and how many there are in all."""
    town = watched.town
    show(town, EMBER, "private")
    public = [one.full_name for one in town.world.repositories.values() if one.visibility == "public"]
    return opened(town, *public, STRONGROOM), opened(town)


@pytest.mark.timeout(180)
async def test_with_the_grant_a_private_thread_counts_the_whole_organisation(watched: Watched) -> None:
    town = watched.town
    few, every = await story_begins(watched)
    assert few < every
    before = town.answer_to(await asked_in(town, STRONGROOM, "/analytics pulls all scope=org"))
    assert before.startswith(f"**{few} pull requests opened"), before[:200]
    assert "public ones and this one only" in before

    owner, address = await owner_of(watched), address_of(town)
    given = await post(owner, address, repository=number_of(town, STRONGROOM), do="grant")
    assert (given.status, given.location) == (303, address)
    granted = await asked_in(town, STRONGROOM, "/analytics pulls all scope=org")
    body = town.answer_to(granted)
    assert body.startswith(f"**{every} pull requests opened"), body[:200]
    assert "private ones too, as an owner of quartz-labs lets this repository show" in body
    assert "<picture" not in body

    # another private repository's thread is as it was
    few_there = opened(town, *[one.full_name for one in town.world.repositories.values() if not one.private], EMBER)
    other = town.answer_to(await asked_in(town, EMBER, "/analytics pulls all scope=org"))
    assert other.startswith(f"**{few_there} pull requests opened"), other[:200]
    assert "public ones and this one only" in other

    # withdrawn, it counts no more, at once
    assert (await post(owner, address, repository=number_of(town, STRONGROOM), do="withdraw")).status == 303
    after = town.answer_to(await asked_in(town, STRONGROOM, "/analytics pulls all scope=org"))
    assert after.startswith(f"**{few} pull requests opened"), after[:200]
    await town.edit(granted, "/analytics pulls all scope=org ")
    await town.edit(granted, "/analytics pulls issues all scope=org")
    assert "public ones and this one only" in town.answer_to(granted)


@pytest.mark.timeout(180)
async def test_traffic_of_all_follows_the_grant_too_and_what_whoever_asks_may_see(watched: Watched) -> None:
    town = watched.town
    await story_begins(watched)
    owner, address = await owner_of(watched), address_of(town)
    before = town.answer_to(await asked_in(town, STRONGROOM, "/analytics traffic scope=org"))
    assert "ember" not in before
    await post(owner, address, repository=number_of(town, STRONGROOM), do="grant")
    after = town.answer_to(await asked_in(town, STRONGROOM, "/analytics traffic scope=org"))
    assert "ember" in after
    assert "private ones too, as an owner of quartz-labs lets this repository show" in after
    assert "only repositories whose traffic whoever asked may see" in after


@pytest.mark.timeout(180)
async def test_a_grant_rests_while_the_repository_is_not_private(watched: Watched) -> None:
    town = watched.town
    await story_begins(watched)
    await post(await owner_of(watched), address_of(town), repository=number_of(town, STRONGROOM), do="grant")
    town.sandbox.hands.publicize(STRONGROOM)
    await town.settled()
    body = town.answer_to(await asked_in(town, STRONGROOM, "/analytics pulls all scope=org"))
    assert "public ones only" in body
    assert body.startswith(f"**{opened(town) - opened(town, EMBER)} pull requests opened"), body[:200]


async def test_only_an_owner_gives_it_no_admin_no_operator_and_no_member(managed: Managed) -> None:
    place, address = managed.place, f"{managed.quartz}/grant"
    vault = str(place.ids["quartz/vault"])
    for browser in (await managed.member("opal", "admin"), await managed.operator("slate")):
        assert "not an owner of quartz at GitHub" in words((await look(browser, address)).text)
        seen = await send(browser, address, repository=vault, do="grant")
        assert (seen.status, "owner of the account" in seen.text) == (403, True)
    assert await place.store.read(lambda conn: grants_of(conn, place.ids["quartz"])) == {}
    jade = await managed.signed_in("jade")
    assert (await send(jade, address, repository=vault, do="grant")).status == 303
    shown = words((await look(jade, address)).text)
    assert "1 of 1 private repositories may show the whole organisation" in shown
    assert "quartz/vault the whole organisation granted by jade, just now" in shown


async def test_who_is_no_owner_any_more_gives_nothing(managed: Managed) -> None:
    """GitHub is asked anew, however short ago it said otherwise; and while it is down nobody gives anything."""
    place, address, vault = managed.place, f"{managed.quartz}/grant", str(managed.place.ids["quartz/vault"])
    jade = await managed.signed_in("jade")
    await look(jade, address)
    fault = Fault(Match("GET", "/user/installations"), "status", status=502, times=None)
    place.sandbox.faults.add(fault)
    assert (await send(jade, address, repository=vault, do="grant")).status == 503
    place.sandbox.faults.clear()
    place.wait(minutes=1)
    for name in ("quartz/mine", "quartz/vault"):
        place.world.permit(name, "jade", "read")
    assert (await send(jade, address, repository=vault, do="grant")).status == 403
    assert await place.store.read(lambda conn: grants_of(conn, place.ids["quartz"])) == {}


async def test_only_private_repositories_of_the_installation_are_granted(managed: Managed) -> None:
    place, address = managed.place, f"{managed.quartz}/grant"
    jade = await managed.signed_in("jade")
    answers = {
        name: (await send(jade, address, repository=str(number), do="grant")).status
        for name, number in {**place.ids, "nothing": 7, "text": "x"}.items()
        if name not in ("quartz", "basalt", "quartz/vault")
    }
    assert answers == {"quartz/mine": 422, "basalt/pit": 404, "nothing": 404, "text": 404}
    assert (await send(jade, address, repository=str(place.ids["quartz/vault"]), do="share")).status == 422
    assert await place.store.read(lambda conn: grants_of(conn, place.ids["quartz"])) == {}


async def test_what_moved_to_another_installation_has_no_grant_there(managed: Managed) -> None:
    place = managed.place
    jade, vault = await managed.signed_in("jade"), place.ids["quartz/vault"]
    await send(jade, f"{managed.quartz}/grant", repository=str(vault), do="grant")
    moved = Repository(vault, place.ids["basalt"], "basalt", "vault", "private", "main")
    await place.store.write(lambda conn: save_repository(conn, moved))
    for owner in ("quartz", "basalt"):
        number = place.ids[owner]
        assert await place.store.read(lambda conn, number=number: grants_of(conn, number)) == {}  # type: ignore[misc]


async def test_others_find_nothing_there_and_forms_from_elsewhere_are_refused(managed: Managed) -> None:
    address = f"{managed.quartz}/grant"
    await managed.is_closed_to_others(address, forms=(address,))
    jade = await managed.signed_in("jade")
    await refuses_foreign_forms(jade, address, repository=str(managed.place.ids["quartz/vault"]), do="grant")
    assert re.search(NOT_THERE, (await (await managed.signed_in("agate")).get(address)).text)
