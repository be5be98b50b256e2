"""What every district's schema has before any programme: node, me, the district and its plugins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry import Parent

from wangge.auth.access import authenticated, public, requires
from wangge.auth.models import PrincipalKind
from wangge.auth.principal import HeldRole, Principal
from wangge.context import LOCAL_ZONE, Info, RequestContext
from wangge.districts.models import DistrictKind, PluginState
from wangge.errors import BadId, BadPage
from wangge.graphql import previews
from wangge.graphql.audit import AuditDetail, AuditEntryType, AuditQueries
from wangge.graphql.directives import access_directive
from wangge.graphql.extend import Mutation, Query, extends
from wangge.graphql.fields import argument, column, described, field, query
from wangge.graphql.ids import split_id
from wangge.graphql.marks import MARK, FieldMark
from wangge.graphql.mutations import mutation
from wangge.graphql.programmes import ProgrammeMutations, ProgrammeQueries, ProgrammeTable
from wangge.graphql.settings import SettingSourceInfo
from wangge.graphql.types import Input, Node, Payload, graphql_enum, input_type, object_type, payload_type

MAX_NODES = 100
"""Most ids that `nodes` takes."""

graphql_enum(
    PrincipalKind,
    "Kind of an account.",
    STAFF="Staff of the district, a street or a community (工作人员).",
    RESIDENT="A resident (居民).",
    SERVICE="Another system (服务).",
)
graphql_enum(
    DistrictKind,
    "Kind of a district.",
    COUNTY="A county-level division (县市区).",
    FUNCTIONAL_ZONE="A functional zone with a code of its own (功能区).",
)
graphql_enum(
    PluginState,
    "Where a programme stands in the district.",
    INSTALLED="On the server, not switched on here.",
    ENABLED="Switched on.",
    SUSPENDED="Switched off; its data is kept.",
    PURGED="Switched off; its data was deleted.",
    QUARANTINED="Set aside, because it failed to load.",
)


@dataclass(frozen=True)
class PluginReport:
    """A plugin as the platform reports it for a district."""

    slug: str
    title: str
    version: str
    state: PluginState
    enabled_at: datetime | None
    healthy: bool
    problems: Sequence[str]


@object_type(access=authenticated, description="How a programme fares.")
class PluginHealth:
    """Health of a plugin in a district."""

    @field(description="Whether it works as it should.")
    @staticmethod
    async def healthy(root: Parent[PluginReport], info: Info) -> bool:
        """Say whether it does; it does not where stored settings of it do not apply."""
        return root.healthy and not await info.context.platform.settings_problems(info.context, root.slug)

    @field(description="What is wrong, for the administrator.")
    @staticmethod
    async def problems(root: Parent[PluginReport], info: Info) -> list[str]:
        """Return what is wrong, with the stored settings that do not apply."""
        passed_over = await info.context.platform.settings_problems(info.context, root.slug)
        return [*root.problems, *passed_over]


@object_type(
    access=public, description="A programme (项目) installed on this server, as the district has it."
)
class DistrictPlugin:
    """A plugin in a district."""

    slug: str = column("Its one name.")
    title: str = column("Its title, in the caller's language.")
    version: str = column("The installed version.")
    state: PluginState = column("Where it stands here.")
    enabled_at: datetime | None = column("When it was switched on.")

    @field(
        description="How it fares; administrators see why it is set aside.",
        access=requires("base.plugins.write"),
    )
    @staticmethod
    def health(root: Parent[PluginReport]) -> PluginHealth | None:
        """Return the plugin's health."""
        return cast("PluginHealth", root)

    @field(
        description="JSON Schema of its settings, as JSON: what forms are made from; null where it has none.",
        access=requires("base.plugins.read"),
    )
    @staticmethod
    def settings_schema(root: Parent[PluginReport], info: Info) -> str | None:
        """Return the JSON Schema."""
        return info.context.platform.settings_schema(root.slug)


