"""What the README shows is what the server answers."""

import re
from pathlib import Path
from typing import Any

from wangge import encode_id

README = Path(__file__).parents[1] / "README.md"


async def test_the_examples_of_the_readme_work(town: Any) -> None:
    await town.settle("zhang", points=10)
    shift = await town.shift()
    query, mutation = re.findall(r"```graphql\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)

    data = await town.client("zhang").data(query)
    assert data["me"]["person"]["volunteerAccount"] == {"available": 10, "reserved": 0, "debt": 0}
    (activity,) = [edge["node"] for edge in data["volunteerActivities"]["edges"]]
    assert (activity["title"], activity["shifts"][0]["placesLeft"]) == ("义诊", 2)

    shift_id = encode_id("ActivityShift", shift.id)
    signed_up = await town.client("zhang").data(mutation.replace("ActivityShift_…", shift_id))
    assert signed_up == {"signUpForShift": {"signup": {"state": "SIGNED_UP"}, "userErrors": []}}
