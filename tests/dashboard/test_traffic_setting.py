"""`traffic:` of a repository's configuration holds on the dashboard, too: for every page, and for everybody alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from reports.configuration import TrafficFor
from reports.known_traffic import files_of, known_traffic
from storage import roles
from storage.configurations import KnownFile, save_file
from storage.installations import Repository, repositories_of, save_repositories
from storage.sessions import all_persons
from tests.dashboard.people import NOW, Browser, Place


async def signed_in(place: Place, login: str) -> Browser:
    browser = place.browser()
    await browser.sign_in(login)
    return browser


async def set_file(place: Place, name: str, text: str | None, good: str | None = None) -> None:
    """Have a repository's `.github/analytics.yml` read as `text`."""
    owner = place.ids[name.partition("/")[0]]
    file = KnownFile(owner, name.lower(), text, good, NOW if good else None, NOW)
    await place.store.write(lambda conn: save_file(conn, file))


async def make_operator(place: Place, login: str) -> None:
    person = next(one for one in await place.store.read(all_persons) if one.login == login)
    await place.store.write(lambda conn: roles.set_operator(conn, person.id, is_operator=True))


async def test_off_hides_traffic_from_everybody(place: Place) -> None:
    """Also from an owner of the account and from the operator of the server: the repository's owners said so."""
    opal, jade, slate = [await signed_in(place, login) for login in ("opal", "jade", "slate")]
    await make_operator(place, "slate")
    assert await place.sees(slate) == ["basalt/pit*!", "quartz/mine*!", "quartz/vault*!"]
    await set_file(place, "quartz/vault", "traffic: off\n")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault"]
    assert await place.sees(jade) == ["quartz/mine*!", "quartz/vault!"]
    assert await place.sees(slate) == ["basalt/pit*!", "quartz/mine*!", "quartz/vault!"]
    assert (await jade.get("/repositories/quartz/vault")).text.split()[1:] == ["False", "True"]
    await set_file(place, "quartz/vault", None)
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]


async def test_everyone_is_whoever_may_see_the_repository(place: Place) -> None:
    opal, agate = await signed_in(place, "opal"), await signed_in(place, "agate")
    await set_file(place, "quartz/.github", "traffic: everyone\n")
    assert await place.sees(opal) == ["quartz/mine*", "quartz/vault*"]
    assert await place.sees(agate) == ["basalt/pit*"]
    assert (await agate.get("/repositories/quartz/mine")).status == 404


async def test_a_repositorys_own_file_counts_before_its_owners(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await set_file(place, "quartz/.github", "traffic: off\n")
    await set_file(place, "quartz/mine", "traffic: everyone\n")
    assert await place.sees(opal) == ["quartz/mine*", "quartz/vault"]


async def test_what_a_file_extends_counts_and_where_it_was_never_read_nothing_is_shown(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await set_file(place, "quartz/vault", "extends: mine\n")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault"]
    await set_file(place, "quartz/mine", "people: anonymous\n")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault*"]
    await set_file(place, "quartz/mine", "traffic: off\n")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault"]


async def test_with_a_mistake_in_the_file_the_version_before_it_holds(place: Place) -> None:
    opal = await signed_in(place, "opal")
    await set_file(place, "quartz/vault", "traffic: of\n", good="traffic: off\n")
    assert await place.sees(opal) == ["quartz/mine", "quartz/vault"]


async def traffic_by_file(place: Place, repositories: Sequence[Repository]) -> dict[int, TrafficFor]:
    return await known_traffic(repositories, await place.store.look(lambda conn: files_of(conn, repositories)))


async def test_thousands_of_repositories_cost_one_query(place: Place) -> None:
    quartz = place.ids["quartz"]
    many = [Repository(10_000 + number, quartz, "quartz", f"r{number}", "private", "main") for number in range(3000)]
    await place.store.write(lambda conn: save_repositories(conn, many))
    await set_file(place, "quartz/.github", "traffic: off\n")
    await set_file(place, "quartz/r7", "traffic: everyone\n")
    stored = await place.store.read(lambda conn: repositories_of(conn, quartz))
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)  # of every connection, whichever of them asks
    try:
        found = await traffic_by_file(place, stored)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len([one for one in asked if "FROM configurations" in one]) == 1, asked
    assert found[10_007] == "everyone"
    assert {who for number, who in found.items() if number != 10_007} == {"off"}
    assert await traffic_by_file(place, [replace(stored[0], installation_id=1)]) == {stored[0].id: "push"}
