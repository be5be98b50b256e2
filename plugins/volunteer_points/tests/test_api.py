"""Every root field over HTTP: it works, and is closed to the wrong roles, grids, districts and programmes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from wangge import Account, PrincipalKind, RoleGrant, encode_id
from wangge.testing.districts import Client, TestDistrict
from wangge_schema import models as base
from wangge_schema.organizations.rules import OrganizationKind
from wangge_volunteer_points.mutations import MUTATIONS
from wangge_volunteer_points.queries import PointsQueries, ServiceQueries, VolunteerQueries

ANY = "0" * 32
HOUR = timedelta(hours=1)

QUERIES = {
    "volunteer": "query Q($id: ID!) { volunteer(id: $id) { id } }",
    "volunteers": "{ volunteers { totalCount } }",
    "volunteerTeam": "query Q($id: ID!) { volunteerTeam(id: $id) { id } }",
    "volunteerTeams": "{ volunteerTeams { totalCount } }",
    "volunteerOrder": "query Q($id: ID!) { volunteerOrder(id: $id) { id } }",
    "volunteerOrders": "{ volunteerOrders { totalCount } }",
    "orderShowcases": "{ orderShowcases { totalCount } }",
    "volunteerActivity": "query Q($id: ID!) { volunteerActivity(id: $id) { id } }",
    "volunteerActivities": "{ volunteerActivities { totalCount } }",
    "serviceRecords": "{ serviceRecords { totalCount } }",
    "pointsAccounts": "{ pointsAccounts { totalCount } }",
    "pointsTransfers": "{ pointsTransfers { totalCount } }",
    "reward": "query Q($id: ID!) { reward(id: $id) { id } }",
    "rewards": "{ rewards { totalCount } }",
    "redemptions": "{ redemptions { totalCount } }",
    "sponsorships": "{ sponsorships { totalCount } }",
}
SINGLE = {
    "volunteer": "Volunteer",
    "volunteerTeam": "VolunteerTeam",
    "volunteerOrder": "VolunteerOrder",
    "volunteerActivity": "VolunteerActivity",
    "reward": "Reward",
}


def camel(name: str) -> str:
    """Return a Python name as GraphQL spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def fields_of(*classes: type) -> set[str]:
    """Return the GraphQL names of the fields that classes made with `@extends` add."""
    return {
        camel(one.python_name)
        for made in classes
        for one in made.__strawberry_definition__.fields  # type: ignore[attr-defined]  # Strawberry sets it
    }


