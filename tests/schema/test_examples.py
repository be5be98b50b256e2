"""What the base programme offers to try in the explorer can be tried."""

from wangge import DemoOptions
from wangge.testing.districts import TestDistrict
from wangge.testing.examples import faults_in_heads, run_examples


async def test_the_examples_of_the_base_can_be_run(district: TestDistrict) -> None:
    base = district.server.plugins.loaded["base"]
    async with district.committed() as ctx:
        fill = district.server.plugins.hook("base", "demo_data")
        assert fill is not None
        await fill(ctx, DemoOptions(people=60), lambda _done, _whole: None)

    ran = await run_examples(base, district)

    assert faults_in_heads(base) == []
    assert [one.fault for one in ran if one.fault] == []
    assert [one.example.name for one in ran] == [
        "1_who_am_i",
        "2_a_grid",
        "3_find_grids",
        "4_residents",
        "5_my_household",
        "6_on_duty",
        "7_figures",
        "8_deadline",
        "9_reveal",
        "10_follow",
    ]
