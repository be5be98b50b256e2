"""Steps in the life of a programme that show or delete what it holds: a look ahead, an export, a purge."""

from typing import Annotated, cast

from wangge.context import Info
from wangge.graphql.extend import Mutation, Query, extends
from wangge.graphql.fields import argument, column, described, query
from wangge.graphql.mutations import mutation
from wangge.graphql.previews import ADMINISTRATORS, PluginPreview
from wangge.graphql.types import Input, Payload, input_type, object_type, payload_type


@object_type(access=ADMINISTRATORS, description="A table of a programme, by the rows that it held.")
class ProgrammeTable:
    """A table that was exported or purged."""

    name: str = column("Name of the table.")
    rows: int = column("Its rows.")


@input_type("Which programme to export, and what for.")
class ExportPluginInput(Input):
    """Input of `exportPlugin`."""

    slug: str = argument("The programme's slug.")
    purpose: str = argument("What the copy is for (用途), in your own words.")


@payload_type("The copy.")
class ExportPluginPayload(Payload):
    """Payload of `exportPlugin`."""

    content: str | None = column("The rows as JSON: `manifest`, and `tables` by name.", default=None)
    tables: list[ProgrammeTable] | None = column("The tables, with their rows.", default=None)


@input_type("Which programme to purge.")
class PurgePluginInput(Input):
    """Input of `purgePlugin`."""

    slug: str = argument("The programme's slug.")
    confirmation: str = argument("Exactly `purge SLUG in CODE`, with its slug and the district's code.")


@payload_type("What went.")
class PurgePluginPayload(Payload):
    """Payload of `purgePlugin`."""

    tables: list[ProgrammeTable] | None = column("The tables that went, with their rows.", default=None)


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
        remember=False,
        description="""Give out all rows of a small programme, on or suspended; sealed values stay sealed.
A larger one is written to a file by `wangge plugin export` (导出项目数据).""",
    )
    async def export_plugin(self, info: Info, input: ExportPluginInput) -> ExportPluginPayload:
        """Export a plugin."""
        ctx = info.context
        content, rows = await ctx.platform.export_plugin(ctx, input.slug, input.purpose)
        return ExportPluginPayload(content=content, tables=_tables(rows))

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
        return PurgePluginPayload(tables=_tables(rows))


def _tables(rows: dict[str, int]) -> list[ProgrammeTable]:
    return [ProgrammeTable(name=name, rows=count) for name, count in rows.items()]
