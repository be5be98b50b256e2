"""A household whose head has rows of every programme, and a resident's account that is the head's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update

from wangge import Account, RequestContext, encode_id, utc_now
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.grids.models import Grid
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.people import rules, services
from wangge_schema.people.rules import DocumentType
from wangge_volunteer_points import models as points
from wangge_volunteer_points.rules.ledger import Book, TransferKind

BUILDING, ELSEWHERE = "370703001001001001", "370703002200001"
NAME, PHONE, ADDRESS = "欧阳密语", "19988776655", "密语路 7788 号"


def identity_number(born: date, sequence: int) -> str:
    """Return a synthetic identity number of an area that is not assigned."""
    first = f"379999{born:%Y%m%d}{sequence:03d}"
    return first + rules.check_character(first)


NUMBER = identity_number(date(1981, 7, 8), 77)


@dataclass(frozen=True)
class Home:
    """GraphQL ids of what the fixture made, and the values that would give the head away."""

    head: str
    spouse: str
    child: str
    stranger: str
    """Lives in another street."""
    household: str
    post: str
    number: str = NUMBER
    marks: tuple[str, ...] = (NAME, PHONE, NUMBER, ADDRESS.replace(" ", ""))

    def uuid(self, name: str) -> UUID:
        """Return the key behind one of the ids."""
        return UUID(hex=str(getattr(self, name)).rpartition("_")[2])


@pytest.fixture
async def home(district: TestDistrict) -> Home:
    """Four people; the head has a consent, a post, a pairing, a membership, and points as a volunteer."""
    async with district.committed() as ctx:
        grids = {grid.code: grid.id for grid in await ctx.db.scalars(select(Grid))}
        dwelling = await services.create_dwelling(
            ctx, grid_id=grids[BUILDING], unit="1", room="101", address=ADDRESS
        )
        far = await services.create_dwelling(ctx, grid_id=grids[ELSEWHERE], address="东店村 12 号")
        household = await services.create_household(ctx, dwelling_id=dwelling.id, number="H-1")
        together = (dwelling.id, household.id)
        head = await _person(ctx, NAME, date(1981, 7, 8), 77, *together, phone=PHONE)
        spouse = await _person(ctx, "李秀英", date(1982, 3, 8), 22, *together)
        child = await _person(ctx, "欧阳小明", date(2018, 6, 1), 33, *together)
        stranger = await _person(ctx, "王强", date(1990, 1, 1), 55, far.id, None)
        resident = update(Account).where(Account.subject == f"{district.code}/resident")
        await ctx.db.execute(resident.values(person_id=head.id))
        post = await _serves(ctx, head, spouse)
        await _volunteers(ctx, head)
        return Home(
            head=encode_id("Person", head.id),
            spouse=encode_id("Person", spouse.id),
            child=encode_id("Person", child.id),
            stranger=encode_id("Person", stranger.id),
            household=encode_id("Household", household.id),
            post=encode_id("Post", post.id),
        )


async def _person(
    ctx: RequestContext,
    name: str,
    born: date,
    sequence: int,
    dwelling: UUID,
    household: UUID | None,
    phone: str = "",
) -> base.Person:
    return await services.register_person(
        ctx,
        name=name,
        document_type=DocumentType.IDENTITY_CARD,
        document_number=identity_number(born, sequence),
        phone=phone,
        dwelling_id=dwelling,
        household_id=household,
        purpose="registration",
    )


async def _serves(ctx: RequestContext, head: base.Person, spouse: base.Person) -> base.Post:
    """Let the head have a post, a pairing, a membership and a consent."""
    grid, since = head.grid_id, date(2026, 1, 1)
    organization = base.Organization(name="密语社区", kind=OrganizationKind.DEPARTMENT, grid_id=grid)
    ctx.db.add(organization)
    await ctx.db.flush()
    post = base.Post(
        role_key="building_head",
        person_id=head.id,
        since=since,
        duty_name=NAME,
        duty_phone=PHONE,
        grid_id=grid,
    )
    purpose: UUID = await ctx.db.scalar(
        select(base.ProcessingPurpose.id).where(base.ProcessingPurpose.key == "activities")
    )
    ctx.db.add_all(
        [
            post,
            base.Pairing(official_id=spouse.id, building_head_id=head.id, since=since, grid_id=grid),
            base.Membership(person_id=head.id, organization_id=organization.id, since=since, grid_id=grid),
            base.Consent(
                person_id=head.id,
                purpose_id=purpose,
                notice_version="1",
                given_by=ConsentGiver.PERSON,
                given_at=utc_now(),
                grid_id=grid,
            ),
        ]
    )
    await ctx.db.flush()
    return post


async def _volunteers(ctx: RequestContext, head: base.Person) -> None:
    """Let the head be a volunteer in a team, with a record of hours and the points it earned."""
    grid = head.grid_id
    volunteer = points.Volunteer(
        person_id=head.id, registered_on=date(2026, 1, 1), application_number=f"{NAME} 1 号", grid_id=grid
    )
    ctx.db.add(volunteer)
    await ctx.db.flush()
    team = points.VolunteerTeam(name="红小二", purpose="帮办", leader_id=volunteer.id, grid_id=grid)
    account = points.PointsAccount(volunteer_id=volunteer.id, person_id=head.id, available=10, grid_id=grid)
    ctx.db.add_all([team, account])
    await ctx.db.flush()
    transfer = points.PointsTransfer(
        account_id=account.id,
        person_id=head.id,
        kind=TransferKind.EARN,
        amount=10,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        grid_id=grid,
    )
    member = points.VolunteerTeamMember(
        team_id=team.id, volunteer_id=volunteer.id, person_id=head.id, since=date(2026, 1, 1), grid_id=grid
    )
    ctx.db.add_all([transfer, member])
    await ctx.db.flush()
    ctx.db.add_all(
        [
            points.PointsEntry(transfer_id=transfer.id, book=Book.AVAILABLE, debit=0, credit=10),
            points.PointsEntry(transfer_id=transfer.id, book=Book.ISSUED, debit=10, credit=0),
        ]
    )
    await ctx.db.flush()
