"""What clients do while things break: registrations and redemptions, each under a name of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select

from wangge import Account, AuditEntry, PrincipalKind, RoleGrant, encode_id
from wangge.auth.audit import GENESIS, entry_hash
from wangge.auth.models import AuditHead, MutationReplay
from wangge.context import RequestContext
from wangge.events.outbox import OutboxEvent
from wangge.testing.districts import Client, TestDistrict
from wangge_schema import models as base
from wangge_schema.people import rules, services
from wangge_schema.people.rules import DocumentType
from wangge_volunteer_points import models as points
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.rules.rewards import RewardKind
from wangge_volunteer_points.services import ledger, rewards, volunteers
from wangge_volunteer_points.services.postings import lock_account

REGISTER = """mutation ($input: RegisterPersonInput!) {
  registerPerson(input: $input) { person { id } userErrors { code } } }"""
REDEEM = """mutation ($input: RedeemRewardInput!) {
  redeemReward(input: $input) { redemption { id } userErrors { code } } }"""
COMMUNITY, BUILDING = "370703001001", "370703001001001001"
VOLUNTEERS, POINTS = 4, 500
CODED = {"DATABASE_UNAVAILABLE", "DATABASE_BUSY", "DATABASE_NOT_WRITABLE", "REQUEST_TIMEOUT"}
"""What a request may be refused with while a database is away, busy or full."""


@dataclass(frozen=True)
class Setting:
    """Ids of what the work is done on."""

    dwelling: str
    reward: str
    volunteers: tuple[str, ...]


@dataclass
class Call:
    """One mutation, sent until it is answered.

    Attributes:
        answer: id of what it made, once a server has said so.
    """

    name: str
    who: str
    document: str
    given: dict[str, Any]  # JSON
    answer: str | None = None
    refusals: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """Name of the mutation."""
        return "registerPerson" if self.document == REGISTER else "redeemReward"

    @property
    def made(self) -> str:
        """Field of the payload that holds what it makes."""
        return "person" if self.document == REGISTER else "redemption"

    async def send(self, client: Client) -> bool:
        """Send it once and say whether it was answered as done.

        Raises:
            AssertionError: when it was refused other than for the state of a database.
        """
        try:
            response = await client.post(self.document, input={**self.given, "clientMutationId": self.name})
        except httpx.TransportError as gone:
            self.refusals.append(type(gone).__name__)
            return False
        answer = response.json()
        if "errors" in answer:
            codes = [error["extensions"]["code"] for error in answer["errors"]]
            assert set(codes) <= CODED, answer
            assert response.status_code == 503, (response.status_code, answer)
            self.refusals += codes
            return False
        payload = answer["data"][self.root]
        assert payload["userErrors"] == [], payload
        found: str = payload[self.made]["id"]
        assert self.answer in (None, found), "a repeat must be answered as the first was"
        self.answer = found
        return True


def calls(setting: Setting, count: int, start: int = 0) -> list[Call]:
    """Return mutations of both kinds in turn, each with a name of its own."""
    found = []
    for number in range(start, start + count):
        if number % 2:
            volunteer = setting.volunteers[number // 2 % len(setting.volunteers)]
            found.append(Call(f"redeem-{number}", volunteer, REDEEM, {"reward": setting.reward}))
        else:
            given = {
                "name": "周杰",
                "documentType": "IDENTITY_CARD",
                "documentNumber": identity_number(number),
                "dwelling": setting.dwelling,
                "purpose": "registration",
            }
            found.append(Call(f"register-{number}", "grid_worker", REGISTER, given))
    return found


def identity_number(number: int) -> str:
    """Return a synthetic identity number on an area code that is not assigned."""
    born = date(1970, 1, 1) + timedelta(days=number // 900)
    first = f"379999{born:%Y%m%d}{number % 900 + 100:03d}"
    return first + rules.check_character(first)


async def prepare(district: TestDistrict) -> Setting:
    """Make an empty dwelling, volunteers with points, and a reward that does not run out."""
    async with district.committed() as ctx:
        grids = {one.code: one.id for one in await ctx.db.scalars(select(base.Grid))}
        dwelling = await services.create_dwelling(ctx, grid_id=grids[BUILDING], unit="1", room="101")
        names = tuple([f"volunteer-{number}" for number in range(VOLUNTEERS)])
        for name in names:
            await _settle(ctx, district, name, grids[COMMUNITY])
    for name in names:
        async with district.committed(name) as ctx:
            await volunteers.register_volunteer(ctx)
    async with district.committed() as ctx:
        for one in await ctx.db.scalars(select(points.Volunteer)):
            await _endow(ctx, one)
    async with district.committed("community_secretary") as ctx:
        reward = await rewards.create_reward(
            ctx,
            grid_id=grids[COMMUNITY],
            title="毛巾",
            description="一条毛巾",
            kind=RewardKind.GOODS,
            cost=1,
            stock=100_000,
            daily_limit=None,
        )
        await rewards.offer_reward(ctx, reward_id=reward.id)
    return Setting(encode_id("Dwelling", dwelling.id), encode_id("Reward", reward.id), names)


async def _settle(ctx: RequestContext, district: TestDistrict, name: str, grid: UUID) -> None:
    person = base.Person(
        name="李秀英", birth_date=date(1960, 5, 1), document_type=DocumentType.NONE, grid_id=grid
    )
    ctx.db.add(person)
    await ctx.db.flush()
    subject = f"{district.code}/{name}"
    account = Account(subject=subject, kind=PrincipalKind.RESIDENT, person_id=person.id)
    ctx.db.add(account)
    await ctx.db.flush()
    ctx.db.add(RoleGrant(account_id=account.id, role="resident", since=datetime(2026, 1, 1, tzinfo=UTC)))


async def _endow(ctx: RequestContext, volunteer: points.Volunteer) -> None:
    record = points.ServiceRecord(
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=volunteer.grid_id,
        title="清扫楼道",
        place="蝶园小区",
        service_class="general",
        circumstance="ordinary",
        served_on=ctx.today - timedelta(days=1),
        started_at=ctx.now - timedelta(days=1),
        ended_at=ctx.now - timedelta(hours=23),
        minutes_served=60,
        minutes_counted=60,
        points=POINTS,
        state=RecordState.CONFIRMED,
        volunteer_confirmed_at=ctx.now,
        organiser_confirmed_at=ctx.now,
    )
    ctx.db.add(record)
    await ctx.db.flush()
    account = await lock_account(ctx, volunteer_id=volunteer.id)
    await ledger.credit_record(ctx, account, record)


async def send_all(district: TestDistrict, several: Sequence[Call], *, at_once: int = 8) -> int:
    """Send each call once, a few at a time; return how many were answered as done."""
    gate = asyncio.Semaphore(at_once)

    async def one(call: Call) -> bool:
        async with gate:
            return await call.send(district.client(call.who))

    return sum(await asyncio.gather(*(one(call) for call in several)))


async def send_until_done(district: TestDistrict, several: Sequence[Call]) -> int:
    """Repeat calls as clients do that were refused for a database's state; return how many had to.

    Raises:
        AssertionError: when some are refused again and again.
    """
    refused = 0
    for _ in range(3):
        left = len(several) - await send_all(district, several)
        if not left:
            return refused
        refused += left
    raise AssertionError([call.refusals for call in several])


@dataclass(frozen=True)
class Traces:
    """What one district's database holds of calls, by name."""

    answers: dict[str, str]
    """Name of a call → id in its stored answer."""
    rows: set[str]
    """Ids of persons registered and rewards redeemed."""
    events: dict[str, int]
    """How many events tell of each of those."""
    audited: dict[str, int]
    """How many audit entries tell of each registered person."""


