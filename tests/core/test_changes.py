"""Differences between schemas are told by kind, place and harm, access among them."""

import pytest

from wangge._host.compose import compose
from wangge._host.compose.changes import Change, Severity, differences
from wangge._host.plugins import PluginManager
from wangge.errors import ConfigurationError

HEAD = """
directive @public on FIELD_DEFINITION | OBJECT
directive @authenticated on FIELD_DEFINITION | OBJECT
directive @requires(permission: String!) on FIELD_DEFINITION | OBJECT
directive @plugin(name: String!, version: String!) on FIELD_DEFINITION | OBJECT
directive @weight(of: Int!) on FIELD_DEFINITION | OBJECT
"""
OLD = """
type Query @public {
  "A lamp."
  lamp(id: ID!, by: String = "code"): Lamp
  lamps(first: Int): [Lamp]
  gone: Int
}
type Lamp { code: String watts: Int }
type Bulb { code: String }
interface Lit { code: String }
interface Dim { code: String }
type Pole implements Dim { code: String }
union Thing = Lamp | Bulb
enum Colour { RED GREEN }
input Make { code: String watts: Int = 5 }
scalar Old
"""
BREAKING = [
    ("gone: Int", "", ("FIELD_REMOVED", "Query.gone")),
    ("watts: Int }", "watts: String }", ("FIELD_CHANGED_KIND", "Lamp.watts")),
    ("first: Int", "first: Int!", ("ARG_CHANGED_KIND", "Query.lamps(first:)")),
    ("(first: Int)", "", ("ARG_REMOVED", "Query.lamps(first:)")),
    ("gone: Int", "gone(why: Int!): Int", ("REQUIRED_ARG_ADDED", "Query.gone(why:)")),
    ("scalar Old", "", ("TYPE_REMOVED", "Old")),
    ("scalar Old", "type Old { a: Int }", ("TYPE_CHANGED_KIND", "Old")),
    ("Lamp | Bulb", "Lamp", ("TYPE_REMOVED_FROM_UNION", "Thing")),
    ("RED GREEN", "RED", ("VALUE_REMOVED_FROM_ENUM", "Colour.GREEN")),
    ("{ code: String watts: Int =", "{ code: String! watts: Int =", ("FIELD_CHANGED_KIND", "Make.code")),
    ("input Make {", "input Make { much: Int!", ("REQUIRED_INPUT_FIELD_ADDED", "Make.much")),
    ("implements Dim", "", ("IMPLEMENTED_INTERFACE_REMOVED", "Pole")),
    ("input Make", "input Make @oneOf", ("DIRECTIVE_APPLIED", "Make")),
]
DANGEROUS = [
    ("gone: Int", "gone(why: Int): Int", ("OPTIONAL_ARG_ADDED", "Query.gone(why:)")),
    ('= "code"', '= "name"', ("ARG_DEFAULT_VALUE_CHANGE", "Query.lamp(by:)")),
    ("watts: Int = 5", "watts: Int = 6", ("INPUT_FIELD_DEFAULT_VALUE_CHANGE", "Make.watts")),
    ("RED GREEN", "RED GREEN BLUE", ("VALUE_ADDED_TO_ENUM", "Colour.BLUE")),
    ("Lamp | Bulb", "Lamp | Bulb | Pole", ("TYPE_ADDED_TO_UNION", "Thing")),
    ("implements Dim", "implements Dim & Lit", ("IMPLEMENTED_INTERFACE_ADDED", "Pole")),
    ("input Make {", "input Make { much: Int", ("OPTIONAL_INPUT_FIELD_ADDED", "Make.much")),
    ("gone: Int", "gone: Int @weight(of: 1)", ("DIRECTIVE_APPLIED", "Query.gone")),
]
SAFE = [
    ("gone: Int", "gone: Int more: Int", ("FIELD_ADDED", "Query.more")),
    ("gone: Int", "gone: Int!", ("FIELD_CHANGED_KIND_SAFE", "Query.gone")),
    ("id: ID!", "id: ID", ("ARG_CHANGED_KIND_SAFE", "Query.lamp(id:)")),
    ("first: Int", "first: Int = 9", ("ARG_DEFAULT_VALUE_ADDED", "Query.lamps(first:)")),
    ("scalar Old", "scalar Old scalar New", ("TYPE_ADDED", "New")),
    ('"A lamp."', '"A street lamp."', ("DESCRIPTION_CHANGED", "Query.lamp")),
    ("gone: Int", 'gone: Int @deprecated(reason: "x")', ("DEPRECATION_ADDED", "Query.gone")),
    ("RED GREEN", 'RED GREEN @deprecated(reason: "x")', ("DEPRECATION_ADDED", "Colour.GREEN")),
]


@pytest.mark.parametrize(
    ("before", "after", "expected", "severity"),
    [
        (*case, severity)
        for cases, severity in (
            (BREAKING, Severity.BREAKING),
            (DANGEROUS, Severity.DANGEROUS),
            (SAFE, Severity.SAFE),
        )
        for case in cases
    ],
)
def test_a_change_is_told_with_its_code_and_place(
    before: str, after: str, expected: tuple[str, str], severity: Severity
) -> None:
    assert OLD.count(before) == 1

    (found,) = differences(HEAD + OLD, HEAD + OLD.replace(before, after))

    assert (found.severity, found.code, found.place) == (severity, *expected)
    assert found.description.endswith(("x", "."))


