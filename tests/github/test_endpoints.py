"""Where the three parts of a GitHub are."""

from __future__ import annotations

import pytest

from github.endpoints import Endpoints


@pytest.mark.parametrize(
    ("api", "graphql", "web"),
    [
        ("https://api.github.com", "https://api.github.com/graphql", "https://github.com"),
        ("https://api.github.com/", "https://api.github.com/graphql", "https://github.com"),
        ("https://ghe.example.org/api/v3", "https://ghe.example.org/api/graphql", "https://ghe.example.org"),
        ("https://ghe.example.org/api/v3/", "https://ghe.example.org/api/graphql", "https://ghe.example.org"),
        ("https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql", "https://octo.ghe.com"),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8123/graphql", "http://127.0.0.1:8123"),
    ],
)
def test_the_other_addresses_follow_from_the_api(api: str, graphql: str, web: str) -> None:
    endpoints = Endpoints.of(api)
    assert (endpoints.graphql, endpoints.web) == (graphql, web)
    assert not endpoints.api.endswith("/")


def test_what_is_given_is_kept() -> None:
    endpoints = Endpoints.of("https://a.example/api", "https://b.example/g/", "https://c.example/")
    assert endpoints == Endpoints("https://a.example/api", "https://b.example/g", "https://c.example")


@pytest.mark.parametrize("url", ["", "api.github.com", "ftp://github.com", "https://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the http or https address of a GitHub"):
        Endpoints.of(url)
