"""What the programme does on events of other packages."""

from wangge import Event, EventHandler, RequestContext
from wangge_volunteer_points.services.deaths import settle_death


async def on_death(ctx: RequestContext, event: Event) -> None:
    """Translate for `deaths.settle_death`."""
    if event.subject_id is not None:
        await settle_death(ctx, person_id=event.subject_id)


HANDLERS = (
    EventHandler(
        key="settle_deaths",
        types=("base.person.died",),
        handle=on_death,
        description="Ends what a volunteer who died had still to come: places in shifts, reserved rewards.",
    ),
)
"""For the hook `event_handlers`."""
