"""Assign and end posts, extend their roles, and find published duty contacts."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from wangge import OutOfScope, RequestContext
from wangge_schema.grids.errors import GridClosed
from wangge_schema.grids.models import Grid
from wangge_schema.organizations.models import Organization
from wangge_schema.people.errors import PersonDead
from wangge_schema.people.models import Person
from wangge_schema.posts import rules
from wangge_schema.posts.errors import PostRoleTaken, PostRoleUnknown
from wangge_schema.posts.models import Post, PostRole, lasts_on

WRITE = "base.posts.write"
MOST_CONTACTS = 20


async def ensure_post_roles(ctx: RequestContext) -> None:
    """Add the default roles that the district lacks, when the base is enabled; harmless when repeated."""
    known = set(await ctx.db.scalars(select(PostRole.key)))
    ctx.db.add_all(PostRole(**role._asdict()) for role in rules.DEFAULT_ROLES if role.key not in known)
    await ctx.db.flush()


async def post_roles(ctx: RequestContext) -> list[PostRole]:
    """Return the district's roles in the order of their keys."""
    return await ctx.db.scalars(select(PostRole).order_by(PostRole.key))


async def create_post_role(ctx: RequestContext, *, key: str, title: str, full_time: bool) -> PostRole:
    """Add a role for the whole district.

    Raises:
        OutOfScope: when the caller is not responsible for the whole district.
        PostRoleInvalid, PostRoleTaken: by what is wrong.
    """
    ctx.require(WRITE)
    if not ctx.db.scope.everything:
        raise OutOfScope()
    role = PostRole(**rules.role(key, title, full_time)._asdict())
    async with ctx.db.unique(PostRoleTaken(path=("key",))):
        ctx.db.add(role)
    ctx.audit("base.post_role.created", fields=("key", "title", "full_time"), detail={"key": role.key})
    return role


async def assign_post(
    ctx: RequestContext,
    *,
    role_key: str,
    person_id: UUID,
    grid_id: UUID,
    organization_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    duty_name: str | None = None,
    duty_phone: str | None = None,
) -> Post:
    """Let a person serve a grid in a role, from today unless stated.

    Raises:
        PostRoleUnknown, NotFound: when role, person, grid or organisation is unknown to the caller.
        PersonDead, GridClosed: when one of them is no longer there.
        PostDatesInvalid, PostOverlaps, DutyNameInvalid, DutyPhoneInvalid: by what is wrong.
        OutOfScope: when the grid lies outside the caller's.
    """
    ctx.require(WRITE)
    await _check_role(ctx, role_key)
    person = await _living(ctx, person_id)
    grid = await _open_grid(ctx, grid_id)
    await _check_organization(ctx, organization_id)
    since = since or ctx.today
    rules.check_post((since, until), await _terms(ctx, role_key, person_id, grid_id))
    post = Post(
        role_key=role_key,
        person_id=person.id,
        grid_id=grid.id,
        organization_id=organization_id,
        since=since,
        until=until,
        duty_name=rules.duty_name(duty_name),
        duty_phone=rules.duty_phone(duty_phone),
    )
    await _write(ctx, post, "base.post.assigned", ("role", "person", "grid", "since", "until"))
    return post


async def end_post(ctx: RequestContext, *, post_id: UUID, until: date | None = None) -> Post:
    """End a post; `until` is its last day, today unless stated.

    Raises:
        NotFound: when there is no such post.
        PostEnded, PostDatesInvalid: by what is wrong.
        OutOfScope: when its grid lies outside the caller's.
    """
    ctx.require(WRITE)
    post = await ctx.db.lock(Post, post_id, path=("post",))
    until = until or ctx.today
    rules.check_post_end(post.since, post.until, until)
    post.until = until
    await _write(ctx, post, "base.post.ended", ("until",))
    return post


class Contact(NamedTuple):
    """A published duty contact: role, place, name and work phone."""

    title: str
    place: str
    name: str | None
    phone: str


async def duty_contacts(ctx: RequestContext, *, numbers: Sequence[int]) -> list[Contact]:
    """Return the published contacts of today in the grids of these numbers, the lowest grids first."""
    published = (
        select(PostRole.title, Grid.name, Post.duty_name, Post.duty_phone)
        .join_from(Post, Grid, Post.grid_id == Grid.id)
        .join(PostRole, Post.role_key == PostRole.key)
        .where(Grid.number.in_(numbers), lasts_on(Post, ctx.today), Post.duty_phone.is_not(None))
        .order_by(Grid.depth.desc(), Post.since, Post.id)
    )
    rows = (await ctx.db.execute(published.limit(MOST_CONTACTS))).all()
    return [Contact(row.title, row.name, row.duty_name, row.duty_phone) for row in rows]


async def _write(ctx: RequestContext, post: Post, act: str, fields: Sequence[str]) -> None:
    """Write a post, new or changed, then its audit row and event under one name."""
    ctx.db.add(post)
    await ctx.db.flush()
    ctx.audit(act, subject=post, fields=fields)
    ctx.emit(act, subject=post, grid_id=post.grid_id, data={"role": post.role_key})


async def _check_role(ctx: RequestContext, key: str) -> None:
    keys = [role.key for role in await post_roles(ctx)]
    if key not in keys:
        raise PostRoleUnknown(path=("role",), role=key[:32], roles=", ".join(keys))


async def _check_organization(ctx: RequestContext, organization_id: UUID | None) -> None:
    if organization_id is not None:
        await ctx.db.must_get(Organization, organization_id, path=("organization",))


async def _living(ctx: RequestContext, person_id: UUID) -> Person:
    """Return a living person, locked, so that two calls for the same person wait for each other."""
    person = await ctx.db.lock(Person, person_id, path=("person",))
    if person.died_on is not None:
        raise PersonDead(path=("person",))
    return person


async def _open_grid(ctx: RequestContext, grid_id: UUID) -> Grid:
    grid = await ctx.db.must_get(Grid, grid_id, path=("grid",))
    if grid.valid_to is not None and grid.valid_to <= ctx.today:
        raise GridClosed(path=("grid",), code=grid.code, date=grid.valid_to.isoformat())
    return grid


async def _terms(ctx: RequestContext, role_key: str, person_id: UUID, grid_id: UUID) -> list[rules.Term]:
    same = select(Post.since, Post.until).where(
        Post.role_key == role_key, Post.person_id == person_id, Post.grid_id == grid_id
    )
    return [(row.since, row.until) for row in (await ctx.db.execute(same)).all()]
