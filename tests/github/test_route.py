"""Paths are filled in safely."""

from __future__ import annotations

import pytest

from github.route import Route

FILE = Route("GET", "/repos/{owner}/{repo}/contents/{path}")


def test_a_path_remembers_its_template() -> None:
    path = FILE.at(owner="o", repo="r", path=".github/analytics.yml")
    assert path == "/repos/o/r/contents/.github/analytics.yml"
    assert path.template == FILE.template


def test_a_value_cannot_break_out_of_its_place() -> None:
    assert FILE.at(owner="a/b", repo="r?x#y", path="d e/%2e") == "/repos/a%2Fb/r%3Fx%23y/contents/d%20e/%252e"


@pytest.mark.parametrize("value", ["", ".", "..", "a/../b", "/a"])
def test_a_value_that_would_change_the_path_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot stand for"):
        FILE.at(owner="o", repo="r", path=value)


def test_a_forgotten_or_unknown_placeholder_is_noticed() -> None:
    with pytest.raises(ValueError, match="takes"):
        FILE.at(owner="o", repo="r")
    with pytest.raises(ValueError, match="takes"):
        Route("GET", "/app").at(owner="o")
