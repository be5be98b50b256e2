"""Root query fields of people."""

from wangge import Connection, Query, authenticated, by_id, connection, extends
from wangge_schema.people import models
from wangge_schema.people.types import (
    Dwelling,
    DwellingFilter,
    DwellingOrder,
    Household,
    HouseholdFilter,
    HouseholdOrder,
    Person,
    PersonFilter,
    PersonOrder,
)


@extends(Query)
class PeopleQueries:
    """People, households and dwellings within the caller's scope."""

    person: Person | None = by_id(
        models.Person, "A person (居民) within the caller's scope.", access=authenticated
    )
    people: Connection[Person] = connection(
        "People (居民) within the caller's scope.",
        where=PersonFilter,
        order_by=PersonOrder,
        access=authenticated,
    )
    household: Household | None = by_id(
        models.Household, "A household (户) within the caller's scope.", access=authenticated
    )
    households: Connection[Household] = connection(
        "Households (户) within the caller's scope.",
        where=HouseholdFilter,
        order_by=HouseholdOrder,
        access=authenticated,
    )
    dwellings: Connection[Dwelling] = connection(
        "Dwellings (房屋) within the caller's scope.",
        where=DwellingFilter,
        order_by=DwellingOrder,
        access=authenticated,
    )