@object_type(
    access=public,
    description="The district (县市区 or 功能区): a tenant with a database and a schema of its own.",
)
class District:
    """The district of the request."""

    code: str = column("Its code, such as 370703.")
    name: str = column("Its name.")
    kind: DistrictKind = column("What kind of district it is.")

    @field(description="The programmes on this server; the signed-out see those that are switched on.")
    @staticmethod
    def plugins(info: Info) -> list[DistrictPlugin]:
        """Return the plugins."""
        reports = info.context.platform.plugins()
        if not info.context.principal.signed_in:
            reports = [report for report in reports if report.state is PluginState.ENABLED]
        return cast("list[DistrictPlugin]", reports)

    @field(
        description="JSON Schema of the settings of people and grids, as JSON: what forms are made from.",
        access=requires("base.plugins.read"),
    )
    @staticmethod
    def settings_schema(info: Info) -> str | None:
        """Return the JSON Schema."""
        return info.context.platform.settings_schema("base")


@object_type(access=authenticated, description="A role that the caller holds (角色).", name="RoleGrant")
class RoleGrantInfo:
    """A held role; the base programme adds its grid."""

    role: str = column("Key of the role.")

    @field(description="First day, in the district's time zone.")
    @staticmethod
    def since(root: Parent[HeldRole]) -> date:
        """Return the first day."""
        return root.since.astimezone(LOCAL_ZONE).date()

    @field(description="Last day; null means that no end is set.")
    @staticmethod
    def until(root: Parent[HeldRole]) -> date | None:
        """Return the last day."""
        return None if root.until is None else root.until.astimezone(LOCAL_ZONE).date()


@object_type(access=authenticated, description="The caller.")
class Me:
    """Who asks; the base programme adds the person."""

    @field(description="Name of the account, as the identity provider gives it.")
    @staticmethod
    def account(root: Parent[Principal]) -> str:
        """Return the subject."""
        return root.subject

    kind: PrincipalKind = column("What kind of account it is.")

    @field(description="The roles held now.")
    @staticmethod
    def roles(root: Parent[Principal]) -> list[RoleGrantInfo]:
        """Return the held roles."""
        return cast("list[RoleGrantInfo]", list(root.roles))

    @field(description="What the roles add up to, sorted.")
    @staticmethod
    def permissions(root: Parent[Principal]) -> list[str]:
        """Return the permissions."""
        return sorted(root.permissions)


@extends(Query)
class PlatformQueries:
    """Root fields of the platform."""

    @strawberry.field(  # type: ignore[untyped-decorator]  # Strawberry leaves its decorator open
        description="The object with this id, or null where the caller may not see it.",
        directives=[access_directive(authenticated)],
        metadata={MARK: FieldMark("node", authenticated)},
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, described("An id, exactly as the server gave it.")]
    ) -> Node | None:
        """Return a row by its typed id."""
        return cast("Node | None", await _find(info.context, id, ("id",)))

    @query(
        access=authenticated,
        description="The objects with these ids, in the same order; null where none is seen.",
    )
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], described("At most a hundred ids.")]
    ) -> list[Node | None]:
        """Return rows by their typed ids."""
        if len(ids) > MAX_NODES:
            raise BadPage(reason=f"`nodes` takes at most {MAX_NODES} ids.", path=("ids",))
        return cast("list[Node | None]", [await _find(info.context, id, ("ids",)) for id in ids])

    @query(access=authenticated, description="The caller: account, roles and permissions.")
    async def me(self, info: Info) -> Me:
        """Return the principal."""
        return cast("Me", info.context.principal)

    @query(access=public, description="The district that is asked.")
    async def district(self, info: Info) -> District:
        """Return the district."""
        return cast("District", info.context.district)


async def _find(ctx: RequestContext, id: str, path: Sequence[str]) -> Any:  # a row of the id's type
    name, key = split_id(id)
    found = ctx.platform.node_model(name)
    if found is None:
        raise BadId(expected="type of this district", path=path)
    model, access = found
    if access.permission is not None:
        ctx.require(access.permission)
    return await ctx.loaders.by_id(model, key)


