"""Events of the programme. None carries a personal value; who needs more asks for the subject."""

from wangge import EventType

EVENTS = [
    EventType("volunteer_points.volunteer.registered", "A person registered as a volunteer. No data."),
    EventType("volunteer_points.order.placed", "An order was placed (点单). No data."),
    EventType(
        "volunteer_points.order.offered", "An order was offered to a team (派单). Data: team, its key."
    ),
    EventType("volunteer_points.order.taken", "A team took an order (接单). Data: team, its key."),
    EventType("volunteer_points.order.claimed", "A volunteer claimed an order (领单). No data."),
    EventType("volunteer_points.order.finished", "The service of an order is done. No data."),
    EventType("volunteer_points.order.cancelled", "An order was taken back. No data."),
    EventType("volunteer_points.order.shown", "The result of an order is shown (晒单). No data."),
    EventType("volunteer_points.activity.published", "An activity opened for sign-up. No data."),
    EventType("volunteer_points.activity.cancelled", "An activity was called off. No data."),
    EventType(
        "volunteer_points.record.confirmed",
        "Both sides confirmed hours. Data: minutes that count, points earned.",
    ),
    EventType("volunteer_points.record.voided", "A service record was voided. No data."),
    EventType("volunteer_points.redemption.reserved", "A reward was reserved. No data."),
    EventType("volunteer_points.redemption.confirmed", "A reward was handed out. No data."),
    EventType("volunteer_points.redemption.released", "A reservation was given up. No data."),
]
