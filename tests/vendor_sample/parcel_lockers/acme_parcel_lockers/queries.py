"""Root query fields."""

from acme_parcel_lockers import models, permissions
from acme_parcel_lockers.types.bills import AcmeFeeBill, AcmeFeeBillFilter, AcmeFeeBillOrder
from acme_parcel_lockers.types.lockers import AcmeLocker, AcmeLockerFilter, AcmeLockerOrder
from acme_parcel_lockers.types.parcels import AcmeParcel, AcmeParcelFilter, AcmeParcelOrder
from wangge import Connection, Query, authenticated, by_id, connection, extends, requires


@extends(Query)
class LockerQueries:
    """Lockers, parcels and bills."""

    acme_locker: AcmeLocker | None = by_id(models.Locker, "A locker (快件箱).", access=authenticated)
    acme_lockers: Connection[AcmeLocker] = connection(
        "Lockers (快件箱) of the whole district.",
        where=AcmeLockerFilter,
        order_by=AcmeLockerOrder,
        access=authenticated,
    )
    acme_parcel: AcmeParcel | None = by_id(
        models.Parcel, "A parcel (快件) within the caller's scope.", access=requires(permissions.READ_PARCELS)
    )
    acme_parcels: Connection[AcmeParcel] = connection(
        "Parcels (快件) within the caller's scope; residents find their household's.",
        where=AcmeParcelFilter,
        order_by=AcmeParcelOrder,
        access=requires(permissions.READ_PARCELS),
    )
    acme_fee_bills: Connection[AcmeFeeBill] = connection(
        "Property-fee bills (物业费账单) within the caller's scope.",
        where=AcmeFeeBillFilter,
        order_by=AcmeFeeBillOrder,
        access=requires(permissions.READ_BILLS),
    )
