"""The server answers: a district, its schema, its grids, over HTTP and on both databases."""

from wangge.testing.districts import TestDistrict


async def test_a_district_answers_with_its_grids(district: TestDistrict) -> None:
    data = await district.client("district_admin").data(
        """
        {
          district { code name }
          grids(where: { level: { eq: "community" } }) { totalCount edges { node { parent { name } } } }
        }
        """
    )
    assert data["district"] == {"code": "370703", "name": "寒亭区"}
    assert data["grids"]["totalCount"] == 3
    assert [edge["node"]["parent"]["name"] for edge in data["grids"]["edges"]] == [
        "寒亭街道",
        "寒亭街道",
        "开元街道",
    ]
