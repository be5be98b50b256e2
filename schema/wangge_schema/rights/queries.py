"""Root query fields of residents' rights."""

from typing import Annotated

from wangge import ID, Connection, Info, Query, connection, decode_id, described, extends, query, requires
from wangge_schema.people.types import Person
from wangge_schema.rights import services
from wangge_schema.rights.rules import RowFate
from wangge_schema.rights.types import (
    ErasureEffect,
    ErasurePreview,
    Restriction,
    RestrictionFilter,
    RestrictionOrder,
)


@extends(Query)
class RightsQueries:
    """Restrictions, and what an erasure would do."""

    restrictions: Connection[Restriction] = connection(
        "Restrictions (限制处理) of people's data within the caller's grids, lifted ones among them.",
        where=RestrictionFilter,
        order_by=RestrictionOrder,
        access=requires(services.HANDLE),
    )

    @query(
        access=requires(services.ERASE),
        description="What erasing a person would do (删除预览), table by table over all programmes; null "
        "where there is no such person in the caller's grids.",
    )
    async def person_erasure_preview(
        self, info: Info, person: Annotated[ID, described("The person (居民).")]
    ) -> ErasurePreview | None:
        """Translate for `services.preview_erasure`."""
        found = await services.preview_erasure(info.context, person_id=decode_id(Person, person, ("person",)))
        if found is None:
            return None
        effects = [
            ErasureEffect(
                plugin=one.plugin,
                table=one.table,
                title=one.title,
                rows=one.rows,
                fate=RowFate(one.fate),
                because=one.because,
            )
            for one in found.effects
        ]
        return ErasurePreview(effects=effects, remains=found.remains)
