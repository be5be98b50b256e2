"""Asks a district twice, by plans and by graphql-core alone, and says where the answers differ."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wangge._host.http.errors import MAX_ERRORS
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict

_TIERS = {"sql": 1, "sql+python": 2, "graphql": 3}
_PLAN = re.compile(r'plan;desc="([a-z+]+)"')
_WHY = re.compile(r'why;desc="((?:[^"\\]|\\.)*)"')

Variables = Mapping[str, Any]  # JSON


@dataclass(frozen=True)
class Answer:
    """What came back for an operation, and which tier gave it.

    Attributes:
        status: of HTTP.
        body: `data` and `errors`.
        tier: 1 SQL, 2 SQL and Python, 3 graphql-core; 0 where no operation ran.
        why: what kept it from a lower tier.
    """

    status: int
    body: dict[str, Any]  # JSON
    tier: int
    why: str

    @property
    def data(self) -> Any:  # JSON
        """The answer's `data`; None where there is none."""
        return self.body.get("data")

    @property
    def text(self) -> str:
        """`data` as JSON with its fields in the order in which they came; 1.0 is 1, as JSON has it."""
        return json.dumps(_whole(self.data), ensure_ascii=False)

    @property
    def codes(self) -> list[str]:
        """Codes of the errors."""
        return [str(error["extensions"]["code"]) for error in self.body.get("errors", ())]

    def failures(self) -> dict[tuple[Any, ...], set[str]]:  # path of names and numbers
        """Return what is null because of an error → the codes of errors in it.

        Which of several errors inside a nulled object are met first is not said by the specification.
        """
        found: dict[tuple[Any, ...], set[str]] = {}
        for error in self.body.get("errors", ()):
            at = _nulled(self.data, error.get("path") or [])
            found.setdefault(at, set()).add(error["extensions"]["code"])
        return found


@dataclass(frozen=True)
class Both:
    """The answers to one operation by plans and without."""

    planned: Answer
    plain: Answer

    def difference(self) -> str | None:
        """Say how the answers differ, or None where they agree."""
        planned, plain = self.planned, self.plain
        if planned.status != plain.status:
            return f"status {planned.status} ({planned.body}), without plans {plain.status} ({plain.body})"
        if planned.text != plain.text:
            where = _apart(planned.data, plain.data)
            return f"tier {planned.tier} at {where}\n{planned.text}\nwithout plans\n{plain.text}"
        mine, other = planned.failures(), plain.failures()
        if max(len(planned.codes), len(plain.codes)) >= MAX_ERRORS:
            return None  # both name the first ten alone
        if set(mine) != set(other) or any(not mine[at] & other[at] for at in mine):
            return f"tier {planned.tier} fails with {mine}, without plans {other}"
        return None

    @property
    def agreed(self) -> Answer:
        """The planned answer, which must be the same as the plain one."""
        difference = self.difference()
        assert difference is None, difference
        return self.planned


class Tiers:
    """Asks one district by role, with plans and without."""

    def __init__(self, district: TestDistrict) -> None:
        self.district = district

    async def ask(
        self, role: str | None, document: str, variables: Variables | None = None, name: str | None = None
    ) -> Answer:
        """Send an operation as a role and return its answer."""
        client = self.district.client(role)
        body = {"query": document, "variables": variables or {}, "operationName": name}
        path = f"/{self.district.code}/graphql"
        response = await self.district.http.post(path, json=body, headers=client.headers)
        timing = response.headers.get("server-timing", "")
        plan, why = _PLAN.search(timing), _WHY.search(timing)
        tier = _TIERS[plan[1]] if plan else 0
        return Answer(response.status_code, response.json(), tier, why[1] if why else "")

    async def both(
        self, role: str | None, document: str, variables: Variables | None = None, name: str | None = None
    ) -> Both:
        """Send a read twice: by plans, and by graphql-core alone."""
        planned = await self.ask(role, document, variables, name)
        with without_plans(self.district.server):
            plain = await self.ask(role, document, variables, name)
        return Both(planned, plain)


@contextmanager
def without_plans(server: Server) -> Iterator[None]:
    """Let graphql-core serve all while the block runs."""
    before = server.settings
    server.settings = before.model_copy(update={"sql_plans": False})
    try:
        yield
    finally:
        server.settings = before


def _whole(value: Any) -> Any:  # JSON
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _apart(one: Any, other: Any, path: str = "data") -> str:  # JSON
    """Return the first place where two answers differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        for name in one:
            if json.dumps(one[name]) != json.dumps(other[name]):
                return _apart(one[name], other[name], f"{path}.{name}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (mine, its) in enumerate(zip(one, other, strict=True)):
            if json.dumps(mine) != json.dumps(its):
                return _apart(mine, its, f"{path}.{place}")
    return f"{path}: {json.dumps(one, ensure_ascii=False)} / {json.dumps(other, ensure_ascii=False)}"


def _nulled(data: Any, path: list[Any]) -> tuple[Any, ...]:  # JSON, and names and numbers
    """Return the part of a path that leads to the outermost null."""
    for length, step in enumerate(path):
        if data is None:
            return tuple(path[:length])
        data = data[step]
    return tuple(path)