async def traces(district: TestDistrict) -> Traces:
    """Read what calls have left, from the tables themselves."""
    async with district.context() as ctx:
        replays = await ctx.db.scalars(select(MutationReplay))
        people = await ctx.db.scalars(
            select(base.Person.id).where(base.Person.document_type == DocumentType.IDENTITY_CARD)
        )
        redeemed = await ctx.db.scalars(select(points.Redemption.id))
        told = await ctx.db.execute(
            select(OutboxEvent.subject_id, func.count())
            .where(OutboxEvent.type.in_(["base.person.registered", "volunteer_points.redemption.reserved"]))
            .group_by(OutboxEvent.subject_id)
        )
        noted = await ctx.db.execute(
            select(AuditEntry.subject_id, func.count())
            .where(AuditEntry.subject_type == "Person")
            .group_by(AuditEntry.subject_id)
        )
        return Traces(
            {one.client_mutation_id: _id_in(one.answer) for one in replays},
            {one.hex for one in (*people, *redeemed)},
            {key.hex: count for key, count in told},
            {key.hex: count for key, count in noted},
        )


def _id_in(answer: dict[str, Any]) -> str:  # JSON
    stored = answer.get("person") or answer["redemption"]
    return UUID(stored["id"]).hex


def key_of(answer: str) -> str:
    """Return the key within a GraphQL id."""
    return answer.rpartition("_")[2]


