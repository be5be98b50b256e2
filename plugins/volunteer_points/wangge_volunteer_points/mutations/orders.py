"""Root mutation fields of the five verbs: 点单·接单/派单·领单·晒单."""

from typing import cast

from wangge import Info, Mutation, decode_id, extends, mutation, optional_id, requires
from wangge_schema import Grid
from wangge_volunteer_points import permissions
from wangge_volunteer_points.rules.activities import Period
from wangge_volunteer_points.services import answers, orders
from wangge_volunteer_points.services.plans import ServicePlan
from wangge_volunteer_points.types.order_changes import (
    AcceptVolunteerOrderInput,
    AcceptVolunteerOrderPayload,
    CancelVolunteerOrderInput,
    CancelVolunteerOrderPayload,
    ClaimVolunteerOrderInput,
    ClaimVolunteerOrderPayload,
    DeclineVolunteerOrderInput,
    DeclineVolunteerOrderPayload,
    FinishVolunteerOrderInput,
    FinishVolunteerOrderPayload,
    OfferVolunteerOrderInput,
    OfferVolunteerOrderPayload,
    PlaceVolunteerOrderInput,
    PlaceVolunteerOrderPayload,
    ReleaseOrderClaimInput,
    ReleaseOrderClaimPayload,
    ShowVolunteerOrderInput,
    ShowVolunteerOrderPayload,
)
from wangge_volunteer_points.types.orders import OrderClaim, OrderOffer, OrderShowcase, VolunteerOrder
from wangge_volunteer_points.types.volunteers import VolunteerTeam

_join = requires(permissions.JOIN)
_place = requires(permissions.PLACE_ORDERS)


@extends(Mutation)
class OrderMutations:
    """Orders, from placing to showing."""

    @mutation(access=_place, description="Put up a need (点单), as staff for a grid or as a resident.")
    async def place_volunteer_order(
        self, info: Info, input: PlaceVolunteerOrderInput
    ) -> PlaceVolunteerOrderPayload:
        """Translate for `orders.place_order`."""
        order = await orders.place_order(
            info.context,
            grid_id=optional_id(Grid, input.grid, ("grid",)),
            plan=ServicePlan(
                title=input.title,
                content=input.need,
                place=input.place,
                service_class=input.service_class,
                circumstance=input.circumstance,
                dangerous=input.dangerous,
            ),
            period=Period(input.starts_at, input.ends_at),
            needed=input.needed,
        )
        return PlaceVolunteerOrderPayload(order=cast(VolunteerOrder, order))

    @mutation(
        access=requires(permissions.OFFER_ORDERS),
        description="Offer an order to a team (派单). It asks; only the team's acceptance makes it work.",
    )
    async def offer_volunteer_order(
        self, info: Info, input: OfferVolunteerOrderInput
    ) -> OfferVolunteerOrderPayload:
        """Translate for `orders.offer_order`."""
        offer = await orders.offer_order(
            info.context,
            order_id=decode_id(VolunteerOrder, input.order, ("order",)),
            team_id=decode_id(VolunteerTeam, input.team, ("team",)),
        )
        return OfferVolunteerOrderPayload(offer=cast(OrderOffer, offer))

    @mutation(access=_join, description="Take an order for the team one leads (接单), offered or not.")
    async def accept_volunteer_order(
        self, info: Info, input: AcceptVolunteerOrderInput
    ) -> AcceptVolunteerOrderPayload:
        """Translate for `answers.accept_order`."""
        order = await answers.accept_order(
            info.context,
            order_id=decode_id(VolunteerOrder, input.order, ("order",)),
            team_id=decode_id(VolunteerTeam, input.team, ("team",)),
        )
        return AcceptVolunteerOrderPayload(order=cast(VolunteerOrder, order))

    @mutation(access=_join, description="Decline an offer for the team one leads (婉拒派单).")
    async def decline_volunteer_order(
        self, info: Info, input: DeclineVolunteerOrderInput
    ) -> DeclineVolunteerOrderPayload:
        """Translate for `answers.decline_order`."""
        offer = await answers.decline_order(
            info.context,
            order_id=decode_id(VolunteerOrder, input.order, ("order",)),
            team_id=decode_id(VolunteerTeam, input.team, ("team",)),
            reason=input.reason,
        )
        return DeclineVolunteerOrderPayload(offer=cast(OrderOffer, offer))

    @mutation(access=_join, description="Claim an order that one's team took (领单).")
    async def claim_volunteer_order(
        self, info: Info, input: ClaimVolunteerOrderInput
    ) -> ClaimVolunteerOrderPayload:
        """Translate for `answers.claim_order`."""
        order_id = decode_id(VolunteerOrder, input.order, ("order",))
        return ClaimVolunteerOrderPayload(
            claim=cast(OrderClaim, await answers.claim_order(info.context, order_id=order_id))
        )

    @mutation(access=_join, description="Give one's claim of an order back (退单).")
    async def release_order_claim(
        self, info: Info, input: ReleaseOrderClaimInput
    ) -> ReleaseOrderClaimPayload:
        """Translate for `answers.release_claim`."""
        order_id = decode_id(VolunteerOrder, input.order, ("order",))
        return ReleaseOrderClaimPayload(
            claim=cast(OrderClaim, await answers.release_claim(info.context, order_id=order_id))
        )

    @mutation(access=_place, description="Say that an order is done (完成): who placed it, or staff.")
    async def finish_volunteer_order(
        self, info: Info, input: FinishVolunteerOrderInput
    ) -> FinishVolunteerOrderPayload:
        """Translate for `orders.finish_order`."""
        order_id = decode_id(VolunteerOrder, input.order, ("order",))
        return FinishVolunteerOrderPayload(
            order=cast(VolunteerOrder, await orders.finish_order(info.context, order_id=order_id))
        )

    @mutation(access=_place, description="Take an order back (撤单): who placed it, or staff.")
    async def cancel_volunteer_order(
        self, info: Info, input: CancelVolunteerOrderInput
    ) -> CancelVolunteerOrderPayload:
        """Translate for `orders.cancel_order`."""
        order_id = decode_id(VolunteerOrder, input.order, ("order",))
        return CancelVolunteerOrderPayload(
            order=cast(VolunteerOrder, await orders.cancel_order(info.context, order_id=order_id))
        )

    @mutation(
        access=requires(permissions.SHOW_ORDERS), description="Show the result of an order to all (晒单)."
    )
    async def show_volunteer_order(
        self, info: Info, input: ShowVolunteerOrderInput
    ) -> ShowVolunteerOrderPayload:
        """Translate for `orders.show_order`."""
        showcase = await orders.show_order(
            info.context,
            order_id=decode_id(VolunteerOrder, input.order, ("order",)),
            headline=input.headline,
            story=input.story,
        )
        return ShowVolunteerOrderPayload(showcase=cast(OrderShowcase, showcase))
