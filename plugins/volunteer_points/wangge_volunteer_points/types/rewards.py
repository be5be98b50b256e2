"""Rewards, sponsorships and redemptions, and how they are found."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Optional

from wangge import (
    ID,
    DateMatch,
    EnumMatch,
    Filter,
    IdMatch,
    IntMatch,
    Node,
    StringMatch,
    column,
    filter_type,
    match,
    match_by,
    money,
    order_type,
    related,
    requires,
    table_type,
)
from wangge_schema import Grid, Organization
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.rules.rewards import RedemptionState, RewardKind, RewardState
from wangge_volunteer_points.types.places import within_grid
from wangge_volunteer_points.types.volunteers import Volunteer


@table_type(
    models.Reward,
    access=requires(permissions.READ_REWARDS),
    description="Reward (兑换品): something that points buy.",
)
class Reward(Node):
    """A reward."""

    title: str = column("Title (名称).")
    description: str = column("What one gets (说明).")
    grid: Grid = related("grid_id", "Who gives it (网格).")
    kind: RewardKind = column("Kind (类型).")
    state: RewardState = column("Whether it can be redeemed (状态).")
    cost: int = column("Points for one (所需积分).")
    stock: int = column("How many are left (库存).")
    daily_limit: int | None = column("How many may go on one day (每日限量); null sets no limit.")
    credit: Decimal | None = money(
        "credit_fen", "Credit on the property fee in yuan (抵扣金额), for that kind."
    )
    parking_hours: int | None = column("Hours in a parking space (车位小时), for that kind.")
    sponsorship: Optional["Sponsorship"] = related(
        "sponsorship_id", "Sponsorship behind a fee credit (赞助协议); null outside the caller's grids."
    )


@table_type(
    models.Sponsorship,
    access=requires(permissions.READ_SPONSORSHIPS),
    description="Sponsorship (赞助协议): a property firm's signed agreement to grant fee credits.",
)
class Sponsorship(Node):
    """A sponsorship."""

    organization: Organization = related("organization_id", "The firm (物业公司).")
    grid: Grid = related("grid_id", "Where it holds (网格).")
    agreement_number: str = column("Number of the agreement (协议编号).")
    signed_on: date | None = column("Day of signing (签署日期); until then nothing is credited.")
    valid_from: date = column("First day (生效日期).")
    valid_to: date = column("Last day (截止日期).")


@table_type(
    models.Redemption,
    access=requires(permissions.READ_REDEMPTIONS),
    description="Redemption (兑换): points set aside for a reward, then spent for good or given back.",
)
class Redemption(Node):
    """A redemption."""

    reward: Reward = related("reward_id", "The reward.")
    volunteer: Volunteer | None = related("volunteer_id", "Who redeems; null outside the caller's grids.")
    grid: Grid = related("grid_id", "Who gives the reward (网格).")
    points: int = column("Points it costs (积分).")
    state: RedemptionState = column("Where it stands (状态).")
    reserved_on: date = column("Day of the reservation (预留日期).")
    held_until: date = column("Last day to pick it up (保留至).")
    settled_at: datetime | None = column("When it was confirmed or released (办结时间).")
    release_reason: str | None = column("Why it was given up (释放原因).")
    bill: Decimal | None = money(
        "bill_fen", "Property-fee bill the credit was set against, in yuan (账单金额)."
    )
    credit_reference: str | None = column("What the billing programme calls the credit (抵扣凭证号).")


@filter_type(models.Reward, "Which rewards to list. Several conditions hold together.")
class RewardFilter(Filter):
    """Conditions on rewards."""

    kind: EnumMatch[RewardKind] | None = match("kind", "Kind (类型).")
    state: EnumMatch[RewardState] | None = match("state", "Whether they can be redeemed (状态).")
    cost: IntMatch | None = match("cost", "Points for one (所需积分).")
    within: ID | None = match_by(within_grid(models.Reward), "This grid (网格) or one below it.")


@order_type(models.Reward, "Order of rewards.")
class RewardOrdering(Enum):
    """Orders of rewards."""

    COST_ASC = "cost"
    COST_DESC = "-cost"


@filter_type(models.Redemption, "Which redemptions to list. Several conditions hold together.")
class RedemptionFilter(Filter):
    """Conditions on redemptions."""

    state: EnumMatch[RedemptionState] | None = match("state", "Where they stand (状态).")
    reward: IdMatch | None = match("reward_id", "The reward.")
    volunteer: IdMatch | None = match("volunteer_id", "Who redeems.")
    reserved_on: DateMatch | None = match("reserved_on", "Day of the reservation (预留日期).")
    held_until: DateMatch | None = match("held_until", "Last day to pick it up (保留至).")
    within: ID | None = match_by(within_grid(models.Redemption), "This grid (网格) or one below it.")


@order_type(models.Redemption, "Order of redemptions.")
class RedemptionOrdering(Enum):
    """Orders of redemptions."""

    RESERVED_ON_ASC = "reserved_on"
    RESERVED_ON_DESC = "-reserved_on"


@filter_type(models.Sponsorship, "Which sponsorships to list. Several conditions hold together.")
class SponsorshipFilter(Filter):
    """Conditions on sponsorships."""

    organization: IdMatch | None = match("organization_id", "The firm (物业公司).")
    agreement_number: StringMatch | None = match("agreement_number", "Number of the agreement (协议编号).")
    within: ID | None = match_by(within_grid(models.Sponsorship), "This grid (网格) or one below it.")
