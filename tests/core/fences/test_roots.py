"""Root fields of a programme that fail leave what the base answers standing."""

from .conftest import Hazards


async def test_a_root_field_that_raises_is_null_beside_what_the_base_answers(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")

    answer = await admin.execute("{ hazardLater(way: RAISE) hazardNow me { account } }")

    assert answer["data"] == {
        "hazardLater": None,
        "hazardNow": 1,
        "me": {"account": "370703/district_admin"},
    }
    assert [error["path"] for error in answer["errors"]] == [["hazardLater"]]


async def test_a_mutation_that_raises_is_null_beside_one_of_the_base_and_changes_nothing(
    hazards: Hazards,
) -> None:
    admin = hazards.district.client("district_admin")
    grid = (await admin.data('{ grid(code: "370703001") { id name } }'))["grid"]
    document = """mutation($grid: ID!) {
      before: hazardRename(input: {grid: $grid, name: "一", way: RAISE}) { done }
      createQrAnchor(input: {grid: $grid, purpose: "东门"}) { qrAnchor { purpose } userErrors { code } }
    }"""

    answer = await admin.execute(document, grid=grid["id"])

    assert answer["data"] == {
        "before": None,
        "createQrAnchor": {"qrAnchor": {"purpose": "东门"}, "userErrors": []},
    }
    assert [error["path"] for error in answer["errors"]] == [["before"]]
    assert (await admin.data('{ grid(code: "370703001") { id name } }'))["grid"] == grid