@dataclass
class Scene:
    """A community in full swing: ids by name, and who is there."""

    town: Any
    ids: dict[str, str] = field(default_factory=dict)

    def inputs(self) -> dict[str, dict[str, Any]]:
        """Return an input for every mutation, with ids of the scene or, before it is set, of nothing."""
        at = self.town.clock.now
        shift = {"startsAt": (at + HOUR).isoformat(), "endsAt": (at + 3 * HOUR).isoformat(), "capacity": 2}
        order, team = self.id("VolunteerOrder"), self.id("VolunteerTeam")
        activity, reward = self.id("VolunteerActivity"), self.id("Reward")
        shift_id, record = self.id("ActivityShift"), self.id("ServiceRecord")
        redemption, grid = self.id("Redemption"), self.id("Grid")
        return {
            "registerVolunteer": {"person": self.id("Person"), "applicationNumber": "2026-17"},
            "withdrawVolunteer": {},
            "createVolunteerTeam": {"grid": grid, "name": "和事佬", "purpose": "调解"},
            "appointVolunteerTeamLeader": {"team": team, "volunteer": self.id("Volunteer")},
            "joinVolunteerTeam": {"team": team},
            "leaveVolunteerTeam": {"team": team},
            "placeVolunteerOrder": {
                "grid": grid,
                "title": "修灯",
                "need": "楼道灯坏了",
                "place": "1号楼",
                "startsAt": (at + HOUR).isoformat(),
                "endsAt": (at + 2 * HOUR).isoformat(),
            },
            "offerVolunteerOrder": {"order": order, "team": team},
            "acceptVolunteerOrder": {"order": order, "team": team},
            "declineVolunteerOrder": {"order": order, "team": team},
            "claimVolunteerOrder": {"order": order},
            "releaseOrderClaim": {"order": order},
            "finishVolunteerOrder": {"order": order},
            "cancelVolunteerOrder": {"order": order},
            "showVolunteerOrder": {"order": order, "headline": "灯亮了", "story": "修好了"},
            "createVolunteerActivity": {
                "grid": grid,
                "title": "义诊",
                "content": "量血压",
                "place": "广场",
                "shifts": [shift],
            },
            "publishVolunteerActivity": {"activity": activity},
            "closeVolunteerActivity": {"activity": activity},
            "cancelVolunteerActivity": {"activity": activity},
            "signUpForShift": {"shift": shift_id},
            "cancelShiftSignup": {"shift": shift_id},
            "checkInToShift": {"shift": shift_id, "code": "000000"},
            "checkOutOfShift": {"shift": shift_id},
            "reportOrderService": {
                "order": order,
                "startedAt": (at - 2 * HOUR).isoformat(),
                "endedAt": (at - HOUR).isoformat(),
            },
            "confirmServiceRecord": {"record": record},
            "confirmReceivedService": {"order": order},
            "voidServiceRecord": {"record": record, "reason": "登记有误"},
            "expirePoints": {},
            "createReward": {
                "grid": grid,
                "title": "毛巾",
                "description": "一条",
                "kind": "GOODS",
                "cost": 5,
                "stock": 2,
            },
            "offerReward": {"reward": reward},
            "endReward": {"reward": reward},
            "changeRewardStock": {"reward": reward, "by": 1},
            "recordSponsorship": {
                "grid": grid,
                "organization": self.id("Organization"),
                "agreementNumber": "WY-1",
                "validFrom": "2026-11-01",
                "validTo": "2027-10-31",
            },
            "signSponsorship": {"sponsorship": self.id("Sponsorship"), "signedOn": "2026-11-20"},
            "redeemReward": {"reward": reward},
            "confirmRedemption": {"redemption": redemption},
            "releaseRedemption": {"redemption": redemption},
        }

    def id(self, type_name: str) -> str:
        """Return the id of the scene's object of a type."""
        return self.ids.get(type_name, f"{type_name}_{ANY}")

    async def do(
        self, who: str | Client, mutation: str, selection: str = "", /, **changes: Any
    ) -> dict[str, Any]:
        """Run a mutation and return its payload."""
        client = self.town.client(who) if isinstance(who, str) else who
        answer = await client.execute(
            document(mutation, selection), input={**self.inputs()[mutation], **changes}
        )
        assert "errors" not in answer, (mutation, answer["errors"])
        payload: dict[str, Any] = answer["data"][mutation]
        return payload

    async def make(self, who: str, mutation: str, name: str, selection: str = "id", /, **changes: Any) -> Any:
        """Run a mutation that must succeed; remember and return the object it answers."""
        payload = await self.do(who, mutation, f"{name} {{ {selection} __typename }}", **changes)
        assert payload["userErrors"] == [], (mutation, payload)
        if "id" in payload[name]:
            self.ids[payload[name]["__typename"]] = payload[name]["id"]
        return payload[name]


def document(mutation: str, selection: str = "") -> str:
    """Return a document that runs one mutation."""
    type_name = mutation[0].upper() + mutation[1:] + "Input"
    answer = f"{{ {selection} userErrors {{ code }} }}"
    return f"mutation M($input: {type_name}!) {{ {mutation}(input: $input) {answer} }}"


@pytest.fixture
async def scene(town: Any) -> Scene:
    """The community's people, firm and colleagues; nothing has happened yet."""
    made = Scene(town)
    await town.settle("zhang")
    await town.settle("li", grid="370703002200")
    await town.settle("wang", volunteer=False)
    home, elsewhere = await town.grid_id(), await town.grid_id("370703002200")
    async with town.acting(None) as ctx:
        firm = base.Organization(name="蝶园物业有限公司", kind=OrganizationKind.COMPANY, grid_id=home)
        colleague = Account(subject=f"{town.district.code}/colleague", kind=PrincipalKind.STAFF)
        ctx.db.add_all([firm, colleague])
        await ctx.db.flush()
        since = datetime(2026, 1, 1, tzinfo=UTC)
        ctx.db.add(
            RoleGrant(account_id=colleague.id, role="community_secretary", place_id=elsewhere, since=since)
        )
        made.ids = {
            "Grid": encode_id("Grid", home),
            "Organization": encode_id("Organization", firm.id),
            "Person": encode_id("Person", town.persons["wang"]),
            "Volunteer": encode_id("Volunteer", (await town.volunteer(ctx, "zhang")).id),
        }
    return made


