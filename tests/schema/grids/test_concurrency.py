"""Changes of the tree take turns on a real server."""

import asyncio

from sqlalchemy import func, select

from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid

CREATE = """
mutation ($input: CreateGridInput!) {
  createGrid(input: $input) { grid { code } userErrors { code } }
}
"""
FIND = "query ($code: String!) { grid(code: $code) { id } }"


async def test_twenty_grids_at_once_get_twenty_codes_in_a_row(live_server: TestDistrict) -> None:
    client = live_server.client("street_secretary")
    parent = (await client.data(FIND, code="370703001007"))["grid"]["id"]
    given = [{"parent": parent, "name": f"{number}号", "level": "compound"} for number in range(20)]

    answers = await asyncio.gather(*(client.data(CREATE, input=one) for one in given))

    codes = sorted(answer["createGrid"]["grid"]["code"] for answer in answers)
    assert codes == [f"370703001007{serial:03d}" for serial in range(1, 21)]
    async with live_server.context() as ctx:
        below = select(func.count(Grid.id), func.count(Grid.number.distinct())).where(
            Grid.code.startswith("370703001007")
        )
        assert tuple((await ctx.db.execute(below)).one()) == (21, 21)
