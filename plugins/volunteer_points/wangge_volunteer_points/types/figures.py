"""Figures of volunteering in a grid."""

from wangge import column, object_type, requires
from wangge_volunteer_points import permissions


@object_type(
    access=requires(permissions.READ_ACTIVITIES),
    description="Volunteering in a grid and below (志愿服务统计), as of now, within the caller's scope.",
)
class GridVolunteering:
    """Figures of a grid."""

    volunteers: int = column("Active volunteers who live there (志愿者人数).")
    teams: int = column("Teams that belong there (队伍数).")
    open_orders: int = column("Orders that await a team or claims (待服务订单).")
    shown_orders: int = column("Orders whose result is shown (已晒订单).")
    activities: int = column("Activities published or over (活动数).")
    minutes: int = column("Confirmed minutes of service (服务时长).")
    points_issued: int = column("Points issued, less those taken back (发放积分).")
    points_redeemed: int = column("Points spent on rewards (兑换积分).")
    points_expired: int = column("Points that ran out (过期积分).")
