"""The programme's hooks."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from acme_parcel_lockers import demo, events
from acme_parcel_lockers.fields import GridLockers, PersonParcels
from acme_parcel_lockers.handlers import HANDLERS
from acme_parcel_lockers.importers import LOCKERS
from acme_parcel_lockers.indicators import locker_indicators
from acme_parcel_lockers.jobs import JOBS
from acme_parcel_lockers.models import FeeBill, FeeCredit, Locker, Parcel
from acme_parcel_lockers.mutations import BillMutations, LockerMutations
from acme_parcel_lockers.queries import LockerQueries
from acme_parcel_lockers.services.fee_credit import CAPABILITY, FeeCredits
from acme_parcel_lockers.settings import ParcelLockersSettings
from acme_parcel_lockers.types.bills import AcmeFeeBill, AcmeFeeCredit
from acme_parcel_lockers.types.lockers import AcmeLocker
from acme_parcel_lockers.types.parcels import AcmeParcel
from wangge import (
    DemoOptions,
    EventHandler,
    EventType,
    Importer,
    Indicator,
    Model,
    Progress,
    RequestContext,
    ScheduledJob,
    hookimpl,
)
from wangge_schema import declare_purposes


@hookimpl
def graphql_types() -> Sequence[type]:
    """Return the object types."""
    return [AcmeLocker, AcmeParcel, AcmeFeeBill, AcmeFeeCredit]


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return root fields and fields on the base's types."""
    return [LockerQueries, LockerMutations, BillMutations, PersonParcels, GridLockers]


@hookimpl
def models() -> Sequence[type[Model]]:
    """Return the tables."""
    return [Locker, Parcel, FeeBill, FeeCredit]


@hookimpl
def settings_model() -> type[BaseModel]:
    """Return the settings."""
    return ParcelLockersSettings


@hookimpl
def capabilities() -> Mapping[str, object]:
    """Return what other programmes may ask for: credits on property-fee bills."""
    return {CAPABILITY: FeeCredits()}


@hookimpl
def event_types() -> Sequence[EventType]:
    """Return the events."""
    return events.EVENTS


@hookimpl
def event_handlers() -> Sequence[EventHandler]:
    """Return what it does on deaths and erasures."""
    return HANDLERS


@hookimpl
def jobs() -> Sequence[ScheduledJob]:
    """Return what is due every night."""
    return JOBS


@hookimpl
def indicators() -> Sequence[Indicator]:
    """Return the figures."""
    return locker_indicators()


@hookimpl
def importers() -> Sequence[Importer]:
    """Return the files it takes in."""
    return [LOCKERS]


@hookimpl
async def on_enable(ctx: RequestContext) -> None:
    """Declare why personal data are processed."""
    await declare_purposes(ctx, "acme_parcel_lockers")


@hookimpl
async def demo_data(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill a demo district with lockers, parcels and bills."""
    await demo.fill(ctx, options, progress)
