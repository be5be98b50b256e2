"""Create organisations; begin and end memberships."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.organizations import rules
from wangge_schema.organizations.errors import CreditCodeTaken
from wangge_schema.organizations.models import Membership, Organization
from wangge_schema.people.models import Person

WRITE = "base.organizations.write"


async def create_organization(
    ctx: RequestContext,
    *,
    name: str,
    kind: rules.OrganizationKind,
    credit_code: str | None = None,
    parent_id: UUID | None = None,
    grid_id: UUID | None = None,
) -> Organization:
    """Create an organisation; without a grid it is one of the whole district.

    Raises:
        OrganizationNameInvalid, CreditCodeMalformed, CreditCodeCheckWrong: by what is wrong.
        CreditCodeTaken: when another organisation has the code.
        NotFound: when parent or grid is unknown.
        OutOfScope: when the grid lies outside the caller's.
    """
    ctx.require(WRITE)
    organization = Organization(
        name=rules.organization_name(name),
        kind=kind,
        credit_code=rules.credit_code(credit_code) if credit_code else None,
        parent_id=None,
        grid_id=await _home(ctx, grid_id),
    )
    if parent_id is not None:
        organization.parent_id = (await ctx.db.must_get(Organization, parent_id, path=("parent",))).id
    async with ctx.db.unique(CreditCodeTaken(path=("creditCode",))):
        ctx.db.add(organization)
    ctx.audit("base.organization.created", subject=organization, fields=("name", "kind", "credit_code"))
    ctx.emit("base.organization.created", subject=organization, grid_id=organization.grid_id, data={})
    return organization


async def organization_by_code(ctx: RequestContext, credit_code: str) -> Organization | None:
    """Return the organisation that holds a credit code, however it is spelt."""
    found: Organization | None = await ctx.db.scalar(
        select(Organization).where(Organization.credit_code == rules.spelling(credit_code))
    )
    return found


async def begin_membership(
    ctx: RequestContext,
    *,
    person_id: UUID,
    organization_id: UUID,
    title: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Membership:
    """Record that a person belongs to an organisation, from today unless stated.

    Raises:
        NotFound: when the person lies outside the caller's grids, or the organisation is unknown.
        MembershipTitleInvalid, MembershipDatesInvalid, MembershipExists: by what is wrong.
    """
    ctx.require(WRITE)
    person = await ctx.db.lock(Person, person_id, path=("person",))
    await ctx.db.must_get(Organization, organization_id, path=("organization",))
    others: list[Membership] = await ctx.db.scalars(
        select(Membership).where(
            Membership.organization_id == organization_id, Membership.person_id == person_id
        )
    )
    since = since or ctx.today
    rules.check_membership(since, until, [(other.since, other.until) for other in others])
    membership = Membership(
        person_id=person.id,
        organization_id=organization_id,
        title=rules.membership_title(title),
        since=since,
        until=until,
        grid_id=person.grid_id,
    )
    ctx.db.add(membership)
    await ctx.db.flush()
    ctx.audit(
        "base.membership.started", subject=membership, fields=("organization", "title", "since", "until")
    )
    ctx.emit("base.membership.started", subject=membership, grid_id=membership.grid_id, data={})
    return membership


async def end_membership(
    ctx: RequestContext, *, membership_id: UUID, until: date | None = None
) -> Membership:
    """End a membership; `until` is its last day, today unless stated.

    Raises:
        NotFound: when it lies outside the caller's grids.
        MembershipEnded, MembershipDatesInvalid: by what is wrong.
    """
    ctx.require(WRITE)
    membership = await ctx.db.lock(Membership, membership_id, path=("membership",))
    until = until or ctx.today
    rules.check_membership_end(membership.since, membership.until, until)
    membership.until = until
    await ctx.db.flush()
    ctx.audit("base.membership.ended", subject=membership, fields=("until",))
    ctx.emit("base.membership.ended", subject=membership, grid_id=membership.grid_id, data={})
    return membership


async def _home(ctx: RequestContext, grid_id: UUID | None) -> UUID:
    """Return the grid that an organisation is bound to: the one named, or the district's root."""
    if grid_id is not None:
        return (await ctx.db.must_get(Grid, grid_id, path=("grid",))).id
    root: UUID = await ctx.db.scalar(select(Grid.id).where(Grid.depth == 0))
    return root
