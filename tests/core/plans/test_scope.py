"""A plan shows what graphql-core shows and no row more, wherever in a statement the row stands."""

from typing import Any

import pytest
from sqlalchemy import select

from wangge import encode_id
from wangge.testing.statements import recorded_statements
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person

from .conftest import Crowd

ROLES = ("district_admin", "street_secretary", "community_secretary", "grid_worker", "resident")
SEVERAL = ("two_places", "nested_places")
COMMUNITY, COMPOUND, STREET, ELSEWHERE = "370703001001", "370703001001001", "370703001", "370703002"
"""Codes: the community secretary's own grid, one inside it, one above it, one outside."""

NESTED = (
    "{ grids(first: 60) { edges { node { people(first: 50) { totalCount edges { node { id name } } } } } } }",
    "{ organizations(first: 9) { edges { node { members { totalCount edges { node { id } } } } } } }",
    "{ pairings(first: 9) { edges { node { official { id name phone birthDate household { id } }"
    " households(first: 99) { totalCount edges { node { id members { id } head { id } } } } } } } }",
    "{ posts(first: 50) { edges { node { person { id name sex phone household { id } grid { code }"
    " residences { since } volunteer { id } volunteerAccount { available } } } } } }",
    "{ volunteerTeams(first: 50) { edges { node { leader { id person { id } }"
    " members(first: 50) { totalCount edges { node { volunteer { id } } } } } } } }",
    "{ volunteerOrders(first: 50) { edges { node { placedBy { id name }"
    " claims { totalCount edges { node { volunteer { id records { totalCount } } } } } } } } }",
    "{ dwellings(first: 200) { totalCount edges { node { id households { id number members { id } } } } } }",
    "{ people(first: 300) { totalCount edges { node { id household { id head { id } }"
    " volunteer { id signups { totalCount } } residences { since } } } } }",
    "{ redemptions(first: 50) { totalCount edges { node { id } } }"
    " pointsTransfers(first: 99) { totalCount edges { node { id } } } }",
)
"""Persons and what hangs on them: behind keys, links, lists, counts, single rows, published relations."""


@pytest.mark.parametrize("role", [*ROLES, *SEVERAL])
@pytest.mark.parametrize("document", NESTED, ids=range(len(NESTED)))
def test_each_place_of_a_statement_is_within_the_scope(crowd: Crowd, role: str, document: str) -> None:
    crowd.both(role, document).agreed  # noqa: B018  # asserts by itself


def test_the_places_are_compared_in_sql(crowd: Crowd) -> None:
    tiers = [crowd.both(role, document).planned.tier for role in (*ROLES, *SEVERAL) for document in NESTED]

    assert tiers.count(1) > len(tiers) * 0.6


def _ids(crowd: Crowd) -> dict[str, str]:
    async def read() -> dict[str, str]:
        async with crowd.district.context() as ctx:
            grids = await ctx.db.scalars(select(Grid))
            return {grid.code: encode_id("Grid", grid.id) for grid in grids}

    return crowd.runner.run(read())


def _filters(ids: dict[str, str]) -> list[dict[str, Any]]:  # JSON
    inside, own, above, outside = ({"within": ids[code]} for code in (COMPOUND, COMMUNITY, STREET, ELSEWHERE))
    root = {"within": ids["370703"]}
    living = {"living": {"eq": True}}
    return [
        *(inside, own, above, outside, root, {"not": inside}, {"not": outside}, {"not": {"not": inside}}),
        *({"or": [inside, outside]}, {"or": [inside, living]}, {"or": [inside]}, {"or": []}, {"or": [{}]}),
        *({"and": [inside, outside]}, {"and": [above, {"or": [inside, {}]}]}, {"not": {"and": [inside]}}),
        *({"or": [{"and": [inside, living]}, {"not": inside}]}, {**inside, "not": own}),
        {"and": [{"or": [{"not": {"or": [inside]}}]}], **above},
        {"within": f"Grid_{'0' * 32}"},
    ]


@pytest.mark.parametrize("role", [*ROLES, *SEVERAL])
def test_a_grid_in_a_filter_never_widens_the_scope(crowd: Crowd, role: str) -> None:
    document = """query ($where: PersonFilter, $households: HouseholdFilter) {
        people(where: $where, first: 300) { totalCount edges { node { id } } }
        households(where: $households, first: 300) { totalCount edges { node { id } } }
        organizations { edges { node { members(where: $where) { totalCount edges { node { id } } } } } }
        grids(first: 9) { edges { node { people(where: $where) { totalCount edges { node { id } } } } } } }"""
    everything = crowd.both(role, document).agreed.data["people"]
    visible = {edge["node"]["id"] for edge in everything["edges"]}

    for where in _filters(_ids(crowd)):
        households = None if "living" in str(where) else where
        answer = crowd.both(role, document, {"where": where, "households": households}).agreed
        assert answer.tier == 1, (where, answer.why)
        found = {edge["node"]["id"] for edge in answer.data["people"]["edges"]}
        assert found <= visible, where


def test_callers_of_one_shape_share_a_statement_and_see_their_own(crowd: Crowd) -> None:
    document = "{ people(first: 300) { totalCount edges { node { id name phone } } } } #shared"
    answers = []
    with recorded_statements() as sent:
        for role in ("grid_worker", "grid_worker_elsewhere", "grid_worker"):
            before = len(sent)
            answers.append(crowd.runner.run(crowd.tiers.ask(role, document)))
            assert any("base_people" in one for one in sent[before:])
    texts = [one for one in sent if 'SELECT (\'{"people"' in one or "SELECT convert_to" in one]

    assert answers[0].data == answers[2].data
    assert answers[0].data != answers[1].data
    assert len(texts) == 3
    for role in ("grid_worker", "grid_worker_elsewhere"):
        crowd.both(role, document).agreed  # noqa: B018  # asserts by itself


def test_a_person_without_permissions_sees_their_own_row_in_full_alone(crowd: Crowd) -> None:
    answer = crowd.both(
        "resident", "{ people(first: 50) { edges { node { id name birthDate phone documentNumber } } } }"
    ).agreed

    shown = [edge["node"] for edge in answer.data["people"]["edges"]]
    assert answer.tier == 1
    assert len([one for one in shown if one["birthDate"] is not None]) <= 1
    assert len([one for one in shown if not one["name"].endswith("*")]) == 1


async def _people_of(crowd: Crowd, code: str) -> int:
    async with crowd.district.context() as ctx:
        grid = await ctx.db.scalar(select(Grid).where(Grid.code == code))
        depth = f"anc_{grid.depth}"
        return len(await ctx.db.scalars(select(Person.id).where(getattr(Person, depth) == grid.number)))


def test_counts_are_those_of_the_own_part(crowd: Crowd) -> None:
    own = crowd.runner.run(_people_of(crowd, COMMUNITY))

    answer = crowd.both("community_secretary", "{ people { totalCount } }").agreed
    whole = crowd.both("district_admin", "{ people { totalCount } }").agreed

    assert answer.data == {"people": {"totalCount": own}}
    assert whole.data["people"]["totalCount"] > own > 0
