"""Someone whose data no stranger may meet, planted with all that hangs on a person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from wangge import Account, encode_id, utc_now
from wangge.testing.districts import TestDistrict
from wangge_schema.consent.models import Consent
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.grids.models import Grid, QrAnchor
from wangge_schema.organizations.models import Membership, Organization
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.people.models import ProcessingPurpose
from wangge_schema.people.rules import DocumentType, check_character
from wangge_schema.people.services import create_dwelling, create_household, register_person
from wangge_schema.posts.models import Pairing, PairingHousehold
from wangge_volunteer_points.models import Volunteer, VolunteerTeam, VolunteerTeamMember

HOME = "370703001001001"
NAME, PHONE, NUMBER, ADDRESS = "欧阳密语", "19988776655", "H-77889", "密语路 7788 号"


@dataclass(frozen=True)
class Planted:
    """Ids as GraphQL knows them, and what would give the person away in an answer."""

    ids: dict[str, str]
    token: str
    credit_code: str
    marks: tuple[str, ...]

    @property
    def known(self) -> dict[str, list[str]]:
        """Literals for the arguments that the schema's fields require."""
        found = {kind: [f'"{id}"'] for kind, id in self.ids.items()}
        person = found["Person"]
        return found | {
            "id": person,
            "code": [f'"{HOME}"'],
            "token": [f'"{self.token}"'],
            "deadline.workingDays": ["3"],
            "creditCode": [f'"{self.credit_code}"'],
            "person": person,
            "ward": person,
            "guardian": person,
            "official": person,
            "buildingHead": person,
            "household": found["Household"],
            "dwelling": found["Dwelling"],
            "parent": found["Grid"],
            "grid": found["Grid"],
            "organization": found["Organization"],
        }


def identity_number(born: date, sequence: int) -> str:
    """Return a synthetic identity number of an area that is not assigned."""
    first = f"379999{born:%Y%m%d}{sequence:03d}"
    return first + check_character(first)


@pytest.fixture
async def planted(district: TestDistrict) -> Planted:
    """A household in a compound, a neighbour who is the resident's account, and rows of every subject."""
    document = identity_number(date(1981, 7, 8), 77)
    async with district.committed() as ctx:
        grid = (await ctx.db.scalars(select(Grid).where(Grid.code == HOME)))[0]
        dwelling = await create_dwelling(ctx, grid_id=grid.id, unit="7", room="788", address=ADDRESS)
        household = await create_household(ctx, dwelling_id=dwelling.id, number=NUMBER)
        person = await register_person(
            ctx,
            name=NAME,
            document_type=DocumentType.IDENTITY_CARD,
            document_number=document,
            phone=PHONE,
            dwelling_id=dwelling.id,
            household_id=household.id,
            purpose="registration",
        )
        next_door = await create_dwelling(ctx, grid_id=grid.id, unit="7", room="789")
        neighbours = await create_household(ctx, dwelling_id=next_door.id, number="H-1")
        neighbour = await register_person(
            ctx,
            name="周平",
            document_type=DocumentType.IDENTITY_CARD,
            document_number=identity_number(date(1982, 7, 8), 79),
            dwelling_id=next_door.id,
            household_id=neighbours.id,
            purpose="registration",
        )
        resident = update(Account).where(Account.subject == f"{district.code}/resident")
        await ctx.db.execute(resident.values(person_id=neighbour.id))
        organization = Organization(
            name="蝶园社区",
            kind=OrganizationKind.DEPARTMENT,
            credit_code="113707030000000001",
            grid_id=grid.id,
        )
        anchor = QrAnchor(grid_id=grid.id, token="a" * 22, purpose="door")
        volunteer = Volunteer(person_id=person.id, grid_id=grid.id, registered_on=date(2026, 1, 1))
        ctx.db.add_all([organization, anchor, volunteer])
        await ctx.db.flush()
        membership = Membership(
            person_id=person.id, organization_id=organization.id, grid_id=grid.id, since=date(2026, 1, 1)
        )
        purpose: UUID = await ctx.db.scalar(select(ProcessingPurpose.id).limit(1))
        consent = Consent(
            person_id=person.id,
            purpose_id=purpose,
            notice_version="1",
            given_by=ConsentGiver.PERSON,
            given_at=utc_now(),
            grid_id=grid.id,
        )
        pairing = Pairing(
            official_id=neighbour.id, building_head_id=person.id, since=date(2026, 1, 1), grid_id=grid.id
        )
        team = VolunteerTeam(name="红小二", purpose="帮办", leader_id=volunteer.id, grid_id=grid.id)
        ctx.db.add_all([membership, consent, pairing, team])
        await ctx.db.flush()
        member = VolunteerTeamMember(
            team_id=team.id,
            volunteer_id=volunteer.id,
            person_id=person.id,
            grid_id=grid.id,
            since=date(2026, 1, 1),
        )
        ctx.db.add_all([member, PairingHousehold(pairing_id=pairing.id, household_id=household.id)])
        await ctx.db.flush()
        rows = {
            "Dwelling": dwelling,
            "Household": household,
            "Person": person,
            "Volunteer": volunteer,
            "Grid": grid,
            "Organization": organization,
            "VolunteerTeam": team,
            "Pairing": pairing,
            "Membership": membership,
            "Consent": consent,
        }
        ids = {kind: encode_id(kind, row.id) for kind, row in rows.items()}
        secret = [dwelling.id, household.id, person.id, volunteer.id, membership.id, consent.id, pairing.id]
        masks = [person.phone_masked or PHONE, person.document_number_masked]
        marks = (NAME, PHONE, NUMBER, "密语", document, *masks, *(key.hex for key in secret))
        return Planted(ids, anchor.token, "113707030000000001", marks)