async def bustle(scene: Scene) -> None:
    """Let something of everything exist: team, order, activity, record, points, reward, redemption."""
    staff = "community_secretary"
    await scene.make(staff, "createVolunteerTeam", "team", name="红小二")
    await scene.make("zhang", "joinVolunteerTeam", "membership")
    await scene.make(staff, "appointVolunteerTeamLeader", "team")
    await scene.make(staff, "placeVolunteerOrder", "order")
    await scene.make(staff, "createVolunteerActivity", "activity", "id shifts { id }")
    activity = await scene.make(staff, "publishVolunteerActivity", "activity", "id shifts { id }")
    scene.ids["ActivityShift"] = activity["shifts"][0]["id"]
    record_id: UUID = await scene.town.endow("zhang", 30)
    scene.ids["ServiceRecord"] = encode_id("ServiceRecord", record_id)
    await scene.make(staff, "createReward", "reward")
    await scene.make(staff, "offerReward", "reward")
    await scene.make("zhang", "redeemReward", "redemption")
    await scene.make(staff, "recordSponsorship", "sponsorship")


def test_the_tables_of_this_test_name_every_root_field() -> None:
    assert set(QUERIES) == fields_of(VolunteerQueries, ServiceQueries, PointsQueries)
    assert set(Scene(_Still()).inputs()) == fields_of(*MUTATIONS)


class _Still:
    """Stands in for a town where only the time is asked for."""

    class clock:
        """A clock."""

        now = datetime(2026, 11, 23, 1, tzinfo=UTC)


async def test_the_five_verbs_over_http(scene: Scene) -> None:
    staff = "community_secretary"
    team = await scene.make(staff, "createVolunteerTeam", "team", "id name leader { id }")
    assert (team["name"], team["leader"]) == ("和事佬", None)
    await scene.make("zhang", "joinVolunteerTeam", "membership", "id since")
    led = await scene.make(staff, "appointVolunteerTeamLeader", "team", "id leader { id }")
    assert led["leader"]["id"] == scene.id("Volunteer")

    order = await scene.make("wang", "placeVolunteerOrder", "order", "id state placedBy { id }", grid=None)
    assert (order["state"], order["placedBy"]) == ("PLACED", {"id": scene.id("Person")})
    offer = await scene.make(staff, "offerVolunteerOrder", "offer", "id state order { state }")
    assert (offer["state"], offer["order"]["state"]) == ("OPEN", "PLACED")
    declined = await scene.make("zhang", "declineVolunteerOrder", "offer", "id state reason", reason="没空")
    assert (declined["state"], declined["reason"]) == ("DECLINED", None)
    taken = await scene.make("zhang", "acceptVolunteerOrder", "order", "id state team { name }")
    assert (taken["state"], taken["team"]["name"]) == ("TAKEN", "和事佬")
    assert (await scene.make("zhang", "claimVolunteerOrder", "claim", "state"))["state"] == "CLAIMED"
    assert (await scene.make("zhang", "releaseOrderClaim", "claim", "state"))["state"] == "RELEASED"
    await scene.make("zhang", "claimVolunteerOrder", "claim")

    scene.town.clock.forward(hours=4)
    reported = await scene.make("zhang", "reportOrderService", "record", "id state minutesServed")
    assert (reported["state"], reported["minutesServed"]) == ("PENDING", 60)
    received = await scene.make("wang", "confirmReceivedService", "order", "id minutesReported")
    assert received["minutesReported"] == 60
    done = await scene.make("wang", "finishVolunteerOrder", "order", "id state")
    assert done["state"] == "DONE"
    shown = await scene.make(
        staff, "showVolunteerOrder", "showcase", "headline order { state showcase { story } }"
    )
    assert shown["order"] == {"state": "SHOWN", "showcase": {"story": "修好了"}}
    assert await scene.town.holding("zhang") == (2, 0, 0)

    other = await scene.make(staff, "placeVolunteerOrder", "order")
    cancelled = await scene.make(staff, "cancelVolunteerOrder", "order", "id state")
    assert (cancelled["id"], cancelled["state"]) == (other["id"], "CANCELLED")
    left = await scene.make("zhang", "leaveVolunteerTeam", "team", "id leader { id } members { totalCount }")
    assert (left["leader"], left["members"]["totalCount"]) == (None, 0)


