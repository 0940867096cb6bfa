"""docs/scale.md reckons rightly, and quotes what stands where it says."""

from __future__ import annotations

import ast
import operator
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "scale.md").read_text()
TIMES = "\N{MULTIPLICATION SIGN}"
SUMS = re.findall(rf"`([^`=]*[{TIMES}/+][^`=]*) = ([\d.,]+)`", PAGE)
QUOTED = re.findall(r"^\| [^|]+ \| ([^|]+) \| [^|]+ \| \[[\w.]+\]\(([\w.]+)\) \|$", PAGE, re.MULTILINE)
DOES = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Div: operator.truediv}
NEARLY = 0.011
"""How far rounding may lead."""


def reckon(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        return float(DOES[type(node.op)](reckon(node.left), reckon(node.right)))
    assert isinstance(node, ast.Constant)
    return float(node.value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("said", "result"), SUMS)
def test_every_sum_is_right(said: str, result: str) -> None:
    found = reckon(ast.parse(said.replace(",", "").replace(TIMES, "*"), mode="eval").body)
    assert found == pytest.approx(float(result.replace(",", "")), rel=NEARLY)


@pytest.mark.parametrize(("figure", "document"), QUOTED)
def test_every_figure_stands_where_it_was_taken_from(figure: str, document: str) -> None:
    numbers = whole_numbers(figure)
    assert numbers
    assert numbers <= whole_numbers((DOCS / document).read_text())


def whole_numbers(text: str) -> set[str]:
    """Return the numbers of a text as they are written: 0.4 is none of those in a text that has 0.46 or 10.4."""
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def test_there_are_sums_and_figures() -> None:
    assert len(SUMS) > 30
    assert len(QUOTED) == 12
