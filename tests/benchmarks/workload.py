"""What is asked: queries, their documents for each peer, and variables that change with each request."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from tests.benchmarks.data.shape import SEED
from tests.benchmarks.database import SCHEMA, Bench

from wangge_schema.people.rules import check_character

FOLDER = Path(__file__).parent / "queries"
QUERIES = {
    "Q1": "a person with the path of the grid",
    "Q2": "50 people of a community, with household and grids",
    "Q3": "1,000 people in one page",
    "Q4": "street, communities, compounds, with counts",
    "Q5": "register a person and return it",
    "Q6": "50 volunteers with teams, balance, last services",
    "Q8": "Q2 with a field that Python answers for each row",
}
REFUSED = (b'"errors"', b'"person":null', b'"registerPerson":null')
"""What no right answer contains."""

NUMBERS_EACH = 4_000_000
"""How many people each peer may register in one run before two peers would use the same number."""

_POOL = 2000
_LEAVES = frozenset({"name", "title", "totalCount", "available", "phone", "number", "minutesServed"})
_AREA = "379999"
"""An area code that nobody has, so that made-up numbers belong to no one."""


@dataclass(frozen=True)
class Targets:
    """What the requests are about, all within the measured account's street."""

    street: UUID
    street_number: int
    street_code: str
    communities: list[tuple[UUID, int]]
    people: list[UUID]
    dwellings: list[UUID]


async def find_targets(bench: Bench) -> Targets:
    """Read the targets from the measured database: the last street, and a seeded choice of what is in it."""
    connection = await asyncpg.connect(bench.url)
    try:
        street = await connection.fetchrow(
            f"SELECT id, number, code FROM {SCHEMA}.base_grids WHERE depth = 1 ORDER BY number DESC LIMIT 1"
        )
        if street is None:
            raise RuntimeError(f"The database {bench.name} holds no street: drop it, to have it made anew.")
        number = street["number"]
        communities = await connection.fetch(
            f"SELECT id, number FROM {SCHEMA}.base_grids WHERE parent_id = $1 ORDER BY number", street["id"]
        )
        chance = random.Random(SEED)
        chosen = {}
        for table in ("base_people", "base_dwellings"):
            rows = await connection.fetch(
                f"SELECT id FROM {SCHEMA}.{table} WHERE anc_1 = $1 ORDER BY id", number
            )
            chosen[table] = [UUID(int=chance.choice(rows)["id"].int) for _ in range(_POOL)]
        return Targets(
            street=street["id"],
            street_number=number,
            street_code=street["code"],
            communities=[(row["id"], row["number"]) for row in communities],
            people=chosen["base_people"],
            dwellings=chosen["base_dwellings"],
        )
    finally:
        await connection.close()


Variables = Callable[[Targets, str, int], dict[str, Any]]
"""Gives a query's variables for the n-th request; they are JSON."""


def opaque(targets: Targets, query: str, n: int) -> dict[str, Any]:  # JSON
    """Return the variables as the project's server takes them, with opaque ids."""
    community, _ = targets.communities[n % len(targets.communities)]
    if query == "Q1":
        return {"id": f"Person_{targets.people[n % _POOL].hex}"}
    if query == "Q3":
        return {"street": f"Grid_{targets.street.hex}"}
    if query == "Q4":
        return {"code": targets.street_code}
    if query == "Q5":
        facts = newcomer(n)
        dwelling = f"Dwelling_{targets.dwellings[n % _POOL].hex}"
        given = {name: facts[name] for name in ("name", "documentNumber", "phone")}
        document = {"documentType": "IDENTITY_CARD", "purpose": "registration", "dwelling": dwelling}
        return {"input": given | document}
    return {"community": f"Grid_{community.hex}"}


def plain(targets: Targets, query: str, n: int) -> dict[str, Any]:  # JSON
    """Return the variables as servers over the bare tables take them: keys of rows."""
    community, _ = targets.communities[n % len(targets.communities)]
    if query == "Q1":
        return {"id": str(targets.people[n % _POOL])}
    if query == "Q3":
        return {"street": str(targets.street)}
    if query == "Q4":
        return {"code": targets.street_code}
    if query == "Q5":
        return {"input": newcomer(n) | {"dwelling": str(targets.dwellings[n % _POOL])}}
    return {"community": str(community)}


def numbered(targets: Targets, query: str, n: int) -> dict[str, Any]:  # JSON
    """Return the variables for conditions on columns: a place is the number that rows hold of it."""
    if query == "Q3":
        return {"street": targets.street_number}
    if query in {"Q1", "Q4", "Q5"}:
        return plain(targets, query, n)
    return {"community": targets.communities[n % len(targets.communities)][1]}


def newcomer(n: int) -> dict[str, str]:
    """Return a made-up person, a different one for each number; the document says sex and birth date."""
    born = date(1940, 1, 1) + timedelta(days=n // 1000 % 24_000)
    first = f"{_AREA}{born:%Y%m%d}{n % 1000:03d}"
    return {
        "name": "新居民",
        "sex": "MALE" if n % 2 else "FEMALE",
        "birthDate": born.isoformat(),
        "documentNumber": first + check_character(first),
        "phone": f"139{n % 100_000_000:08d}",
    }


@cache
def document(folder: str, query: str) -> str | None:
    """Return the text of a query for a family of peers, or None where they cannot answer it."""
    path = FOLDER / folder / f"{query}.graphql"
    return path.read_text(encoding="utf-8") if path.exists() else None


def body(text: str, variables: dict[str, Any]) -> bytes:  # JSON
    """Return the body of a request."""
    return orjson.dumps({"query": text, "variables": variables})


def leaves(answer: Any) -> list[str]:  # JSON
    """Return what an answer says, whatever its shape: names, titles and counts, in order of themselves."""
    found: list[str] = []
    waiting = [answer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found += [f"{value}" for key, value in one.items() if key in _LEAVES and _said(value)]
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return sorted(found)


def _said(value: Any) -> bool:  # JSON
    return value is not None and not isinstance(value, dict | list)
