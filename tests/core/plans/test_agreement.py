"""Randomised operations give the same data in all tiers, and the same errors.

In an ordinary run Hypothesis draws the same operations each time. To search for long, with new ones:

    WANGGE_AGREEMENT=5000 pytest tests/core/plans/test_agreement.py -k postgresql

The number is that of operations per role. With WANGGE_AGREEMENT_SHRINK=1 Hypothesis makes what it finds
smaller, and draws operations that are less unlike each other. What is found is printed as the document, its
variables and the role; make a test of its own of it in one of the modules beside this one.
"""

import os
from collections import Counter
from zlib import crc32

import pytest
from graphql import GraphQLSchema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from wangge._host.compose import ComposedSchema

from .conftest import Crowd
from .drawing import Drawn, operations
from .known import Known, known_of

pytestmark = pytest.mark.filterwarnings(
    # what graphql-core leaves behind where a field beside these fails at once
    "ignore:coroutine .* was never awaited:RuntimeWarning"
)

LONG = int(os.environ.get("WANGGE_AGREEMENT", "0"))
SHRINKING = os.environ.get("WANGGE_AGREEMENT_SHRINK") == "1"
EXAMPLES = 30
ROLES = (
    *("district_admin", "street_secretary", "community_secretary", "grid_worker", "resident"),
    *("two_places", "nested_places"),
)

SHARE = {"resident": 0.3}
"""Least part that SQL serves; residents lack permissions for much, and graphql-core says so."""


@pytest.fixture(scope="module")
def composed(crowd: Crowd) -> ComposedSchema:
    """The district's schema."""
    return crowd.runner.run(crowd.district.server.district(crowd.district.code).schema())


@pytest.fixture(scope="module")
def known(crowd: Crowd, composed: ComposedSchema) -> Known:
    """What documents may name."""

    async def read() -> Known:
        async with crowd.district.context() as ctx:
            return await known_of(ctx, composed)

    return crowd.runner.run(read())


def search(crowd: Crowd, role: str | None, schema: GraphQLSchema, known: Known, count: int) -> Counter[int]:
    """Ask drawn operations as a role and return how many each tier served."""
    tiers: Counter[int] = Counter()

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if SHRINKING else (Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        drawn: Drawn = data.draw(operations(schema, known, shrinking=SHRINKING))
        both = crowd.both(role, drawn.document, drawn.variables, drawn.name)
        difference = both.difference()
        if "INTERNAL" in {*both.planned.codes, *both.plain.codes} and both.planned.tier == 3:
            return  # graphql-core broke off a statement of the session that its other fields share
        assert difference is None, f"{role}, {drawn}:\n{difference}"
        if both.planned.codes == ["DOCUMENT_TOO_LARGE"]:
            return
        assert "data" in both.planned.body, f"{drawn} is no valid operation: {both.planned.body}"
        assert "its statement failed" not in both.planned.why, f"{drawn}: {both.planned.why}"
        tiers[both.planned.tier] += 1

    (agree if LONG else seed(crc32(str(role).encode()))(agree))()
    return tiers


@pytest.mark.parametrize("role", ROLES)
def test_plans_answer_as_graphql_core_does(
    crowd: Crowd, composed: ComposedSchema, known: Known, role: str
) -> None:
    tiers = search(crowd, role, composed.schema, known, LONG or EXAMPLES)

    assert tiers[1] + tiers[2] > tiers.total() * SHARE.get(role, 0.5), tiers


def test_nobody_is_told_the_same(crowd: Crowd, composed: ComposedSchema, known: Known) -> None:
    assert search(crowd, None, composed.schema, known, LONG or 20).total() >= 20
