"""A household with accounts, a locker and volunteering, made over HTTP as frontends would."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.vendor_sample.environment import Served

DISTRICT, OTHER = "370703", "370784"
COMPOUND = "370703001001001"

ENABLE = 'mutation { enablePlugin(input: {slug: "parcel_lockers"}) { userErrors { code message } } }'
GRID = "query($code: String!) { grid(code: $code) { id } }"
DWELL = """mutation($grid: ID!) {
  createDwelling(input: {grid: $grid, unit: "1", room: "101"}) { dwelling { id } userErrors { message } }
}"""
HOUSE = """mutation($dwelling: ID!) {
  createHousehold(input: {dwelling: $dwelling, number: "H-1"}) { household { id } userErrors { message } }
}"""
REGISTER = """mutation($name: String!, $dwelling: ID!, $household: ID) {
  registerPerson(input: {name: $name, documentType: NONE, documentNumber: "", birthDate: "1980-05-01",
    dwelling: $dwelling, household: $household, purpose: "registration"
  }) { person { id } userErrors { message } }
}"""
GRANT = """mutation($account: String!, $person: ID!) {
  grantRole(input: {account: $account, role: "resident", person: $person, kind: RESIDENT}) {
    userErrors { message }
  }
}"""
ADD = """mutation($grid: ID!) {
  acmeAddLocker(input: {grid: $grid, number: "A-1", place: "东门", cells: 3}) {
    locker { id } userErrors { message }
  }
}"""
ISSUE = """mutation($household: ID!) {
  acmeIssueFeeBill(input: {household: $household, period: "2026", amount: "12.00"}) {
    bill { id } userErrors { message }
  }
}"""
DEPOSIT = """mutation($locker: ID!, $person: ID!) {
  acmeDepositParcel(input: {locker: $locker, person: $person, carrier: "邮政", recipientAgreed: true}) {
    parcel { id } userErrors { message }
  }
}"""
SHOW = """mutation($parcel: ID!) {
  acmeShowPickUpCode(input: {parcel: $parcel}) { code userErrors { message } }
}"""
COLLECT = """mutation($locker: ID!, $code: String!) {
  acmeCollectParcel(input: {locker: $locker, code: $code}) { parcel { state fee } userErrors { message } }
}"""

JOIN = "mutation { registerVolunteer(input: {}) { volunteer { id } userErrors { message } } }"
TEAM = """mutation($grid: ID!) {
  createVolunteerTeam(input: {grid: $grid, name: "红小二", purpose: "跑腿"}) {
    team { id } userErrors { message }
  }
}"""
ENTER = """mutation($team: ID!) { joinVolunteerTeam(input: {team: $team}) { userErrors { message } } }"""
LEAD = """mutation($team: ID!, $volunteer: ID!) {
  appointVolunteerTeamLeader(input: {team: $team, volunteer: $volunteer}) { userErrors { message } }
}"""
PLACE = """mutation($grid: ID!, $from: DateTime!, $to: DateTime!) {
  placeVolunteerOrder(input: {grid: $grid, title: "修灯", need: "楼道灯坏了", place: "一单元",
    startsAt: $from, endsAt: $to, needed: 1}) { order { id } userErrors { message } }
}"""
ACCEPT = """mutation($order: ID!, $team: ID!) {
  acceptVolunteerOrder(input: {order: $order, team: $team}) { userErrors { message } }
}"""
CLAIM = "mutation($order: ID!) { claimVolunteerOrder(input: {order: $order}) { userErrors { message } } }"
REPORT = """mutation($order: ID!, $from: DateTime!, $to: DateTime!) {
  reportOrderService(input: {order: $order, startedAt: $from, endedAt: $to}) {
    record { id } userErrors { message }
  }
}"""
VOUCH = """mutation($record: ID!) {
  confirmServiceRecord(input: {record: $record}) { record { points } userErrors { message } }
}"""
FIRM = """mutation($grid: ID!) {
  createOrganization(input: {name: "蝶园物业有限公司", kind: COMPANY, grid: $grid}) {
    organization { id } userErrors { message }
  }
}"""
SPONSOR = """mutation($grid: ID!, $organization: ID!, $from: Date!, $to: Date!) {
  recordSponsorship(input: {grid: $grid, organization: $organization, agreementNumber: "WY-1",
    signedOn: $from, validFrom: $from, validTo: $to}) { sponsorship { id } userErrors { message } }
}"""
REWARD = """mutation($grid: ID!, $sponsorship: ID!) {
  createReward(input: {grid: $grid, title: "物业费抵扣", description: "五元", kind: PROPERTY_FEE_CREDIT,
    cost: 1, stock: 9, credit: "5.00", sponsorship: $sponsorship}) { reward { id } userErrors { message } }
}"""
OFFER = "mutation($reward: ID!) { offerReward(input: {reward: $reward}) { userErrors { message } } }"
REDEEM = """mutation($reward: ID!) {
  redeemReward(input: {reward: $reward}) { redemption { id } userErrors { message } }
}"""
CONFIRM = """mutation($redemption: ID!) {
  confirmRedemption(input: {redemption: $redemption}) {
    redemption { state bill creditReference } userErrors { code }
  }
}"""


@dataclass
class Home:
    """Ids of what was made: by type, and of persons by name."""

    ids: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)

    def move_in(self, served: Served) -> None:
        """Let zhang, who is billed, and li move in; enter a locker, issue a bill, and let li earn points."""
        self.ids["grid"] = str(data(served, "district_admin", GRID, code=COMPOUND)["grid"]["id"])
        self.make(served, "dwelling", DWELL)
        self.make(served, "household", HOUSE)
        for name in ("zhang", "li"):
            made = change(served, "district_admin", REGISTER, name=name, **self.given(REGISTER))
            self.persons[name] = made["person"]["id"]
            account = f"{DISTRICT}/{name}"
            change(served, "district_admin", GRANT, account=account, person=self.persons[name])
        self.make(served, "locker", ADD)
        self.make(served, "bill", ISSUE)
        self._earn(served)
        self._sponsor(served)

    def _earn(self, served: Served) -> None:
        now = datetime.now(UTC)
        self.make(served, "volunteer", JOIN, who="li")
        self.make(served, "team", TEAM)
        self.make(served, "", ENTER, who="li")
        self.make(served, "", LEAD)
        later = {"from": (now - timedelta(hours=2)).isoformat(), "to": (now + timedelta(hours=1)).isoformat()}
        self.make(served, "order", PLACE, **later)
        self.make(served, "", ACCEPT, who="li")
        self.make(served, "", CLAIM, who="li")
        past = {"from": (now - timedelta(hours=2)).isoformat(), "to": (now - timedelta(hours=1)).isoformat()}
        self.make(served, "record", REPORT, who="li", **past)
        self.make(served, "", VOUCH, who="grid_worker")

    def _sponsor(self, served: Served) -> None:
        today = datetime.now(UTC).date()
        days = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=365))}
        self.make(served, "organization", FIRM)
        self.make(served, "sponsorship", SPONSOR, **days)
        self.make(served, "reward", REWARD)
        self.make(served, "", OFFER)

    def make(
        self, served: Served, name: str, document: str, *, who: str = "district_admin", **more: str
    ) -> dict[str, Any]:  # JSON
        """Send a mutation that must succeed, with the ids it asks for, and remember the id it answers."""
        payload = change(served, who, document, **self.given(document), **more)
        if name:
            self.ids[name] = str(payload[name]["id"])
        return payload

    def given(self, document: str) -> dict[str, str]:
        """Return the ids that a document has variables for."""
        return {name: id for name, id in self.ids.items() if f"${name}:" in document}

    def deposit(self, served: Served, name: str) -> str:
        """Deposit a parcel for somebody; return its id."""
        made = self.make(served, "parcel", DEPOSIT, who="grid_worker", person=self.persons[name])
        return str(made["parcel"]["id"])

    def collect(self, served: Served, name: str) -> dict[str, Any]:  # JSON
        """Let somebody read the code of the last parcel and collect it."""
        code = str(self.make(served, "", SHOW, who=name)["code"])
        collected: dict[str, Any] = self.make(served, "", COLLECT, who=name, code=code)["parcel"]
        return collected

    def redeem(self, served: Served) -> dict[str, Any]:  # JSON
        """Let li redeem a fee credit, which a grid worker hands out; return the payload."""
        self.make(served, "redemption", REDEEM, who="li")
        return change(served, "grid_worker", CONFIRM, redemption=self.ids["redemption"])


def data(
    served: Served, who: str, document: str, *, district: str = DISTRICT, **variables: Any
) -> dict[str, Any]:  # JSON both ways
    """Send a document that must succeed and return its data."""
    answer = served.execute(who, document, district=district, **variables)
    assert "errors" not in answer, answer["errors"]
    found: dict[str, Any] = answer["data"]
    return found


def change(served: Served, who: str, document: str, **variables: Any) -> dict[str, Any]:  # JSON both ways
    """Send a mutation to the district that must change something, and return its payload."""
    (payload,) = data(served, who, document, **variables).values()
    assert payload["userErrors"] == [], payload
    found: dict[str, Any] = payload
    return found


def codes(
    served: Served, who: str, document: str, *, district: str = DISTRICT, **variables: Any
) -> list[str]:
    """Send a document and return the codes of its errors."""
    answer = served.execute(who, document, district=district, **variables)
    return [error["extensions"]["code"] for error in answer.get("errors", ())]