@input_type("Which programme to switch on.")
class EnablePluginInput(Input):
    """Input of `enablePlugin`."""

    slug: str = argument("The programme's slug.")
    fingerprint: str | None = argument(
        "That of the preview that was shown; anything else is refused then.", default=None
    )


@payload_type("The programme as it stands after the call.")
class EnablePluginPayload(Payload):
    """Payload of `enablePlugin`."""

    plugin: DistrictPlugin | None = column("The programme.", default=None)


@input_type("Which programme to suspend.")
class SuspendPluginInput(Input):
    """Input of `suspendPlugin`."""

    slug: str = argument("The programme's slug.")


@payload_type("The programme as it stands after the call.")
class SuspendPluginPayload(Payload):
    """Payload of `suspendPlugin`."""

    plugin: DistrictPlugin | None = column("The programme.", default=None)


@input_type("Which programme to reset.")
class ResetPluginInput(Input):
    """Input of `resetPlugin`."""

    slug: str = argument("The programme's slug.")


@payload_type("The programme as it stands after the call.")
class ResetPluginPayload(Payload):
    """Payload of `resetPlugin`."""

    plugin: DistrictPlugin | None = column("The programme.", default=None)


@input_type("Which programme to resume.")
class ResumePluginInput(Input):
    """Input of `resumePlugin`."""

    slug: str = argument("The programme's slug.")


@payload_type("The programme as it stands after the call.")
class ResumePluginPayload(Payload):
    """Payload of `resumePlugin`."""

    plugin: DistrictPlugin | None = column("The programme.", default=None)


def _report(ctx: RequestContext, slug: str) -> DistrictPlugin:
    found = next(report for report in ctx.platform.plugins() if report.slug == slug)
    return cast("DistrictPlugin", found)


@extends(Mutation)
class PlatformMutations:
    """Root mutations of the platform."""

    @mutation(
        access=requires("base.plugins.write"),
        transaction=False,
        description="Switch a programme on here: its tables are made, its fields appear (启用项目).",
    )
    async def enable_plugin(self, info: Info, input: EnablePluginInput) -> EnablePluginPayload:
        """Enable a plugin."""
        await info.context.platform.enable_plugin(info.context, input.slug, input.fingerprint)
        return EnablePluginPayload(plugin=_report(info.context, input.slug))

    @mutation(
        access=requires("base.plugins.write"),
        transaction=False,
        description="Switch a programme off in this district; its data is kept (停用项目).",
    )
    async def suspend_plugin(self, info: Info, input: SuspendPluginInput) -> SuspendPluginPayload:
        """Suspend a plugin."""
        await info.context.platform.suspend_plugin(info.context, input.slug)
        return SuspendPluginPayload(plugin=_report(info.context, input.slug))

    @mutation(
        access=requires("base.plugins.write"),
        transaction=False,
        description="Switch a suspended programme on again, over the data that it left (恢复项目).",
    )
    async def resume_plugin(self, info: Info, input: ResumePluginInput) -> ResumePluginPayload:
        """Resume a plugin."""
        await info.context.platform.resume_plugin(info.context, input.slug)
        return ResumePluginPayload(plugin=_report(info.context, input.slug))

    @mutation(
        access=requires("base.plugins.write"),
        transaction=False,
        description="Let a programme that is paused after failures go on, once they are mended (重置项目).",
    )
    async def reset_plugin(self, info: Info, input: ResetPluginInput) -> ResetPluginPayload:
        """Reset a plugin."""
        await info.context.platform.reset_plugin(info.context, input.slug)
        return ResetPluginPayload(plugin=_report(info.context, input.slug))


TYPES: tuple[type, ...] = (
    *(District, DistrictPlugin, PluginHealth, Me, RoleGrantInfo),
    *(ProgrammeTable, *previews.TYPES),
    *(AuditEntryType, AuditDetail, SettingSourceInfo),
)
EXTENSIONS: tuple[type, ...] = (
    *(PlatformQueries, PlatformMutations, ProgrammeQueries, ProgrammeMutations),
    AuditQueries,
)
