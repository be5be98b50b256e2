"""Tables of the programme, all named `volunteer_points_*`, one module per subject."""

from wangge_volunteer_points.models.activities import ActivityShift, ShiftSignup, VolunteerActivity
from wangge_volunteer_points.models.ledger import (
    LotMove,
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsTransfer,
)
from wangge_volunteer_points.models.orders import OrderClaim, OrderOffer, OrderShowcase, VolunteerOrder
from wangge_volunteer_points.models.records import ServiceRecord
from wangge_volunteer_points.models.rewards import Redemption, Reward, Sponsorship
from wangge_volunteer_points.models.volunteers import Volunteer, VolunteerTeam, VolunteerTeamMember

__all__ = [
    "ActivityShift",
    "LotMove",
    "OrderClaim",
    "OrderOffer",
    "OrderShowcase",
    "PointsAccount",
    "PointsEntry",
    "PointsLot",
    "PointsTransfer",
    "Redemption",
    "Reward",
    "ServiceRecord",
    "ShiftSignup",
    "Sponsorship",
    "Volunteer",
    "VolunteerActivity",
    "VolunteerOrder",
    "VolunteerTeam",
    "VolunteerTeamMember",
]
