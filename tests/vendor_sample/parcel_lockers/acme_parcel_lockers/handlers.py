"""What the programme does on events of the base."""

from acme_parcel_lockers.services.lockers import recount_cells
from acme_parcel_lockers.services.parcels import return_parcels_of
from wangge import Event, EventHandler, RequestContext


async def on_death(ctx: RequestContext, event: Event) -> None:
    """Translate for `parcels.return_parcels_of`."""
    if event.subject_id is not None:
        await return_parcels_of(ctx, person_id=event.subject_id, because="recipient died")


async def on_erasure(ctx: RequestContext, event: Event) -> None:
    """Translate for `lockers.recount_cells`: the parcels of a person who was erased are gone."""
    await recount_cells(ctx)


HANDLERS = (
    EventHandler(
        key="return_parcels_of_the_dead",
        types=("base.person.died",),
        handle=on_death,
        description="Sends what waits for somebody who died back to its carriers.",
    ),
    EventHandler(
        key="recount_after_erasure",
        types=("base.person.erased",),
        handle=on_erasure,
        description="Counts the free cells of lockers anew when somebody's parcels were erased.",
    ),
)
"""For the hook `event_handlers`."""
