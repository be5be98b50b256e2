"""Root mutation fields of organisations."""

from typing import cast

from wangge import Info, Mutation, decode_id, extends, mutation, optional_id, requires
from wangge_schema.grids.types import Grid
from wangge_schema.organizations import services
from wangge_schema.organizations.types import (
    BeginMembershipInput,
    BeginMembershipPayload,
    CreateOrganizationInput,
    CreateOrganizationPayload,
    EndMembershipInput,
    EndMembershipPayload,
    Membership,
    Organization,
)
from wangge_schema.people.types import Person


@extends(Mutation)
class OrganizationMutations:
    """Writing organisations and memberships."""

    @mutation(access=requires(services.WRITE), description="Create an organisation (新建组织).")
    async def create_organization(
        self, info: Info, input: CreateOrganizationInput
    ) -> CreateOrganizationPayload:
        """Create it within the caller's grids."""
        organization = await services.create_organization(
            info.context,
            name=input.name,
            kind=input.kind,
            credit_code=input.credit_code,
            parent_id=optional_id(Organization, input.parent, ("parent",)),
            grid_id=optional_id(Grid, input.grid, ("grid",)),
        )
        return CreateOrganizationPayload(organization=cast(Organization, organization))

    @mutation(
        access=requires(services.WRITE),
        description="Record that a person belongs to an organisation (加入组织).",
    )
    async def begin_membership(self, info: Info, input: BeginMembershipInput) -> BeginMembershipPayload:
        """Begin a membership of a person within the caller's grids."""
        membership = await services.begin_membership(
            info.context,
            person_id=decode_id(Person, input.person, ("person",)),
            organization_id=decode_id(Organization, input.organization, ("organization",)),
            title=input.title,
            since=input.since,
            until=input.until,
        )
        return BeginMembershipPayload(membership=cast(Membership, membership))

    @mutation(
        access=requires(services.WRITE), description="End a membership (退出组织); the row stays as history."
    )
    async def end_membership(self, info: Info, input: EndMembershipInput) -> EndMembershipPayload:
        """End a membership of a person within the caller's grids."""
        membership = await services.end_membership(
            info.context,
            membership_id=decode_id(Membership, input.membership, ("membership",)),
            until=input.until,
        )
        return EndMembershipPayload(membership=cast(Membership, membership))
