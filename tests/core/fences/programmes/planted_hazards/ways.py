"""In which ways the programme's code fails; `CALLS` says what of it was called."""

import asyncio
import sys
import time
from enum import Enum

from sqlalchemy import func, select

from wangge import Forbidden, RequestContext, RuleError, graphql_enum
from wangge.errors import DatabaseUnavailable

CALLS: list[str] = []
SECRET = "110101199003078515"  # like a number that must not leave the server


class HazardWay(Enum):
    """In which way something fails."""

    ANSWER = "answer"
    RAISE = "raise"
    EXIT = "exit"
    HANG = "hang"
    STUBBORN = "stubborn"
    SLEEP = "sleep"
    SPIN = "spin"
    FORBID = "forbid"
    REFUSE = "refuse"
    AWAY = "away"
    QUERY = "query"


graphql_enum(
    HazardWay,
    "In which way something fails.",
    ANSWER="Not at all.",
    RAISE="It raises.",
    EXIT="It would end the server.",
    HANG="It never ends.",
    STUBBORN="It never ends, and takes no cancelling.",
    SLEEP="It blocks the thread.",
    SPIN="It works on and on.",
    FORBID="It refuses the caller.",
    REFUSE="It breaks a rule.",
    AWAY="A database is away.",
    QUERY="It is broken off while the database works.",
)


class HazardRefused(RuleError):
    """Raise when asked to."""

    code = "HAZARDS_REFUSED"
    message = "It is refused: ask for something else."


def act(way: HazardWay, what: str) -> int:
    """Do something at once, in a way."""
    CALLS.append(what)
    match way:
        case HazardWay.RAISE:
            raise ValueError(SECRET)
        case HazardWay.EXIT:
            sys.exit(SECRET)
        case HazardWay.SLEEP:
            time.sleep(3600)
        case HazardWay.SPIN:
            while True:
                pass
        case HazardWay.FORBID:
            raise Forbidden("hazards.things.read")
        case HazardWay.REFUSE:
            raise HazardRefused()
        case HazardWay.AWAY:
            raise DatabaseUnavailable()
    return 1


async def act_later(way: HazardWay, what: str, ctx: RequestContext | None = None) -> int:
    """Do something in time, in a way."""
    if way is HazardWay.HANG:
        CALLS.append(what)
        await asyncio.Event().wait()
    if way is HazardWay.QUERY and ctx is not None:
        CALLS.append(what)
        while True:
            await ctx.db.execute(select(func.abs(1)))
    while way is HazardWay.STUBBORN:
        CALLS.append(what)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(0)
    return act(way, what)
