"""Root mutation fields of rewards, sponsorships and redemptions."""

from decimal import Decimal
from typing import cast

from wangge import (
    Info,
    InvalidValue,
    Mutation,
    authenticated,
    decode_id,
    extends,
    mutation,
    optional_id,
    requires,
)
from wangge_schema import Grid, Organization
from wangge_volunteer_points import permissions
from wangge_volunteer_points.services import redemptions, rewards
from wangge_volunteer_points.types.reward_changes import (
    ChangeRewardStockInput,
    ChangeRewardStockPayload,
    ConfirmRedemptionInput,
    ConfirmRedemptionPayload,
    CreateRewardInput,
    CreateRewardPayload,
    EndRewardInput,
    EndRewardPayload,
    OfferRewardInput,
    OfferRewardPayload,
    RecordSponsorshipInput,
    RecordSponsorshipPayload,
    RedeemRewardInput,
    RedeemRewardPayload,
    ReleaseRedemptionInput,
    ReleaseRedemptionPayload,
    SignSponsorshipInput,
    SignSponsorshipPayload,
)
from wangge_volunteer_points.types.rewards import Redemption, Reward, Sponsorship

_write = requires(permissions.WRITE_REWARDS)


_MOST_FEN = 10**9
"""Ten million yuan: no reward or bill is more."""


def _fen(yuan: Decimal | None, field: str) -> int | None:
    """Return an amount in fen; None for None.

    Raises:
        InvalidValue: the amount is negative, finer than a fen, or beyond ten million.
    """
    if yuan is None:
        return None
    fen = yuan * 100
    if not (0 <= fen <= _MOST_FEN and fen == int(fen)):
        raise InvalidValue(path=(field,), reason="give an amount in yuan with at most two decimals.")
    return int(fen)


@extends(Mutation)
class RewardMutations:
    """Keeping rewards, and redeeming them."""

    @mutation(access=_write, description="Draft a reward (创建兑换品).")
    async def create_reward(self, info: Info, input: CreateRewardInput) -> CreateRewardPayload:
        """Translate for `rewards.create_reward`."""
        reward = await rewards.create_reward(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            title=input.title,
            description=input.description,
            kind=input.kind,
            cost=input.cost,
            stock=input.stock,
            daily_limit=input.daily_limit,
            credit_fen=_fen(input.credit, "credit"),
            parking_hours=input.parking_hours,
            sponsorship_id=optional_id(Sponsorship, input.sponsorship, ("sponsorship",)),
        )
        return CreateRewardPayload(reward=cast(Reward, reward))

    @mutation(access=_write, description="Open a reward for redemption (上架).")
    async def offer_reward(self, info: Info, input: OfferRewardInput) -> OfferRewardPayload:
        """Translate for `rewards.offer_reward`."""
        reward_id = decode_id(Reward, input.reward, ("reward",))
        return OfferRewardPayload(
            reward=cast(Reward, await rewards.offer_reward(info.context, reward_id=reward_id))
        )

    @mutation(access=_write, description="Offer a reward no more (下架).")
    async def end_reward(self, info: Info, input: EndRewardInput) -> EndRewardPayload:
        """Translate for `rewards.end_reward`."""
        reward_id = decode_id(Reward, input.reward, ("reward",))
        return EndRewardPayload(
            reward=cast(Reward, await rewards.end_reward(info.context, reward_id=reward_id))
        )

    @mutation(access=_write, description="Add to a reward's stock, or take from it (调整库存).")
    async def change_reward_stock(
        self, info: Info, input: ChangeRewardStockInput
    ) -> ChangeRewardStockPayload:
        """Translate for `rewards.change_reward_stock`."""
        reward_id = decode_id(Reward, input.reward, ("reward",))
        reward = await rewards.change_reward_stock(info.context, reward_id=reward_id, by=input.by)
        return ChangeRewardStockPayload(reward=cast(Reward, reward))

    @mutation(access=_write, description="Record a firm's agreement to grant fee credits (登记赞助协议).")
    async def record_sponsorship(self, info: Info, input: RecordSponsorshipInput) -> RecordSponsorshipPayload:
        """Translate for `rewards.record_sponsorship`."""
        sponsorship = await rewards.record_sponsorship(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            organization_id=decode_id(Organization, input.organization, ("organization",)),
            agreement_number=input.agreement_number,
            signed_on=input.signed_on,
            valid_from=input.valid_from,
            valid_to=input.valid_to,
        )
        return RecordSponsorshipPayload(sponsorship=cast(Sponsorship, sponsorship))

    @mutation(access=_write, description="Note that a firm has signed its sponsorship (签署赞助协议).")
    async def sign_sponsorship(self, info: Info, input: SignSponsorshipInput) -> SignSponsorshipPayload:
        """Translate for `rewards.sign_sponsorship`."""
        sponsorship_id = decode_id(Sponsorship, input.sponsorship, ("sponsorship",))
        sponsorship = await rewards.sign_sponsorship(
            info.context, sponsorship_id=sponsorship_id, signed_on=input.signed_on
        )
        return SignSponsorshipPayload(sponsorship=cast(Sponsorship, sponsorship))

    @mutation(
        access=requires(permissions.REDEEM),
        description="Reserve a reward for oneself (兑换): its points and one item are set aside.",
    )
    async def redeem_reward(self, info: Info, input: RedeemRewardInput) -> RedeemRewardPayload:
        """Translate for `redemptions.redeem_reward`."""
        reward_id = decode_id(Reward, input.reward, ("reward",))
        redemption = await redemptions.redeem_reward(info.context, reward_id=reward_id)
        return RedeemRewardPayload(redemption=cast(Redemption, redemption))

    @mutation(
        access=requires(permissions.CONFIRM_REDEMPTIONS),
        description="Hand a reserved reward out (核销): its points are spent for good.",
    )
    async def confirm_redemption(self, info: Info, input: ConfirmRedemptionInput) -> ConfirmRedemptionPayload:
        """Translate for `redemptions.confirm_redemption`."""
        redemption = await redemptions.confirm_redemption(
            info.context,
            redemption_id=decode_id(Redemption, input.redemption, ("redemption",)),
            bill_fen=_fen(input.bill, "bill"),
        )
        return ConfirmRedemptionPayload(redemption=cast(Redemption, redemption))

    @mutation(
        access=authenticated,
        description="Give a reservation up (释放): one's own, or as staff "
        "(needs volunteer_points.redemptions.confirm). Points and item go back.",
    )
    async def release_redemption(self, info: Info, input: ReleaseRedemptionInput) -> ReleaseRedemptionPayload:
        """Translate for `redemptions.release_redemption`."""
        redemption_id = decode_id(Redemption, input.redemption, ("redemption",))
        redemption = await redemptions.release_redemption(
            info.context, redemption_id=redemption_id, reason=input.reason
        )
        return ReleaseRedemptionPayload(redemption=cast(Redemption, redemption))
