"""The page `naming.md` is true: its examples are names in use, and the programmes keep its rules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, GraphQLSchema, get_named_type

from wangge._host.compose import compose
from wangge._host.plugins import LoadedPlugin
from wangge._host.reference import error_classes
from wangge._host.runtime import load_plugins
from wangge.manifest import FIRST_PARTY

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "core" / "docs" / "naming.md"
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<rule>[^|]+) \| `(?P<example>[^`]+)` \| (?P<by>\w*) ?\|$", re.M)
HEAD = "| what | rule | example | checked by |"

MANAGER = load_plugins()
PLUGINS = MANAGER.select(FIRST_PARTY)
programmes = pytest.mark.parametrize("plugin", PLUGINS, ids=lambda one: one.slug)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema with every first-party programme."""
    return compose(PLUGINS).schema


def of_programmes(schema: GraphQLSchema, kind: type[GraphQLNamedType]) -> Iterator[GraphQLNamedType]:
    """Yield the types of a kind that are no part of GraphQL itself."""
    return (one for one in schema.type_map.values() if isinstance(one, kind) and one.name[:2] != "__")


def test_every_row_of_its_tables_has_a_rule_an_example_and_what_checks_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and line != HEAD]
    rows = [line for line in rows if not line.startswith("| ---")]

    assert [line for line in rows if not ROW.fullmatch(line)] == []
    assert {row["by"] for row in ROW.finditer(text)} == {"", "load", "check", "new"}


def test_every_example_is_a_name_in_use() -> None:
    places = [ROOT / "core/docs/writing-a-plugin.md", *(ROOT / "plugins").rglob("*.py")]
    known = "\n".join(path.read_text(encoding="utf-8") for path in places)

    examples = [row["example"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert [one for one in examples if one not in known] == []


def test_mutations_take_one_input_and_answer_a_payload_of_their_name(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    shapes = {
        name: (
            list(field.args),
            get_named_type(field.args["input"].type).name,
            get_named_type(field.type).name,
        )
        for name, field in schema.mutation_type.fields.items()
    }

    assert shapes == {
        name: (["input"], f"{name[0].upper()}{name[1:]}Input", f"{name[0].upper()}{name[1:]}Payload")
        for name in shapes
    }


def test_inputs_say_by_their_end_what_they_are(schema: GraphQLSchema) -> None:
    inputs = of_programmes(schema, GraphQLInputObjectType)

    assert [one.name for one in inputs if not one.name.endswith(("Input", "Filter", "Match"))] == []


def test_members_of_enums_are_capitals_and_those_of_orders_say_their_direction(schema: GraphQLSchema) -> None:
    members = {
        (one.name, name)
        for one in of_programmes(schema, GraphQLEnumType)
        if isinstance(one, GraphQLEnumType)
        for name in one.values
    }
    orders = {one for one in members if one[0].endswith(("Order", "Ordering"))}

    assert [one for one in members if not re.fullmatch(r"[A-Z][A-Z0-9_]*", one[1])] == []
    assert [one for one in orders if not one[1].endswith(("_ASC", "_DESC"))] == []


def test_where_and_order_by_take_filters_and_orders(schema: GraphQLSchema) -> None:
    ends = {"where": ("Filter",), "orderBy": ("Order", "Ordering")}
    odd = [
        f"{one.name}.{name}"
        for one in schema.type_map.values()
        for name, field in getattr(one, "fields", {}).items()
        for argument, end in ends.items()
        if argument in getattr(field, "args", {})
        and not get_named_type(field.args[argument].type).name.endswith(end)
    ]

    assert odd == []


@programmes
def test_permissions_and_events_have_three_parts(plugin: LoadedPlugin) -> None:
    names = [*plugin.manifest.permissions, *(event.name for event in plugin.event_types)]

    assert [name for name in names if not re.fullmatch(rf"{plugin.slug}(\.[a-z_]+){{2}}", name)] == []


@programmes
def test_acts_and_figures_start_with_the_slug(plugin: LoadedPlugin) -> None:
    folder = Path(str(plugin.module.__file__)).parent
    calls = [
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ctx.audit")
    ]
    acts = [one.args[0].value for one in calls if isinstance(one.args[0], ast.Constant)]
    names = [*map(str, acts), *(one.key for one in plugin.indicators)]

    assert acts
    assert [name for name in names if not name.startswith(f"{plugin.slug}.")] == []


@programmes
def test_the_settings_model_bears_the_slug(plugin: LoadedPlugin) -> None:
    if plugin.settings_model is not None:
        name = "".join(word.capitalize() for word in plugin.slug.split("_"))
        assert plugin.settings_model.__name__ == f"{name}Settings"


def test_errors_of_programmes_say_what_is_the_matter() -> None:
    names = [kind.__name__ for kind in error_classes(MANAGER) if not kind.__module__.startswith("wangge.")]

    assert [name for name in names if name.endswith("Error")] == []
