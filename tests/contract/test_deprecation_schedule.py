"""The schedule is kept: an entry gives its time, names what there is, and goes when it is over."""

import importlib

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from tests.contract.surface import surface

from wangge import __version__
from wangge._host.compose import compose
from wangge._host.compose.deprecated import fault_of
from wangge._host.deprecated_uses import DOORS
from wangge._host.runtime import load_plugins
from wangge.deprecations import DEPRECATIONS, Deprecation, is_too_short


def faults(entries: list[Deprecation]) -> list[str]:
    """Return what is wrong with entries of the registry."""
    lines = surface()
    arguments = [line.partition(":")[0] + ")" for line in lines if line.startswith("hook ") and "(" in line]
    known = {*lines, *arguments}
    over = [one for one in entries if one.is_over]
    found = [f"{one.what} is over since {one.removed_in}: take it and its entry out." for one in over]
    found += [f"{one.what} goes before two minor versions are over." for one in entries if is_too_short(one)]
    found += [f"{one.what} is nothing that the plugin API holds." for one in entries if one.what not in known]
    return found + [fault for one in entries for fault in _without_target(one)]


def _without_target(one: Deprecation) -> list[str]:
    if not one.what.startswith(tuple(f"{door}." for door in DOORS)):
        return []
    module, _, name = one.target.partition(":")
    there = bool(module) and hasattr(importlib.import_module(module), name)
    return [] if there else [f"{one.what} stands for {one.target or 'nothing'}, which is not there."]


def test_every_entry_is_in_order() -> None:
    assert faults(list(DEPRECATIONS)) == []


def test_an_entry_that_is_over_or_too_short_or_of_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangge.version.VERSION", "0.1.0")
    planted = [
        Deprecation("wangge.money", "0.0.1", "column", "0.1.0", "wangge.graphql.fields:money"),
        Deprecation("hook demo_data(progress)", "0.1.0", "less", "0.2.5"),
        Deprecation("manifest.prefix", "0.1.0", "none", "0.3.0"),
        Deprecation("wangge.glow", "0.1.0", "light", "0.3.0", "wangge.graphql.fields:glow"),
    ]

    assert faults(planted) == [
        "wangge.money is over since 0.1.0: take it and its entry out.",
        "wangge.money goes before two minor versions are over.",
        "hook demo_data(progress) goes before two minor versions are over.",
        "wangge.glow is nothing that the plugin API holds.",
        "wangge.glow stands for wangge.graphql.fields:glow, which is not there.",
    ]


def test_what_the_platform_deprecates_keeps_its_schedule_too() -> None:
    manager = load_plugins()
    schema = compose(manager.select(manager.loaded)).schema
    reasons = []
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            reasons += [value.deprecation_reason for value in kind.values.values()]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            reasons += [one.deprecation_reason for one in kind.fields.values()]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            reasons += [arg.deprecation_reason for one in kind.fields.values() for arg in one.args.values()]

    assert len(reasons) > 1000
    assert [fault_of(one, __version__) for one in reasons if one is not None] == []