async def test_an_activity_from_draft_to_confirmed_hours_over_http(scene: Scene) -> None:
    staff = "community_secretary"
    draft = await scene.make(
        staff, "createVolunteerActivity", "activity", "id state shifts { id checkInCode }"
    )
    assert draft["state"] == "DRAFT"
    (shift,) = draft["shifts"]
    scene.ids["ActivityShift"] = shift["id"]
    await scene.make(staff, "publishVolunteerActivity", "activity")
    signup = await scene.make("zhang", "signUpForShift", "signup", "state shift { placesLeft taken }")
    assert signup == {
        "state": "SIGNED_UP",
        "shift": {"placesLeft": 1, "taken": 1},
        "__typename": "ShiftSignup",
    }
    assert (await scene.make("zhang", "cancelShiftSignup", "signup", "state"))["state"] == "CANCELLED"
    await scene.make("zhang", "signUpForShift", "signup")
    scene.town.clock.forward(hours=1)
    wrong = await scene.do("zhang", "checkInToShift", code="abc")
    assert wrong["userErrors"] == [{"code": "VOLUNTEER_POINTS_CHECK_IN_CODE_WRONG"}]
    await scene.make("zhang", "checkInToShift", "signup", code=shift["checkInCode"])
    scene.town.clock.forward(hours=2)
    record = await scene.make("zhang", "checkOutOfShift", "record", "id minutesServed state")
    assert (record["minutesServed"], record["state"]) == (120, "PENDING")
    await scene.make("zhang", "confirmServiceRecord", "record")
    confirmed = await scene.make(staff, "confirmServiceRecord", "record", "id state minutesCounted points")
    assert (confirmed["state"], confirmed["minutesCounted"], confirmed["points"]) == ("CONFIRMED", 120, 4)
    voided = await scene.make(staff, "voidServiceRecord", "record", "id state voidReason")
    assert (voided["state"], voided["voidReason"]) == ("VOIDED", "登记有误")
    assert (await scene.make(staff, "closeVolunteerActivity", "activity", "state"))["state"] == "CLOSED"
    await scene.make(staff, "createVolunteerActivity", "activity")
    assert (await scene.make(staff, "cancelVolunteerActivity", "activity", "state"))["state"] == "CANCELLED"


async def test_rewards_from_sponsorship_to_redemption_over_http(scene: Scene) -> None:
    staff = "community_secretary"
    await scene.town.endow("zhang", 30)
    signed = await scene.make(staff, "recordSponsorship", "sponsorship", "id signedOn organization { name }")
    assert (signed["signedOn"], signed["organization"]["name"]) == (None, "蝶园物业有限公司")
    assert (await scene.make(staff, "signSponsorship", "sponsorship", "signedOn"))["signedOn"] == "2026-11-20"
    credit = {"kind": "PROPERTY_FEE_CREDIT", "credit": "50.00", "sponsorship": scene.id("Sponsorship")}
    reward = await scene.make(staff, "createReward", "reward", "id state credit sponsorship { id }", **credit)
    assert (reward["state"], reward["credit"]) == ("DRAFT", "50.00")
    assert (await scene.make(staff, "offerReward", "reward", "id state"))["state"] == "OFFERED"
    assert (await scene.make(staff, "changeRewardStock", "reward", "id stock"))["stock"] == 3
    first = await scene.make("zhang", "redeemReward", "redemption", "id state points reward { stock }")
    assert (first["state"], first["points"], first["reward"]["stock"]) == ("RESERVED", 5, 2)
    done = await scene.make(staff, "confirmRedemption", "redemption", "id state bill", bill="88.50")
    assert (done["state"], done["bill"]) == ("CONFIRMED", "88.50")
    await scene.make("zhang", "redeemReward", "redemption")
    given_up = await scene.make("zhang", "releaseRedemption", "redemption", "id state releaseReason")
    assert (given_up["state"], given_up["releaseReason"]) == ("RELEASED", None)
    assert (await scene.make(staff, "endReward", "reward", "id state stock"))["stock"] == 2
    assert await scene.town.holding("zhang") == (25, 0, 0)

    scene.town.clock.now += timedelta(days=800)
    payload = await scene.do(staff, "expirePoints", "accounts points")
    assert payload == {"accounts": 1, "points": 25, "userErrors": []}


