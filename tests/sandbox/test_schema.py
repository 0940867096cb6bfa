"""The sandbox's GraphQL schema is a part of GitHub's: nothing in it is named, typed or defaulted otherwise."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    validate_schema,
)

from sandbox.graphql.execute import SDL
from sandbox.graphql.resolvers import attach

BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


@pytest.fixture(scope="module")
def ours() -> GraphQLSchema:
    schema = build_schema(SDL.read_text(encoding="utf-8"))
    attach(schema)
    return schema


@pytest.fixture(scope="module")
def github(shared_folder: Path) -> GraphQLSchema:
    with gzip.open(shared_folder / "api" / "schema.graphql.gz", "rt", encoding="utf-8") as file:
        return build_schema(file.read(), assume_valid=True, assume_valid_sdl=True, no_location=True)


def named(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [kind for name, kind in schema.type_map.items() if not name.startswith("__") and name not in BUILT_IN]


def test_the_schema_is_valid(ours: GraphQLSchema) -> None:
    assert validate_schema(ours) == []


def test_every_field_is_answered(ours: GraphQLSchema) -> None:
    """By a function, or by the dictionary that stands for the whole object."""
    dictionaries = {"RateLimit", "PageInfo", "Team", "Label", "Ref", "GitActor", "ReviewRequest"}
    unanswered = [
        f"{kind.name}.{name}"
        for kind in named(ours)
        if isinstance(kind, GraphQLObjectType) and kind.name not in dictionaries and not kind.name.endswith("Edge")
        for name, field in kind.fields.items()
        if field.resolve is None
    ]

    assert unanswered == []


def test_every_type_is_githubs(ours: GraphQLSchema, github: GraphQLSchema) -> None:
    differences = [line for kind in named(ours) for line in compared(kind, github.type_map.get(kind.name))]

    assert differences == []


def test_enough_of_the_schema_is_there_to_be_useful(ours: GraphQLSchema) -> None:
    assert len(named(ours)) > 80


def compared(mine: GraphQLNamedType, theirs: GraphQLNamedType | None) -> list[str]:
    """Say in what a type differs from the published one of its name."""
    if theirs is None or type(mine) is not type(theirs):
        return [f"{mine.name}: another kind of type there"]
    if isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
        assert isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType)
        extra = {one.name for one in mine.interfaces} - {one.name for one in theirs.interfaces}
        return [f"{mine.name} implements {name}" for name in extra] + [
            line
            for name, field in mine.fields.items()
            for line in compared_field(f"{mine.name}.{name}", field, theirs.fields.get(name))
        ]
    if isinstance(mine, GraphQLUnionType):
        assert isinstance(theirs, GraphQLUnionType)
        return [f"{mine.name} of {name}" for name in {t.name for t in mine.types} - {t.name for t in theirs.types}]
    if isinstance(mine, GraphQLEnumType):
        assert isinstance(theirs, GraphQLEnumType)
        return [f"{mine.name}.{name}" for name in mine.values.keys() - theirs.values.keys()]
    if isinstance(mine, GraphQLInputObjectType):
        assert isinstance(theirs, GraphQLInputObjectType)
        return [
            line
            for name, field in mine.fields.items()
            for line in compared_input(f"{mine.name}.{name}", field, theirs.fields.get(name))
        ]
    assert isinstance(mine, GraphQLScalarType)
    return []


def compared_field(place: str, mine: GraphQLField, theirs: GraphQLField | None) -> list[str]:
    if theirs is None:
        return [f"{place}: not there"]
    found = [] if str(mine.type) == str(theirs.type) else [f"{place}: {mine.type}, there {theirs.type}"]
    for name, argument in mine.args.items():
        found += compared_input(f"{place}({name})", argument, theirs.args.get(name))
    required = [name for name, one in theirs.args.items() if str(one.type).endswith("!") and name not in mine.args]
    return found + [f"{place}({name}): required there" for name in required]


def compared_input(
    place: str, mine: GraphQLArgument | GraphQLInputField, theirs: GraphQLArgument | GraphQLInputField | None
) -> list[str]:
    if theirs is None:
        return [f"{place}: not there"]
    same = str(mine.type) == str(theirs.type) and mine.default_value == theirs.default_value
    return [] if same else [f"{place}: {mine.type} = {mine.default_value!r}, there {theirs.type}"]
