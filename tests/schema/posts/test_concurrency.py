"""Twenty at once on a real server: one post, one pairing."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from wangge import encode_id
from wangge.testing.districts import TestDistrict

from .conftest import COMPOUND, Town

ASSIGN = """
mutation ($input: AssignPostInput!) { assignPost(input: $input) { post { id } userErrors { code } } }
"""
PAIR = """
mutation ($input: PairOfficialInput!) { pairOfficial(input: $input) { pairing { id } userErrors { code } } }
"""
COUNT = "{ posts { totalCount } pairings { totalCount } }"
AT_ONCE = 20


async def outcomes(district: TestDistrict, document: str, given: Mapping[str, object]) -> Counter[str]:
    client = district.client("district_admin")
    answers = await asyncio.gather(*(client.data(document, input=given) for _ in range(AT_ONCE)))
    found: Counter[str] = Counter()
    for answer in answers:
        (payload,) = answer.values()
        found.update([error["code"] for error in payload["userErrors"]] or ["done"])
    return found


async def test_the_same_post_asked_for_twenty_times_at_once_is_assigned_once(
    live_server: TestDistrict, town: Town
) -> None:
    given = {"role": "grid_head", "person": town.person("周平"), "grid": town.grid(COMPOUND)}
    assert await outcomes(live_server, ASSIGN, given) == {"done": 1, "BASE_POST_OVERLAPS": AT_ONCE - 1}
    count = await live_server.client("district_admin").data(COUNT)
    assert count["posts"] == {"totalCount": 1}


async def test_the_same_pair_asked_for_twenty_times_at_once_is_paired_once(
    live_server: TestDistrict, town: Town
) -> None:
    head = {"role": "building_head", "person": town.person("陈安"), "grid": encode_id("Grid", town.building)}
    await live_server.client("district_admin").data(ASSIGN, input=head)
    given = {"official": town.person("吴清"), "buildingHead": town.person("陈安"), "households": town.homes()}
    assert await outcomes(live_server, PAIR, given) == {"done": 1, "BASE_PAIRING_EXISTS": AT_ONCE - 1}
    count = await live_server.client("district_admin").data(COUNT)
    assert count["pairings"] == {"totalCount": 1}
