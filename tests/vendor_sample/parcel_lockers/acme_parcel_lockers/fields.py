"""Fields on the base's types."""

from acme_parcel_lockers import models, permissions
from acme_parcel_lockers.types.lockers import AcmeLocker, AcmeLockerFilter
from acme_parcel_lockers.types.parcels import AcmeParcel, AcmeParcelFilter, AcmeParcelOrder
from wangge import Connection, authenticated, connection, extends, requires
from wangge_schema import Grid, Person, subtree


@extends(Person)
class PersonParcels:
    """A person as a recipient."""

    acme_parcels: Connection[AcmeParcel] | None = connection(
        "Parcels (快件) for this person, waiting and past.",
        via=models.Parcel.person_id,
        where=AcmeParcelFilter,
        order_by=AcmeParcelOrder,
        access=requires(permissions.READ_PARCELS),
    )


@extends(Grid)
class GridLockers:
    """What stands in a grid."""

    acme_lockers: Connection[AcmeLocker] | None = connection(
        "Lockers (快件箱) of the grid and all below it.",
        via=subtree(models.Locker),
        where=AcmeLockerFilter,
        access=authenticated,
    )
