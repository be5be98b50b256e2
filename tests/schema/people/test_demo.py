"""Synthetic residents: valid by the rules, the same for the same seed, harmless when repeated."""

from collections import Counter
from datetime import date
from itertools import islice

from sqlalchemy import func, select

from wangge import DemoOptions
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_schema.people import rules
from wangge_schema.people.demo import demo_people
from wangge_schema.people.demo.generator import households
from wangge_schema.people.demo.places import FLATS, buildings
from wangge_schema.people.rules import DocumentType, HouseholdRelation

TODAY = date(2026, 11, 22)


def test_synthetic_people_hold_every_rule() -> None:
    numbers: set[str] = set()
    phones: set[str] = set()
    for household in islice(households(1), 2000):
        assert household[0].relation is HouseholdRelation.HEAD
        assert not rules.is_minor(household[0].facts.birth_date, TODAY)
        for member in household:
            facts = member.facts
            read = rules.read_document(DocumentType.IDENTITY_CARD, facts.document.number, TODAY)
            assert read == facts.document
            assert read.number.startswith("379999")
            assert read.number not in numbers
            numbers.add(read.number)
            assert rules.normalise_name(facts.name) == facts.name
            if facts.phone is not None:
                assert rules.normalise_phone(facts.phone) not in phones
                phones.add(facts.phone)


def test_the_same_seed_gives_the_same_people() -> None:
    first, again = (list(islice(households(7), 50)) for _ in range(2))
    assert first == again
    assert first != list(islice(households(8), 50))


def test_buildings_stay_where_they_are_when_more_are_asked_for() -> None:
    communities = [f"3707030010{serial:02d}" for serial in range(1, 30)]
    few = list(islice(buildings(communities, compounds=True), 20))
    many = list(islice(buildings(communities, compounds=True), 400))
    assert many[:20] == few
    assert len({one.code for one in many}) == 400
    assert max(Counter(one.compound for one in many).values()) <= 6


async def test_a_demo_district_is_filled_once(district: TestDistrict) -> None:
    told: list[tuple[int, int]] = []
    async with district.context() as ctx:
        for people in (120, 120, 300):
            await demo_people(ctx, DemoOptions(people=people, seed=3), lambda *now: told.append(now))
            found = int(await ctx.db.scalar(select(func.count(base.Person.id))))
            assert found == people
        dwellings = int(await ctx.db.scalar(select(func.count(base.Dwelling.id))))
        homes = int(await ctx.db.scalar(select(func.count(base.Household.id))))
        assert dwellings == homes
        headed = select(func.count(base.Household.id)).where(base.Household.head_id.is_not(None))
        assert await ctx.db.scalar(headed) == homes
        buildings = select(func.count(base.Dwelling.grid_id.distinct()))
        assert await ctx.db.scalar(buildings) == -(-homes // FLATS)
        person = await ctx.db.scalar(select(base.Person).where(base.Person.phone_cipher.is_not(None)))
        assert rules.mask_phone(ctx.keys.open("phone", person.phone_cipher)) == person.phone_masked
    assert told[-1] == (300, 300)
