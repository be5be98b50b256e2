"""Rows of volunteer points: volunteers, accounts, teams, members and service records, from a seed."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from tests.benchmarks.data.places import ADDRESS, Grid
from tests.benchmarks.data.residents import PERSON, homes
from tests.benchmarks.data.shape import SEED, SEEDED_AT, Shape, row_id

VOLUNTEER, ACCOUNT, TEAM, MEMBER, RECORD = 6, 7, 8, 9, 10
_STAMPS = ("created_at", "updated_at")
_TITLES = ("义诊", "义剪", "法律咨询", "邻里调解", "清扫楼道", "陪伴老人", "爱心义卖")
_MOST_RECORDS = 6
_FIRST_DAY = date(2025, 1, 1)

VOLUNTEER_COLUMNS = ("id", "person_id", "state", "registered_on", *ADDRESS, *_STAMPS)
ACCOUNT_COLUMNS = ("id", "volunteer_id", "person_id", "available", "reserved", "debt", *ADDRESS, *_STAMPS)
TEAM_COLUMNS = ("id", "name", "purpose", *ADDRESS, *_STAMPS)
MEMBER_COLUMNS = ("id", "team_id", "volunteer_id", "person_id", "since", *ADDRESS)
RECORD_COLUMNS = (
    *("id", "volunteer_id", "person_id", "title", "place", "service_class", "circumstance", "served_on"),
    *("started_at", "ended_at", "minutes_served", "minutes_counted", "points", "state"),
    *("volunteer_confirmed_at", "organiser_confirmed_at"),
    *ADDRESS,
    *_STAMPS,
)


def volunteers(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of volunteers: the head of every household."""
    for home, building in homes(shape, buildings):
        registered = _FIRST_DAY + timedelta(days=home % 300)
        yield (
            *(row_id(VOLUNTEER, home), row_id(PERSON, home * shape.people), "ACTIVE", registered),
            *building.address,
            *(SEEDED_AT, SEEDED_AT),
        )


def accounts(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of points accounts; each holds what the volunteer's records earned."""
    for home, building in homes(shape, buildings):
        earned = sum(points for _, _, points in _served(home))
        person = row_id(PERSON, home * shape.people)
        yield (
            *(row_id(ACCOUNT, home), row_id(VOLUNTEER, home), person, earned, 0, 0),
            *building.address,
            *(SEEDED_AT, SEEDED_AT),
        )


def teams(compounds: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of teams, one in each compound."""
    for place, compound in enumerate(compounds):
        yield (
            *(row_id(TEAM, place), f"红小二{place + 1}队", "敲门问需、代办跑腿"),
            *compound.address,
            *(SEEDED_AT, SEEDED_AT),
        )


def members(
    shape: Shape, buildings: Sequence[Grid], compounds: Sequence[Grid]
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of members: each volunteer in the team of the compound, every other in the next too."""
    index = 0
    for home, building in homes(shape, buildings):
        own = home // (shape.dwellings * shape.buildings)
        for place in (own, (own + 1) % len(compounds))[: 1 + home % 2]:
            yield (
                *(row_id(MEMBER, index), row_id(TEAM, place), row_id(VOLUNTEER, home)),
                *(row_id(PERSON, home * shape.people), _FIRST_DAY),
                *building.address,
            )
            index += 1


def records(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of service records: three on average for each volunteer."""
    index = 0
    for home, building in homes(shape, buildings):
        for day, minutes, points in _served(home):
            started = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
            ended = started + timedelta(minutes=minutes)
            yield (
                *(row_id(RECORD, index), row_id(VOLUNTEER, home), row_id(PERSON, home * shape.people)),
                *(_TITLES[index % len(_TITLES)], building.name, "community", "ordinary", day),
                *(started, ended, minutes, minutes, points, "CONFIRMED", ended, ended),
                *building.address,
                *(SEEDED_AT, SEEDED_AT),
            )
            index += 1


def _served(home: int) -> list[tuple[date, int, int]]:
    """Return day, minutes and points of a volunteer's records."""
    chance = random.Random(SEED * 1_000_003 + home)
    found = []
    for _ in range(chance.randrange(_MOST_RECORDS + 1)):
        minutes = 30 * chance.randrange(1, 9)
        found.append((_FIRST_DAY + timedelta(days=chance.randrange(360)), minutes, minutes // 30))
    return found
