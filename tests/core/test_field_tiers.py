"""The conformance suite's report: the tier of each field of a programme, and what its author did wrong."""

from typing import Any

import pytest
from sqlalchemy import func

from wangge import Info, Parent, authenticated, extends, field, masked
from wangge._host.compose import compose
from wangge._host.plugins import LoadedPlugin
from wangge.auth.principal import SYSTEM
from wangge.testing.districts import TestDistrict
from wangge.testing.field_tiers import UNTRIED, FieldTier, field_tiers, report
from wangge_schema import Person
from wangge_schema import models as base

FIRST_LETTER = "The name's first letter."


@extends(Person)
class Planted:
    """Fields of which some are mistakes."""

    acme_masked: str | None = masked(
        "name", unless="base.people.name", mask=str, description="A mask that SQL does not know."
    )

    @field(access=authenticated, description=FIRST_LETTER, sql=lambda one: func.substr(one.name, 1, 1))
    @staticmethod
    def acme_sql(root: Parent[base.Person]) -> str | None:
        """Return it."""
        return root.name[:1]

    @field(access=authenticated, description=FIRST_LETTER)
    @staticmethod
    def acme_python(root: Parent[base.Person]) -> str | None:
        """Return it."""
        return root.name[:1]

    @field(access=authenticated, description="The person again.")
    @staticmethod
    async def acme_object(root: Parent[base.Person], info: Info) -> Person | None:
        """Return it."""
        return None

    @field(access=authenticated, description=FIRST_LETTER, sql=lambda one: one.no_such_column)
    @staticmethod
    def acme_raises(root: Parent[base.Person]) -> str | None:
        """Return it."""
        return root.name[:1]

    @field(access=authenticated, description=FIRST_LETTER, sql=lambda one: func.acme_unknown(one.name))
    @staticmethod
    def acme_nowhere(root: Parent[base.Person]) -> str | None:
        """Return it."""
        return root.name[:1]

    @field(access=authenticated, description=FIRST_LETTER, sql=lambda one: func.json_quote(one.name))
    @staticmethod
    def acme_sqlite(root: Parent[base.Person]) -> str | None:
        """Return it."""
        return root.name[:1]


@pytest.fixture
async def found(district: TestDistrict, monkeypatch: pytest.MonkeyPatch) -> dict[str, FieldTier]:
    """The planted fields by name, as the suite finds them."""
    runtime = district.server.district(district.code)
    own = runtime.plugins[-1]
    planted = LoadedPlugin(own.manifest, __name__, own.module, extensions=[Planted])
    composed = compose([runtime.plugins[0], planted])

    async def schema() -> Any:  # a composed schema
        return composed

    monkeypatch.setattr(runtime, "schema", schema)
    return {one.field: one for one in await field_tiers(planted, runtime, [SYSTEM])}


async def test_fields_fall_to_the_tier_that_they_are_declared_for(found: dict[str, FieldTier]) -> None:
    assert {name: one.tier for name, one in found.items() if not one.mistake and "Sqlite" not in name} == {
        "Person.acmeSql": 1,
        "Person.acmePython": 2,
        "Person.acmeObject": 3,
    }
    assert found["Person.acmePython"].remedy.endswith("`sql=`.")


async def test_what_should_be_sql_and_is_not_is_a_mistake(found: dict[str, FieldTier], backend: str) -> None:
    mistakes = {name: one.why for name, one in found.items() if one.mistake}

    assert mistakes["Person.acmeMasked"] == "The mask of Person.acmeMasked has no SQL form."
    assert "its SQL cannot be written: AttributeError" in mistakes["Person.acmeRaises"]
    assert "the database refuses its SQL" in mistakes["Person.acmeNowhere"]
    assert ("Person.acmeSqlite" in mistakes) == (backend == "postgresql")
    assert len(mistakes) == (3 if backend == "sqlite" else 4)


def test_the_report_begins_with_what_is_dearest() -> None:
    rows = [FieldTier("A.b", 1), FieldTier("A.d", 3, "A.d is resolved in Python.", "Give it `sql=`.")]

    assert report(rows).splitlines() == [
        "tier  field",
        "   3  A.d: A.d is resolved in Python.",
        "      Give it `sql=`.",
        "   1  A.b",
    ]


async def test_the_base_programme_makes_no_mistake_and_every_statement_is_run(district: TestDistrict) -> None:
    runtime = district.server.district(district.code)

    found = await field_tiers(runtime.plugins[0], runtime, [SYSTEM])

    assert [one for one in found if one.mistake or one.why == UNTRIED] == []
    assert {one.tier for one in found} == {1, 2, 3}
