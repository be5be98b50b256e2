"""Steps in the life of a programme that show or delete what it holds: a look ahead, an export, a purge."""

from typing import Annotated, cast

from wangge.context import Info
from wangge.graphql.extend import Mutation, Query, extends
from wangge.graphql.fields import argument, column, described, query
from wangge.graphql.mutations import mutation
from wangge.graphql.previews import ADMINISTRATORS, PluginPreview
from wangge.graphql.types import Input, Payload, input_type, object_type, payload_type


@object_type(access=ADMINISTRATORS, description="A table that went with a programme.")
class PurgedTable:
    """A table that was purged."""

    name: str = column("Name of the table.")
    rows: int = column("Rows that went with it.")


@input_type("Which programme to purge.")
class PurgePluginInput(Input):
    """Input of `purgePlugin`."""

    slug: str = argument("The programme's slug.")
    confirmation: str = argument("Exactly `purge SLUG in CODE`, with its slug and the district's code.")


@payload_type("What went.")
class PurgePluginPayload(Payload):
    """Payload of `purgePlugin`."""

    tables: list[PurgedTable] | None = column("The tables that went, with their rows.", default=None)


@extends(Query)
class ProgrammeQueries:
    """Root fields about what a programme would change."""

    @query(
        access=ADMINISTRATORS,
        description="What switching a programme on would change in this district (启用预览).",
    )
    async def plugin_preview(
        self, info: Info, slug: Annotated[str, described("The programme's slug.")]
    ) -> PluginPreview | None:
        """Return a look ahead."""
        return cast("PluginPreview", await info.context.platform.preview_plugin(slug))


@extends(Mutation)
class ProgrammeMutations:
    """Root mutations about what a programme holds."""

    @mutation(
        access=ADMINISTRATORS,
        transaction=False,
        description="""Delete all that a suspended programme has here, for good: tables, data, settings.
Refused while a law keeps records of it (清除项目数据).""",
    )
    async def purge_plugin(self, info: Info, input: PurgePluginInput) -> PurgePluginPayload:
        """Purge a plugin."""
        ctx = info.context
        rows = await ctx.platform.purge_plugin(ctx, input.slug, input.confirmation)
        return PurgePluginPayload(tables=[PurgedTable(name=name, rows=count) for name, count in rows.items()])
