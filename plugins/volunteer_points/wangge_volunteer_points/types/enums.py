"""Enums of the programme, described for the API; the members themselves belong to the rules."""

from wangge import graphql_enum
from wangge_volunteer_points.rules.activities import ActivityState, SignupState
from wangge_volunteer_points.rules.ledger import Book, TransferKind
from wangge_volunteer_points.rules.orders import ClaimState, OfferState, OrderState
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.rules.rewards import RedemptionState, RewardKind, RewardState
from wangge_volunteer_points.rules.volunteers import VolunteerState

graphql_enum(
    VolunteerState,
    "State of a volunteer (志愿者状态).",
    ACTIVE="Takes part.",
    WITHDRAWN="Has withdrawn of their own will; hours and points are kept.",
)
graphql_enum(
    OrderState,
    "Where an order stands (订单状态).",
    PLACED="Placed (点单): no team has taken it.",
    TAKEN="Taken by a team (接单): its members may claim it.",
    CLAIMED="Claimed by at least one member (领单).",
    DONE="The service is done.",
    SHOWN="The result is shown to everyone (晒单).",
    CANCELLED="Taken back.",
)
graphql_enum(
    OfferState,
    "What became of an offer (派单状态). An offer binds nobody until its team accepts.",
    OPEN="The team has not answered.",
    ACCEPTED="The team has taken the order.",
    DECLINED="The team has declined.",
    LAPSED="Another team has taken the order.",
)
graphql_enum(
    ClaimState,
    "Whether a claim stands (领单状态).",
    CLAIMED="It stands.",
    RELEASED="The volunteer has given it back.",
)
graphql_enum(
    ActivityState,
    "State of an activity (活动状态).",
    DRAFT="Not open for sign-up yet.",
    PUBLISHED="Open for sign-up and check-in.",
    CLOSED="Over.",
    CANCELLED="Called off.",
)
graphql_enum(
    SignupState,
    "State of a sign-up for a shift (报名状态).",
    SIGNED_UP="Holds a place.",
    CHECKED_IN="Has arrived (签到).",
    CHECKED_OUT="Has left (签退); the hours are recorded.",
    CANCELLED="Has given the place back.",
)
graphql_enum(
    RecordState,
    "State of a service record (服务记录状态).",
    PENDING="Awaits the confirmation of one side or both.",
    CONFIRMED="Confirmed by both sides; its points are earned.",
    VOIDED="Found wrong; its points are taken back.",
)
graphql_enum(
    Book,
    "Book of a points account (账目).",
    AVAILABLE="What the volunteer can spend.",
    RESERVED="What is set aside for redemptions.",
    DEBT="What was spent of points that turned out void; comes off the next points.",
    ISSUED="Where points come from: the community.",
    REDEEMED="Points spent on rewards.",
    EXPIRED="Points that ran out unused.",
)
graphql_enum(
    TransferKind,
    "Why points moved (积分变动类型).",
    EARN="Earned by confirmed service.",
    RESERVE="Set aside for a redemption.",
    RELEASE="Given back from a redemption.",
    REDEEM="Spent for good.",
    EXPIRE="Ran out unused.",
    REVERSE="Taken back, as the record was voided.",
)
graphql_enum(
    RewardKind,
    "Kind of a reward (兑换类型).",
    PROPERTY_FEE_CREDIT="Credit on the property fee (物业费抵扣), sponsored by the firm.",
    PARKING_HOURS="Hours in a parking space (车位时长).",
    GOODS="Goods (物品).",
)
graphql_enum(
    RewardState,
    "State of a reward (兑换品状态).",
    DRAFT="Not offered yet.",
    OFFERED="Can be redeemed.",
    ENDED="Offered no more.",
)
graphql_enum(
    RedemptionState,
    "State of a redemption (兑换状态).",
    RESERVED="Points and item are set aside until the last day.",
    CONFIRMED="Handed out; the points are spent.",
    RELEASED="Given up; points and item went back.",
)
