"""Documents are counted with their fragments expanded, and refused before their cost is paid."""

import pytest
from graphql import parse

from wangge import WanggeError
from wangge._host.compose import ComposedSchema, compose
from wangge._host.compose.names import owners_of
from wangge._host.http.documents import Documents, Prepared
from wangge._host.http.limits import DocumentTooLarge, Limits, check_limits
from wangge._host.runtime import load_plugins
from wangge._host.settings import Settings
from wangge.testing.districts import TestDistrict

from .hostile import HOSTILE, INVALID, TOO_LARGE, UNREADABLE, Hostile, ladder


@pytest.fixture(scope="module")
def composed() -> ComposedSchema:
    plugins = load_plugins()
    return compose(plugins.select(["volunteer_points"]))


@pytest.fixture
def documents() -> Documents:
    return Documents(8, Limits(), *owners_of(load_plugins()))


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.name)
def test_hostile_documents_are_refused(
    hostile: Hostile, documents: Documents, composed: ComposedSchema
) -> None:
    try:
        found = documents.prepare(composed, hostile.text)
    except DocumentTooLarge:
        assert hostile.code == TOO_LARGE
        return
    if isinstance(found, Prepared):  # counting its cost is what refuses it
        assert hostile.code not in {TOO_LARGE, INVALID, UNREADABLE}
    else:
        assert hostile.code == (UNREADABLE if found[0].message.startswith("Syntax Error") else INVALID)


LIMITS = Limits(
    depth=3,
    introspection_depth=4,
    aliases=2,
    directives=2,
    root_fields=2,
    root_mutations=1,
    operations=2,
    variables=1,
    fields=9,
)

WITHIN = (
    "{ a { b { c } } }",
    "{ a { ...F } } fragment F on T { b { c } }",
    "{ ...F } fragment F on T { a { b { c } } }",
    "{ a { ... { b { ... @skip(if: $x) { c } } } } }",
    "{ __schema { a { b { c } } } d }",
    "{ a: x b: x }",
    "{ a @x b @y }",
    "{ ...F ...F } fragment F on T { a }",
    "mutation { a { a b c } }",
    "query A { a } query B { b } fragment F on T { c }",
    "query A($x: Int) { a { a b c d e f g } }",
)

BEYOND = {
    "levels": ("{ a { b { c { d } } } }", "{ a { ...F } } fragment F on T { b { c { d } } }"),
    "levels of introspection": ("{ __schema { a { b { c { d } } } } }",),
    "aliases": (
        "{ a: x b: x { c: y } }",
        "{ a { ...F ...F ...F } } fragment F on T { b: x }",
    ),
    "directives": (
        "query @x @y @z { a }",
        "query ($v: Int @x @y @z) { a }",
        "{ a @x ... @y { b @z } }",
        "{ a { ...F @x ...F @x } } fragment F on T @y { b }",
    ),
    "root fields": ("{ a b c }", "{ ...F ...F } fragment F on T { a b }", "{ ... { a } ... { b c } }"),
    "fields": (
        "{ a { b c d e f g h i j } }",
        "{ a { ...F ...F } } fragment F on T { b { c d e f } }",
    ),
    "operations": ("query A { a } query B { b } query C { c }",),
    "variables": ("query ($a: Int, $b: Int) { a }",),
}


@pytest.mark.parametrize("text", WITHIN)
def test_what_is_within_the_limits_passes(text: str) -> None:
    check_limits(parse(text), LIMITS)


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in BEYOND.items() for text in texts])
def test_what_is_beyond_a_limit_is_refused_with_its_name(what: str, text: str) -> None:
    with pytest.raises(DocumentTooLarge) as refused:
        check_limits(parse(text), LIMITS)

    assert refused.value.params["what"] == what


def test_mutations_have_a_limit_of_their_own() -> None:
    with pytest.raises(DocumentTooLarge):
        check_limits(parse("mutation { a b }"), LIMITS)


def test_levels_of_data_are_not_those_of_introspection() -> None:
    with pytest.raises(DocumentTooLarge) as refused:
        check_limits(parse("{ __schema { a { b } } a { b { c { d } } } }"), LIMITS)

    assert refused.value.params["what"] == "levels"


def test_operations_that_introspect_are_named() -> None:
    text = "query A { ...F } query B { b } fragment F on Query { __type(name: 1) { name } }"

    assert check_limits(parse(text), LIMITS).introspecting == {"A"}


def test_counts_of_nested_fragments_are_worked_out_once() -> None:
    text = "{ a { ...F0 } } " + ladder(100, "T", "b: c")  # 2 ** 100 fields

    with pytest.raises(DocumentTooLarge) as refused:
        check_limits(parse(text), Limits())

    assert (refused.value.params["what"], refused.value.params["found"]) == ("fields", "over 500")


def test_limits_are_settings() -> None:
    assert Limits.of(Settings()) == Limits()
    assert Limits.of(Settings(limit_depth=3, document_limit=10)) == Limits(depth=3, bytes=10)


def test_fields_of_one_name_may_be_compared_so_often_and_no_oftener(composed: ComposedSchema) -> None:
    text = "{ district { " + "name " * 10 + "} }"
    owners = owners_of(load_plugins())
    enough, less = (Documents(1, Limits(overlaps=most), *owners) for most in (100, 50))

    assert isinstance(enough.prepare(composed, text), Prepared)
    with pytest.raises(WanggeError) as refused:
        less.prepare(composed, text)
    assert refused.value.code == "DOCUMENT_TOO_LARGE"


async def test_hostile_documents_are_refused_over_http_and_change_nothing(district: TestDistrict) -> None:
    client = district.client("district_admin")
    for hostile in HOSTILE:
        answer = await client.post(hostile.text, **(hostile.variables or {}))
        codes = [error["extensions"]["code"] for error in answer.json()["errors"]]
        assert (answer.status_code, set(codes)) == (400, {hostile.code}), hostile.name
        assert "data" not in answer.json(), hostile.name