async def check_whole(district: TestDistrict, several: Sequence[Call]) -> int:
    """Insist that what was answered is there once, the rest wholly or not at all; return how much is there.

    Raises:
        AssertionError: when something is lost, doubled or half done.
    """
    found = await traces(district)
    for call in several:
        if call.answer is not None:
            assert found.answers.get(call.name) == key_of(call.answer), f"{call.name} is lost"
    assert set(found.answers) <= {call.name for call in several}
    assert sorted(found.answers.values()) == sorted(found.rows), "rows and answers differ"
    assert found.events == dict.fromkeys(found.rows, 1), "rows and events differ"
    registrations = {call.name for call in several if call.document == REGISTER}
    people = {key for name, key in found.answers.items() if name in registrations}
    assert found.audited == dict.fromkeys(people, 1), "registrations and audit entries differ"
    await check_books(district)
    async with district.context() as ctx:
        await check_audit(ctx)
    return len(found.rows)


async def check_books(district: TestDistrict) -> None:
    """Insist that every account says what its books and lots add up to, and that every transfer balances."""
    async with district.context() as ctx:
        for account in await ctx.db.scalars(select(points.PointsAccount)):
            entries = await ctx.db.execute(
                select(points.PointsEntry, points.PointsTransfer.id)
                .join(points.PointsTransfer, points.PointsTransfer.id == points.PointsEntry.transfer_id)
                .where(points.PointsTransfer.account_id == account.id)
            )
            books: dict[str, int] = {}
            transfers: dict[UUID, int] = {}
            for entry, transfer in entries:
                side = entry.credit - entry.debit
                books[entry.book.name] = books.get(entry.book.name, 0) + side
                transfers[transfer] = transfers.get(transfer, 0) + side
            lots = await ctx.db.scalars(
                select(points.PointsLot).where(points.PointsLot.account_id == account.id)
            )
            assert set(transfers.values()) <= {0}
            assert books["AVAILABLE"] == account.available == sum(lot.remaining for lot in lots)
            assert books.get("RESERVED", 0) == account.reserved
            assert account.available + account.reserved == POINTS


async def check_audit(ctx: RequestContext) -> None:
    """Insist that the audit chain is whole, from its first entry to its head."""
    entries = await ctx.db.scalars(select(AuditEntry).order_by(AuditEntry.number))
    head = (await ctx.db.scalars(select(AuditHead)))[0]
    end = GENESIS
    for number, entry in enumerate(entries, start=1):
        assert (entry.number, entry.previous_hash) == (number, end)
        assert entry.hash == entry_hash(entry)
        end = entry.hash
    assert (head.number, head.hash) == (len(entries), end)