async def test_a_resident_sees_their_own_account_and_nobody_elses(scene: Scene) -> None:
    await bustle(scene)
    query = """
    {
      me { person { volunteer { state } volunteerAccount {
        available reserved debt
        lots(where: { remaining: { gt: 0 } }, orderBy: [EXPIRES_ON_ASC]) {
          edges { node { remaining expiresOn } }
        }
        transfers(orderBy: [AT_ASC]) { edges { node { kind amount entries { book debit credit } } } }
      } } }
      pointsAccounts { totalCount }
      redemptions { totalCount }
    }
    """
    data = await scene.town.client("zhang").data(query)

    account = data["me"]["person"]["volunteerAccount"]
    assert (account["available"], account["reserved"], account["debt"]) == (25, 5, 0)
    assert account["lots"]["edges"] == [{"node": {"remaining": 25, "expiresOn": "2028-11-23"}}]
    assert [edge["node"] for edge in account["transfers"]["edges"]] == [
        {
            "kind": "EARN",
            "amount": 30,
            "entries": [
                {"book": "ISSUED", "debit": 30, "credit": 0},
                {"book": "AVAILABLE", "debit": 0, "credit": 30},
            ],
        },
        {
            "kind": "RESERVE",
            "amount": 5,
            "entries": [
                {"book": "AVAILABLE", "debit": 5, "credit": 0},
                {"book": "RESERVED", "debit": 0, "credit": 5},
            ],
        },
    ]
    assert (data["pointsAccounts"]["totalCount"], data["redemptions"]["totalCount"]) == (1, 1)
    stranger = await scene.town.client("wang").data(
        "{ pointsAccounts { totalCount } redemptions { totalCount } }"
    )
    assert stranger == {"pointsAccounts": {"totalCount": 0}, "redemptions": {"totalCount": 0}}


async def test_the_figures_of_a_grid_cover_all_below_it(scene: Scene) -> None:
    await bustle(scene)
    query = """
    query Figures($code: String!) { grid(code: $code) { volunteering {
      volunteers teams openOrders shownOrders activities minutes pointsIssued pointsRedeemed pointsExpired
    } } }
    """
    staff = scene.town.client("district_admin")
    for code, volunteers, rest in (("370703", 2, 1), ("370703001", 1, 1), ("370703002200", 1, 0)):
        found = (await staff.data(query, code=code))["grid"]["volunteering"]
        assert found == {
            "volunteers": volunteers,
            "teams": rest,
            "openOrders": rest,
            "shownOrders": 0,
            "activities": rest,
            "minutes": 60 * rest,
            "pointsIssued": 30 * rest,
            "pointsRedeemed": 0,
            "pointsExpired": 0,
        }


async def test_indicators_report_the_figures_with_their_definitions(scene: Scene) -> None:
    await bustle(scene)
    data = await scene.town.client("district_admin").data(
        "query I($from: Date) { indicators(from: $from) { key value plugin definition } }",
        **{"from": "2026-11-01"},
    )

    found = {one["key"]: one["value"] for one in data["indicators"] if one["plugin"] == "volunteer_points"}
    assert {key: float(value) for key, value in found.items()} == {
        "volunteer_points.volunteers": 2,
        "volunteer_points.activities": 1,
        "volunteer_points.hours": 1,
        "volunteer_points.issued": 30,
    }
    assert all(one["definition"] for one in data["indicators"])


