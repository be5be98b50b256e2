"""Inputs and payloads of changes to rewards, sponsorships and redemptions."""

from datetime import date
from decimal import Decimal

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_volunteer_points.rules.rewards import RewardKind
from wangge_volunteer_points.types import enums as enums
from wangge_volunteer_points.types.rewards import Redemption, Reward, Sponsorship


@input_type("A reward to draft (创建兑换品).")
class CreateRewardInput(Input):
    """Input of createReward."""

    grid: ID = argument("Who gives it (网格).")
    title: str = argument("Title (名称).")
    description: str = argument("What one gets (说明).")
    kind: RewardKind = argument("Kind (类型).")
    cost: int = argument("Points for one (所需积分).")
    stock: int = argument("How many there are (库存).")
    daily_limit: int | None = argument("How many may go on one day (每日限量).", default=None)
    credit: Decimal | None = argument("Fee credit in yuan (抵扣金额), for that kind alone.", default=None)
    parking_hours: int | None = argument("Parking hours (车位小时), for that kind alone.", default=None)
    sponsorship: ID | None = argument("Sponsorship behind a fee credit (赞助协议).", default=None)


@payload_type("Answer of createReward.")
class CreateRewardPayload(Payload):
    """Payload of createReward."""

    reward: Reward | None = column("The reward.", default=None)


@input_type("Which reward can be redeemed from now on (上架).")
class OfferRewardInput(Input):
    """Input of offerReward."""

    reward: ID = argument("The reward.")


@payload_type("Answer of offerReward.")
class OfferRewardPayload(Payload):
    """Payload of offerReward."""

    reward: Reward | None = column("The reward.", default=None)


@input_type("Which reward is offered no more (下架).")
class EndRewardInput(Input):
    """Input of endReward."""

    reward: ID = argument("The reward.")


@payload_type("Answer of endReward.")
class EndRewardPayload(Payload):
    """Payload of endReward."""

    reward: Reward | None = column("The reward.", default=None)


@input_type("How a reward's stock changes (调整库存).")
class ChangeRewardStockInput(Input):
    """Input of changeRewardStock."""

    reward: ID = argument("The reward.")
    by: int = argument("How many come in, or go out where negative (增减数量).")


@payload_type("Answer of changeRewardStock.")
class ChangeRewardStockPayload(Payload):
    """Payload of changeRewardStock."""

    reward: Reward | None = column("The reward.", default=None)


@input_type("A firm's agreement to grant fee credits (赞助协议).")
class RecordSponsorshipInput(Input):
    """Input of recordSponsorship."""

    grid: ID = argument("Where it holds (网格).")
    organization: ID = argument("The firm (物业公司).")
    agreement_number: str = argument("Number of the agreement (协议编号).")
    signed_on: date | None = argument("Day of signing (签署日期), once signed.", default=None)
    valid_from: date = argument("First day (生效日期).")
    valid_to: date = argument("Last day (截止日期).")


@payload_type("Answer of recordSponsorship.")
class RecordSponsorshipPayload(Payload):
    """Payload of recordSponsorship."""

    sponsorship: Sponsorship | None = column("The sponsorship.", default=None)


@input_type("That a firm has signed (签署).")
class SignSponsorshipInput(Input):
    """Input of signSponsorship."""

    sponsorship: ID = argument("The sponsorship.")
    signed_on: date = argument("Day of signing (签署日期).")


@payload_type("Answer of signSponsorship.")
class SignSponsorshipPayload(Payload):
    """Payload of signSponsorship."""

    sponsorship: Sponsorship | None = column("The sponsorship.", default=None)


@input_type("Which reward the caller redeems (兑换).")
class RedeemRewardInput(Input):
    """Input of redeemReward."""

    reward: ID = argument("The reward.")


@payload_type("Answer of redeemReward.")
class RedeemRewardPayload(Payload):
    """Payload of redeemReward."""

    redemption: Redemption | None = column("The redemption, reserved until its last day.", default=None)


@input_type("Which redemption is handed out (核销).")
class ConfirmRedemptionInput(Input):
    """Input of confirmRedemption."""

    redemption: ID = argument("The redemption.")
    bill: Decimal | None = argument(
        "The open property-fee bill in yuan (账单金额), where no billing programme knows it.",
        default=None,
    )


@payload_type("Answer of confirmRedemption.")
class ConfirmRedemptionPayload(Payload):
    """Payload of confirmRedemption."""

    redemption: Redemption | None = column("The redemption.", default=None)


@input_type("Which redemption is given up (释放).")
class ReleaseRedemptionInput(Input):
    """Input of releaseRedemption."""

    redemption: ID = argument("The redemption.")
    reason: str | None = argument("Why (原因).", default=None)


@payload_type("Answer of releaseRedemption.")
class ReleaseRedemptionPayload(Payload):
    """Payload of releaseRedemption."""

    redemption: Redemption | None = column("The redemption.", default=None)
