"""Schemas are composed under rules; a programme that breaks one is set aside with both parties named."""

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest
from graphql import GraphQLObjectType, parse, validate

from wangge._host.compose import compose
from wangge._host.plugins import PluginManager
from wangge.testing.districts import TestDistrict

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]

HEAD = """
    from typing import Annotated

    from wangge import *
    from wangge_schema import Person
    from wangge import described
"""


def programme(types: str = "", extensions: str = "", names: str = "", added: str = "") -> str:
    """Return the source of a plugin module with these declarations."""
    lines = [line.removeprefix("    ") for line in HEAD.splitlines()]
    return "\n".join(
        [
            *lines,
            types,
            extensions,
            "@hookimpl",
            "def graphql_types() -> list[type]:",
            f"    return [{names}]",
            "@hookimpl",
            "def graphql_extensions() -> list[type]:",
            f"    return [{added}]",
        ]
    )


def thing(
    name: str, *, access: str = "public", description: str = "A thing.", size: str = "Its size."
) -> str:
    """Return the source of an object type with one field."""
    return (
        f"@object_type(access={access}, description={description!r})\n"
        f"class {name}:\n    size: int = column({size!r})\n"
    )


def with_type(name: str, **options: str) -> str:
    """Return a programme that brings one object type and nothing to reach it by."""
    return programme(types=thing(name, **options), names=name)


def with_root(name: str, *, access: str = "access=public, ", returns: str = "int") -> str:
    """Return a programme that brings one root query field."""
    root = (
        "@extends(Query)\nclass Queries:\n"
        f'    @query({access}description="A number.")\n'
        f"    def {name}(self) -> {returns}:\n        return 1\n"
    )
    return programme(extensions=root, added="Queries")


def with_person_field(name: str, annotation: str) -> str:
    """Return a programme that adds one field to Person."""
    added = (
        "@extends(Person)\nclass Fields:\n"
        '    @field(access=public, description="A number.")\n'
        f"    @staticmethod\n    def {name}() -> {annotation}:\n        return 1\n"
    )
    return programme(extensions=added, added="Fields")


def reason(manager: PluginManager, slug: str) -> str:
    """Return why a programme was set aside."""
    assert slug not in manager.loaded
    assert "base" in manager.loaded
    return manager.quarantined[slug].reason


def test_a_type_that_the_base_defines_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("grids_too", with_type("Grid"), prefix="Grid"))

    assert reason(manager, "grids_too") == (
        "grids_too and base both define the type Grid: grids_too must rename it."
    )


def test_a_type_of_the_platform_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("own_district", with_type("District"), prefix="District"))

    assert reason(manager, "own_district") == (
        "own_district and the platform both define the type District: own_district must rename it."
    )


def test_of_two_programmes_with_one_type_the_first_by_slug_stays(plant: Plant, managing: Managing) -> None:
    later = plant("zebra", with_type("XyThing"))
    earlier = plant("aardvark", with_type("XyThing"))

    manager = managing(later, earlier)

    assert set(manager.loaded) == {"base", "aardvark"}
    assert reason(manager, "zebra") == (
        "zebra and aardvark both define the type XyThing: zebra must rename it."
    )


def test_an_enum_and_an_input_collide_as_types_do(plant: Plant, managing: Managing) -> None:
    kind = '@input_type("A thing.")\nclass CreateGridInput:\n    size: int = argument("Its size.")\n'
    root = (
        "@extends(Query)\nclass Queries:\n"
        '    @query(access=public, description="A number.")\n'
        '    def create(self, what: Annotated[CreateGridInput, described("What.")]) -> int:\n'
        "        return 1\n"
    )
    manager = managing(
        plant("inputs", programme(types=kind, extensions=root, added="Queries"), prefix="Create")
    )

    assert reason(manager, "inputs") == (
        "inputs and base both define the type CreateGridInput: inputs must rename it."
    )


def test_a_root_field_that_the_base_adds_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("more_grids", with_root("grids"), prefix="Grids"))

    assert reason(manager, "more_grids") == (
        "more_grids and base both add Query.grids: more_grids must rename it."
    )


