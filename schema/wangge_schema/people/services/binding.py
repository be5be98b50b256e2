"""Which grid people's rows belong to, and how they follow when people move."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from wangge import RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.grids.services.rebinding import address_of, bound_models
from wangge_schema.people.models import Dwelling, Person


def bind_to(person: Person, dwelling: Dwelling) -> None:
    """Make a dwelling the one that decides the person's grid."""
    person.dwelling_id = dwelling.id
    person.grid_id = dwelling.grid_id


async def rebind_followers(ctx: RequestContext, person_ids: Sequence[UUID], grid_id: UUID) -> None:
    """Bind the rows that follow people to a grid: those of models with `__follows_person__`.

    Covers the base and every programme that has tables in this district. Rows of these people that lie
    outside the caller's grids follow too, since they belong to people whom the caller may move.
    """
    grid = await ctx.db.must_get(Grid, grid_id)
    async with ctx.beyond_scope("Rows follow the people they belong to", restricted=True):
        for model in await bound_models(ctx):
            if getattr(model, "__follows_person__", False):
                key = getattr(model, str(model.__person_key__))
                mine = update(model).where(key.in_(list(person_ids)))
                await ctx.db.execute(mine.values(**address_of(grid)))