async def test_lists_are_filtered_and_ordered(scene: Scene) -> None:
    await bustle(scene)
    data = await scene.town.client("district_admin").data(
        """
        query Lists($grid: ID!, $team: ID!) {
          volunteers(where: { within: $grid, state: { eq: ACTIVE } }, orderBy: [REGISTERED_ON_DESC]) {
            totalCount
          }
          volunteerTeams(where: { name: { startsWith: "红" } }, orderBy: [NAME_ASC]) {
            edges { node { name } }
          }
          volunteerOrders(where: { state: { in: [TAKEN] }, team: { eq: $team } }) { totalCount }
          volunteerActivities(where: { state: { eq: PUBLISHED } }, orderBy: [STARTS_AT_DESC]) { totalCount }
          serviceRecords(where: { servedOn: { eq: "2026-11-22" } }, orderBy: [SERVED_ON_ASC]) { totalCount }
          pointsAccounts(where: { available: { gte: 25 } }, orderBy: [AVAILABLE_DESC]) { totalCount }
          pointsTransfers(where: { kind: { eq: RESERVE } }) {
            edges { node { redemption { state } record { id } } }
          }
          rewards(where: { kind: { eq: GOODS }, cost: { lte: 5 } }, orderBy: [COST_ASC]) { totalCount }
          redemptions(where: { heldUntil: { lt: "2026-12-31" } }, orderBy: [RESERVED_ON_ASC]) { totalCount }
          sponsorships(where: { agreementNumber: { eq: "WY-1" } }) { totalCount }
        }
        """,
        grid=scene.id("Grid"),
        team=scene.id("VolunteerTeam"),
    )

    assert data == {
        "volunteers": {"totalCount": 1},
        "volunteerTeams": {"edges": [{"node": {"name": "红小二"}}]},
        "volunteerOrders": {"totalCount": 0},
        "volunteerActivities": {"totalCount": 1},
        "serviceRecords": {"totalCount": 1},
        "pointsAccounts": {"totalCount": 1},
        "pointsTransfers": {"edges": [{"node": {"redemption": {"state": "RESERVED"}, "record": None}}]},
        "rewards": {"totalCount": 1},
        "redemptions": {"totalCount": 1},
        "sponsorships": {"totalCount": 1},
    }


async def test_a_check_in_code_is_shown_to_staff_of_the_grid_alone(scene: Scene) -> None:
    await bustle(scene)
    query = "query C($id: ID!) { volunteerActivity(id: $id) { shifts { checkInCode } } }"
    activity = scene.id("VolunteerActivity")

    own = await scene.town.client("community_secretary").data(query, id=activity)
    other = await scene.town.client("colleague").data(query, id=activity)

    assert len(own["volunteerActivity"]["shifts"][0]["checkInCode"]) == 6
    assert other["volunteerActivity"]["shifts"] == [{"checkInCode": None}]
    assert await scene.town.client("zhang").codes(query, id=activity) == ["FORBIDDEN"]


async def refusals(client: Client, scene: Scene) -> dict[str, str]:
    """Try every root field and return the code that each is refused with."""
    found: dict[str, str] = {}
    for name, text in QUERIES.items():
        variables = {"id": f"{SINGLE[name]}_{ANY}"} if name in SINGLE else {}
        answer = await client.execute(text, **variables)
        found[name] = answer["errors"][0]["extensions"]["code"]
    for name, given in scene.inputs().items():
        answer = await client.execute(document(name), input=given)
        if "errors" in answer:
            found[name] = answer["errors"][0]["extensions"]["code"]
        else:
            found[name] = answer["data"][name]["userErrors"][0]["code"]
    return found


async def test_every_root_field_is_closed_to_who_lacks_the_permission(scene: Scene) -> None:
    found = await refusals(scene.town.client("vendor_service"), scene)

    hidden = {"registerVolunteer", "confirmServiceRecord", "releaseRedemption"}
    assert {name: code for name, code in found.items() if code != "FORBIDDEN"} == dict.fromkeys(
        hidden, "NOT_FOUND"
    )


async def test_every_root_field_is_closed_to_who_is_not_signed_in(scene: Scene) -> None:
    found = await refusals(scene.town.district.client(None), scene)

    assert set(found.values()) == {"UNAUTHENTICATED"}


