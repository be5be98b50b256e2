"""A worker is killed at every commit of its work: nothing is lost, and effects happen once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from wangge import AuditEntry
from wangge.background.models import HandlerCursor, Job
from wangge.events.outbox import OutboxEvent
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, World
from wangge_schema import models as base
from wangge_schema.people.rules import DocumentType
from wangge_volunteer_points.models import Volunteer
from wangge_volunteer_points.rules.volunteers import VolunteerState

from .children import KILLED, Moment, Nursery
from .tally import Tally

COMMUNITY = "370703001001"
MOST_COMMITS = 40
"""More than a worker makes for an event; the last one that is tried does not come."""


async def volunteer_dies(district: TestDistrict) -> UUID:
    """Let a volunteer die, so that the programme's handler has something to do; return their key."""
    async with district.committed() as ctx:
        grid_id = await ctx.db.scalar(select(base.Grid.id).where(base.Grid.code == COMMUNITY))
        person = base.Person(name="陈安", document_type=DocumentType.NONE, grid_id=grid_id)
        ctx.db.add(person)
        await ctx.db.flush()
        volunteer = Volunteer(person_id=person.id, grid_id=grid_id, registered_on=ctx.today)
        ctx.db.add(volunteer)
        ctx.emit("base.person.died", subject=person, grid_id=grid_id)
    return volunteer.id


async def let_leases_end(district: TestDistrict) -> None:
    """Let the minute pass for which a dead process keeps what it held."""
    async with district.committed() as ctx:
        for model in (HandlerCursor, Job):
            held = update(model).where(model.lease.is_not(None))
            await ctx.db.execute(held.values(leased_until=datetime.now(UTC) - timedelta(seconds=1)))


async def effects(district: TestDistrict, volunteer_id: UUID) -> tuple[VolunteerState, int]:
    """Return how a volunteer stands, and how often that was put on the record."""
    withdrawn = select(func.count()).where(
        AuditEntry.action == "volunteer_points.volunteer.withdrawn", AuditEntry.subject_id == volunteer_id
    )
    async with district.context() as ctx:
        volunteer = await ctx.db.must_get(Volunteer, volunteer_id)
        return volunteer.state, int(await ctx.db.scalar(withdrawn))


async def is_up_to_date(district: TestDistrict) -> bool:
    """Say whether the handler is at the newest event."""
    async with district.context() as ctx:
        newest = await ctx.db.scalar(select(func.max(OutboxEvent.number)))
        return [newest] == await ctx.db.scalars(select(HandlerCursor.number))


async def test_a_worker_killed_at_a_commit_is_followed_and_effects_happen_once(
    world: World, district: TestDistrict, nursery: Nursery, tally: Tally
) -> None:
    fault = f"SIGKILL of a worker at a commit, {world.backend}"
    words = ("worker", "--once", "--district", DISTRICT)
    assert nursery.run(world.settings, *words).code == 0
    for number in range(1, MOST_COMMITS):
        for moment in ("before", "after"):
            volunteer_id = await volunteer_dies(district)
            tally.tried(fault)

            first = nursery.run(world.settings, *words, fault=Moment("commit", number, moment))

            if first.code != KILLED:
                assert first.code == 0, first.output
                assert number > 3, "taking, handling and giving back are commits of their own"
                return
            assert await effects(district, volunteer_id) in [
                (VolunteerState.ACTIVE, 0),
                (VolunteerState.WITHDRAWN, 1),
            ]
            await let_leases_end(district)
            assert nursery.run(world.settings, *words).code == 0
            assert await effects(district, volunteer_id) == (VolunteerState.WITHDRAWN, 1)
            assert await is_up_to_date(district)
            tally.survived(fault)
    raise AssertionError("The worker makes more commits than were tried.")
