"""The programme's hooks: volunteers, orders, activities, hours, points and rewards."""

from collections.abc import Sequence

from pydantic import BaseModel

from wangge import (
    DemoOptions,
    EventHandler,
    EventType,
    Indicator,
    Model,
    Progress,
    RequestContext,
    ScheduledJob,
    hookimpl,
)
from wangge_schema import declare_purposes
from wangge_volunteer_points import demo, events, fields, handlers, queries
from wangge_volunteer_points import jobs as nightly
from wangge_volunteer_points import models as tables
from wangge_volunteer_points.indicators import volunteering_indicators
from wangge_volunteer_points.mutations import MUTATIONS
from wangge_volunteer_points.settings import VolunteerPointsSettings
from wangge_volunteer_points.types import activities, figures, ledger, orders, records, rewards, volunteers


@hookimpl
def graphql_types() -> Sequence[type]:
    """Return the programme's object types."""
    return [
        *(volunteers.Volunteer, volunteers.VolunteerTeam, volunteers.VolunteerTeamMember),
        *(orders.VolunteerOrder, orders.OrderOffer, orders.OrderClaim, orders.OrderShowcase),
        *(activities.VolunteerActivity, activities.ActivityShift, activities.ShiftSignup),
        *(records.ServiceRecord, rewards.Reward, rewards.Sponsorship, rewards.Redemption),
        *(ledger.PointsAccount, ledger.PointsTransfer, ledger.PointsEntry, ledger.PointsLot),
        figures.GridVolunteering,
    ]


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the programme's root fields, and the fields it adds to persons, grids and its own types."""
    return [
        *(queries.VolunteerQueries, queries.ServiceQueries, queries.PointsQueries),
        *(fields.PersonVolunteering, fields.GridVolunteeringFields, fields.VolunteerService),
        *MUTATIONS,
    ]


@hookimpl
def models() -> Sequence[type[Model]]:
    """Return the programme's tables."""
    return [getattr(tables, name) for name in tables.__all__]


@hookimpl
def settings_model() -> type[BaseModel]:
    """Return the programme's settings."""
    return VolunteerPointsSettings


@hookimpl
def event_types() -> Sequence[EventType]:
    """Return the programme's events."""
    return events.EVENTS


@hookimpl
def event_handlers() -> Sequence[EventHandler]:
    """Return what the programme does on events."""
    return handlers.HANDLERS


@hookimpl
def jobs() -> Sequence[ScheduledJob]:
    """Return what is due every night."""
    return nightly.JOBS


@hookimpl
def indicators() -> Sequence[Indicator]:
    """Return the programme's figures."""
    return volunteering_indicators()


@hookimpl
async def on_enable(ctx: RequestContext) -> None:
    """Declare why personal data are processed."""
    await declare_purposes(ctx, "wangge_volunteer_points")


@hookimpl
async def demo_data(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill a demo district with volunteers, teams, activities, orders, hours and rewards."""
    await demo.fill(ctx, options, progress)
