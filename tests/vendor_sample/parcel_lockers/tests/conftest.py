"""A server whose clock stands still, and an estate with a locker, a household and its bill."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import select

from acme_parcel_lockers import models
from wangge import Account, PrincipalKind, RoleGrant
from wangge._host.runtime import Server
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.worlds import World

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""Monday, 23 November 2026, nine in the morning in Weifang."""

COMPOUND, ELSEWHERE = "370703001001001", "370703002200"

ENABLE = """mutation On($slug: String!) {
  enablePlugin(input: {slug: $slug}) { plugin { state } userErrors { code } }
}"""
GRID = "query Grid($code: String!) { grid(code: $code) { id } }"
DWELL = """mutation Dwell($grid: ID!, $room: String!) {
  createDwelling(input: {grid: $grid, unit: "1", room: $room}) { dwelling { id } userErrors { message } }
}"""
HOUSE = """mutation House($dwelling: ID!, $number: String!) {
  createHousehold(input: {dwelling: $dwelling, number: $number}) { household { id } userErrors { message } }
}"""
REGISTER = """mutation Register($name: String!, $dwelling: ID!, $household: ID) {
  registerPerson(input: {name: $name, documentType: NONE, documentNumber: "", birthDate: "1980-05-01",
    dwelling: $dwelling, household: $household, purpose: "registration"
  }) { person { id } userErrors { code message } }
}"""
ADD = """mutation Add($grid: ID!, $number: String!, $cells: Int!) {
  acmeAddLocker(input: {grid: $grid, number: $number, place: "东门", cells: $cells}) {
    locker { id } userErrors { code path }
  }
}"""
DEPOSIT = """mutation Deposit($locker: ID!, $person: ID!, $agreed: Boolean! = true) {
  acmeDepositParcel(input: {locker: $locker, person: $person, carrier: "邮政", recipientAgreed: $agreed}) {
    parcel { id cell state pickUpCode } userErrors { code path }
  }
}"""
SHOW = """mutation Show($parcel: ID!) {
  acmeShowPickUpCode(input: {parcel: $parcel}) { code userErrors { code path } }
}"""
COLLECT = """mutation Collect($locker: ID!, $code: String!) {
  acmeCollectParcel(input: {locker: $locker, code: $code}) {
    parcel { id state fee locker { freeCells } } userErrors { code path }
  }
}"""
ISSUE = """mutation Issue($household: ID!, $amount: Decimal!) {
  acmeIssueFeeBill(input: {household: $household, period: "2026", amount: $amount}) {
    bill { id person { id } owed } userErrors { code path }
  }
}"""


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: datetime = NINE

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass, as `timedelta` says it."""
        self.now += timedelta(**by)


@dataclass
class Estate:
    """A district with a locker in 蝶园小区, and people with accounts called as they are."""

    ELSEWHERE: ClassVar = ELSEWHERE
    ADD: ClassVar = ADD
    DEPOSIT: ClassVar = DEPOSIT
    SHOW: ClassVar = SHOW
    COLLECT: ClassVar = COLLECT
    ISSUE: ClassVar = ISSUE

    district: TestDistrict
    clock: Clock
    locker: str = ""
    persons: dict[str, str] = field(default_factory=dict)
    households: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """Return a client of a role or of a resident."""
        return self.district.client(who)

    async def ask(self, who: str, document: str, **variables: Any) -> dict[str, Any]:  # JSON both ways
        """Send a mutation that must be answered, and return its payload."""
        (payload,) = (await self.client(who).data(document, **variables)).values()
        found: dict[str, Any] = payload
        return found

    @staticmethod
    def outcome(answer: dict[str, Any]) -> str:  # an answer's JSON
        """Return the code of the first `userErrors` of a mutation's answer, or OK."""
        (payload,) = answer["data"].values()
        return next((str(error["code"]) for error in payload["userErrors"]), "OK")

    async def grid(self, code: str = COMPOUND) -> str:
        """Return the id of a grid."""
        found: str = (await self.client("district_admin").data(GRID, code=code))["grid"]["id"]
        return found

    async def household(self, *names: str, grid: str = COMPOUND) -> str:
        """Let people move in together, the first as the head; return the household."""
        admin = self.client("district_admin")
        room = str(101 + len(self.households))
        dwelling = (await admin.data(DWELL, grid=await self.grid(grid), room=room))["createDwelling"]
        made = await admin.data(HOUSE, dwelling=dwelling["dwelling"]["id"], number=f"H-{room}")
        household: str = made["createHousehold"]["household"]["id"]
        for name in names:
            answer = await admin.data(
                REGISTER, name=name, dwelling=dwelling["dwelling"]["id"], household=household
            )
            self.persons[name] = answer["registerPerson"]["person"]["id"]
            await self.account(name)
        self.households[names[0]] = household
        return household

    async def account(self, name: str) -> None:
        """Give a person an account of a resident."""
        async with self.district.committed() as ctx:
            person_id = UUID(self.persons[name].rpartition("_")[2])
            subject = f"{self.district.code}/{name}"
            account = Account(subject=subject, kind=PrincipalKind.RESIDENT, person_id=person_id)
            ctx.db.add(account)
            await ctx.db.flush()
            since = datetime(2026, 1, 1, tzinfo=UTC)
            ctx.db.add(RoleGrant(account_id=account.id, role="resident", since=since))

    async def add_locker(self, *, cells: int = 3, grid: str = COMPOUND, number: str = "A-1") -> str:
        """Enter a locker; return its id."""
        data = await self.client("district_admin").data(
            ADD, grid=await self.grid(grid), number=number, cells=cells
        )
        assert data["acmeAddLocker"]["userErrors"] == []
        found: str = data["acmeAddLocker"]["locker"]["id"]
        return found

    async def deposit(self, name: str, *, who: str = "grid_worker", locker: str | None = None) -> str:
        """Deposit a parcel that must go in; return its id."""
        data = await self.client(who).data(DEPOSIT, locker=locker or self.locker, person=self.persons[name])
        assert data["acmeDepositParcel"]["userErrors"] == []
        found: str = data["acmeDepositParcel"]["parcel"]["id"]
        return found

    async def code(self, parcel: str, name: str) -> str:
        """Return the code of a parcel, as its recipient reads it."""
        data = await self.client(name).data(SHOW, parcel=parcel)
        found: str = data["acmeShowPickUpCode"]["code"]
        return found

    async def bill(self, name: str, amount: str) -> str:
        """Issue the bill of the household that somebody heads; return its id."""
        data = await self.client("district_admin").data(ISSUE, household=self.households[name], amount=amount)
        assert data["acmeIssueFeeBill"]["userErrors"] == []
        found: str = data["acmeIssueFeeBill"]["bill"]["id"]
        return found

    async def rows(self, model: type[Any]) -> list[Any]:  # rows of the model
        """Return the rows of a table, oldest keys first."""
        async with self.district.context() as ctx:
            return await ctx.db.including_restricted().scalars(select(model).order_by(model.id))

    async def row(self, model: type[Any], id: str) -> Any:  # a row of the model
        """Return a row as the database holds it now."""
        async with self.district.context() as ctx:
            return await ctx.db.must_get(model, UUID(id.rpartition("_")[2]))

    @staticmethod
    def codes(payload: dict[str, Any]) -> list[str]:  # a payload's JSON
        """Return the codes of a payload's `userErrors`."""
        return [error["code"] for error in payload["userErrors"]]

    async def free_cells(self) -> int:
        """Return what the locker says of its free cells."""
        locker: models.Locker = await self.row(models.Locker, self.locker)
        return locker.free_cells


@pytest.fixture
def clock() -> Clock:
    """The server's clock."""
    return Clock()


@pytest.fixture
async def server(world: World, clock: Clock) -> AsyncIterator[Server]:
    """A started server that goes by the test's clock."""
    made = world.server(clock)
    await made.start(watch=False)
    yield made
    await made.stop()


@pytest.fixture
async def estate(district: TestDistrict, clock: Clock) -> Estate:
    """The programme switched on, a locker of three cells, and the household of zhang and li."""
    made = Estate(district, clock)
    on = (await district.client("district_admin").data(ENABLE, slug="parcel_lockers"))["enablePlugin"]
    assert on == {"plugin": {"state": "ENABLED"}, "userErrors": []}
    await made.household("zhang", "li")
    made.locker = await made.add_locker()
    return made
