"""Root query fields of the programme."""

from wangge import Connection, Query, by_id, connection, extends, requires
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.types.activities import (
    VolunteerActivity,
    VolunteerActivityFilter,
    VolunteerActivityOrdering,
)
from wangge_volunteer_points.types.ledger import (
    PointsAccount,
    PointsAccountFilter,
    PointsAccountOrdering,
    PointsTransfer,
    PointsTransferFilter,
    PointsTransferOrdering,
)
from wangge_volunteer_points.types.orders import (
    OrderShowcase,
    OrderShowcaseFilter,
    OrderShowcaseOrdering,
    VolunteerOrder,
    VolunteerOrderFilter,
    VolunteerOrderOrdering,
)
from wangge_volunteer_points.types.records import (
    ServiceRecord,
    ServiceRecordFilter,
    ServiceRecordOrdering,
)
from wangge_volunteer_points.types.rewards import (
    Redemption,
    RedemptionFilter,
    RedemptionOrdering,
    Reward,
    RewardFilter,
    RewardOrdering,
    Sponsorship,
    SponsorshipFilter,
)
from wangge_volunteer_points.types.volunteers import (
    Volunteer,
    VolunteerFilter,
    VolunteerOrdering,
    VolunteerTeam,
    VolunteerTeamFilter,
    VolunteerTeamOrdering,
)


@extends(Query)
class VolunteerQueries:
    """Volunteers and teams."""

    volunteer: Volunteer | None = by_id(
        models.Volunteer,
        "A volunteer (志愿者) within the caller's scope.",
        access=requires(permissions.READ_VOLUNTEERS),
    )
    volunteers: Connection[Volunteer] = connection(
        "Volunteers (志愿者) within the caller's scope; residents find themselves and their household.",
        where=VolunteerFilter,
        order_by=VolunteerOrdering,
        access=requires(permissions.READ_VOLUNTEERS),
    )
    volunteer_team: VolunteerTeam | None = by_id(
        models.VolunteerTeam, "A team (志愿服务队).", access=requires(permissions.READ_TEAMS)
    )
    volunteer_teams: Connection[VolunteerTeam] = connection(
        "Teams (志愿服务队) of the whole district.",
        where=VolunteerTeamFilter,
        order_by=VolunteerTeamOrdering,
        access=requires(permissions.READ_TEAMS),
    )


@extends(Query)
class ServiceQueries:
    """Orders, activities, and the records of what was done."""

    volunteer_order: VolunteerOrder | None = by_id(
        models.VolunteerOrder, "An order (点单).", access=requires(permissions.READ_ORDERS)
    )
    volunteer_orders: Connection[VolunteerOrder] = connection(
        "Orders (点单) of the whole district.",
        where=VolunteerOrderFilter,
        order_by=VolunteerOrderOrdering,
        access=requires(permissions.READ_ORDERS),
    )
    order_showcases: Connection[OrderShowcase] = connection(
        "Results shown (晒单) in the whole district.",
        where=OrderShowcaseFilter,
        order_by=OrderShowcaseOrdering,
        access=requires(permissions.READ_ORDERS),
    )
    volunteer_activity: VolunteerActivity | None = by_id(
        models.VolunteerActivity, "An activity (志愿活动).", access=requires(permissions.READ_ACTIVITIES)
    )
    volunteer_activities: Connection[VolunteerActivity] = connection(
        "Activities (志愿活动) of the whole district.",
        where=VolunteerActivityFilter,
        order_by=VolunteerActivityOrdering,
        access=requires(permissions.READ_ACTIVITIES),
    )
    service_records: Connection[ServiceRecord] = connection(
        "Service records (服务记录) within the caller's scope.",
        where=ServiceRecordFilter,
        order_by=ServiceRecordOrdering,
        access=requires(permissions.READ_RECORDS),
    )


@extends(Query)
class PointsQueries:
    """Points and what they buy."""

    points_accounts: Connection[PointsAccount] = connection(
        "Points accounts (积分账户) within the caller's scope.",
        where=PointsAccountFilter,
        order_by=PointsAccountOrdering,
        access=requires(permissions.READ_POINTS),
    )
    points_transfers: Connection[PointsTransfer] = connection(
        "Movements of points (积分变动) within the caller's scope.",
        where=PointsTransferFilter,
        order_by=PointsTransferOrdering,
        access=requires(permissions.READ_POINTS),
    )
    reward: Reward | None = by_id(
        models.Reward, "A reward (兑换品).", access=requires(permissions.READ_REWARDS)
    )
    rewards: Connection[Reward] = connection(
        "Rewards (兑换品) of the whole district.",
        where=RewardFilter,
        order_by=RewardOrdering,
        access=requires(permissions.READ_REWARDS),
    )
    redemptions: Connection[Redemption] = connection(
        "Redemptions (兑换) within the caller's scope.",
        where=RedemptionFilter,
        order_by=RedemptionOrdering,
        access=requires(permissions.READ_REDEMPTIONS),
    )
    sponsorships: Connection[Sponsorship] = connection(
        "Sponsorships (赞助协议) within the caller's scope.",
        where=SponsorshipFilter,
        access=requires(permissions.READ_SPONSORSHIPS),
    )