PUBLIC, SIGNED_IN = "@public", "@authenticated"
READ, WRITE = '@requires(permission: "a.read")', '@requires(permission: "a.write")'


@pytest.mark.parametrize(
    ("before", "after", "code", "severity"),
    [
        (PUBLIC, SIGNED_IN, "ACCESS_NARROWED", Severity.BREAKING),
        ("", SIGNED_IN, "ACCESS_NARROWED", Severity.BREAKING),
        (PUBLIC, READ, "ACCESS_NARROWED", Severity.BREAKING),
        (SIGNED_IN, READ, "ACCESS_NARROWED", Severity.BREAKING),
        (READ, WRITE, "ACCESS_CHANGED", Severity.BREAKING),
        (READ, SIGNED_IN, "ACCESS_WIDENED", Severity.DANGEROUS),
        (READ, "", "ACCESS_WIDENED", Severity.DANGEROUS),
        (SIGNED_IN, PUBLIC, "ACCESS_WIDENED", Severity.DANGEROUS),
    ],
)
@pytest.mark.parametrize("place", ["Lamp", "Lamp.watts"])
def test_another_access_is_a_change(
    before: str, after: str, code: str, severity: Severity, place: str
) -> None:
    def sdl(mark: str) -> str:
        on_type, on_field = (mark, "") if place == "Lamp" else ("", mark)
        return f"{HEAD} type Query {{ lamp: Lamp }} type Lamp {on_type} {{ watts: Int {on_field} }}"

    (found,) = differences(sdl(before), sdl(after))

    assert (found.severity, found.code, found.place) == (severity, code, place)


def test_a_sentence_says_who_was_let_in_and_who_is_now() -> None:
    (found,) = differences(
        f"{HEAD} type Query {{ lamp: Int {SIGNED_IN} }}", f"{HEAD} type Query {{ lamp: Int {READ} }}"
    )

    assert found.description == "Query.lamp was open to the signed-in, now open to holders of a.read."


def test_no_mark_is_as_open_as_the_public_one() -> None:
    assert differences(f"{HEAD} type Query {{ a: Int }}", f"{HEAD} type Query {{ a: Int {PUBLIC} }}") == []


def test_another_bringer_is_a_change_and_another_version_is_none() -> None:
    def sdl(mark: str) -> str:
        return f"{HEAD} type Query {{ lamp: Int {mark} }}"

    first, next_, other = (
        f'@plugin(name: "{name}", version: "{version}")'
        for name, version in (("lamps", "1"), ("lamps", "2"), ("lights", "1"))
    )

    assert differences(sdl(first), sdl(next_)) == []
    assert differences(sdl(first), sdl(other)) == [
        Change(
            Severity.DANGEROUS,
            "PROVENANCE_CHANGED",
            "Query.lamp",
            "Query.lamp came with lamps, now with lights.",
        )
    ]


def test_deprecations_come_change_and_go() -> None:
    def codes(before: str, after: str) -> list[str]:
        texts = [f"type Query {{ lamp: Int {mark} }}" for mark in (before, after)]
        return [one.code for one in differences(*texts)]

    old, new = ('@deprecated(reason: "old")', '@deprecated(reason: "Use light.")')

    assert codes("", old) == ["DEPRECATION_ADDED"]
    assert codes(old, new) == ["DEPRECATION_CHANGED"]
    assert codes(old, "") == ["DEPRECATION_WITHDRAWN"]


def test_a_programme_only_adds() -> None:
    manager = PluginManager()
    base, more = (compose(manager.select(slugs)).sdl for slugs in ([], ["volunteer_points"]))

    found = differences(base, more)

    assert {one.severity for one in found} == {Severity.SAFE}
    assert ("FIELD_ADDED", "Query.volunteers") in {(one.code, one.place) for one in found}
    assert {one.code for one in differences(more, base) if one.severity is Severity.BREAKING} == {
        "FIELD_REMOVED",
        "TYPE_REMOVED",
    }
    assert differences(more, more) == []


@pytest.mark.parametrize(
    ("location", "severity"), [("FIELD", Severity.BREAKING), ("FIELD_DEFINITION", Severity.SAFE)]
)
def test_a_directive_is_missed_where_documents_may_hold_it(location: str, severity: Severity) -> None:
    query = "type Query { a: Int }"

    (found,) = differences(f"directive @lit(by: Int) on {location} {query}", query)

    assert (found.severity, found.code, found.place) == (severity, "DIRECTIVE_REMOVED", "@lit")


def test_the_worst_stands_first() -> None:
    found = differences("type Query { a: Int b: Int }", "type Query { a: Int c: Int d(e: Int): Int }")

    assert [(one.severity.value, one.place) for one in found] == [
        ("breaking", "Query.b"),
        ("safe", "Query.c"),
        ("safe", "Query.d"),
    ]


@pytest.mark.parametrize("text", ["type Query {", "type Query { a: Nothing }"])
def test_what_is_no_schema_is_refused_with_its_side(text: str) -> None:
    with pytest.raises(ConfigurationError, match="The newer schema cannot be read: "):
        differences("type Query { a: Int }", text)
