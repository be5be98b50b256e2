"""Roles at grids: who may grant them, what they open, and that a revoked one is gone."""

from sqlalchemy import func, select

from wangge import RoleGrant
from wangge.testing.districts import TestDistrict

GRANT = """
mutation($account: String!, $role: String!, $grid: ID) {
  grantRole(input: { account: $account, role: $role, grid: $grid }) { account role userErrors { code path } }
}
"""
REVOKE = """
mutation($account: String!, $role: String!, $grid: ID) {
  revokeRole(input: { account: $account, role: $role, grid: $grid }) { revoked userErrors { code path } }
}
"""
ME = "{ me { account roles { role grid { code } until } permissions } }"


async def grid_id(district: TestDistrict, code: str) -> str:
    data = await district.client("district_admin").data(
        "query($c: String!) { grid(code: $c) { id } }", c=code
    )
    return str(data["grid"]["id"])


async def grants(district: TestDistrict) -> int:
    async with district.context() as ctx:
        return int(await ctx.db.scalar(select(func.count(RoleGrant.id)).where(RoleGrant.until.is_(None))))


async def test_a_granted_role_holds_at_its_grid(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    grid = await grid_id(district, "370703001007")
    answer = await admin.data(GRANT, account=f"{district.code}/newcomer", role="grid_worker", grid=grid)
    assert answer["grantRole"] == {
        "account": f"{district.code}/newcomer",
        "role": "grid_worker",
        "userErrors": [],
    }
    me = (await district.client("newcomer").data(ME))["me"]
    assert me["roles"] == [{"role": "grid_worker", "grid": {"code": "370703001007"}, "until": None}]
    assert "base.people.write" in me["permissions"]


async def test_a_revoked_role_is_gone_at_once(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    assert (await district.client("grid_worker").data(ME))["me"]["permissions"] != []
    answer = await admin.data(REVOKE, account=f"{district.code}/grid_worker", role="grid_worker")
    assert answer["revokeRole"] == {"revoked": 1, "userErrors": []}
    assert (await district.client("grid_worker").data(ME))["me"]["permissions"] == []


async def test_only_administrators_grant_roles(district: TestDistrict) -> None:
    before = await grants(district)
    for role in ("community_secretary", "grid_worker", "resident", "vendor_service"):
        codes = await district.client(role).codes(GRANT, account="x", role="district_admin")
        assert codes == ["FORBIDDEN"]
    assert await district.client(None).codes(GRANT, account="x", role="district_admin") == ["UNAUTHENTICATED"]
    assert await grants(district) == before


async def test_what_cannot_be_granted_is_said_and_changes_nothing(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    before = await grants(district)
    unknown = await admin.data(GRANT, account="x", role="emperor")
    assert unknown["grantRole"]["userErrors"] == [{"code": "BASE_ROLE_UNKNOWN", "path": ["role"]}]
    placeless = await admin.data(GRANT, account="x", role="grid_worker")
    assert placeless["grantRole"]["userErrors"] == [{"code": "BASE_ROLE_NEEDS_GRID", "path": ["grid"]}]
    grid = await grid_id(district, "370703001001001")
    twice = await admin.data(GRANT, account=f"{district.code}/grid_worker", role="grid_worker", grid=grid)
    assert twice["grantRole"]["userErrors"] == [{"code": "BASE_ROLE_GRANTED_TWICE", "path": ["role"]}]
    assert await grants(district) == before


async def test_the_last_administrator_stays(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    answer = await admin.data(REVOKE, account=f"{district.code}/district_admin", role="district_admin")
    assert answer["revokeRole"]["userErrors"] == [{"code": "BASE_LAST_ADMINISTRATOR", "path": ["role"]}]
    assert (await district.client("district_admin").data(ME))["me"]["permissions"] != []


async def test_an_account_of_another_district_is_nobody_here(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    stranger = other_district.client("district_admin")
    stranger.headers["authorization"] = f"Bearer {district.token('district_admin')}"
    response = await stranger.post(ME)
    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
