"""The base programme's hooks: people and grids, loaded through the same door as any plugin."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from wangge import DemoOptions, EventType, Importer, Indicator, Model, Progress, RequestContext, hookimpl
from wangge_schema import indicators as figures
from wangge_schema import models as tables
from wangge_schema.access.fields import MePerson, RoleGrantGrid, SettingSourceGrid
from wangge_schema.access.indicators import Indicator as ReportedIndicator
from wangge_schema.access.indicators import IndicatorQueries
from wangge_schema.access.mutations import AccessMutations
from wangge_schema.access.provider import GridScopes
from wangge_schema.access.subscriptions import DistrictEvent, EventSubscriptions
from wangge_schema.calendars.queries import CalendarQueries
from wangge_schema.calendars.services import load_calendar
from wangge_schema.calendars.types import CalendarDay, Deadline
from wangge_schema.consent import events as consent_events
from wangge_schema.consent.fields import PersonConsents
from wangge_schema.consent.mutations import ConsentMutations
from wangge_schema.consent.queries import ConsentQueries
from wangge_schema.consent.types import Consent, ProcessingPurpose
from wangge_schema.demo import demo_base
from wangge_schema.grids import events as grid_events
from wangge_schema.grids.fields import DistrictLevels
from wangge_schema.grids.importers import IMPORTERS as GRID_IMPORTERS
from wangge_schema.grids.mutations import GridMutations
from wangge_schema.grids.queries import GridQueries
from wangge_schema.grids.services import found_district
from wangge_schema.grids.types import Grid, GridFunction, GridLevel, QrAnchor
from wangge_schema.organizations import events as organization_events
from wangge_schema.organizations.fields import PersonOrganizations
from wangge_schema.organizations.mutations import OrganizationMutations
from wangge_schema.organizations.queries import OrganizationQueries
from wangge_schema.organizations.types import Membership, Organization
from wangge_schema.people import events as people_events
from wangge_schema.people.fields import GridPeople
from wangge_schema.people.importers import IMPORTERS as PEOPLE_IMPORTERS
from wangge_schema.people.mutations import PeopleMutations
from wangge_schema.people.queries import PeopleQueries
from wangge_schema.people.types import Dwelling, GridCounts, Household, Person, Residence
from wangge_schema.posts import events as post_events
from wangge_schema.posts.fields import GridPosts, PersonPosts, QrAnchorContacts
from wangge_schema.posts.mutations import PostMutations
from wangge_schema.posts.queries import PostQueries
from wangge_schema.posts.services import ensure_post_roles
from wangge_schema.posts.types import DutyContact, Pairing, Post, PostRole
from wangge_schema.purposes import declare_purposes
from wangge_schema.rights import events as rights_events
from wangge_schema.rights.mutations import RightsMutations
from wangge_schema.rights.queries import RightsQueries
from wangge_schema.rights.services import Rights
from wangge_schema.rights.types import ErasureEffect, ErasurePreview, Restriction
from wangge_schema.settings import BaseSettings


@hookimpl
def graphql_types() -> Sequence[type]:
    """Return the base's object types."""
    return [
        *(Grid, GridLevel, GridFunction, QrAnchor),
        *(Person, Residence, Household, Dwelling, GridCounts),
        *(Organization, Membership, Post, PostRole, DutyContact, Pairing),
        *(Restriction, ErasurePreview, ErasureEffect),
        *(ProcessingPurpose, Consent, CalendarDay, Deadline, ReportedIndicator, DistrictEvent),
    ]


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the base's root fields, and the fields one subject adds to another's types."""
    return [
        *(GridQueries, GridMutations, DistrictLevels),
        *(PeopleQueries, PeopleMutations, GridPeople),
        *(OrganizationQueries, OrganizationMutations, PersonOrganizations),
        *(PostQueries, PostMutations, GridPosts, PersonPosts, QrAnchorContacts),
        *(ConsentQueries, ConsentMutations, PersonConsents),
        *(RightsQueries, RightsMutations),
        *(CalendarQueries, IndicatorQueries, AccessMutations, MePerson, RoleGrantGrid),
        *(SettingSourceGrid, EventSubscriptions),
    ]


@hookimpl
def models() -> Sequence[type[Model]]:
    """Return the base's tables."""
    return [getattr(tables, name) for name in tables.__all__]


@hookimpl
def settings_model() -> type[BaseModel]:
    """Return the base's settings."""
    return BaseSettings


@hookimpl
def capabilities() -> Mapping[str, object]:
    """Return the scope of grids, the rights of persons, and the mark that the base is there."""
    return {"scope/1": GridScopes(), "rights/1": Rights(), "base/1": object()}


@hookimpl
def event_types() -> Sequence[EventType]:
    """Return the base's events."""
    return [
        *grid_events.EVENT_TYPES,
        *people_events.EVENT_TYPES,
        *organization_events.EVENT_TYPES,
        *post_events.EVENT_TYPES,
        *consent_events.EVENT_TYPES,
        *rights_events.EVENT_TYPES,
    ]


@hookimpl
def indicators() -> Sequence[Indicator]:
    """Return the base's figures."""
    return figures.base_indicators()


@hookimpl
def importers() -> Sequence[Importer]:
    """Return the files the base takes in."""
    return [*GRID_IMPORTERS, *PEOPLE_IMPORTERS]


@hookimpl
async def on_enable(ctx: RequestContext) -> None:
    """Found the tree, the roles of posts, the register of purposes and the calendar."""
    await found_district(ctx)
    await ensure_post_roles(ctx)
    await declare_purposes(ctx, "wangge_schema")
    await load_calendar(ctx)


@hookimpl
async def demo_data(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill a demo district: its divisions, synthetic residents, someone on duty."""
    await demo_base(ctx, options, progress)
