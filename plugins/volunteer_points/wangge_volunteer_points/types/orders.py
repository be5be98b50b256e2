"""Orders, offers, claims and showcases (点单·接单/派单·领单·晒单), and how they are found."""

from datetime import datetime
from enum import Enum
from typing import Optional

from wangge import (
    ID,
    BooleanMatch,
    Connection,
    DateTimeMatch,
    EnumMatch,
    Filter,
    IdMatch,
    Node,
    column,
    connection,
    filter_type,
    match,
    match_by,
    order_type,
    related,
    related_list,
    related_one,
    requires,
    table_type,
)
from wangge_schema import Grid, Person
from wangge_schema import models as base
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.rules.orders import ClaimState, OfferState, OrderState
from wangge_volunteer_points.types.places import within_grid
from wangge_volunteer_points.types.volunteers import Volunteer, VolunteerTeam


@table_type(
    models.VolunteerOrder,
    access=requires(permissions.READ_ORDERS),
    description="Volunteer order (点单): a need that a community or resident puts up, taken by a team (接单) "
    "or offered to one (派单), claimed by its members (领单), and shown when done (晒单).",
)
class VolunteerOrder(Node):
    """An order."""

    title: str = column("Title (标题).")
    need: str = column("What is needed (需求).")
    place: str = column("Where (地点).")
    grid: Grid = related("grid_id", "Whose need it is (网格).")
    service_class: str = column("Class of service (服务类别), a key of the district's settings.")
    circumstance: str = column("Circumstance (情形), a key of the district's settings.")
    dangerous: bool = column("Whether it is dangerous (危险) and so open to adults only.")
    starts_at: datetime = column("When it starts (开始时间).")
    ends_at: datetime = column("When it ends (结束时间).")
    needed: int = column("How many volunteers are needed (需要人数).")
    claimed: int = column("How many have claimed it (已领人数).")
    minutes_reported: int = column("Minutes that its volunteers have reported in all (已报时长).")
    state: OrderState = column("Where it stands (状态).")
    placed_by: Person | None = related(
        "placed_by_id", "Resident who asked (点单人); null for the community and outside the caller's scope."
    )
    team: VolunteerTeam | None = related("team_id", "Team that took it (接单队伍).")
    taken_at: datetime | None = column("When the team took it (接单时间).")
    finished_at: datetime | None = column("When the service was done (完成时间).")
    offers: list["OrderOffer"] = related_list(
        models.OrderOffer.order_id, "Offers to teams (派单).", order_by=models.OrderOffer.created_at
    )
    claims: Connection["OrderClaim"] = connection(
        "Claims (领单) within the caller's scope.", via=models.OrderClaim.order_id
    )

    showcase: Optional["OrderShowcase"] = related_one(
        models.OrderShowcase.order_id, "What is shown of the result (晒单), once it is."
    )


@table_type(
    models.OrderOffer,
    access=requires(permissions.READ_ORDERS),
    description="Offer of an order to a team (派单). It asks; only the team's acceptance makes it work.",
)
class OrderOffer(Node):
    """An offer."""

    order: VolunteerOrder = related("order_id", "The order.")
    team: VolunteerTeam = related("team_id", "The team that is asked.")
    state: OfferState = column("What became of it (状态).")
    created_at: datetime = column("When it was made (派单时间).")
    answered_at: datetime | None = column("When the team answered (答复时间).")
    reason: str | None = column("Why the team declined (原因), if it says so.", within_scope=True)


@table_type(
    models.OrderClaim,
    access=requires(permissions.READ_VOLUNTEERS),
    description="Claim of an order by a member of its team (领单).",
)
class OrderClaim(Node):
    """A claim."""

    order: VolunteerOrder = related("order_id", "The order.")
    volunteer: Volunteer | None = related("volunteer_id", "Who claims; null outside the caller's grids.")
    state: ClaimState = column("Whether it stands (状态).")
    created_at: datetime = column("When it was made (领单时间).")


@table_type(
    models.OrderShowcase,
    access=requires(permissions.READ_ORDERS),
    description="Showcase of an order's result (晒单), for everyone in the district.",
)
class OrderShowcase(Node):
    """A showcase."""

    order: VolunteerOrder = related("order_id", "The order.")
    grid: Grid = related("grid_id", "Whose need it was (网格).")
    headline: str = column("Headline (标题).")
    story: str = column("What was done (内容); names no resident.")
    shown_at: datetime = column("Since when it is shown (晒单时间).")


@filter_type(models.VolunteerOrder, "Which orders to list. Several conditions hold together.")
class VolunteerOrderFilter(Filter):
    """Conditions on orders."""

    state: EnumMatch[OrderState] | None = match("state", "Where they stand (状态).")
    starts_at: DateTimeMatch | None = match("starts_at", "When they start (开始时间).")
    team: IdMatch | None = match("team_id", "Team that took them (接单队伍).")
    placed_by: IdMatch | None = match("placed_by_id", "Resident who asked (点单人).", of=base.Person)
    dangerous: BooleanMatch | None = match("dangerous", "Whether they are dangerous (危险).")
    within: ID | None = match_by(within_grid(models.VolunteerOrder), "This grid (网格) or one below it.")


@order_type(models.VolunteerOrder, "Order of volunteer orders.")
class VolunteerOrderOrdering(Enum):
    """Orders of orders."""

    STARTS_AT_ASC = "starts_at"
    STARTS_AT_DESC = "-starts_at"


@filter_type(models.OrderShowcase, "Which showcases to list. Several conditions hold together.")
class OrderShowcaseFilter(Filter):
    """Conditions on showcases."""

    shown_at: DateTimeMatch | None = match("shown_at", "Since when they are shown (晒单时间).")
    within: ID | None = match_by(within_grid(models.OrderShowcase), "This grid (网格) or one below it.")


@order_type(models.OrderShowcase, "Order of showcases.")
class OrderShowcaseOrdering(Enum):
    """Orders of showcases."""

    SHOWN_AT_ASC = "shown_at"
    SHOWN_AT_DESC = "-shown_at"
