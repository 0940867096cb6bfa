"""A little of what `python -m bench fuzz` does at length, and that it finds what is there to be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import fuzz
from bench.size import Size
from tests.fuzz import planted
from tests.fuzz.by_example import tried
from tests.fuzz.target import NAMES, target_of

FEW = 300


@pytest.mark.parametrize("name", NAMES)
def test_what_each_target_begins_with_keeps_its_promise(name: str, tmp_path: Path) -> None:
    target = target_of(name)
    with target.opened(tmp_path) as check:
        for seed in target.seeds:
            check(seed)


@pytest.mark.parametrize("name", NAMES)
def test_what_hypothesis_thinks_of_keeps_it(name: str, tmp_path: Path) -> None:
    assert tried(target_of(name), FEW, 0, tmp_path) >= FEW


@pytest.mark.parametrize("name", NAMES)
def test_what_reaches_new_branches_keeps_it(name: str) -> None:
    pytest.importorskip("atheris", reason="its wheels are for Linux on x86-64")
    found = fuzz.fuzzed(Size(), fuzz.BY_COVERAGE, name, FEW)
    assert (found.tried, found.broken) == (FEW, False)
    assert found.reached > 0


def test_hypothesis_finds_a_promise_that_is_broken(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the planted one is found"):
        tried(planted.TARGET, 5_000, 0, tmp_path)


def test_the_other_one_finds_it_too_and_what_broke_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("atheris", reason="its wheels are for Linux on x86-64")
    monkeypatch.setattr(fuzz, "KEPT", tmp_path)
    found = fuzz.fuzzed(Size(), "tests.fuzz.planted", "anything", 50_000)
    assert found.broken
    assert 0 < found.tried < 50_000
    assert "the planted one is found" in capsys.readouterr().err
    (kept,) = tmp_path.iterdir()
    assert planted.FORBIDDEN in kept.read_bytes()
