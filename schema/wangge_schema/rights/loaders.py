"""Names of persons whose data are restricted, for those who handle restrictions; one read for a page."""

from uuid import UUID

from strawberry.dataloader import DataLoader

from wangge import RequestContext
from wangge_schema.people.rules import mask_name
from wangge_schema.rights.models import Restriction
from wangge_schema.rights.services import names_of


async def restricted_name(ctx: RequestContext, restriction: Restriction) -> str:
    """Return the name behind a restriction, masked for who may not see names."""

    async def load(ids: list[UUID]) -> list[str]:
        found = await names_of(ctx, ids)
        return [found.get(id, "") for id in ids]

    loader = ctx.loaders.custom("base.restricted_names", lambda: DataLoader(load_fn=load))
    name: str = await loader.load(restriction.person_id)
    return name if ctx.may_read(restriction, "base.people.name") else mask_name(name)