async def test_every_root_field_is_closed_to_accounts_of_another_district(
    scene: Scene, other_district: TestDistrict
) -> None:
    stranger = scene.town.district.client(None)
    stranger.headers["authorization"] = f"Bearer {other_district.token('district_admin')}"

    assert set((await refusals(stranger, scene)).values()) == {"UNAUTHENTICATED"}


async def test_every_root_field_says_that_the_programme_is_off(
    scene: Scene, other_district: TestDistrict
) -> None:
    found = await refusals(other_district.client("district_admin"), scene)

    assert set(found.values()) == {"PLUGIN_NOT_ENABLED"}


async def test_an_id_of_nothing_is_not_found_and_breaks_nothing(scene: Scene) -> None:
    known = scene.ids
    scene.ids = {}

    found = {
        name: (await scene.do("district_admin", name))["userErrors"]
        for name in scene.inputs()
        if name not in {"withdrawVolunteer", "expirePoints"}
    }

    codes = {name: errors[0]["code"] for name, errors in found.items()}
    acting = {name for name, code in codes.items() if code == "VOLUNTEER_POINTS_NOT_VOLUNTEER"}
    assert acting == {
        *("joinVolunteerTeam", "leaveVolunteerTeam", "acceptVolunteerOrder", "declineVolunteerOrder"),
        *("claimVolunteerOrder", "releaseOrderClaim", "signUpForShift", "cancelShiftSignup"),
        *("checkInToShift", "checkOutOfShift", "reportOrderService", "redeemReward"),
    }
    assert {code for name, code in codes.items() if name not in acting} == {"NOT_FOUND"}
    for name in ("team", "organization"):
        nothing = {name: f"{'VolunteerTeam' if name == 'team' else 'Organization'}_{ANY}"}
        scene.ids = known
        payload = await scene.do("district_admin", "createVolunteerActivity", **nothing)
        assert payload["userErrors"] == [{"code": "NOT_FOUND"}]


async def test_staff_of_another_grid_change_nothing_here(scene: Scene) -> None:
    await bustle(scene)
    before = await everything(scene)
    expected = {
        "registerVolunteer": "NOT_FOUND",
        "createVolunteerTeam": "OUT_OF_SCOPE",
        "appointVolunteerTeamLeader": "VOLUNTEER_POINTS_NOT_TEAM_MEMBER",
        "placeVolunteerOrder": "OUT_OF_SCOPE",
        "offerVolunteerOrder": "OUT_OF_SCOPE",
        "cancelVolunteerOrder": "OUT_OF_SCOPE",
        "createVolunteerActivity": "OUT_OF_SCOPE",
        "closeVolunteerActivity": "OUT_OF_SCOPE",
        "cancelVolunteerActivity": "OUT_OF_SCOPE",
        "confirmServiceRecord": "NOT_FOUND",
        "voidServiceRecord": "NOT_FOUND",
        "createReward": "OUT_OF_SCOPE",
        "endReward": "OUT_OF_SCOPE",
        "changeRewardStock": "OUT_OF_SCOPE",
        "recordSponsorship": "OUT_OF_SCOPE",
        "signSponsorship": "NOT_FOUND",
        "confirmRedemption": "NOT_FOUND",
        "releaseRedemption": "NOT_FOUND",
    }

    found = {name: (await scene.do("colleague", name))["userErrors"][0]["code"] for name in expected}

    assert found == expected
    assert await everything(scene) == before


async def test_a_resident_of_another_grid_acts_for_nobody_here(scene: Scene) -> None:
    await bustle(scene)
    before = await everything(scene)
    expected = {
        "leaveVolunteerTeam": "VOLUNTEER_POINTS_NOT_TEAM_MEMBER",
        "placeVolunteerOrder": "OUT_OF_SCOPE",
        "acceptVolunteerOrder": "VOLUNTEER_POINTS_NOT_TEAM_LEADER",
        "declineVolunteerOrder": "VOLUNTEER_POINTS_NOT_TEAM_LEADER",
        "claimVolunteerOrder": "VOLUNTEER_POINTS_ORDER_NOT_READY",
        "releaseOrderClaim": "VOLUNTEER_POINTS_ORDER_NOT_READY",
        "cancelShiftSignup": "VOLUNTEER_POINTS_SIGNUP_NOT_READY",
        "checkInToShift": "VOLUNTEER_POINTS_SIGNUP_NOT_READY",
        "checkOutOfShift": "VOLUNTEER_POINTS_SIGNUP_NOT_READY",
        "reportOrderService": "VOLUNTEER_POINTS_CLAIM_MISSING",
        "confirmServiceRecord": "NOT_FOUND",
        "confirmReceivedService": "VOLUNTEER_POINTS_NOTHING_TO_CONFIRM",
        "redeemReward": "VOLUNTEER_POINTS_NOT_ENOUGH_POINTS",
        "releaseRedemption": "NOT_FOUND",
    }

    found = {name: (await scene.do("li", name))["userErrors"][0]["code"] for name in expected}

    assert found == expected
    assert await everything(scene) == before