def test_a_root_field_of_the_platform_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("own_node", with_root("node"), prefix="Node"))

    assert reason(manager, "own_node") == (
        "own_node and the platform both add Query.node: own_node must rename it."
    )


def test_an_added_field_that_another_subject_added_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("own_posts", with_person_field("posts", "int | None"), prefix="Posts"))

    assert reason(manager, "own_posts") == (
        "own_posts and base both add Person.posts: own_posts must rename it."
    )


def test_a_vendors_type_without_its_prefix_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("acme_lamps", with_type("Lamp"), prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        "acme_lamps: the type Lamp must start with its prefix Acme: rename it."
    )


def test_a_vendors_field_without_its_prefix_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("acme_lamps", with_root("lamps"), prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        "acme_lamps: the field Query.lamps must start with its prefix acme: rename it."
    )


def test_a_vendor_without_a_prefix_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("acme_lamps", with_type("Lamp"), prefix=""))

    assert "a vendor's plugin declares the prefix of its GraphQL names" in reason(manager, "acme_lamps")


def test_a_field_that_the_type_has_already_is_refused(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("own_sex", with_person_field("sex", "int | None"), prefix="Sex"))

    assert reason(manager, "own_sex") == "own_sex adds Person.sex, which is there already: rename the field."


def test_a_field_on_a_foreign_type_must_be_nullable(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("acme_lamps", with_person_field("acme_lamps", "int"), prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        "acme_lamps: Person.acmeLamps must be nullable, so that a failure nulls it alone."
    )


def test_a_root_field_without_access_is_refused(plant: Plant, managing: Managing) -> None:
    root = (
        "import strawberry\n@extends(Query)\nclass Queries:\n"
        '    @strawberry.field(description="A number.")\n    def acme_size(self) -> int:\n        return 1\n'
    )
    manager = managing(plant("acme_lamps", programme(extensions=root, added="Queries"), prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        "acme_lamps: Query.acmeSize declares no access: add public, authenticated or requires(…)."
    )


def test_an_added_field_without_access_is_refused(plant: Plant, managing: Managing) -> None:
    added = (
        "@extends(Person)\nclass Fields:\n"
        '    @field(description="A number.")\n    @staticmethod\n'
        "    def acme_size() -> int | None:\n        return 1\n"
    )
    manager = managing(plant("acme_lamps", programme(extensions=added, added="Fields"), prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        "acme_lamps: Person.acmeSize declares no access: add public, authenticated or requires(…)."
    )


def test_a_type_without_access_is_refused(plant: Plant, managing: Managing) -> None:
    kind = (
        'import strawberry\n@strawberry.type(description="A lamp.")\nclass AcmeLamp:\n'
        '    size: int = strawberry.field(description="Its size.")\n'
    )
    manager = managing(plant("acme_lamps", programme(types=kind, names="AcmeLamp"), prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        "acme_lamps: the type AcmeLamp declares no access: use table_type or object_type."
    )


WITH_ARGUMENT = programme(
    extensions=(
        "@extends(Query)\nclass Queries:\n"
        '    @query(access=public, description="A number.")\n'
        "    def acme_size(self, of: int) -> int:\n        return of\n"
    ),
    added="Queries",
)


@pytest.mark.parametrize(
    ("code", "undescribed"),
    [
        (with_type("AcmeLamp", description=""), "AcmeLamp"),
        (with_type("AcmeLamp", size=""), "AcmeLamp.size"),
        (WITH_ARGUMENT, "Query.acmeSize(of:)"),
    ],
    ids=["type", "field", "argument"],
)
def test_what_is_not_described_is_refused(
    plant: Plant, managing: Managing, code: str, undescribed: str
) -> None:
    manager = managing(plant("acme_lamps", code, prefix="Acme"))

    assert reason(manager, "acme_lamps") == (
        f"acme_lamps: {undescribed} has no description: every name that frontends meet needs one."
    )


def test_an_enum_whose_members_are_not_described_is_refused(plant: Plant, managing: Managing) -> None:
    code = programme(
        types=(
            "import enum\nclass AcmeColour(enum.Enum):\n    RED = 'red'\n"
            "graphql_enum(AcmeColour, 'A colour.')\n"
        )
    )
    manager = managing(plant("acme_lamps", code, prefix="Acme"))

    assert reason(manager, "acme_lamps") == "AcmeColour: describe exactly its members; look at RED."


def test_what_a_programme_brings_is_marked_as_its_own(plant: Plant, managing: Managing) -> None:
    added = (
        "@extends(Person)\nclass Fields:\n"
        '    @field(access=requires("base.people.read"), description="A lamp.")\n'
        "    @staticmethod\n    def acme_lamp() -> AcmeLamp | None:\n        return None\n"
    )
    lamp = thing("AcmeLamp", access="authenticated")
    code = programme(types=lamp, extensions=added, names="AcmeLamp", added="Fields")
    point = plant("acme_lamps", code, prefix="Acme")
    manager = managing(point)

    sdl = compose(manager.select(["acme_lamps"])).sdl

    assert manager.quarantined == {}
    assert 'type AcmeLamp @authenticated @plugin(name: "acme_lamps", version: "1.0.0") {' in sdl
    assert (
        'acmeLamp: AcmeLamp @requires(permission: "base.people.read")'
        ' @plugin(name: "acme_lamps", version: "1.0.0")\n'
    ) in sdl
    assert "acmeLamp" not in compose(manager.select([])).sdl


def test_roots_that_a_programme_adds_are_nullable_whatever_it_says(plant: Plant, managing: Managing) -> None:
    root = (
        "@extends(Query)\nclass Queries:\n"
        '    @query(access=public, description="Numbers.")\n'
        "    def acme_sizes(self) -> list[int]:\n        return [1]\n"
        '@payload_type("Nothing.")\nclass AcmeBreakPayload(Payload):\n    """Nothing."""\n'
        '@input_type("What.")\nclass AcmeBreakInput(Input):\n    """What."""\n'
        "@extends(Mutation)\nclass Mutations:\n"
        '    @mutation(access=public, description="Break it.")\n'
        "    async def acme_break(self, input: AcmeBreakInput) -> AcmeBreakPayload:\n"
        "        return AcmeBreakPayload()\n"
    )
    manager = managing(plant("acme", programme(extensions=root, added="Queries, Mutations"), prefix="Acme"))

    sdl = compose(manager.select(["acme"])).sdl

    assert manager.quarantined == {}
    assert "  acmeSizes: [Int!] @public @plugin" in sdl
    assert "): AcmeBreakPayload @public @plugin" in sdl
    assert "): GridConnection! @authenticated\n" in sdl


def test_three_schemas_of_one_process_keep_the_arguments_of_node(plant: Plant, managing: Managing) -> None:
    manager = managing(
        plant("acme_lamps", with_type("AcmeLamp"), prefix="Acme"),
        plant("blue_bins", with_root("blue_bins"), prefix="Blue"),
    )
    sets = [[], ["acme_lamps"], ["acme_lamps", "blue_bins"]]

    composed = [compose(manager.select(slugs)) for slugs in sets]

    for one in composed:
        query = one.schema.query_type
        assert isinstance(query, GraphQLObjectType)
        assert list(query.fields["node"].args) == ["id"]
        assert validate(one.schema, parse('{ node(id: "x") { id } grids(first: 1) { totalCount } }')) == []
    assert len({one.hash for one in composed}) == 3
    assert ["AcmeLamp" in one.schema.type_map for one in composed] == [False, True, True]
    assert ["blueBins" in one.schema.query_type.fields for one in composed if one.schema.query_type] == [
        False,
        False,
        True,
    ]


async def test_a_field_of_a_programme_that_is_off_names_the_programme(other_district: TestDistrict) -> None:
    answer = await other_district.client("district_admin").execute("{ volunteerActivities { totalCount } }")

    assert "data" not in answer
    assert [error["extensions"] for error in answer["errors"]] == [
        {"code": "PLUGIN_NOT_ENABLED", "plugin": "volunteer_points"}
    ]
    assert "volunteer_points" in answer["errors"][0]["message"]


async def test_the_same_field_answers_where_the_programme_is_on(district: TestDistrict) -> None:
    data = await district.client("district_admin").data("{ volunteerActivities { totalCount } }")

    assert data == {"volunteerActivities": {"totalCount": 0}}
