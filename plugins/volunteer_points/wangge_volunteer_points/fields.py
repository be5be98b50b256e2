"""Fields that the programme adds: to persons and grids of the base, and between its own subjects."""

from wangge import Connection, Info, Parent, connection, extends, field, related_list, related_one, requires
from wangge_schema import Grid, Person
from wangge_schema import models as base
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.loaders import volunteering_by_grid
from wangge_volunteer_points.types.activities import ShiftSignup
from wangge_volunteer_points.types.figures import GridVolunteering
from wangge_volunteer_points.types.ledger import PointsAccount
from wangge_volunteer_points.types.orders import OrderClaim
from wangge_volunteer_points.types.records import (
    ServiceRecord,
    ServiceRecordFilter,
    ServiceRecordOrdering,
)
from wangge_volunteer_points.types.rewards import Redemption, RedemptionFilter, RedemptionOrdering
from wangge_volunteer_points.types.volunteers import Volunteer


@extends(Person)
class PersonVolunteering:
    """A person as a volunteer."""

    volunteer: Volunteer | None = related_one(
        models.Volunteer.person_id,
        "The person as a volunteer (志愿者), if they registered.",
        access=requires(permissions.READ_VOLUNTEERS),
    )
    volunteer_account: PointsAccount | None = related_one(
        models.PointsAccount.person_id,
        "The person's points account (积分账户), if they registered as a volunteer.",
        access=requires(permissions.READ_POINTS),
    )


@extends(Grid)
class GridVolunteeringFields:
    """A grid's volunteering."""

    @field(
        access=requires(permissions.READ_ACTIVITIES),
        description="Figures of volunteering (志愿服务统计) in the grid and below, in the caller's scope.",
    )
    @staticmethod
    async def volunteering(root: Parent[base.Grid], info: Info) -> GridVolunteering | None:
        """Return the figures, batched over all grids of the answer."""
        return GridVolunteering(**await volunteering_by_grid(info.context, root))


@extends(Volunteer)
class VolunteerService:
    """What a volunteer does and has."""

    accounts: list[PointsAccount] = related_list(
        models.PointsAccount.volunteer_id,
        "The points account (积分账户), one at most.",
        access=requires(permissions.READ_POINTS),
    )
    signups: Connection[ShiftSignup] = connection(
        "Sign-ups for shifts (报名).",
        via=models.ShiftSignup.volunteer_id,
        access=requires(permissions.READ_VOLUNTEERS),
    )
    claims: Connection[OrderClaim] = connection(
        "Claims of orders (领单).",
        via=models.OrderClaim.volunteer_id,
        access=requires(permissions.READ_VOLUNTEERS),
    )
    records: Connection[ServiceRecord] = connection(
        "Service records (服务记录).",
        via=models.ServiceRecord.volunteer_id,
        where=ServiceRecordFilter,
        order_by=ServiceRecordOrdering,
        access=requires(permissions.READ_RECORDS),
    )
    redemptions: Connection[Redemption] = connection(
        "Redemptions (兑换).",
        via=models.Redemption.volunteer_id,
        where=RedemptionFilter,
        order_by=RedemptionOrdering,
        access=requires(permissions.READ_REDEMPTIONS),
    )