async def test_personal_rows_are_hidden_from_other_grids_and_public_ones_are_not(scene: Scene) -> None:
    await bustle(scene)
    seen = await lists(scene, "colleague")

    assert seen == {
        "volunteers": 1,
        "volunteerTeams": 1,
        "volunteerOrders": 1,
        "orderShowcases": 0,
        "volunteerActivities": 1,
        "serviceRecords": 0,
        "pointsAccounts": 1,
        "pointsTransfers": 0,
        "rewards": 1,
        "redemptions": 0,
        "sponsorships": 0,
    }
    client = scene.town.client("colleague")
    hidden = await client.data(QUERIES["volunteer"], id=scene.id("Volunteer"))
    assert hidden == {"volunteer": None}
    for name in ("ServiceRecord", "Redemption", "Sponsorship"):
        assert await client.data("query N($id: ID!) { node(id: $id) { id } }", id=scene.id(name)) == {
            "node": None
        }
    for name in set(SINGLE) - {"volunteer"}:
        data = await client.data(QUERIES[name], id=scene.id(SINGLE[name]))
        assert data == {name: {"id": scene.id(SINGLE[name])}}


async def test_who_withdraws_over_http_is_a_volunteer_no_more(scene: Scene) -> None:
    gone = await scene.make("zhang", "withdrawVolunteer", "volunteer", "id state withdrawnOn")

    assert (gone["state"], gone["withdrawnOn"]) == ("WITHDRAWN", "2026-11-23")


async def test_messages_are_in_the_callers_language(scene: Scene) -> None:
    text = document("joinVolunteerTeam").replace("code", "message")
    given = {"team": f"VolunteerTeam_{ANY}"}

    chinese = await scene.town.district.client("wang", "zh-CN").data(text, input=given)
    english = await scene.town.district.client("wang", "en").data(text, input=given)

    assert english["joinVolunteerTeam"]["userErrors"] == [{"message": "Register as a volunteer first."}]
    assert chinese["joinVolunteerTeam"]["userErrors"] == [{"message": "请先注册为志愿者。"}]


async def test_a_repeated_call_redeems_once(scene: Scene) -> None:
    await bustle(scene)
    first = await scene.do("zhang", "redeemReward", "redemption { id }", clientMutationId="once")
    again = await scene.do("zhang", "redeemReward", "redemption { id }", clientMutationId="once")

    assert first == again
    assert await scene.town.holding("zhang") == (20, 10, 0)


async def lists(scene: Scene, who: str) -> dict[str, int]:
    """Return how many objects of each list someone sees."""
    found = {}
    for name in set(QUERIES) - set(SINGLE):
        data = await scene.town.client(who).data(QUERIES[name])
        found[name] = data[name]["totalCount"]
    return found


async def everything(scene: Scene) -> dict[str, Any]:
    """Return what a refused call could have changed."""
    client = scene.town.client("district_admin")
    detail = await client.data(
        """
        {
          volunteerOrders { edges { node { state claimed team { id } offers { id } } } }
          volunteerActivities { edges { node { state shifts { taken } } } }
          volunteerTeams { edges { node { leader { id } members { totalCount } } } }
          serviceRecords { edges { node { state points } } }
          rewards { edges { node { state stock } } }
          redemptions { edges { node { state } } }
          sponsorships { edges { node { signedOn } } }
          pointsAccounts { edges { node { available reserved debt } } }
        }
        """
    )
    return {"counts": await lists(scene, "district_admin"), "detail": detail}
