"""GraphQL types, inputs and payloads of organisations."""

from datetime import date
from enum import Enum
from typing import Optional

from sqlalchemy import ColumnElement, and_, or_

from wangge import (
    ID,
    Connection,
    EnumMatch,
    Filter,
    IdMatch,
    Input,
    Node,
    Payload,
    PrefixMatch,
    RequestContext,
    argument,
    authenticated,
    column,
    connection,
    decode_id,
    filter_type,
    graphql_enum,
    input_type,
    match,
    match_by,
    order_type,
    payload_type,
    related,
    table_type,
    through,
)
from wangge_schema.grids.subtree import within
from wangge_schema.grids.types import Grid
from wangge_schema.organizations import models
from wangge_schema.organizations.rules import OrganizationKind as OrganizationKind
from wangge_schema.people.types import Person, PersonFilter, PersonOrder

graphql_enum(
    OrganizationKind,
    "Kind of organisation (组织类型).",
    PARTY_ORGANIZATION="Party organisation: committee, branch or group (党组织).",
    DEPARTMENT="Department or public body (部门、机关事业单位).",
    COMMITTEE="Residents' or villagers' committee (居（村）民委员会).",
    COMPANY="Company or sole trader (企业、个体工商户).",
    COOPERATIVE="Cooperative, rural collectives included (合作社、农村集体经济组织).",
    SOCIAL_ORGANIZATION="Social organisation (社会组织).",
)


def _current(ctx: RequestContext) -> ColumnElement[bool]:
    """Return the condition of memberships that last today."""
    membership = models.Membership
    return and_(membership.since <= ctx.today, or_(membership.until.is_(None), membership.until >= ctx.today))


async def _within(ctx: RequestContext, grid: ID) -> ColumnElement[bool]:
    return await within(ctx, models.Organization, decode_id(Grid, grid, ("where", "within")))


@filter_type(models.Organization, "Which organisations to list.")
class OrganizationFilter(Filter):
    """Conditions on organisations."""

    name: PrefixMatch | None = match("name", "The name.")
    kind: EnumMatch[OrganizationKind] | None = match("kind", "The kind.")
    credit_code: PrefixMatch | None = match(
        "credit_code", "The unified social credit code (统一社会信用代码)."
    )
    parent: IdMatch | None = match("parent_id", "The organisation directly above.")
    grid: IdMatch | None = match("grid_id", "Exactly the grid it is bound to.")
    within: ID | None = match_by(_within, "Bound to this grid or one below it.")


@order_type(models.Organization, "How to order organisations.")
class OrganizationOrder(Enum):
    """Orders of organisations."""

    NAME_ASC = "name"
    NAME_DESC = "-name"


@table_type(
    models.Organization,
    access=authenticated,
    description="Organisation (组织): a party organisation, department, committee, company or the like.",
)
class Organization(Node):
    """Readable in the whole district; its members only within the caller's scope."""

    name: str = column("Full name.")
    kind: OrganizationKind = column("Kind.")
    credit_code: str | None = column("Unified social credit code (统一社会信用代码, GB 32100-2015).")
    parent: Optional["Organization"] = related("parent_id", "The organisation above it.")
    grid: Grid | None = related(
        "grid_id", "Where it works; the district itself for one of the whole district."
    )
    members: Connection[Person] = connection(
        "People who belong to it today, as far as the caller may see them.",
        via=through(models.Membership.organization_id, models.Membership.person_id),
        where=PersonFilter,
        order_by=PersonOrder,
        restrict=_current,
    )


@table_type(
    models.Membership,
    access=authenticated,
    description="Membership (组织成员关系): that a person belongs to an organisation, from a day to a day.",
)
class Membership(Node):
    """Seen by those who see the person."""

    person: Person = related("person_id", "The member.")
    organization: Organization = related("organization_id", "The organisation.")
    title: str | None = column("Title or role in it (职务).")
    since: date = column("First day.")
    until: date | None = column("Last day; null while it lasts.")


@input_type("A new organisation.")
class CreateOrganizationInput(Input):
    """Input of `createOrganization`."""

    name: str = argument("Full name.")
    kind: OrganizationKind = argument("Kind.")
    credit_code: str | None = argument("Unified social credit code, if it has one.", default=None)
    parent: ID | None = argument("The organisation above it.", default=None)
    grid: ID | None = argument("Where it works; leave out for one of the whole district.", default=None)


@payload_type("The new organisation, or what is wrong.")
class CreateOrganizationPayload(Payload):
    """Payload of `createOrganization`."""

    organization: Organization | None = column("The new organisation.", default=None)


@input_type("A new membership.")
class BeginMembershipInput(Input):
    """Input of `beginMembership`."""

    person: ID = argument("The member.")
    organization: ID = argument("The organisation.")
    title: str | None = argument("Title or role in it.", default=None)
    since: date | None = argument("First day; today if left out.", default=None)
    until: date | None = argument("Last day, if it is known.", default=None)


@input_type("The end of a membership.")
class EndMembershipInput(Input):
    """Input of `endMembership`."""

    membership: ID = argument("The membership.")
    until: date | None = argument("Last day; today if left out.", default=None)


@payload_type("The new membership, or what is wrong.")
class BeginMembershipPayload(Payload):
    """Payload of `beginMembership`."""

    membership: Membership | None = column("The membership.", default=None)


@payload_type("The ended membership, or what is wrong.")
class EndMembershipPayload(Payload):
    """Payload of `endMembership`."""

    membership: Membership | None = column("The membership.", default=None)
