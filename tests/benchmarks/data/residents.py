"""Rows of dwellings, households, people and their residences, made up from a seed."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tests.benchmarks.data.places import ADDRESS, Grid
from tests.benchmarks.data.shape import SEED, SEEDED_AT, Shape, row_id

DWELLING, HOUSEHOLD, PERSON, RESIDENCE = 2, 3, 4, 5
_STAMPS = ("created_at", "updated_at")
_CIPHER = b"\x01" + bytes(44)
"""Stands for a sealed value; nothing that is measured opens one."""

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉建国文清志远安宁"
_SEXES = ("MALE", "FEMALE")
_RELATIONS = ("HEAD", "SPOUSE", "CHILD", "PARENT")
_AS_OF = date(2026, 1, 1)

DWELLING_COLUMNS = (
    *("id", "unit", "room", "address_cipher", "address_digest", "address_masked"),
    *ADDRESS,
    *_STAMPS,
)
HOUSEHOLD_COLUMNS = ("id", "number", "dwelling_id", "head_id", *ADDRESS, *_STAMPS)
PERSON_COLUMNS = (
    *("id", "name", "sex", "birth_date", "document_type"),
    *("document_number_cipher", "document_number_digest", "document_number_masked"),
    *("phone_cipher", "phone_digest", "phone_masked", "household_id", "relation", "dwelling_id"),
    *ADDRESS,
    *_STAMPS,
)
RESIDENCE_COLUMNS = ("id", "person_id", "dwelling_id", "kind", "since", *ADDRESS, *_STAMPS)


def homes(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[int, Grid]]:
    """Yield the number of each dwelling, which is that of its household too, with its building."""
    for place, building in enumerate(buildings):
        for flat in range(shape.dwellings):
            yield place * shape.dwellings + flat, building


def dwellings(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of dwellings."""
    for home, building in homes(shape, buildings):
        flat = home % shape.dwellings
        unit, room = str(flat % 2 + 1), f"{flat // 2 + 1}0{flat % 2 + 1}"
        digest = hashlib.sha256(b"address %d" % home).digest()
        yield (
            *(row_id(DWELLING, home), unit, room, _CIPHER, digest, f"{building.name}***"),
            *building.address,
            *(SEEDED_AT, SEEDED_AT),
        )


def households(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of households, one in each dwelling."""
    for home, building in homes(shape, buildings):
        head = row_id(PERSON, home * shape.people)
        yield (
            *(row_id(HOUSEHOLD, home), f"H{home:08d}", row_id(DWELLING, home), head),
            *building.address,
            *(SEEDED_AT, SEEDED_AT),
        )


def people(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of people, household by household, its head first."""
    chance = random.Random(SEED)
    for home, building in homes(shape, buildings):
        surname = chance.choice(_SURNAMES)
        for member in range(shape.people):
            index = home * shape.people + member
            name = surname + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))
            age = chance.randrange(1, 20) if member == 2 else chance.randrange(24, 80)
            yield (
                *(row_id(PERSON, index), name, chance.choice(_SEXES)),
                *(_AS_OF - timedelta(days=age * 365 + chance.randrange(365)), "IDENTITY_CARD", _CIPHER),
                *(hashlib.sha256(b"document %d" % index).digest(), f"379***********{index % 10_000:04d}"),
                *(_CIPHER, hashlib.sha256(b"phone %d" % index).digest(), f"138****{index % 9_973:04d}"),
                *(row_id(HOUSEHOLD, home), _RELATIONS[min(member, 3)], row_id(DWELLING, home)),
                *building.address,
                *(SEEDED_AT, SEEDED_AT),
            )


def residences(shape: Shape, buildings: Sequence[Grid]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of current residences, one for each person."""
    for home, building in homes(shape, buildings):
        since = _AS_OF - timedelta(days=30 + home % 3000)
        for member in range(shape.people):
            index = home * shape.people + member
            yield (
                *(row_id(RESIDENCE, index), row_id(PERSON, index), row_id(DWELLING, home), "CURRENT", since),
                *building.address,
                *(SEEDED_AT, SEEDED_AT),
            )
