"""Operations of which SQL gives the rows and Python some values."""

import pytest

from wangge.testing.districts import Client, TestDistrict

CREATE = """mutation($grid: ID!) {
  createQrAnchor(input: {grid: $grid, purpose: "东门"}) { qrAnchor { id token url } }
}"""
NODE = "query($id: ID!) { node(id: $id) { id ... on QrAnchor { token url } ... on Grid { code } } }"
BOTH = """query($id: ID!, $token: String!) {
  node(id: $id) { ... on Grid { code } } qrAnchor(token: $token) { url }
}"""


@pytest.fixture
def admin(district: TestDistrict) -> Client:
    return district.client("district_admin")


async def served(admin: Client, document: str, **variables: str) -> tuple[object, str]:
    """Return an operation's data and the tier that gave them."""
    answer = await admin.post(document, **variables)
    return answer.json()["data"], answer.headers["server-timing"].split('plan;desc="')[1].split('"')[0]


async def test_what_an_id_names_may_have_fields_that_python_resolves(admin: Client) -> None:
    grid = (await admin.data('{ grid(code: "370703001") { id } }'))["grid"]["id"]
    made = (await admin.data(CREATE, grid=grid))["createQrAnchor"]["qrAnchor"]

    assert await served(admin, NODE, id=made["id"]) == ({"node": made}, "sql+python")
    assert (await served(admin, NODE, id=grid))[0] == {"node": {"id": grid, "code": "370703001"}}
    assert await served(admin, BOTH, id=grid, token=made["token"]) == (
        {"node": {"code": "370703001"}, "qrAnchor": {"url": made["url"]}},
        "sql+python",
    )
    unknown = f"QrAnchor_{'0' * 32}"
    assert (await served(admin, NODE, id=unknown))[0] == {"node": None}
