"""Pages of GraphQL connections: every row once, from either end, also while rows move."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from sandbox.graphql.connections import Index, Listed, Paging, decode, encode
from sandbox.world import World
from tests.sandbox.conftest import Client

rows = st.lists(st.tuples(st.text("0123456789", max_size=3), st.integers(0, 10_000)), unique_by=lambda row: row[1])


def walked(index: Index, size: int, *, descending: bool, backwards: bool) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    while True:
        paging = Paging(last=size, before=cursor) if backwards else Paging(first=size, after=cursor)
        page = index.page(paging, descending=descending)
        found = [*page.nodes, *found] if backwards else [*found, *page.nodes]
        if not (page.has_previous if backwards else page.has_next):
            return found
        cursor = page.start_cursor if backwards else page.end_cursor


@given(rows, st.integers(1, 7), st.booleans(), st.booleans())
def test_pages_put_together_are_the_whole_in_order(
    values: list[tuple[str, int]], size: int, descending: bool, backwards: bool
) -> None:
    index = Index.by(values, lambda row: row)

    assert walked(index, size, descending=descending, backwards=backwards) == sorted(values, reverse=descending)


@given(st.lists(st.integers()), st.integers(1, 7), st.booleans())
def test_a_short_list_keeps_its_own_order(values: list[int], size: int, backwards: bool) -> None:
    assert walked(Listed(values), size, descending=False, backwards=backwards) == values


@given(st.text(), st.integers(-(2**53), 2**53))
def test_a_cursor_is_read_back(text: str, number: int) -> None:
    assert decode(encode((text, number))) == (text, number)


@pytest.mark.parametrize("cursor", ["", "x", "Y3Vyc29y", "bm90IGEgY3Vyc29y", "Y3Vyc29yOnYyOltd"])
def test_a_cursor_never_given_is_refused(cursor: str) -> None:
    with pytest.raises(GraphQLError, match="does not appear to be a valid cursor"):
        decode(cursor)


def test_a_window_of_times_has_both_ends() -> None:
    index = Index.by([("1", 1), ("2", 2), ("2", 3), ("3", 4)], lambda row: row)

    assert list(index.between("2", "2").rows) == [("2", 2), ("2", 3)]
    assert len(index.between(None, "2").rows) == 3
    assert len(index.between("2", None).rows) == 3


async def test_a_row_that_moves_up_is_not_missed_below(client: Client, world: World, token: str) -> None:
    """Newest first: what is updated between two pages comes to the top and hides nobody below."""
    secret = world.repository("acme/secret")
    assert secret is not None
    numbers = [1] + [world.open_issue(secret, None, "Another").number for _ in range(5)]
    query = """query Q($after: String) { repository(owner: "acme", name: "secret") { issues(
        first: 2, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
        pageInfo { hasNextPage hasPreviousPage endCursor startCursor } edges { cursor node { number } } } } }"""

    seen: list[int] = []
    after: str | None = None
    while True:
        body = await client.graphql(query, token, after=after)
        page = body["data"]["repository"]["issues"]
        seen += [edge["node"]["number"] for edge in page["edges"]]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        world.add_comment(secret.threads[seen[-1]], None, "hello")

    assert set(seen) == set(numbers)
