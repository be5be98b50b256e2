"""Inputs and payloads of the five verbs: placing, offering and taking, claiming, showing orders."""

from datetime import datetime

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_volunteer_points.types.orders import OrderClaim, OrderOffer, OrderShowcase, VolunteerOrder


@input_type("A need to put up (点单).")
class PlaceVolunteerOrderInput(Input):
    """Input of placeVolunteerOrder."""

    grid: ID | None = argument(
        "Whose need it is (网格), for staff; residents leave it out: it is where they live.", default=None
    )
    title: str = argument("Title (标题).")
    need: str = argument("What is needed (需求); no names, everyone can read it.")
    place: str = argument("Where (地点).")
    starts_at: datetime = argument("When it starts (开始时间).")
    ends_at: datetime = argument("When it ends (结束时间).")
    needed: int = argument("How many volunteers are needed (需要人数).", default=1)
    service_class: str = argument(
        "Class of service (服务类别), a key of the district's settings.", default="general"
    )
    circumstance: str = argument("Circumstance (情形), a key of the district's settings.", default="ordinary")
    dangerous: bool = argument("Whether it is dangerous (危险) and so open to adults only.", default=False)


@payload_type("Answer of placeVolunteerOrder.")
class PlaceVolunteerOrderPayload(Payload):
    """Payload of placeVolunteerOrder."""

    order: VolunteerOrder | None = column("The order.", default=None)


@input_type("Which team to ask (派单). The team decides.")
class OfferVolunteerOrderInput(Input):
    """Input of offerVolunteerOrder."""

    order: ID = argument("The order.")
    team: ID = argument("The team that is asked.")


@payload_type("Answer of offerVolunteerOrder.")
class OfferVolunteerOrderPayload(Payload):
    """Payload of offerVolunteerOrder."""

    offer: OrderOffer | None = column("The offer.", default=None)


@input_type("Which order a team takes (接单), offered to it or not.")
class AcceptVolunteerOrderInput(Input):
    """Input of acceptVolunteerOrder."""

    order: ID = argument("The order.")
    team: ID = argument("The team, which the caller leads.")


@payload_type("Answer of acceptVolunteerOrder.")
class AcceptVolunteerOrderPayload(Payload):
    """Payload of acceptVolunteerOrder."""

    order: VolunteerOrder | None = column("The order.", default=None)


@input_type("Which offer a team declines (婉拒派单).")
class DeclineVolunteerOrderInput(Input):
    """Input of declineVolunteerOrder."""

    order: ID = argument("The order.")
    team: ID = argument("The team, which the caller leads.")
    reason: str | None = argument("Why (原因); none is owed.", default=None)


@payload_type("Answer of declineVolunteerOrder.")
class DeclineVolunteerOrderPayload(Payload):
    """Payload of declineVolunteerOrder."""

    offer: OrderOffer | None = column("The offer.", default=None)


@input_type("Which order the caller claims (领单).")
class ClaimVolunteerOrderInput(Input):
    """Input of claimVolunteerOrder."""

    order: ID = argument("The order, taken by a team of the caller.")


@payload_type("Answer of claimVolunteerOrder.")
class ClaimVolunteerOrderPayload(Payload):
    """Payload of claimVolunteerOrder."""

    claim: OrderClaim | None = column("The claim.", default=None)


@input_type("Which claim the caller gives back (退单).")
class ReleaseOrderClaimInput(Input):
    """Input of releaseOrderClaim."""

    order: ID = argument("The order.")


@payload_type("Answer of releaseOrderClaim.")
class ReleaseOrderClaimPayload(Payload):
    """Payload of releaseOrderClaim."""

    claim: OrderClaim | None = column("The claim.", default=None)


@input_type("Which order is done (完成).")
class FinishVolunteerOrderInput(Input):
    """Input of finishVolunteerOrder."""

    order: ID = argument("The order.")


@payload_type("Answer of finishVolunteerOrder.")
class FinishVolunteerOrderPayload(Payload):
    """Payload of finishVolunteerOrder."""

    order: VolunteerOrder | None = column("The order.", default=None)


@input_type("Which order is taken back (撤单).")
class CancelVolunteerOrderInput(Input):
    """Input of cancelVolunteerOrder."""

    order: ID = argument("The order.")


@payload_type("Answer of cancelVolunteerOrder.")
class CancelVolunteerOrderPayload(Payload):
    """Payload of cancelVolunteerOrder."""

    order: VolunteerOrder | None = column("The order.", default=None)


@input_type("What to show of an order's result (晒单).")
class ShowVolunteerOrderInput(Input):
    """Input of showVolunteerOrder."""

    order: ID = argument("The order, which is done.")
    headline: str = argument("Headline (标题).")
    story: str = argument("What was done (内容); names no resident.")


@payload_type("Answer of showVolunteerOrder.")
class ShowVolunteerOrderPayload(Payload):
    """Payload of showVolunteerOrder."""

    showcase: OrderShowcase | None = column("The showcase.", default=None)
